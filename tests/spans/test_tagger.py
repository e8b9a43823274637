"""What the tagger reads, and what it finds once taught by a few examples."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.extract import SpanTagger, extract
from bot.spans.span import Span
from bot.spans.tagger import features, marks, words_of
from bot.spans.training import read_marked, train_spans

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

TAUGHT = """# a few utterances
[化工园那边](place)飘过来一股臭味
[东山坡那边](place)有人烧垃圾
[老砖厂那边](place)天天放鞭炮
[河滩那边](place)臭得很
路灯坏了
孩子上学的事
smoke from [the old tannery](place) again
noise from [the old paper mill](place) again
smell from [the old sugar plant](place) today
dust from [the old quarry](place) all day
[since dusk](time) no light
老板欠我三个月工资
物业不管事
"""


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> SpanTagger:
    folder = tmp_path_factory.mktemp("spans")
    (folder / "few.txt").write_text(TAUGHT, encoding="utf-8")
    assert train_spans(folder, folder / "spans.crfsuite") == 13
    return SpanTagger(folder / "spans.crfsuite")


def test_words_are_characters_words_numbers_and_signs() -> None:
    assert [word.text for word in words_of("3号楼 lift's out，88")] == [*list("3号楼"), "lift's", "out", "，", "88"]
    assert words_of(" \n") == []


def test_marks_say_where_a_span_begins_and_goes_on() -> None:
    words = words_of("在幸福路88号")
    assert marks(words, [Span("place", "幸福路88号", 1, 7, "")]) == ["O", "B", "I", "I", "I", "I"]
    assert marks(words, []) == ["O"] * 6


def test_features_hold_the_neighbours_and_what_the_rules_found() -> None:
    words = words_of("在幸福路")
    seen = features(words, [["O", "B", "I", "I"]])[1]
    assert {"w0=幸", "w-1=在", "w1=福", "r00=B", "r0-1=O"} <= set(seen)
    assert "w-2=^" in seen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("化工园那边又臭了", ["化工园那边"]),
        ("物业不管", []),
        ("", []),
        ("？？！", []),
    ],
)
def test_it_finds_names_that_no_form_betrays(tagger: SpanTagger, text: str, found: list[str]) -> None:
    assert [span.text for span in extract(text, NOW, tagger) if span.kind == "place"] == found


def test_spans_point_into_the_text(tagger: SpanTagger) -> None:
    text = "又是化工园那边，好臭"
    for span in extract(text, NOW, tagger):
        assert text[span.start : span.end] == span.text


def test_a_time_has_the_moment_that_the_rules_read(tagger: SpanTagger) -> None:
    (time,) = [span for span in extract("since dusk no light", NOW, tagger) if span.kind == "time"]
    assert time.text == "since dusk"
    assert time.value == "" or time.value.startswith("2026-11-")


def test_contacts_are_the_rules_alone(tagger: SpanTagger) -> None:
    assert [span.value for span in extract("打13912345678", NOW, tagger) if span.kind == "contact"] == ["13912345678"]


def test_a_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="hotline train"):
        SpanTagger(tmp_path / "none.crfsuite")


def test_marked_utterances_are_read_and_others_refused() -> None:
    assert read_marked("在[幸福路](place)，[昨晚](time)起") == (
        "在幸福路，昨晚起",
        [Span("place", "幸福路", 1, 4, "幸福路"), Span("time", "昨晚", 5, 7, "昨晚")],
    )
    with pytest.raises(Misconfigured, match="place or time"):
        read_marked("[王先生](person)")
