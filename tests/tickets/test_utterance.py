"""What one utterance says by itself."""

from datetime import UTC, datetime

import pytest

from bot.extract import Span, contacts, extract
from bot.tickets.utterance import (
    after_repairs,
    only_introduces,
    only_time,
    other_matter,
    says_only_where,
    wants_it_filed,
)
from tests.tickets.kinds import Kinds, in_doubt

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("先记一下我的电话13900005678，一会儿断了好找我。我要投诉", True),
        ("I have one more complaint, my phone is 13900005678", True),
        ("you may ring me on 13900005678 before eight. I live right up under the roof and I walk slowly now", True),
        ("还要投诉一件事。纺织路40号，那家人把旧沙发柜子全堆在过道里了。电话还是13900005678", False),
        (
            "i have another complaint. mill road 40, the wires hang down so low a tall man must bow. phone 13900005678",
            False,
        ),
    ],
)
def test_a_number_and_a_few_words_only_introduce(text: str, only: bool) -> None:
    assert only_introduces(text, extract(text, NOW), in_doubt("other"), is_answer=True) is only


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
        ("手机号不要了，换成座机62310078", None),
        ("不要留电话，谢谢", None),
        ("他们不管，我都说了好几回了", None),
    ],
)  # fmt: skip
def test_who_withdraws_the_matter_for_another_tells_the_other(text: str, other: str | None) -> None:
    assert other_matter(text) == other


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

    assert says_only_where(text, extract(text, NOW), Kinds(classify)) is only_where


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("since like 2 this afternoon", True),
        ("it started last Tuesday I think", True),
        ("大概从上周三开始的吧", True),
        ("昨天晚上，一直到现在", True),
        ("昨天停电了", False),
        ("the power went yesterday", False),
        ("since last Tuesday they drill", False),
        ("上周三物业来过", False),
        ("嗯嗯", False),
    ],
)
def test_a_time_alone_tells_no_matter(text: str, only: bool) -> None:
    assert only_time(text, extract(text, NOW)) is only


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13900001111. or wait, that's my work phone, use 13900002222 instead", ["13900002222"]),
        ("打13900001111，哦不对，打13900002222", ["13900002222"]),
        ("13900001111，说错了，是13900002222", ["13900002222"]),
        ("13900001111 or 13900002222", ["13900001111", "13900002222"]),
        ("账不对，13900001111或者13900002222", ["13900001111", "13900002222"]),
        ("13900001111, no wait", ["13900001111"]),
    ],
)
def test_what_is_taken_back_in_the_same_breath_does_not_hold(text: str, kept: list[str]) -> None:
    assert [span.text for span in after_repairs(text, contacts(text))] == kept


def test_a_repair_takes_back_only_what_is_said_anew() -> None:
    text = "Old Chen Noodles on Wednesday. no sorry, Tuesday"
    spans = [
        Span("place", "Old Chen Noodles", 0, 16, ""),
        Span("time", "Wednesday", 20, 29, ""),
        Span("time", "Tuesday", 41, 48, ""),
    ]
    assert [span.text for span in after_repairs(text, spans)] == ["Old Chen Noodles", "Tuesday"]
