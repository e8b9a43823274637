"""The pieces of a text: groups of characters, phrases of words, letter groups."""

import pytest

from bot.wording import pieces


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("不想活了", ["不", "不想", "想活了", "不想活了"], ["了不"]),
        ("The queue is killing me", ["_ killing me", "_ queue is killing", "~kil"], ["_ the me"]),
        ("路燈坏了", ["路灯"], ["路燈"]),
        ("wifi坏了 call me", ["_ call me", "坏了"], ["_ wifi call", "_ wifi call me"]),
        ("", [], ["_"]),
        ("！？😀", [], ["！"]),
    ],
)
def test_pieces(text: str, there: list[str], not_there: list[str]) -> None:
    found = pieces(text)
    assert set(there) <= set(found)
    assert not set(not_there) & set(found)


def test_repeats_are_kept() -> None:
    assert pieces("吵吵").count("吵") == 2
