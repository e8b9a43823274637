"""What one utterance adds to the complaint in the making."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.extract import Span, extract
from bot.tickets.form import ANONYMOUS, UNKNOWN, Intake, Said
from bot.tickets.intake import take_in
from tests.tickets.kinds import Kinds, in_doubt, sure

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

ASKED_FOR_CONTACT = Intake(
    description="电梯天天坏", category="elevator_fault", location="金桂公寓3号楼", occurred_text="上周一"
)


def place(text: str, words: str) -> Span:
    return Span("place", words, text.index(words), text.index(words) + len(words), words)


@pytest.mark.parametrize(
    ("asked", "item", "answers"),
    [
        ("location", "location", ("你们到底管不管啊？", "我都说了多少遍了呢")),
        (
            "occurred_at",
            "occurred_text",
            ("this is really not how one treats a tenant who pays every month, honestly", "yes"),
        ),
        ("contact", "contact", ("yes", "yes")),
    ],
)
def test_nothing_is_asked_a_third_time(asked: str, item: str, answers: tuple[str, str]) -> None:
    open_fields: dict[str, None] = {item: None}
    took = replace(ASKED_FOR_CONTACT, contact="13900005678")
    took = replace(took, **open_fields)
    values = []
    for number, text in enumerate(answers):
        said = Said(str(number), text, "affirm" if text == "yes" else "inform", extract(text, NOW))
        took = take_in(took, said, asked, in_doubt("other"), NOW)
        values.append(getattr(took, item))
    assert values == [None, UNKNOWN]


def test_who_gives_another_item_may_be_asked_again_and_who_then_says_yes_has_no_more_to_tell() -> None:
    took = replace(ASKED_FOR_CONTACT, occurred_text=None)
    when = []
    for number, text in enumerate(("yes", "13900005678", "yes")):
        said = Said(str(number), text, "affirm" if text == "yes" else "inform", extract(text, NOW))
        took = take_in(took, said, "occurred_at", in_doubt("other"), NOW)
        when.append(took.occurred_text)
    assert (when, took.contact) == ([None, None, UNKNOWN], "13900005678")


@pytest.mark.parametrize(
    ("text", "confirmed"),
    [
        ("对，就这些，再不修我都能当猫头鹰了", True),
        ("Yes, all good, soon I will see in the dark", True),
        ("对，就这些，对面那盏也不亮", None),
        ("对，不过那条路叫东风路", None),
        ("对，是5号楼", None),
        ("对，什么时候来？", None),
    ],
)
def test_at_the_summary_a_yes_with_talk_behind_it_is_one(text: str, confirmed: bool | None) -> None:
    shown = replace(ASKED_FOR_CONTACT, contact="13900005678")
    took = take_in(
        shown,
        Said("1", text, "inform", extract(text, NOW)),
        "confirmed",
        Kinds(lambda words: [("street_light", 0.9 if "盏" in words else 0.2)]),
        NOW,
    )
    assert took.confirmed is confirmed


@pytest.mark.parametrize(
    ("known", "more", "place"),
    [
        ("科技大道", "邮局往南五十米", "科技大道，邮局往南五十米"),
        ("Linden Street", "the corner by the chemist", "Linden Street, the corner by the chemist"),
        ("科技大道", "科技大道18号", "科技大道18号"),
        ("科技大道18号", "科技大道", "科技大道18号"),
        ("松林里3号楼", "5号楼", "松林里5号楼"),
        ("松林里", "5号楼2单元", "松林里5号楼2单元"),
        ("路" * 60, "邮局往南五十米以后", "邮局往南五十米以后"),
    ],
)
@pytest.mark.parametrize("asked", ["occurred_at", "contact"])
def test_a_place_that_is_named_later_belongs_to_the_first(asked: str, known: str, more: str, place: str) -> None:
    begun = Intake(description="路面有坑", category="road_damage", location=known)
    begun = begun if asked == "occurred_at" else replace(begun, occurred_text="上周一")
    said = Said("1", more, "inform", [Span("place", more, 0, len(more), more)])
    after = take_in(begun, said, asked, sure("road_damage"), NOW)
    assert (after.location, after.occurred_text) == (place, begun.occurred_text)


@pytest.mark.parametrize(
    ("text", "is_sure", "description"),
    [
        ("号码先给您，13900005678，手机快没电了。我要投诉", False, None),
        ("My phone first, 13900005678. I want to make a complaint", False, None),
        ("我要投诉，路灯不亮，13900005678", True, "我要投诉，路灯不亮，13900005678"),
        ("13900005678，井盖没了", False, "13900005678，井盖没了"),
        ("我家住幸福路88号，13900005678", False, "我家住幸福路88号，13900005678"),
    ],
)
def test_who_gives_a_number_first_is_asked_what_happened(text: str, is_sure: bool, description: str | None) -> None:
    said = Said("1", text, "file_complaint", extract(text, NOW))
    took = take_in(Intake(), said, None, Kinds(lambda _: [("other", 0.4)], lambda _: is_sure), NOW)
    assert (took.description, took.contact) == (description, "13900005678")


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("先记我电话13900005678，姓覃，免得等下断线", False),
        ("Hi. Before anything else, my number is 13900005678, because last time we got cut off", False),
        ("井盖没了，打我电话13900005678", True),
        ("管路灯的13900005678没人接", True),
    ],
)
def test_a_number_with_a_reason_is_no_matter_whatever_it_sounds_like(text: str, is_told: bool) -> None:
    said = Said("1", text, "file_complaint", extract(text, NOW))
    took = take_in(Intake(), said, None, sure("unanswered_petition"), NOW)
    assert (took.description, took.contact) == (text if is_told else None, "13900005678")


@pytest.mark.parametrize(
    ("spans", "confirmed"), [([Span("place", "学院路", 0, 3, "")], [None, True]), ([], [True, True])]
)
def test_a_yes_to_what_was_not_put_right_shows_the_summary_once_more(
    spans: list[Span], confirmed: list[bool | None]
) -> None:
    shown = replace(ASKED_FOR_CONTACT, contact="13900005678")
    said = Said("1", "学院路的人早就说过了，这样写不行，你们又不听，写了也白写", "deny", spans)
    took = take_in(shown, said, "confirmed", in_doubt("other"), NOW)
    assert took.which_item
    yes = []
    for number in ("2", "3"):
        took = take_in(took, Said(number, "嗯，对了", "affirm", []), "confirmed", in_doubt(), NOW)
        yes.append(took.confirmed)
    assert yes == confirmed


@pytest.mark.parametrize(("intent", "description"), [("inform", None), ("file_complaint", "whole")])
def test_who_only_says_how_to_be_reached_is_asked_what_happened(intent: str, description: str | None) -> None:
    text = "My name is Margaret, you can ring me on 13900005678, the thing in the yard"
    said = Said("1", text, intent, extract(text, NOW))
    took = take_in(Intake(), said, None, in_doubt("other"), NOW)
    assert (took.description, took.contact) == (description and text, "Margaret 13900005678")


@pytest.mark.parametrize(
    ("text", "confirmed"),
    [
        ("All of it is as it should be now. Submit the complaint.", True),
        ("都对了，帮我提交", True),
        ("don't submit it yet", None),
        ("how do you submit the complaint", None),
        ("先不提交", None),
        ("请把楼上也登记", None),
        ("please register it under my wife's name", None),
        ("那就提交吧", True),
        ("the noise is worst at lunch", None),
        ("哦，这下对了", True),
        ("now it's all right", True),
        ("y", True),
        ("yup", True),
        ("对了，还有灰尘", None),
        ("没错，不过楼上也吵", None),
        ("确认提交 谢谢", True),
        ("对头 3号楼 交嘛", True),
        ("对头 8号楼 交嘛", None),
        ("行吧 先把我这个报了 号码是5678那个 没错", True),
        ("yes kindly submit", True),
        ("谢谢", None),
        ("3号楼", None),
    ],
)
def test_who_says_submit_it_has_confirmed(text: str, confirmed: bool | None) -> None:
    shown = replace(ASKED_FOR_CONTACT, contact="13900005678")
    said = Said("1", text, "inform", [])
    after = take_in(shown, said, "confirmed", sure("other"), NOW)
    assert after.confirmed is confirmed


def test_a_named_place_goes_before_a_longer_one_without_a_name() -> None:
    words = "the stairwell right beside the fire exit. Unit 3, Songtao Court"
    parts = ["the stairwell right beside the fire exit", "Unit 3, Songtao Court"]
    spans = [Span("place", part, words.index(part), words.index(part) + len(part), part) for part in parts]
    found = Said(id="1", text=words, intent="inform", spans=spans).first("place")
    assert found is not None
    assert found.text == "Unit 3, Songtao Court"


@pytest.mark.parametrize(("where", "location"), [("那边", "金桂公寓3号楼"), ("", None)])
def test_another_matter_keeps_the_contact_and_of_the_place_only_what_is_pointed_at(
    where: str, location: str | None
) -> None:
    text = f"算了，电梯不说了，真正的问题是{where}路灯不亮"
    said = Said("1", text, "cancel", extract(text, NOW))
    shown = replace(ASKED_FOR_CONTACT, contact="13900005678")
    after = take_in(shown, said, "confirmed", sure("street_lighting"), NOW)
    assert after == Intake(
        description=f"真正的问题是{where}路灯不亮",
        category="street_lighting",
        location=location,
        contact="13900005678",
        read="1",
    )


@pytest.mark.parametrize(
    ("text", "places", "location"),
    [
        ("我是松林里的业主，住3号楼18层，电梯坏了", ["松林里", "3号楼18层"], "松林里3号楼18层"),
        (
            "I live in Plum Court. The lift of building 4 is broken",
            ["Plum Court", "building 4"],
            "building 4, Plum Court",
        ),
        ("我是松林里的业主，住3号楼18层。3号楼的电梯坏了", ["松林里", "3号楼18层", "3号楼"], "松林里3号楼18层"),
        ("309路公交在松林站甩站", ["309路", "松林站"], "松林站"),
        ("松林里东门到桃花街的路灯不亮", ["松林里东门", "桃花街"], "松林里东门"),
        ("松林里停水了，3号楼停，5号楼也停", ["松林里", "3号楼", "5号楼"], "松林里"),
        ("3号楼电梯坏了", ["3号楼"], "3号楼"),
    ],
)
def test_parts_of_an_address_belong_to_the_place_named_before_them(text: str, places: list[str], location: str) -> None:
    said = Said("1", text, "file_complaint", [place(text, words) for words in places])
    took = take_in(Intake(), said, None, sure("elevator_fault"), NOW)
    assert took.location == location


@pytest.mark.parametrize("vague", ["一擦黑", "天一黑", "傍晚", "after dark", "when it gets dark"])
def test_a_part_of_the_day_does_not_say_when_it_happened(vague: str) -> None:
    text = f"{vague}就看不清路了，灯坏了"
    said = Said("1", text, "file_complaint", [Span("time", vague, 0, len(vague), "")])
    after = take_in(Intake(), said, None, sure("street_light"), NOW)
    assert after.occurred_text is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("路灯不亮，报修三次都没人来，昨天晚上又黑了", "昨天晚上"),
        ("no light in the stairwell since this morning", "since this morning"),
        ("2019年买的房，楼道灯一直不亮", None),
        ("路灯昨天不亮，前天也不亮", None),
        ("每天五点半就得去厂里，路灯不亮", None),
        ("路灯不亮，物业限昨天之前修好", None),
        ("they said they mend the lamp before yesterday", None),
        ("路灯今天又不亮，报修了三回", "今天"),
        ("no light in the stairwell, third time today", "today"),
        ("路灯不亮，今天能派人来修吗", None),
        ("路灯不亮，请今天之内修好", None),
        ("the stair lamp is dead, please send somebody today", None),
    ],
)
def test_a_moment_not_far_back_need_not_be_asked_for(text: str, when: str | None) -> None:
    said = Said("1", text, "file_complaint", [])
    after = take_in(Intake(), said, None, sure("street_light"), NOW)
    assert after.occurred_text == when


@pytest.mark.parametrize(
    ("text", "description"),
    [("我家住幸福路88号", None), ("I live at 88 Xingfu Road", None), ("幸福路88号坑", "幸福路88号坑")],
)
def test_who_only_says_where_is_asked_what_is_wrong(text: str, description: str | None) -> None:
    place = next(words for words in ("幸福路88号", "88 Xingfu Road") if words in text)
    said = Said("1", text, "inform", [Span("place", place, text.index(place), text.index(place) + len(place), "")])
    took = take_in(Intake(), said, "description", in_doubt("other"), NOW)
    assert (took.description, took.location) == (description, place)


def test_who_only_says_since_when_is_asked_what_is_wrong() -> None:
    said = Said("1", "since yesterday", "inform", extract("since yesterday", NOW))
    took = take_in(Intake(location="88 Xingfu Road"), said, "description", in_doubt("other"), NOW)
    assert (took.description, took.location, took.occurred_text) == (None, "88 Xingfu Road", "since yesterday")


@pytest.mark.parametrize(
    ("text", "contact"),
    [("不留 怕物业知道了", ANONYMOUS), ("no phone please, they would know", ANONYMOUS), ("哪里不对", "13900005678")],
)
def test_at_the_summary_the_number_can_be_taken_back(text: str, contact: str) -> None:
    begun = Intake(description="路灯坏了", category="street_light", location="幸福路", contact="13900005678")
    said = Said("1", text, "correct_item", [])
    took = take_in(begun, said, "confirmed", sure("street_light"), NOW)
    assert (took.contact, took.which_item) == (contact, contact != ANONYMOUS)


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("还有一个事也一起说一下，每天早上七点半小学门口的自行车道上停满了接送孩子的小汽车，骑车的人只能走到马路中间去，交警从来不管，很危险的", True),
        ("你这里面写的不对，我根本不是这个意思", False),
    ],
)  # fmt: skip
def test_another_trouble_told_at_the_summary_is_kept(text: str, description: bool) -> None:
    begun = Intake(description="路灯坏了", category="street_light", location="幸福路", contact="13900005678")
    said = Said("1", text, "correct_item", [])
    took = take_in(begun, said, "confirmed", sure("illegal_parking"), NOW)
    assert (took.description == f"路灯坏了\n{text}", took.which_item) == (description, not description)


@pytest.mark.parametrize(
    ("text", "places", "location"),
    [
        ("桃源路的路灯，从粮油店到邮局门口，都不亮", ("桃源路", "粮油店到邮局门口"), "桃源路，粮油店到邮局门口"),
        ("Lake Road, lamps are out by the big post office", ("Lake Road", "the big post office"), None),
        ("桃源路的路灯，解放路的邮局门口", ("桃源路", "解放路的邮局门口"), "解放路的邮局门口"),
        ("纺织厂的路灯，从粮油店到邮局门口", ("纺织厂", "粮油店到邮局门口"), "粮油店到邮局门口"),
        ("我住桃源路，上个星期带着孩子去逛街，市中心百货大楼门口", ("桃源路", "市中心百货大楼门口"), "市中心百货大楼门口"),
    ],
)  # fmt: skip
def test_a_place_is_on_the_road_that_is_named_just_before_it(
    text: str, places: tuple[str, ...], location: str | None
) -> None:
    spans = [Span("place", words, text.index(words), text.index(words) + len(words), "") for words in places]
    said = Said("1", text, "file_complaint", spans)
    took = take_in(Intake(), said, None, sure("street_light"), NOW)
    assert took.location == (location or "Lake Road")


ALL_TOLD = "11月19号起幸福路路口有个坑，电话13900005678"


@pytest.mark.parametrize(
    ("text", "candidates", "category"),
    [
        (ALL_TOLD, [("road_damage", 0.5), ("drainage_flooding", 0.3)], "road_damage"),
        (ALL_TOLD, [("other", 0.5), ("road_damage", 0.3)], "road_damage"),
        (ALL_TOLD, [("other", 1.0)], None),
        ("11月19号起幸福路路口有个坑", [("road_damage", 0.5), ("drainage_flooding", 0.3)], None),
        (
            f"算了，路灯不报了，其实要说的是{ALL_TOLD}",
            [("road_damage", 0.5), ("drainage_flooding", 0.3)],
            "road_damage",
        ),
    ],
)
def test_where_all_else_is_told_the_likeliest_category_is_taken_and_the_others_are_kept(
    text: str, candidates: list[tuple[str, float]], category: str | None
) -> None:
    begun = Intake(description="路灯不亮") if text.startswith("算了") else Intake()
    spans = [
        Span(kind, words, text.index(words), text.index(words) + len(words), words)
        for kind, words in (("time", "11月19号"), ("place", "幸福路路口"), ("contact", "13900005678"))
        if words in text
    ]
    took = take_in(
        begun, Said("1", text, "inform", spans), "location", Kinds(lambda _: candidates, lambda _: False), NOW
    )
    assert (took.category, took.candidates) == (category, tuple(name for name, _ in candidates))
    pressed = Said("2", "/choose_category", "choose_category", [], category="drainage_flooding")
    assert take_in(took, pressed, "confirmed", Kinds(lambda _: candidates, lambda _: False), NOW).candidates == ()


@pytest.mark.parametrize(
    ("text", "contact", "confirmed"),
    [
        ("ok put my number, 13900005678, they may ring me", "13900005678", None),
        ("好，那留个电话13900005678", "13900005678", None),
        ("yes, 13900001111 is right", "13900001111", True),
        ("对，139-0000-1111", "13900001111", True),
    ],
)
def test_a_yes_with_another_number_changes_the_contact_first(text: str, contact: str, confirmed: bool | None) -> None:
    begun = replace(ASKED_FOR_CONTACT, contact=contact if confirmed else ANONYMOUS)
    said = Said("1", text, "affirm", extract(text, NOW))
    took = take_in(begun, said, "confirmed", sure("other"), NOW)
    assert (took.contact, took.confirmed) == (contact, confirmed)


SHOWN = replace(ASKED_FOR_CONTACT, contact="13612345604")


@pytest.mark.parametrize(
    ("intent", "text", "reply", "confirmed"),
    [
        ("express_anger", "说了八百遍了还问！交！！", "agree", True),
        ("affirm", "可以，再写上他们还放炮", "add", None),
        ("affirm", "行是行，先缓一缓", "cancel", False),
        ("deny", "no no, I talk with him first", "cancel", False),
        ("inform", "hold it, my number is 13900005678 now", "cancel", None),
        ("affirm", "可以可以", None, True),
        ("deny", "no", "agree", None),
        ("thank", "thank you my friend", "agree", None),
        ("cancel", "drop it", "agree", None),
        ("thank", "Looks good to me, thanks a lot.", "agree", True),
        ("inform", "yes, my other number is 13900005678", "agree", None),
    ],
)
def test_what_the_classifier_heard_decides_at_the_summary(
    intent: str, text: str, reply: str | None, confirmed: bool | None
) -> None:
    said = Said("1", text, intent, extract(text, NOW), reply=reply)
    assert take_in(SHOWN, said, "confirmed", in_doubt("other"), NOW).confirmed is confirmed


def test_what_is_to_be_added_goes_to_the_description_and_what_is_wrong_is_asked_for() -> None:
    added = take_in(SHOWN, Said("1", "他们还放炮", "inform", [], reply="add"), "confirmed", in_doubt("other"), NOW)
    assert added.description == "电梯天天坏\n他们还放炮"
    wrong = take_in(
        SHOWN, Said("2", "跟我说的对不上", "inform", [], reply="wrong"), "confirmed", in_doubt("other"), NOW
    )
    assert (wrong.which_item, wrong.confirmed) == (True, None)
