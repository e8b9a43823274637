"""What one utterance adds to the complaint in the making."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.extract import Span, extract
from bot.tickets.intake import ANONYMOUS, UNKNOWN, Intake, Said, other_matter, says_only_where, take_in, wants_it_filed

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

ASKED_FOR_CONTACT = Intake(
    description="电梯天天坏", category="elevator_fault", location="金桂公寓3号楼", occurred_text="上周一"
)


def after(*answers: tuple[str, str]) -> Intake:
    """The complaint after those answers (intent, text) to "how can we reach you?"."""
    intake = ASKED_FOR_CONTACT
    for number, (intent, text) in enumerate(answers):
        said = Said(str(number), text, intent, extract(text, NOW))
        intake = take_in(intake, said, "contact", lambda _: [("other", 1.0)], lambda _: True, NOW)
    return intake


@pytest.mark.parametrize("yes", [("affirm", "是的，没问题，提交"), ("affirm", "yes please submit it")])
def test_a_yes_is_no_contact_and_is_not_asked_about_a_third_time(yes: tuple[str, str]) -> None:
    assert after(yes).contact is None
    assert after(yes, yes).contact == UNKNOWN


@pytest.mark.parametrize(
    ("intent", "text", "contact"),
    [
        ("inform", "13900005678", "13900005678"),
        ("affirm", "可以，打13900005678", "13900005678"),
        ("deny", "不留了", ANONYMOUS),
        ("inform", "村口小卖部老周", "村口小卖部老周"),
        ("inform", "坐机64418830", "64418830"),
        ("inform", "昨天一早就停了，64418830", "64418830"),
        ("inform", "no contact, just mend it", ANONYMOUS),
        ("inform", "在这里回复我", "在这里回复我"),
        ("inform", "我的号码你们会告诉物业吗？", None),
        ("inform", "垃圾堆得比人还高，苍蝇乱飞", None),
    ],
)
def test_what_was_said_is_the_contact(intent: str, text: str, contact: str | None) -> None:
    assert after((intent, text)).contact == contact


def test_what_tells_more_instead_of_a_contact_is_kept() -> None:
    assert after(("inform", "垃圾堆得比人还高，苍蝇乱飞")).description == "电梯天天坏\n垃圾堆得比人还高，苍蝇乱飞"
    assert after(("inform", "我的号码你们会告诉物业吗？")).description == "电梯天天坏"


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
        took = take_in(took, said, asked, lambda _: [("other", 0.3)], lambda _: False, NOW)
        values.append(getattr(took, item))
    assert values == [None, UNKNOWN]


def test_who_gives_another_item_may_be_asked_again_and_who_then_says_yes_has_no_more_to_tell() -> None:
    took = replace(ASKED_FOR_CONTACT, occurred_text=None)
    when = []
    for number, text in enumerate(("yes", "13900005678", "yes")):
        said = Said(str(number), text, "affirm" if text == "yes" else "inform", extract(text, NOW))
        took = take_in(took, said, "occurred_at", lambda _: [("other", 0.3)], lambda _: False, NOW)
        when.append(took.occurred_text)
    assert (when, took.contact) == ([None, None, UNKNOWN], "13900005678")


@pytest.mark.parametrize(
    ("known", "text", "place"),
    [
        ("安居中介", "店在学院路15号，上月搬走的", "安居中介，学院路15号"),
        ("学院路的安居中介", "店在学院路15号，上月搬走的", "学院路的安居中介"),
        ("安居中介", "搬走的时候在学院路站，上月", "安居中介"),
    ],
)
def test_a_road_told_later_is_put_to_a_place_that_has_none(known: str, text: str, place: str) -> None:
    begun = Intake(description="不退押金", category="rental_dispute", location=known)
    where = "学院路15号" if "15号" in text else "学院站"
    spans = [
        Span("place", where, 2, 2 + len(where), ""),
        Span("time", "上月", text.index("上月"), text.index("上月") + 2, ""),
    ]
    took = take_in(begun, Said("1", text, "inform", spans), "occurred_at", lambda _: [], lambda _: False, NOW)
    assert (took.location, took.occurred_text) == (place, "上月")


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
        lambda words: [("street_light", 0.9 if "盏" in words else 0.2)],
        lambda found: found[0][1] > 0.5,
        NOW,
    )
    assert took.confirmed is confirmed


@pytest.mark.parametrize("text", ["要不要发录像啊？我手机里只有一段", "Do you want photographs? I have eleven."])
def test_what_asks_is_no_answer(text: str) -> None:
    said = Said("1", text, "inform", [])
    begun = Intake(description="音响太吵", category="noise_business", in_vain=1)
    assert take_in(begun, said, "location", lambda _: [("other", 0.3)], lambda _: False, NOW).location == UNKNOWN
    assert take_in(ASKED_FOR_CONTACT, said, "contact", lambda _: [("other", 0.3)], lambda _: False, NOW).contact is None


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
    after = take_in(begun, said, asked, lambda _: [("road_damage", 0.9)], lambda _: True, NOW)
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
    took = take_in(Intake(), said, None, lambda _: [("other", 0.4)], lambda _: is_sure, NOW)
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
    took = take_in(Intake(), said, None, lambda _: [("unanswered_petition", 0.9)], lambda _: True, NOW)
    assert (took.description, took.contact) == (text if is_told else None, "13900005678")


@pytest.mark.parametrize(
    ("spans", "confirmed"), [([Span("place", "学院路", 0, 3, "")], [None, True]), ([], [True, True])]
)
def test_a_yes_to_what_was_not_put_right_shows_the_summary_once_more(
    spans: list[Span], confirmed: list[bool | None]
) -> None:
    shown = replace(ASKED_FOR_CONTACT, contact="13900005678")
    said = Said("1", "学院路的人早就说过了，这样写不行，你们又不听，写了也白写", "deny", spans)
    took = take_in(shown, said, "confirmed", lambda _: [("other", 0.3)], lambda _: False, NOW)
    assert took.which_item
    yes = []
    for number in ("2", "3"):
        took = take_in(took, Said(number, "嗯，对了", "affirm", []), "confirmed", lambda _: [], lambda _: False, NOW)
        yes.append(took.confirmed)
    assert yes == confirmed


@pytest.mark.parametrize(("text", "category"), [("It has been there since the rain", "road"), ("rain came in", "rain")])
def test_what_goes_on_about_it_is_no_other_matter(text: str, category: str) -> None:
    begun = Intake(description="a hole in the road", category="road")
    said = Said("1", text, "inform", [])
    took = take_in(begun, said, "location", lambda _: [("rain", 0.9)], lambda _: True, NOW)
    assert took.category == category


def test_what_the_place_is_called_belongs_to_it() -> None:
    text = "The village is called Shiqiao, it's the stretch under the old stone bridge"
    said = Said("1", text, "inform", [Span("place", "under the old stone bridge", text.index("under"), len(text), "")])
    begun = Intake(description="the river is purple", category="water_pollution")
    assert take_in(begun, said, "location", lambda _: [("other", 0.3)], lambda _: False, NOW).location == text


@pytest.mark.parametrize(("intent", "description"), [("inform", None), ("file_complaint", "whole")])
def test_who_only_says_how_to_be_reached_is_asked_what_happened(intent: str, description: str | None) -> None:
    text = "My name is Margaret, you can ring me on 13900005678, the thing in the yard"
    said = Said("1", text, intent, extract(text, NOW))
    took = take_in(Intake(), said, None, lambda _: [("other", 0.4)], lambda _: False, NOW)
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
    after = take_in(shown, said, "confirmed", lambda _: [("other", 1.0)], lambda _: True, NOW)
    assert after.confirmed is confirmed


@pytest.mark.parametrize(
    ("intent", "text", "when"),
    [
        ("affirm", "Yes, submit", UNKNOWN),
        ("affirm", "yes please submit it", UNKNOWN),
        ("inform", "就提交吧", UNKNOWN),
        ("affirm", "yes", None),
        ("inform", "昨天晚上提交过一次", "昨天晚上"),
    ],
)
def test_who_says_submit_it_instead_of_a_time_is_not_asked_for_it_again(
    intent: str, text: str, when: str | None
) -> None:
    asked = replace(ASKED_FOR_CONTACT, occurred_text=None)
    said = Said("1", text, intent, extract(text, NOW))
    after = take_in(asked, said, "occurred_at", lambda _: [("other", 1.0)], lambda _: True, NOW)
    assert after.occurred_text == when
    assert after.confirmed is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("幸福路88号的工地夜里还在打桩，国家规定几点停工？我要投诉", True),
        ("幸福路88号那家店随便涨价，合法吗？麻烦登记一下", True),
        ("88 Xingfu Road drills at midnight. What are the rules? I want to report it.", True),
        ("幸福路88号的工地夜里几点必须停工？", False),
        ("我要投诉，夜里几点必须停工？", False),
        ("幸福路88号的工地几点停工？我不想投诉，就问问", False),
        ("Until when may they drill at 88 Xingfu Road?", False),
    ],
)
def test_a_question_with_a_place_and_the_wish_to_file_is_a_complaint_too(text: str, wanted: bool) -> None:
    assert wants_it_filed(text, extract(text, NOW)) is wanted


def test_a_named_place_goes_before_a_longer_one_without_a_name() -> None:
    words = "the stairwell right beside the fire exit. Unit 3, Songtao Court"
    parts = ["the stairwell right beside the fire exit", "Unit 3, Songtao Court"]
    spans = [Span("place", part, words.index(part), words.index(part) + len(part), part) for part in parts]
    found = Said(id="1", text=words, intent="inform", spans=spans).first("place")
    assert found is not None
    assert found.text == "Unit 3, Songtao Court"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Actually forget the noise. The real problem is the rats in the bin room", "The real problem is the rats in the bin room"),
        ("never mind the parking, I want to complain about the lamp at gate 3", "I want to complain about the lamp at gate 3"),
        ("算了，噪音的事不说了，改报路灯不亮", "改报路灯不亮"),
        ("不投诉占道了，真正的问题是那边下水道堵了", "真正的问题是那边下水道堵了"),
        ("刚才那个不要了，我要反映的是五楼漏水", "我要反映的是五楼漏水"),
        ("never mind, thanks", None),
        ("never mind the time, it was yesterday", None),
        ("don't forget the address, it's 12 Hill Road", None),
        ("算了，不报了", None),
        ("不要留电话，谢谢", None),
        ("他们不管，我都说了好几回了", None),
    ],
)  # fmt: skip
def test_who_withdraws_the_matter_for_another_tells_the_other(text: str, other: str | None) -> None:
    assert other_matter(text) == other


@pytest.mark.parametrize(("where", "location"), [("那边", "金桂公寓3号楼"), ("", None)])
def test_another_matter_keeps_the_contact_and_of_the_place_only_what_is_pointed_at(
    where: str, location: str | None
) -> None:
    text = f"算了，电梯不说了，真正的问题是{where}路灯不亮"
    said = Said("1", text, "cancel", extract(text, NOW))
    shown = replace(ASKED_FOR_CONTACT, contact="13900005678")
    after = take_in(shown, said, "confirmed", lambda _: [("street_lighting", 1.0)], lambda _: True, NOW)
    assert after == Intake(
        description=f"真正的问题是{where}路灯不亮",
        category="street_lighting",
        location=location,
        contact="13900005678",
        read="1",
    )


def answered(asked: str, text: str, *spans: Span) -> Intake:
    """A complaint that lacks place and time after that answer."""
    said = Said("1", text, "inform", [*spans, *(span for span in extract(text, NOW) if span.kind == "contact")])
    begun = Intake(description="路灯坏了", category="street_light")
    return take_in(begun, said, asked, lambda _: [("other", 1.0)], lambda _: True, NOW)


def place(text: str, words: str) -> Span:
    return Span("place", words, text.index(words), text.index(words) + len(words), words)


@pytest.mark.parametrize(
    ("text", "places", "location"),
    [
        ("松林里西门出去，桃花街那一段", ["松林里西门", "桃花街那一段"], "松林里西门出去，桃花街那一段"),
        ("Gate 3, on Plum Road", ["Gate 3", "Plum Road"], "Gate 3, on Plum Road"),
        ("就在桃花街吧", ["桃花街"], "桃花街"),
        ("桃花街，13900005678，松林里", ["桃花街", "松林里"], "桃花街"),
        ("桃花街的王婆酱菜铺", ["桃花街"], "桃花街的王婆酱菜铺"),
        ("桃花街里卖酱菜的王婆家。", ["桃花街"], "桃花街里卖酱菜的王婆家"),
        ("桃花街的井盖没了", ["桃花街"], "桃花街"),
        ("桃花街吵死人", ["桃花街"], "桃花街"),
    ],
)
def test_asked_where_all_that_was_named_is_the_place(text: str, places: list[str], location: str) -> None:
    assert answered("location", text, *(place(text, words) for words in places)).location == location


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
    took = take_in(Intake(), said, None, lambda _: [("elevator_fault", 0.9)], lambda _: True, NOW)
    assert took.location == location


@pytest.mark.parametrize("asked", ["location", "occurred_at"])
@pytest.mark.parametrize("text", ["13900005678", "我的电话是13900005678", "reach me on 13900005678"])
def test_a_number_is_the_contact_whatever_was_asked(asked: str, text: str) -> None:
    after = answered(asked, text)
    assert (after.contact, after.location, after.occurred_text) == ("13900005678", None, None)


@pytest.mark.parametrize("vague", ["一擦黑", "天一黑", "傍晚", "after dark", "when it gets dark"])
def test_a_part_of_the_day_does_not_say_when_it_happened(vague: str) -> None:
    text = f"{vague}就看不清路了，灯坏了"
    said = Said("1", text, "file_complaint", [Span("time", vague, 0, len(vague), "")])
    after = take_in(Intake(), said, None, lambda _: [("street_light", 1.0)], lambda _: True, NOW)
    assert after.occurred_text is None


@pytest.mark.parametrize(
    ("text", "category", "after"),
    [
        ("下水道堵了，污水往外冒，报了没人修", "drainage", ("路灯坏了\n下水道堵了，污水往外冒，报了没人修", "drainage", None)),
        ("老磨坊后头那根灯杆子", "street_light", ("路灯坏了", "street_light", "老磨坊后头那根灯杆子")),
    ],
)  # fmt: skip
def test_who_asked_where_tells_another_matter_adds_to_the_first_and_is_asked_again(
    text: str, category: str, after: tuple[str, str, str | None]
) -> None:
    begun = Intake(description="路灯坏了", category="street_light")
    said = Said("1", text, "inform", [])
    took = take_in(begun, said, "location", lambda _: [(category, 0.9)], lambda _: True, NOW)
    assert (took.description, took.category, took.location) == after
    again = take_in(took, replace(said, id="2"), "location", lambda _: [("heating", 0.9)], lambda _: True, NOW)
    assert again.location == (after[2] or text)


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
    ],
)
def test_a_moment_not_far_back_need_not_be_asked_for(text: str, when: str | None) -> None:
    said = Said("1", text, "file_complaint", [])
    after = take_in(Intake(), said, None, lambda _: [("street_light", 0.9)], lambda _: True, NOW)
    assert after.occurred_text == when


@pytest.mark.parametrize(
    ("text", "category"),
    [("就是物业，楼道没人扫", "property"), ("号码还是那个，13900005678", "trees"), ("说不上来", "trees")],
)
def test_the_answer_to_which_kind_is_read_by_itself_where_it_tells_one(text: str, category: str) -> None:
    def kinds(words: str) -> list[tuple[str, float]]:
        if "枯枝" in words:
            return [("trees", 0.5), ("property", 0.4)]
        return [("property", 0.9)] if "物业" in words else [("petition", 0.9 if "号码" in words else 0.3)]

    begun = Intake(description="有根枯枝掉下来了", candidates=("petition", "trees"))
    said = Said("1", text, "inform", extract(text, NOW))
    took = take_in(begun, said, "category", kinds, lambda found: bool(found) and found[0][1] > 0.6, NOW)
    assert took.category == category


def _kinds(text: str) -> list[tuple[str, float]]:
    """By one word of each."""
    words = {"fees": 0.9 if "收费" in text else 0.1, "animals": 0.4, "trains": 0.5 if "火车站" in text else 0.0}
    return sorted(words.items(), key=lambda kind: -kind[1])


@pytest.mark.parametrize(
    ("text", "place", "known", "location", "category", "choices"),
    [
        ("火车站小太阳幼儿园", "火车站小太阳幼儿园", None, "火车站小太阳幼儿园", "animals", ["animals"]),
        ("火车站小太阳幼儿园", "火车站小太阳幼儿园", "理发店", "理发店，火车站小太阳幼儿园", "animals", ["animals"]),
        ("在火车站，乱收费", "火车站", None, "火车站", "fees", []),
        (
            "在火车站，成群结队的，从早到晚叫唤个不停",
            "火车站",
            None,
            "火车站",
            "animals",
            ["animals", "fees", "trains"],
        ),
        ("收费", None, None, None, "fees", []),
        ("他们乱收费，一年涨三回，问也不说", None, None, None, "fees", []),
    ],
)
def test_asked_what_it_is_other_items_tell_no_category_and_nobody_is_asked_again(
    text: str, place: str | None, known: str | None, location: str | None, category: str, choices: list[str]
) -> None:
    begun = Intake(description="有六条狗", candidates=("animals", "other"), location=known)
    spans = [Span("place", place, text.index(place), text.index(place) + len(place), "")] if place else []
    took = take_in(begun, Said("1", text, "inform", spans), "category", _kinds, lambda found: found[0][1] > 0.6, NOW)
    assert (took.location, took.category, took.choices) == (location, category, choices)
    assert took.description == (f"有六条狗\n{text}" if "叫唤" in text or "三回" in text else "有六条狗")


def test_asked_when_another_matter_adds_to_the_first() -> None:
    begun = Intake(description="要投诉出租车", category="taxi", location="机场")
    text = "还是说说路上的大坑吧，富春桥南头，我的车都陷进去了"
    said = Said("1", text, "inform", [Span("place", "富春桥南头", 11, 16, "富春桥南头")])
    took = take_in(begun, said, "occurred_at", lambda _: [("road_damage", 0.9)], lambda _: True, NOW)
    assert (took.description, took.category) == (f"要投诉出租车\n{text}", "road_damage")


@pytest.mark.parametrize("said", ["一三九零零零零五六七八", "one three nine, oh oh oh oh, five six seven eight"])
def test_digits_that_were_spelt_out_are_kept_as_digits(said: str) -> None:
    assert after(("inform", said)).contact == "13900005678"


@pytest.mark.parametrize(
    ("text", "description"),
    [("我家住幸福路88号", None), ("I live at 88 Xingfu Road", None), ("幸福路88号坑", "幸福路88号坑")],
)
def test_who_only_says_where_is_asked_what_is_wrong(text: str, description: str | None) -> None:
    place = next(words for words in ("幸福路88号", "88 Xingfu Road") if words in text)
    said = Said("1", text, "inform", [Span("place", place, text.index(place), text.index(place) + len(place), "")])
    took = take_in(Intake(), said, "description", lambda _: [("other", 0.4)], lambda _: False, NOW)
    assert (took.description, took.location) == (description, place)


@pytest.mark.parametrize(
    ("text", "location", "description"),
    [
        ("路灯 一盏不亮 出门摸着墙走", None, "路灯坏了\n路灯 一盏不亮 出门摸着墙走"),
        ("粮店门口的路灯", "粮店门口的路灯", "路灯坏了"),
    ],
)
def test_asked_where_what_tells_more_than_a_place_is_none(text: str, location: str | None, description: str) -> None:
    begun = Intake(description="路灯坏了", category="street_light")
    said = Said("1", text, "inform", [])
    took = take_in(begun, said, "location", lambda _: [("street_light", 0.9)], lambda _: True, NOW)
    assert (took.location, took.description) == (location, description)


@pytest.mark.parametrize(
    ("text", "contact"),
    [("不留 怕物业知道了", ANONYMOUS), ("no phone please, they would know", ANONYMOUS), ("哪里不对", "13900005678")],
)
def test_at_the_summary_the_number_can_be_taken_back(text: str, contact: str) -> None:
    begun = Intake(description="路灯坏了", category="street_light", location="幸福路", contact="13900005678")
    said = Said("1", text, "correct_item", [])
    took = take_in(begun, said, "confirmed", lambda _: [("street_light", 0.9)], lambda _: True, NOW)
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
    took = take_in(begun, said, "confirmed", lambda _: [("illegal_parking", 0.9)], lambda _: True, NOW)
    assert (took.description == f"路灯坏了\n{text}", took.which_item) == (description, not description)


def test_a_yes_to_a_choice_of_categories_is_one_to_the_first() -> None:
    begun = Intake(description="有个坑", candidates=("road_damage", "drainage_flooding", "other"))
    took = take_in(
        begun, Said("1", "yes, file it", "affirm", []), "category", lambda _: [("taxi", 0.3)], lambda _: False, NOW
    )
    assert took.category == "road_damage"


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
    took = take_in(Intake(), said, None, lambda _: [("street_light", 0.9)], lambda _: True, NOW)
    assert took.location == (location or "Lake Road")


@pytest.mark.parametrize("location", [None, "松江路"])
def test_a_number_alone_does_not_say_what_it_is(location: str | None) -> None:
    begun = Intake(
        description="摊子占了盲道",
        candidates=("street_vendor", "street_light", "other"),
        location=location,
        occurred_text="每天早上",
    )
    said = Said("1", "13900005678", "inform", extract("13900005678", NOW))
    took = take_in(begun, said, "category", lambda _: [("street_light", 0.3)], lambda _: False, NOW)
    assert (took.contact, took.category) == ("13900005678", "street_vendor")


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
    took = take_in(begun, Said("1", text, "inform", spans), "location", lambda _: candidates, lambda _: False, NOW)
    assert (took.category, took.candidates) == (category, tuple(name for name, _ in candidates))
    pressed = Said("2", "/choose_category", "choose_category", [], category="drainage_flooding")
    assert take_in(took, pressed, "confirmed", lambda _: candidates, lambda _: False, NOW).candidates == ()


@pytest.mark.parametrize(
    ("asked", "text", "when"),
    [
        ("occurred_at", "好，接着登记，坏的时间是11月19号", "11月19号"),
        ("occurred_at", "ok, go on, it broke on 19 November", "19 November"),
        ("contact", "好，接着登记，坏的时间是11月19号", None),
    ],
)
def test_asked_when_what_the_rules_read_is_enough(asked: str, text: str, when: str | None) -> None:
    said = Said("1", text, "affirm", [])
    begun = Intake(description="路灯坏了", category="street_light")
    took = take_in(begun, said, asked, lambda _: [("other", 1.0)], lambda _: True, NOW)
    assert took.occurred_text == when


@pytest.mark.parametrize(
    ("text", "only_where"),
    [
        ("幸福路88号旁边那块空地", True),
        ("88 Xingfu Road, at the back", True),
        ("幸福路88号路灯不亮", False),
        ("路灯不亮", False),
        ("我家门口，就是你们上次来修过水管的那个幸福路88号", False),
    ],
)
def test_what_says_only_where(text: str, only_where: bool) -> None:
    def classify(words: str) -> list[tuple[str, float]]:
        return [("street_light", 0.9 if "路灯" in words else 0.2)]

    assert says_only_where(text, extract(text, NOW), classify, lambda found: found[0][1] > 0.5) is only_where


def told_where(text: str, candidates: dict[str, str]) -> Intake:
    """A complaint about a lamp after that answer to "where?"; `candidates` say which category a text holds, one that ends
    in "?" is not sure."""

    def classify(words: str) -> list[tuple[str, float]]:
        name = next((name for part, name in candidates.items() if part in words), "other")
        return [(name.rstrip("?"), 0.3 if name.endswith("?") else 0.9)]

    begun = Intake(description="路灯坏了", category="street_light")
    said = Said("1", text, "inform", extract(text, NOW))
    return take_in(begun, said, "location", classify, lambda found: found[0][1] > 0.5, NOW)


@pytest.mark.parametrize("text", ["十月份就开始了", "since Sunday"])
def test_asked_where_a_time_is_no_place(text: str) -> None:
    after = told_where(text, {"开始": "heating"})
    assert (after.description, after.location, after.category) == ("路灯坏了", None, "street_light")
    assert after.occurred_text


@pytest.mark.parametrize("text", ["昨晚在我家楼下", "last night by the weir"])
def test_a_place_beside_a_time_is_kept(text: str) -> None:
    assert told_where(text, {}).location


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("查户口呢？还不派人过来？", "路灯坏了"),
        ("窗口那个人派头真大，爱搭不理", "路灯坏了\n窗口那个人派头真大，爱搭不理"),
    ],
)
def test_scolding_is_neither_a_place_nor_another_category(text: str, description: str) -> None:
    after = told_where(text, {"派": "official_conduct"})
    assert (after.description, after.location, after.category) == (description, None, "street_light")


@pytest.mark.parametrize(
    ("together", "category", "asked"), [("road_damage", "road_damage", ()), ("road_damage?", None, ("road_damage",))]
)
def test_another_matter_is_classified_together_with_the_first_and_asked_in_doubt(
    together: str, category: str | None, asked: tuple[str, ...]
) -> None:
    after = told_where("其实是井盖松了，一踩就翻", {"路灯坏了\n": together, "井盖": "drainage_flooding"})
    assert (after.category, after.candidates) == (category, asked)


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
    took = take_in(begun, said, "confirmed", lambda _: [("other", 1.0)], lambda _: True, NOW)
    assert (took.contact, took.confirmed) == (contact, confirmed)
