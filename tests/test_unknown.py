"""Who does not know what was asked for."""

import pytest

from bot.unknown import is_unknown


@pytest.mark.parametrize(
    "text",
    [
        "不知道",
        "记不清了",
        "多久了不清楚，我也是才搬来",
        "具体门牌我也说不上来",
        "时间忘了",
        "没有",
        "I don't know",
        "can't remember exactly, I was away",
        "I really don't know the exact date",
        "no idea",
    ],
)
def test_who_says_that_nothing_is_known(text: str) -> None:
    assert is_unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "不知道要等多久？",
        "我不知道他们为什么不修",
        "没有水",
        "没有，在幸福路",
        "the landlord doesn't know",
        "I don't know who to ask, what does it cost?",
        "not sure they will come",
        "",
    ],
)
def test_who_says_something_else(text: str) -> None:
    assert not is_unknown(text)
