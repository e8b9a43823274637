"""The answer to what the form asked for."""

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


def after(*answers: tuple[str, str]) -> Intake:
    """The complaint after those answers (intent, text) to "how can we reach you?"."""
    intake = ASKED_FOR_CONTACT
    for number, (intent, text) in enumerate(answers):
        said = Said(str(number), text, intent, extract(text, NOW))
        intake = take_in(intake, said, "contact", sure("other"), NOW)
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
    took = take_in(begun, Said("1", text, "inform", spans), "occurred_at", in_doubt(), NOW)
    assert (took.location, took.occurred_text) == (place, "上月")


@pytest.mark.parametrize("text", ["要不要发录像啊？我手机里只有一段", "Do you want photographs? I have eleven."])
def test_what_asks_is_no_answer(text: str) -> None:
    said = Said("1", text, "inform", [])
    begun = Intake(description="音响太吵", category="noise_business", in_vain=1)
    assert take_in(begun, said, "location", in_doubt("other"), NOW).location == UNKNOWN
    assert take_in(ASKED_FOR_CONTACT, said, "contact", in_doubt("other"), NOW).contact is None


@pytest.mark.parametrize(("text", "category"), [("It has been there since the rain", "road"), ("rain came in", "rain")])
def test_what_goes_on_about_it_is_no_other_matter(text: str, category: str) -> None:
    begun = Intake(description="a hole in the road", category="road")
    said = Said("1", text, "inform", [])
    took = take_in(begun, said, "location", sure("rain"), NOW)
    assert took.category == category


def test_what_the_place_is_called_belongs_to_it() -> None:
    text = "The village is called Shiqiao, it's the stretch under the old stone bridge"
    said = Said("1", text, "inform", [Span("place", "under the old stone bridge", text.index("under"), len(text), "")])
    begun = Intake(description="the river is purple", category="water_pollution")
    assert take_in(begun, said, "location", in_doubt("other"), NOW).location == text


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
    after = take_in(asked, said, "occurred_at", sure("other"), NOW)
    assert after.occurred_text == when
    assert after.confirmed is None


def answered(asked: str, text: str, *spans: Span) -> Intake:
    """A complaint that lacks place and time after that answer."""
    said = Said("1", text, "inform", [*spans, *(span for span in extract(text, NOW) if span.kind == "contact")])
    begun = Intake(description="路灯坏了", category="street_light")
    return take_in(begun, said, asked, sure("other"), NOW)


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


@pytest.mark.parametrize("asked", ["location", "occurred_at"])
@pytest.mark.parametrize("text", ["13900005678", "我的电话是13900005678", "reach me on 13900005678"])
def test_a_number_is_the_contact_whatever_was_asked(asked: str, text: str) -> None:
    after = answered(asked, text)
    assert (after.contact, after.location, after.occurred_text) == ("13900005678", None, None)


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
    took = take_in(begun, said, "location", sure(category), NOW)
    assert (took.description, took.category, took.location) == after
    again = take_in(took, replace(said, id="2"), "location", sure("heating"), NOW)
    assert again.location == (after[2] or text)


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
    took = take_in(begun, said, "category", Kinds(kinds), NOW)
    assert took.category == category


def test_the_name_of_the_place_tells_which_of_those_offered_it_is_and_never_another() -> None:
    def kinds(words: str) -> list[tuple[str, float]]:
        return [("bar", 0.8)] if "酒吧" in words else [("cinema", 0.8)] if "影城" in words else [("neighbour", 0.3)]

    begun = Intake(description="楼下吵得要命", candidates=("neighbour", "bar"))
    for name, category in (("蓝月亮酒吧", "bar"), ("蓝月亮影城", "neighbour")):
        said = Said("1", name, "inform", [Span("place", name, 0, len(name), "")])
        took = take_in(begun, said, "category", Kinds(kinds), NOW)
        assert (took.category, took.location) == (category, name)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("小麦面包，百汇城负一楼那家", "小麦面包，百汇城负一楼那家"),
        ("小麦面包，楼下垃圾没人收", "小麦面包"),
        ("小麦面包，谢谢", "小麦面包"),
    ],
)
def test_a_last_clause_that_says_more_of_where_belongs_to_the_place(text: str, place: str) -> None:
    begun = Intake(description="蛋糕里有头发", category="food_safety")
    said = Said("1", text, "inform", [Span("place", "小麦面包", 0, 4, "")])
    assert take_in(begun, said, "location", in_doubt("other"), NOW).location == place


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
    took = take_in(begun, Said("1", text, "inform", spans), "category", Kinds(_kinds), NOW)
    assert (took.location, took.category, took.choices) == (location, category, choices)
    assert took.description == (f"有六条狗\n{text}" if "叫唤" in text or "三回" in text else "有六条狗")


def test_asked_when_another_matter_adds_to_the_first() -> None:
    begun = Intake(description="要投诉出租车", category="taxi", location="机场")
    text = "还是说说路上的大坑吧，富春桥南头，我的车都陷进去了"
    said = Said("1", text, "inform", [Span("place", "富春桥南头", 11, 16, "富春桥南头")])
    took = take_in(begun, said, "occurred_at", sure("road_damage"), NOW)
    assert (took.description, took.category) == (f"要投诉出租车\n{text}", "road_damage")


@pytest.mark.parametrize("said", ["一三九零零零零五六七八", "one three nine, oh oh oh oh, five six seven eight"])
def test_digits_that_were_spelt_out_are_kept_as_digits(said: str) -> None:
    assert after(("inform", said)).contact == "13900005678"


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
    took = take_in(begun, said, "location", sure("street_light"), NOW)
    assert (took.location, took.description) == (location, description)


@pytest.mark.parametrize(
    ("text", "is_place"),
    [
        ("问他他就装没听见", False),
        ("他们骂得可难听了", False),
        ("she laughed and hung up", False),
        ("我外婆家", True),
        ("老周他家", True),
        ("他家后门", True),
        ("他那张卡背后印着不退不换的哦", False),
        ("咱村小学", True),
        ("富康桥头", True),
        ("Kaffee Eck", True),
        ("the place they call the Horn, by the canal", True),
    ],
)
def test_asked_where_what_somebody_said_or_did_is_no_place(text: str, is_place: bool) -> None:
    begun = Intake(description="司机绕路", category="taxi")
    took = take_in(begun, Said("1", text, "inform", []), "location", in_doubt("other"), NOW)
    assert took.location == (text if is_place else None)


@pytest.mark.parametrize(
    ("text", "is_when"), [("昨夜下雨开始的", True), ("昨夜楼下的店", False), ("昨夜上班时候", True)]
)
def test_asked_where_a_time_with_rain_beside_it_is_no_place(text: str, is_when: bool) -> None:
    begun = Intake(description="水漫上来了", category="drainage_flooding")
    said = Said("1", text, "inform", [Span("time", text[:2], 0, 2, "")])
    took = take_in(begun, said, "location", in_doubt("other"), NOW)
    assert (took.location, took.occurred_text) == (None if is_when else text, text[:2])
    known = replace(begun, occurred_text="昨天")
    took = take_in(known, said, "location", in_doubt("other"), NOW)
    assert (took.location, took.occurred_text) == (None if is_when else text, "昨天")
    assert took.description == (f"水漫上来了\n{text}" if is_when else "水漫上来了")


def test_a_yes_to_a_choice_of_categories_is_one_to_the_first() -> None:
    begun = Intake(description="有个坑", candidates=("road_damage", "drainage_flooding", "other"))
    took = take_in(begun, Said("1", "yes, file it", "affirm", []), "category", in_doubt("taxi"), NOW)
    assert took.category == "road_damage"


@pytest.mark.parametrize("location", [None, "松江路"])
def test_a_number_alone_does_not_say_what_it_is(location: str | None) -> None:
    begun = Intake(
        description="摊子占了盲道",
        candidates=("street_vendor", "street_light", "other"),
        location=location,
        occurred_text="每天早上",
    )
    said = Said("1", "13900005678", "inform", extract("13900005678", NOW))
    took = take_in(begun, said, "category", in_doubt("street_light"), NOW)
    assert (took.contact, took.category) == ("13900005678", "street_vendor")


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
    took = take_in(begun, said, asked, sure("other"), NOW)
    assert took.occurred_text == when


def told_where(text: str, candidates: dict[str, str]) -> Intake:
    """A complaint about a lamp after that answer to "where?"; `candidates` say which category a text holds, one that ends
    in "?" is not sure."""

    def classify(words: str) -> list[tuple[str, float]]:
        name = next((name for part, name in candidates.items() if part in words), "other")
        return [(name.rstrip("?"), 0.3 if name.endswith("?") else 0.9)]

    begun = Intake(description="路灯坏了", category="street_light")
    said = Said("1", text, "inform", extract(text, NOW))
    return take_in(begun, said, "location", Kinds(classify), NOW)


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
