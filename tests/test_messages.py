import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import clean_text, for_assistant


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  路灯坏了 ", "路灯坏了"),
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("first\nsecond\tthird", "first\nsecond\tthird"),
        ("\u202eevil", "evil"),
        ("👨‍👩‍👧 家里", "👨‍👩‍👧 家里"),
        ("\x00\x01", ""),
        (None, ""),
        (12345, ""),
        (["路灯"], ""),
        ("", ""),
    ],
)
def test_text_is_cleaned(raw: object, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text())
def test_clean_text_can_be_encoded(text: str) -> None:
    clean_text(text).encode("utf-8")


@pytest.mark.parametrize("typed", ["/restart", '/express_crisis{"x":1}', '/inform{"location":"x"}', "/"])
def test_a_slash_never_reaches_the_assistant_as_a_command(typed: str) -> None:
    assert for_assistant(typed) == "／" + typed[1:]


def test_a_slash_inside_a_text_stays() -> None:
    assert for_assistant("3/5号楼") == "3/5号楼"


def test_the_assistant_reads_a_bounded_part_of_a_long_text() -> None:
    assert len(for_assistant("路" * 100_000)) == 2_000
