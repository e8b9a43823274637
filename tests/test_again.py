"""Who asks to be told once more."""

import pytest

from bot.again import asks_again


@pytest.mark.parametrize(
    "text", ["再说一遍", "没听清，再讲一遍嘛", "麻烦重复一下", "刚才你说的啥", "say that again pls, small letters", "Could you repeat that?"]
)  # fmt: skip
def test_who_asks_to_be_told_once_more(text: str) -> None:
    assert asks_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "他又说了一遍脏话",
        "没看懂",
        "tell me again what a permit costs",
        "the noise is repeated every night",
        "我上次已经跟你们讲得清清楚楚，物业还是不管，现在要我再说一遍吗，那我再说一遍：三号楼电梯坏了",
    ],
)
def test_who_does_not(text: str) -> None:
    assert not asks_again(text)
