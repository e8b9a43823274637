"""What is taken for a word that sounds alike, and what is left as it is."""

from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.tickets.homophones import COMMON, Homophones

COMPLAINTS = [*["电梯又坏了，没人修"] * COMMON, *["路灯不亮，一直停水"] * COMMON]


@pytest.fixture(scope="module")
def homophones() -> Homophones:
    return Homophones.of(COMPLAINTS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("我们楼的电提又坏了", "我们楼的电梯又坏了"),
        ("路登不亮", "路灯不亮"),
        ("停睡停了一天", "停水停了一天"),
        ("電提壞了", "电梯坏了"),
    ],
)
def test_what_only_sounds_like_a_word_of_complaints_is_put_right(homophones: Homophones, text: str, meant: str) -> None:
    assert homophones.corrected(text) == meant


@pytest.mark.parametrize(
    "text", ["电梯坏了", "路灯 不亮。", "垫体育器材", "登路灯杆", "the lift is broken", "", "井盖丢了"]
)
def test_everything_else_stays(homophones: Homophones, text: str) -> None:
    assert homophones.corrected(text) == text


def test_a_word_must_be_common_to_be_meant() -> None:
    assert Homophones.of(COMPLAINTS[1:COMMON]).corrected("电提坏了") == "电提坏了"


def test_what_complaints_hold_so_written_stays() -> None:
    assert Homophones.of([*COMPLAINTS, "电提坏了"]).corrected("电提坏了") == "电提坏了"


def test_it_is_kept(homophones: Homophones, tmp_path: Path) -> None:
    homophones.save(tmp_path / "homophones.json")
    kept = Homophones.load(tmp_path / "homophones.json")
    assert len(kept) == len(homophones) > 0
    assert kept.corrected("电提坏了") == "电梯坏了"


@pytest.mark.parametrize("content", [None, "{", '{"words": {}}'])
def test_a_missing_or_broken_file_is_said_so(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "homophones.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Misconfigured, match="hotline train"):
        Homophones.load(path)
