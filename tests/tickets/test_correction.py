"""Corrections of any single item in both languages, and what must change nothing."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.extract import Span, extract
from bot.tickets.correction import ANONYMOUS, correct
from bot.tickets.ticket import Draft
from tests.tickets.kinds import Kinds

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=timezone(timedelta(hours=8)))


def draft(language: str) -> Draft:
    zh = language == "zh"
    return Draft(
        conversation_id="c1",
        channel="webchat",
        language=language,
        description="夜里施工太吵" if zh else "noise at night",
        category="noise_construction",
        location="幸福小区3号楼2单元501" if zh else "Building 3, Sunshine Garden",
        occurred_text="昨晚十一点" if zh else "last night",
        contact="13800001234",
    )


def classify(text: str) -> list[tuple[str, float]]:
    is_bar = any(word in text for word in ("KTV", "酒吧", "bar", "karaoke"))
    return [("noise_business", 0.8)] if is_bar else [("noise_construction", 0.6)]


LOCATION = [
    ("zh", "不对，是5号楼", "幸福小区5号楼2单元501"),
    ("zh", "对，是5号楼", "幸福小区5号楼2单元501"),
    ("zh", "应该是3单元", "幸福小区3号楼3单元501"),
    ("zh", "不是501，是502", "幸福小区3号楼2单元502"),
    ("zh", "是502不是501", "幸福小区3号楼2单元502"),
    ("zh", "说错了 是502 不是501 501是我女儿家", "幸福小区3号楼2单元502"),
    ("zh", "楼号错了，是7号楼", "幸福小区7号楼2单元501"),
    ("zh", "哎不对，是7号楼，我说错了，3号楼是我妈住的", "幸福小区7号楼2单元501"),
    ("zh", "不是幸福小区，是阳光小区", "阳光小区3号楼2单元501"),
    ("zh", "地址改成建设路28号", "建设路28号"),
    ("zh", "应该是和平小区2号楼", "和平小区2号楼"),
    ("zh", "地址写错了，是解放路16号", "解放路16号"),
    ("zh", "位置是人民公园东门", "人民公园东门"),
    ("zh", "地址不对，应该是6号楼1单元", "幸福小区6号楼1单元501"),
    ("en", "the address is wrong, it should be Building 4 room 12", "room 12, Building 4, Sunshine Garden"),
    ("zh", "把3号楼改成6号楼", "幸福小区6号楼2单元501"),
    ("en", "no, building 5", "building 5, Sunshine Garden"),
    ("en", "sorry, my mistake, the building is 6, I wrote 3. please change it", "Building 6, Sunshine Garden"),
    ("en", "I typed 3 but it should be 6", "Building 6, Sunshine Garden"),
    ("en", "6 instead of 3 please", "Building 6, Sunshine Garden"),
    ("en", "Building 6 not 3. sory i write fast", "Building 6, Sunshine Garden"),
    ("zh", "写成3号楼了，其实是6号楼", "幸福小区6号楼2单元501"),
    ("zh", "应该是6号楼，我写成3号楼了", "幸福小区6号楼2单元501"),
    ("en", "not building 3 but building 6", "building 6, Sunshine Garden"),
    ("en", "actually it is 12 Jianshe Road", "12 Jianshe Road"),
    ("en", "the address should be 12 Jianshe Road", "12 Jianshe Road"),
    ("en", "wrong address, it's Wenchang Street 66", "Wenchang Street 66"),
]

CONTACT = [
    ("zh", "电话错了，是13900005678", "13900005678"),
    ("zh", "号码改成 139 0000 5678", "139 0000 5678"),
    ("zh", "尾号不是1234，是1243", "13800001243"),
    ("zh", "联系方式换成微信 lihua_2020", "lihua_2020"),
    ("zh", "电话错了，是一三九零零零零五六七八", "13900005678"),
    ("zh", "改成匿名", ANONYMOUS),
    ("zh", "电话不要留了，匿名吧", ANONYMOUS),
    ("en", "wrong number, it's 139 0000 5678", "139 0000 5678"),
    ("en", "my phone is 13900005678", "13900005678"),
    ("en", "change the number to 13900005678", "13900005678"),
    ("en", "make it anonymous", ANONYMOUS),
    ("zh", "电话最后四位是1243，你写成1234了", "13800001243"),
    ("zh", "尾号应该是88", "13800001288"),
    ("zh", "手机号不要了，换成座机62310078", "62310078"),
    ("en", "wrong number mate, last four digits are 1243", "13800001243"),
]

WHEN = [
    ("zh", "时间是前天晚上", "前天晚上", "2026-11-22T20:00:00+08:00"),
    ("zh", "时间不对，是11月20号早上七点", "11月20号早上七点", "2026-11-20T07:00:00+08:00"),
    ("zh", "不是昨晚，是前天晚上", "前天晚上十一点", "2026-11-22T23:00:00+08:00"),
    ("zh", "日期错了，上周五", "上周五", "2026-11-20T00:00:00+08:00"),
    ("en", "the time was Monday evening", "Monday evening", "2026-11-23T20:00:00+08:00"),
    ("en", "it was yesterday morning, not last night", "yesterday morning", "2026-11-23T09:00:00+08:00"),
    ("en", "wrong date, 20 November", "20 November", "2026-11-20T00:00:00+08:00"),
]

ASK_AGAIN = [
    ("zh", "地址写错了", "location"),
    ("zh", "地点不对", "location"),
    ("zh", "号码不对", "contact"),
    ("zh", "电话要改一下", "contact"),
    ("zh", "日期改一下", "occurred_at"),
    ("zh", "时间错了", "occurred_at"),
    ("en", "the address is wrong", "location"),
    ("en", "change the phone number", "contact"),
    ("en", "wrong time", "occurred_at"),
]

NOTHING = [
    ("zh", "对"), ("zh", "没错"), ("zh", "都对"), ("zh", "是的"), ("zh", "好的谢谢"),
    ("zh", "确认提交"), ("zh", "没写错"),
    ("zh", "3号楼是对的"), ("zh", "昨晚十一点没错"), ("zh", "不对"), ("zh", "你们什么时候处理"), ("zh", "多久能办好"),
    ("zh", "不用改"), ("zh", "地址不用改"), ("zh", ""),
    ("en", "yes"), ("en", "right"), ("en", "that's correct"), ("en", "everything is fine"), ("en", "nothing wrong"),
    ("en", "wrong"), ("en", "Sunshine Garden is right"), ("en", "when will it be fixed"),
    ("en", "don't change it"), ("en", "no"), ("zh", "尾号1234是对的"), ("en", "the last four digits are 1234, right"),
]  # fmt: skip


def corrected(language: str, text: str, pending: str | None = "confirmed") -> Any:
    return correct(text, draft(language), extract(text, NOW), pending, NOW, Kinds(classify))


@pytest.mark.parametrize(("language", "text", "expected"), LOCATION)
def test_of_the_address_only_what_was_said_changes(language: str, text: str, expected: str) -> None:
    assert corrected(language, text).changes == {"location": expected}


@pytest.mark.parametrize(("language", "text", "expected"), CONTACT)
def test_the_contact_changes_alone(language: str, text: str, expected: str) -> None:
    assert corrected(language, text).changes == {"contact": expected}


@pytest.mark.parametrize(("language", "text", "expected", "moment"), WHEN)
def test_the_time_changes_in_words_and_moment(language: str, text: str, expected: str, moment: str) -> None:
    assert corrected(language, text).changes == {"occurred_text": expected, "occurred_at": moment}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "small fix, the time should be 22:00 to 03:00, not 02:00", "22:00 to 03:00"),
        ("zh", "时间改一下，是晚上十点到凌晨三点，不是两点", "晚上十点到凌晨三点"),
    ],
)
def test_a_time_that_was_named_is_read_by_the_rules_where_nothing_else_saw_it(
    language: str, text: str, expected: str
) -> None:
    assert correct(text, draft(language), [], "confirmed", NOW, Kinds(classify)).changes["occurred_text"] == expected


@pytest.mark.parametrize(("language", "text", "item"), ASK_AGAIN)
def test_an_item_that_is_wrong_without_a_new_value_is_asked_again(language: str, text: str, item: str) -> None:
    correction = corrected(language, text)
    assert (correction.changes, correction.ask_again) == ({}, item)


@pytest.mark.parametrize(("language", "text"), NOTHING)
def test_a_yes_a_question_or_a_bare_no_changes_nothing(language: str, text: str) -> None:
    correction = corrected(language, text)
    assert (correction.changes, correction.ask_again) == ({}, None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "不是施工，是楼下KTV"),
        ("zh", "类别不对，应该是酒吧噪音"),
        ("en", "it's not construction, it's the bar downstairs"),
    ],
)
def test_another_matter_changes_the_category_and_keeps_the_words(language: str, text: str) -> None:
    changes = corrected(language, text).changes
    assert changes["category"] == "noise_business"
    assert changes["description"] == f"{draft(language).description}\n{text}"


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh", "类别错了，归商业经营噪声那个"), ("en", "The kind is wrong, it should be noise from a business")],
)
def test_the_name_of_a_category_changes_the_category_and_no_more(language: str, text: str) -> None:
    def by_name(said: str) -> str | None:
        return "noise_business" if said.startswith(("商业经营噪声", "noise from a business")) else None

    correction = correct(text, draft(language), [], "confirmed", NOW, Kinds(classify, named=by_name))
    assert correction.changes == {"category": "noise_business"}


def test_what_only_sounds_like_another_matter_is_kept_and_changes_no_category() -> None:
    text = "they do not drill by day but they run a compressor"
    unsure = correct(text, draft("en"), [], "contact", NOW, Kinds(lambda _: [("noise_business", 0.4)]))
    assert unsure.changes == {"description": f"{draft('en').description}\n{text}"}


def test_what_is_put_for_a_place_is_a_place() -> None:
    text = "not Sunshine Garden, I mix them up every time. It is Moonlight Court, number 4"
    first, second = text.index("Sunshine"), text.index("Moonlight")
    spans = [
        Span("place", "Sunshine Garden", first, first + 15, ""),
        Span("place", "Moonlight Court, number 4", second, len(text), ""),
    ]
    changes = correct(text, draft("en"), spans, "confirmed", NOW, Kinds(classify)).changes
    assert changes == {"location": "Building 3, Moonlight Court, number 4"}


@pytest.mark.parametrize(
    ("location", "text", "expected"),
    [
        ("12 Jianshe Road, block 3", "everything ok but the street is Garden Road", "12 Garden Road, block 3"),
        ("城东区建设路12号3栋", "都对，就是路名应该是建社路", "城东区建社路12号3栋"),
        ("建设路12号", "路名写错了，是花园路", "花园路12号"),
        ("near the school", "all good except the road is Lake Road", "Lake Road"),
        ("12 Jianshe Road", "the street is dark", None),
    ],
)
def test_of_a_place_the_name_of_its_street_changes_alone(location: str, text: str, expected: str | None) -> None:
    shown = replace(draft("zh"), location=location)
    changes = correct(text, shown, extract(text, NOW), "confirmed", NOW, Kinds(classify)).changes
    assert changes.get("location") == expected


@pytest.mark.parametrize(
    ("location", "text", "expected"),
    [
        ("花园街88号2号楼", "不对，门牌是188，少打了个1", "花园街188号2号楼"),
        ("88 Garden Street", "house number should be 86", "86 Garden Street"),
        ("地铁1号线，花园街88号", "门牌号应该是86", "地铁1号线，花园街86号"),
    ],
)
def test_of_a_place_the_number_on_its_street_changes_alone(location: str, text: str, expected: str) -> None:
    shown = replace(draft("zh"), location=location)
    assert correct(text, shown, [], "confirmed", NOW, Kinds(classify)).changes == {"location": expected}


@pytest.mark.parametrize(
    ("language", "text", "added"),
    [
        ("zh", "我补充一下，还有灰尘很大", "还有灰尘很大"),
        ("en", "I want to add that the dust is bad", "the dust is bad"),
        ("en", "please add the bar's name: Blue Parrot", "the bar's name: Blue Parrot"),
    ],
)
def test_what_is_added_goes_to_the_description(language: str, text: str, added: str) -> None:
    assert corrected(language, text).changes == {"description": f"{draft(language).description}\n{added}"}


@pytest.mark.parametrize(
    ("text", "pending"),
    [("建设路28号", "location"), ("13900005678", "contact"), ("昨天晚上", "occurred_at"), ("解放路16号", "contact")],
)
def test_an_answer_without_a_word_of_correction_is_no_correction(text: str, pending: str) -> None:
    assert corrected("zh", text, pending).changes == {}


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("bus 31 drove past me", "sorry, it should be 13, not 31"),
        ("The 4 drove past me", "One thing is wrong, the line was 14, not 4"),
        ("31路甩站", "不是31路，是13路"),
        ("交了一万二", "金额改一下 不是一万二 我看了收据 是一万零八百"),
        ("the landlord gave back 500", "what I want back is 1000, not 500"),
    ],
)
def test_a_number_in_what_happened_is_put_right_by_the_sentence_itself(description: str, text: str) -> None:
    complaint = replace(draft("en"), description=description)
    after = correct(text, complaint, extract(text, NOW), "confirmed", NOW, Kinds(classify))
    assert after.changes == {"description": f"{description}\n{text}"}


@pytest.mark.parametrize(
    "text", ["not just noisy, the shouting is the worst", "the boss was the one who shouted, not a guard"]
)
def test_a_sentence_about_the_matter_changes_no_category(text: str) -> None:
    assert "category" not in corrected("en", text).changes


@pytest.mark.parametrize("pending", ["contact", "occurred_at", "confirmed"])
@pytest.mark.parametrize("text", ["哎 写成3号楼了 其实是5号楼", "应该是5号楼，我写成3号楼了"])
def test_what_was_written_by_mistake_is_put_right_whatever_is_asked(text: str, pending: str) -> None:
    assert corrected("zh", text, pending).changes == {"location": "幸福小区5号楼2单元501"}


def test_a_part_of_a_number_is_not_exchanged() -> None:
    complaint = replace(draft("en"), description="noise", location="Building 31")
    assert correct("it was 5, not 1", complaint, [], "confirmed", NOW, Kinds(classify)).changes.get("location") is None


def test_a_span_of_time_is_not_doubled() -> None:
    complaint = replace(draft("en"), occurred_text="from 22:00 to 02:00")
    text = "the time should be 22:00 to 03:00, not 02:00"
    after = correct(text, complaint, extract(text, NOW), "confirmed", NOW, Kinds(classify))
    assert after.changes["occurred_text"] == "from 22:00 to 03:00"


def test_where_no_place_is_known_all_that_is_said_instead_is_the_place() -> None:
    complaint, text = replace(draft("zh"), location=None), "路名说错了，不是长青路，是长春路，邮局对面"
    spans = [Span("place", words, text.index(words), text.index(words) + 4, words) for words in ("邮局对面",)]
    assert correct(text, complaint, spans, "location", NOW, Kinds(classify)).changes == {"location": "长春路，邮局对面"}
