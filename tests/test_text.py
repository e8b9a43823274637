import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("自·杀", "自杀"),
        ("自 杀", "自杀"),
        ("自🔪杀", "自杀"),
        ("自\u200b殺", "自杀"),
        ("ＫＭＳ", "kms"),
        ("k.m.s", "kms"),
        ("k m s", "kms"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("heeeelp", "help"),
        ("I don’t", "i don't"),
        # Near misses: what somebody meant as two words, or as two sentences, stays so.
        ("I am a resident", "i am a resident"),
        ("路灯。坏了", "路灯。坏了"),
        ("幸福路   和平路", "幸福路   和平路"),
        ("3.5号楼", "3.5号楼"),
        ("", ""),
    ],
)
def test_tricks_fall_away(written: str, read: str) -> None:
    assert normalise(written).text == read


@given(st.text(max_size=300))
def test_every_character_knows_where_it_stood(text: str) -> None:
    normal = normalise(text)
    assert len(normal.origins) == len(normal.text)
    assert list(normal.origins) == sorted(set(normal.origins))
    assert all(0 <= origin < len(text) for origin in normal.origins)


def test_a_span_points_into_the_text_as_it_was_written() -> None:
    text = "我想 自·杀 了"
    normal = normalise(text)
    start = normal.text.index("自杀")
    first, last = normal.original_span(start, start + 2)
    assert text[first:last] == "自·杀"
