"""What the tagger reads, and what it finds once taught by a few examples."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.encoder import shared_encoder
from bot.errors import Misconfigured
from bot.extract import SpanTagger, extract
from bot.spans.span import Span
from bot.spans.tagger import DOUBT, Network, completed, joined, marks, seen, signs, words_of
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
    assert train_spans(folder, shared_encoder(), folder / "spans.npz")["utterances"] == TAUGHT.count("\n") - 1
    return SpanTagger(folder / "spans.npz", shared_encoder())


def test_words_are_characters_words_numbers_and_signs() -> None:
    assert [word.text for word in words_of("3号楼 lift's out，88")] == [*list("3号楼"), "lift's", "out", "，", "88"]
    assert words_of(" \n") == []


def test_marks_say_where_a_span_begins_and_goes_on() -> None:
    words = words_of("在幸福路88号")
    assert marks(words, [Span("place", "幸福路88号", 1, 7, "")]) == ["O", "B", "I", "I", "I", "I"]
    assert marks(words, []) == ["O"] * 6


def test_signs_say_what_the_rules_found_and_what_a_word_looks_like() -> None:
    words = words_of("在幸福路88号, OK")
    found = signs(words, [[Span("place", "幸福路", 1, 4, "")], []])
    assert found[:5, :4].tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert (found[:, 4:].sum(axis=1) == 1).all()
    assert len(np.unique(found[:, 4:], axis=0)) == 4


def test_a_word_is_seen_with_its_neighbours() -> None:
    rows = seen(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [0.6], [0.7]]))
    assert rows.tolist() == [[1, 0, 2, 0.5, 0, 0.6], [2, 1, 3, 0.6, 0.5, 0.7], [3, 2, 0, 0.7, 0.6, 0]]


@pytest.mark.parametrize(
    ("text", "found", "places"),
    [
        ("at the post office, 15 Hongqi Street, dogs", ["the post office", "15 Hongqi Street"], 1),
        ("幸福里小区，3号楼", ["幸福里小区", "3号楼"], 1),
        ("槐树巷，从菜站到粮店那一段", ["槐树巷", "菜站到粮店那一段"], 1),
        ("the blue shop in Hongqi Street", ["the blue shop", "Hongqi Street"], 1),
        ("from the gate to the bridge", ["the gate", "the bridge"], 2),
    ],
)
def test_places_beside_each_other_are_one(text: str, found: list[str], places: int) -> None:
    spans = [Span("place", part, text.index(part), text.index(part) + len(part), part) for part in found]
    whole = joined(text, spans)
    assert len(whole) == places
    assert all(text[span.start : span.end] == span.text == span.value for span in whole)
    assert (whole[0].start, whole[-1].end) == (spans[0].start, spans[-1].end)


def test_a_time_beside_a_place_stays_apart() -> None:
    spans = [Span("time", "昨晚", 0, 2, ""), Span("place", "东门", 3, 5, "东门")]
    assert joined("昨晚，东门", spans) == spans


def network_that_says(odds: list[list[float]]) -> tuple[Network, np.ndarray]:
    """A network of the tags O, B-place, I-place, B-time, I-time, and states to which it gives those odds."""
    states = np.eye(len(odds))
    hidden = np.vstack([states, np.zeros((2 * len(odds), len(odds)))])
    tags = ["O", "B-place", "I-place", "B-time", "I-time"]
    nothing = np.zeros(len(odds))
    return Network(tags, nothing, nothing + 1, hidden, nothing, np.array(odds), np.zeros(5)), states


@pytest.mark.parametrize(
    ("odds", "tags"),
    [
        ([[0, 9, 0, 0, 0], [0, 0, 9, 0, 0], [9, 0, 0, 0, 0]], ["B-place", "I-place", "O"]),
        ([[0, 0, 9, 0, 0], [9, 0, 0, 0, 0]], ["O", "O"]),
        ([[0, 10, 0, 0, 0], [0, 0, 0, 0, 9]], ["B-place", "O"]),
        ([[0, 6, 0, 0, 0], [0, 0, 0, 6, 0]], ["B-place", "B-time"]),
        ([[0, DOUBT["place"] + 0.1, 0, 0, 0]], ["B-place"]),
        ([[0, DOUBT["place"] - 0.1, 0, 0, 0]], ["O"]),
        ([[0, 0, 0, DOUBT["time"] + 0.1, 0]], ["B-time"]),
        ([[0, 0, 0, DOUBT["time"] - 0.1, 0]], ["O"]),
    ],
)
def test_no_span_goes_on_that_did_not_begin_nor_begins_in_doubt(odds: list[list[float]], tags: list[str]) -> None:
    network, states = network_that_says(odds)
    assert network.tag(states, np.zeros((len(odds), 0))) == tags


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


@pytest.mark.parametrize(("text", "kinds"), [("oldbridge_77@qq.com", {"contact"}), ("Mill Gate", {"place"})])
def test_a_contact_is_no_place(tagger: SpanTagger, monkeypatch: pytest.MonkeyPatch, text: str, kinds: set[str]) -> None:
    monkeypatch.setattr(Network, "tag", lambda _, __, signs: ["B-place", *["I-place"] * (len(signs) - 1)])
    assert {span.kind for span in extract(text, NOW, tagger)} == kinds


def test_a_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="hotline train"):
        SpanTagger(tmp_path / "none.npz", shared_encoder())


def test_marked_utterances_are_read_and_others_refused() -> None:
    assert read_marked("在[幸福路](place)，[昨晚](time)起") == (
        "在幸福路，昨晚起",
        [Span("place", "幸福路", 1, 4, "幸福路"), Span("time", "昨晚", 5, 7, "昨晚")],
    )
    with pytest.raises(Misconfigured, match="place or time"):
        read_marked("[王先生](person)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一个", []),
        ("三天", ["三天"]),
        ("when they", []),
        ("after our", []),
        ("七八户", []),
        ("一下雨", ["一下雨"]),
        ("at dusk", ["at dusk"]),
    ],
)
def test_a_bare_number_is_no_time(
    tagger: SpanTagger, monkeypatch: pytest.MonkeyPatch, text: str, found: list[str]
) -> None:
    monkeypatch.setattr(Network, "tag", lambda _, __, signs: ["B-time", *["I-time"] * (len(signs) - 1)])
    assert [span.text for span in tagger.find(text, [[], []])] == found


@pytest.mark.parametrize(
    ("text", "found"), [("by the", []), ("up there", []), ("by the weir", ["by the weir"]), ("井边", ["井边"])]
)
def test_what_stands_before_a_place_is_none(
    tagger: SpanTagger, monkeypatch: pytest.MonkeyPatch, text: str, found: list[str]
) -> None:
    monkeypatch.setattr(Network, "tag", lambda _, __, signs: ["B-place", *["I-place"] * (len(signs) - 1)])
    assert [span.text for span in tagger.find(text, [[], []])] == found


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("健身房建设路店关门了", "健身房建设", "健身房建设路店"),
        ("解放大道堵死了", "解放", "解放大道"),
        ("和平街道办不管", "和平", "和平"),
        ("万达路上全是坑", "万达", "万达"),
        ("建设银行门口", "建设银行", "建设银行"),
    ],
)
def test_a_street_keeps_its_whole_name(text: str, cut: str, whole: str) -> None:
    start = text.index(cut)
    assert completed(text, Span("place", cut, start, start + len(cut), cut)).text == whole
