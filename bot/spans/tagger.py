"""Places and times as a model that was taught by example sees them: a conditional random field over words.

It reads the words and what the patterns of `places_*` and `times_*` found, and learns when to believe them: they
know forms ("28号", "since Monday"), it knows where a name without a form stands ("化工园那边", "the old brick
works") and which durations are amounts ("三个月工资"). Lafferty, McCallum, Pereira (2001); data/spans holds the
examples. Python 3.10, because the engine reads it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from bot.errors import Misconfigured
from bot.spans.span import Span

KINDS = ("place", "time")

_WORD = re.compile(r"[\u3400-\u9fff]|[A-Za-z]+(?:'[a-z]+)?|\d+|[^\s\w]|_")
_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGE = "^"


@dataclass(frozen=True)
class Word:
    """A Chinese character, a Latin word, a number or a sign, and where it stands in the text."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words that are tagged, in order; none for a text of white space."""
    return [Word(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]


def marks(words: Sequence[Word], spans: Iterable[Span]) -> list[str]:
    """For each word B where a span begins, I inside one, O outside all."""
    tags = ["O"] * len(words)
    for span in spans:
        inside = [row for row, word in enumerate(words) if word.start >= span.start and word.end <= span.end]
        for row in inside:
            tags[row] = "B" if row == inside[0] else "I"
    return tags


def features(words: Sequence[Word], rules: Sequence[Sequence[str]]) -> list[list[str]]:
    """What the model sees of each word: itself, its neighbours, and the marks of each kind of rule on them."""
    plain = ["0" * len(word.text) if word.text.isdigit() else word.text.lower() for word in words]
    shapes = [_shape(word.text) for word in words]
    columns = {"w": plain, "s": shapes, **{f"r{number}": marked for number, marked in enumerate(rules)}}
    return [_of_word(columns, row) for row in range(len(words))]


def _of_word(columns: dict[str, Sequence[str]], row: int) -> list[str]:
    def at(name: str, offset: int) -> str:
        column, place = columns[name], row + offset
        return column[place] if 0 <= place < len(column) else _EDGE

    seen = [f"{name}{offset}={at(name, offset)}" for name in ("w", "s") for offset in range(-3, 4)]
    for name in columns.keys() - {"w", "s"}:
        seen += [f"{name}{offset}={at(name, offset)}" for offset in (-1, 0, 1)]
        seen.append(f"{name}={at(name, -1)}{at(name, 0)}{at(name, 1)}")
    seen += [f"2w{offset}={at('w', offset)}|{at('w', offset + 1)}" for offset in range(-2, 2)]
    seen += [f"3w{offset}={at('w', offset)}|{at('w', offset + 1)}|{at('w', offset + 2)}" for offset in range(-2, 1)]
    seen.append(f"3s={at('s', -1)}{at('s', 0)}{at('s', 1)}")
    word = at("w", 0)
    if word.isascii() and word.isalpha():
        seen += [f"end={word[-3:]}", f"end2={word[-2:]}", f"begin={word[:3]}"]
    return seen


def _shape(word: str) -> str:
    if word.isdigit():
        return f"d{min(len(word), 4)}"
    if _HAN.match(word):
        return "h"
    if word.isalpha():
        return "A" if word.isupper() else "Aa" if word[0].isupper() else "a"
    return "p"


class SpanTagger:
    """A trained model. `find` never raises."""

    def __init__(self, path: Path) -> None:
        """Open what `hotline train` wrote. Raises Misconfigured when it is missing or of another make."""
        self._tagger = pycrfsuite.Tagger()
        try:
            self._tagger.open(str(path))
        except (OSError, ValueError):
            raise Misconfigured(f"{path} is missing or cannot be read; run `hotline train`.") from None

    def find(self, text: str, rules: Sequence[Sequence[Span]]) -> list[Span]:
        """The places and times in the text, in order; `rules` are the spans of each kind of rule, as in training.

        The values are the words themselves: what moment a time means is the rules' to say.
        """
        words = words_of(text)
        if not words:
            return []
        tags = self._tagger.tag(features(words, [marks(words, spans) for spans in rules]))
        return list(_spans(text, words, tags))


def _spans(text: str, words: Sequence[Word], tags: Sequence[str]) -> Iterable[Span]:
    start, kind, end = 0, "", 0
    for word, tag in zip([*words, Word("", 0, 0)], [*tags, "O"], strict=False):
        goes_on = tag == f"I-{kind}"
        if kind and not goes_on:
            yield Span(kind, text[start:end], start, end, text[start:end])
            kind = ""
        if tag != "O" and not kind:
            start, kind = word.start, tag[2:]
        end = word.end
