"""Places and times as a model that was taught by example sees them: a small network over the words of a text.

It reads what the encoder's lower layers make of a word and of its neighbours, and what the patterns of `places_*` and
`times_*` found, and learns when to believe them: they know forms ("28号", "since Monday"), it knows where a name
without a form stands ("化工园那边", "the old brick works") and which durations are amounts ("三个月工资"). The likeliest
sequence of its marks counts (Viterbi 1967); data/spans holds the examples. Python 3.10, because the engine reads it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np

from bot.errors import Misconfigured
from bot.spans.span import Span

KINDS = ("place", "time")
OUTSIDE = "O"

DOUBT = {"place": 2.5, "time": 2.0}
"""Taken from the log odds of the begin of a span of each kind: what nobody said is worse than what is asked for, a place
more so than a time."""

_WORD = re.compile(r"[\u3400-\u9fff]|[A-Za-z]+(?:'[a-z]+)?|\d+|[^\s\w]|_")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHAPES = ("han", "capitals", "capital", "letters", "sign", "digit", "digits2", "digits3", "digits4")
_NEVER = -1e9


class States(Protocol):
    """What reads the states of words: `bot.encoder.SentenceEncoder`."""

    def states(self, texts: Sequence[str], places: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """For each text an array of a row for each of those characters."""


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
    tags = [OUTSIDE] * len(words)
    for span in spans:
        inside = [row for row, word in enumerate(words) if word.start >= span.start and word.end <= span.end]
        for row in inside:
            tags[row] = "B" if row == inside[0] else "I"
    return tags


def signs(words: Sequence[Word], rules: Sequence[Sequence[Span]]) -> np.ndarray:
    """Beside the meaning, what the model sees of each word: the marks of each kind of rule, and its shape; 0 or 1."""
    columns = [[mark == tag for mark in marks(words, spans)] for spans in rules for tag in "BI"]
    shapes = [_shape(word.text) for word in words]
    columns += [[shape == name for shape in shapes] for name in _SHAPES]
    return np.array(columns, dtype=np.float32).T


def seen(states: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """What goes into the network: a row a word, of its own text alone."""
    return np.hstack([_with_neighbours(states), _with_neighbours(signs)])


def _with_neighbours(rows: np.ndarray) -> np.ndarray:
    """Each row, and beside it the one before and the one after, zeros at the ends."""
    nothing = np.zeros((1, rows.shape[1]), dtype=rows.dtype)
    return np.hstack([rows, np.vstack([nothing, rows[:-1]]), np.vstack([rows[1:], nothing])])


def _shape(word: str) -> str:
    if word.isdigit():
        return f"digits{min(len(word), 4)}" if len(word) > 1 else "digit"
    if _HAN.match(word):
        return "han"
    if word.isalpha():
        return "capitals" if word.isupper() else "capital" if word[0].isupper() else "letters"
    return "sign"


_NO_TIME = re.compile(
    r"[\u3400-\u9fff]|[一二三四五六七八九十百两几多个\d]+[间户栋幢辆块元人]?|an?"
    r"|(?:when|before|after|until) (?:i|you|he|she|it|we|they|their|my|our|his|her)",
    re.IGNORECASE,
)
"""A lone character, a bare number, or one of things, or the head of a clause, without what would make it a time."""

_NO_PLACE = re.compile(
    r"(?:(?:a|an|and|at|behind|beside|by|down|from|here|in|inside|into|it|my|near|next|of|off|on|onto|opposite|our|out|outside"
    r"|over|that|the|there|this|to|under|up|where|with)\b\W*)+",
    re.IGNORECASE,
)
"""What stands before a place, without the place."""

_NOTHING = {"time": _NO_TIME, "place": _NO_PLACE}


@dataclass(frozen=True)
class Network:
    """One hidden layer. `tags` name the outputs: O, and B or I with a kind; `mean` and `scale` are the states'."""

    tags: list[str]
    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray

    @classmethod
    def load(cls, path: Path) -> Network:
        """Read what `save` wrote. Raises Misconfigured when it is missing or of another make."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays: dict[str, Any] = {name: stored[name] for name in cls.__dataclass_fields__}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            raise Misconfigured(f"{path} is missing or cannot be read; run `hotline train`.") from None
        return cls(**{**arrays, "tags": [str(tag) for tag in arrays["tags"]]})

    def save(self, path: Path) -> None:
        """Write it, replacing an old one only when the new is whole."""
        draft = path.with_suffix(".draft.npz")
        arrays: dict[str, Any] = {name: np.array(getattr(self, name)) for name in self.__dataclass_fields__}
        np.savez(draft, **arrays)
        draft.replace(path)

    def tag(self, states: np.ndarray, signs: np.ndarray) -> list[str]:
        """The likeliest sequence of tags for the words of one text in which no span goes on that did not begin."""
        inside = np.maximum(seen((states - self.mean) / self.scale, signs) @ self.hidden + self.hidden_bias, 0.0)
        odds = inside @ self.output + self.output_bias
        odds -= [DOUBT[tag[2:]] if tag.startswith("B") else 0.0 for tag in self.tags]
        allowed = np.array([[_may_follow(before, after) for after in self.tags] for before in self.tags])
        steps = np.where(allowed, 0.0, _NEVER)
        best = odds[0] + np.array([_NEVER if tag.startswith("I") else 0.0 for tag in self.tags])
        came_from: list[np.ndarray] = []
        for row in odds[1:]:
            paths = best[:, np.newaxis] + steps
            came_from.append(paths.argmax(axis=0))
            best = paths.max(axis=0) + row
        last = [int(best.argmax())]
        for sources in reversed(came_from):
            last.append(int(sources[last[-1]]))
        return [self.tags[tag] for tag in reversed(last)]


def _may_follow(before: str, after: str) -> bool:
    return not after.startswith("I") or before[1:] == after[1:]


class SpanTagger:
    """A trained network and the encoder that it reads with. `find` never raises."""

    def __init__(self, path: Path, encoder: States) -> None:
        """Read what `hotline train` wrote. Raises Misconfigured when it is missing or of another make."""
        self._network = Network.load(path)
        self._encoder = encoder

    def find(self, text: str, rules: Sequence[Sequence[Span]]) -> list[Span]:
        """The places and times in the text, in order; `rules` are the spans of each kind of rule, as in training.

        The values are the words themselves: what moment a time means is the rules' to say.
        """
        words = words_of(text)
        if not words:
            return []
        states = self._encoder.states([text], [[word.start for word in words]])[0]
        tags = self._network.tag(states, signs(words, rules))
        found = joined(text, (completed(text, span) for span in spans_of(text, words, tags)))
        return [span for span in found if not _NOTHING[span.kind].fullmatch(span.text)]


_REST_OF_NAME = re.compile(r"(?:大道|路|街|巷)(?![上过灯边况面由政道坊])(?:分?店|站)?")
"""What a street's name cannot do without; not 路上, 街道."""


def completed(text: str, span: Span) -> Span:
    """The span, with the street that its name was cut off from: "建设" of "建设路店"."""
    rest = _REST_OF_NAME.match(text, span.end)
    if span.kind != "place" or not rest or not "\u4e00" <= span.text[-1] <= "\u9fff":
        return span
    words = text[span.start : rest.end()]
    return Span("place", words, span.start, rest.end(), words)


_BETWEEN_PLACES = re.compile(r"\s*[,，]?\s*(?:就在|就是|从|在|at|in|on|near)?\s*", re.IGNORECASE)


def joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans, two places with nothing but a comma between them, or a word such as "in", as one: "the post office, 15
    Hongqi Street"."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if last and last.kind == span.kind == "place" and _BETWEEN_PLACES.fullmatch(text, last.end, span.start):
            words = text[last.start : span.end]
            found[-1] = Span("place", words, last.start, span.end, words)
        else:
            found.append(span)
    return found


def spans_of(text: str, words: Sequence[Word], tags: Sequence[str]) -> Iterable[Span]:
    """The spans that the words' tags mark."""
    start, kind, end = 0, "", 0
    for word, tag in zip([*words, Word("", 0, 0)], [*tags, OUTSIDE], strict=True):
        goes_on = tag == f"I-{kind}"
        if kind and not goes_on:
            yield Span(kind, text[start:end], start, end, text[start:end])
            kind = ""
        if tag != OUTSIDE and not kind:
            start, kind = word.start, tag[2:]
        end = word.end
