"""Teaches the tagger of places and times from data/spans: utterances with `[words](place)` and `[words](time)`."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from bot.errors import Misconfigured
from bot.extract import found_by_rules
from bot.language import LANGUAGES, detect
from bot.linear import is_held_out
from bot.spans.span import Span
from bot.spans.tagger import KINDS, OUTSIDE, Network, States, Word, marks, seen, signs, spans_of, words_of

_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")

HIDDEN = 96
NETWORKS = 3
DECAY = 0.1
BATCH = 1024
STEPS = 2_000
"""Width and number of the networks whose mean is taken, their L2 penalty, words a step and steps of learning: chosen on
the tenth that is held out. Three invent half as often as one."""

READ_AT_ONCE = 512
"""Utterances whose states are read at once."""

_NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Where times end does not depend on the moment; any will do."""


def read_marked(line: str) -> tuple[str, list[Span]]:
    """An utterance without its marks, and the spans that they marked. Raises Misconfigured for another kind."""
    text, spans, position = "", [], 0
    for found in _MARKED.finditer(line):
        text += line[position : found.start()]
        words, kind = found.groups()
        if kind not in KINDS:
            raise Misconfigured(f"data/spans: {found.group()} must be marked place or time.")
        spans.append(Span(kind, words, len(text), len(text) + len(words), words))
        text += words
        position = found.end()
    return text + line[position:], spans


def examples(folder: Path) -> Iterator[tuple[str, list[Span]]]:
    """Every marked utterance of the folder."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield read_marked(line)


@dataclass(frozen=True)
class Example:
    """An utterance as the network is taught it."""

    text: str
    words: list[Word]
    spans: list[Span]
    states: np.ndarray
    signs: np.ndarray

    @property
    def tags(self) -> list[str]:
        """O, or B or I with the kind, for each word."""
        wanted = [OUTSIDE] * len(self.words)
        for kind in KINDS:
            for row, mark in enumerate(marks(self.words, (span for span in self.spans if span.kind == kind))):
                wanted[row] = f"{mark}-{kind}" if mark != OUTSIDE else wanted[row]
        return wanted


def train_spans(folder: Path, encoder: States, output: Path) -> dict[str, object]:
    """Train on nine in ten of the folder's utterances and write the model; by language what it finds, and invents, in
    the tenth. About a minute."""
    read = list(_read(folder, encoder))
    taught = [example for example in read if not is_held_out(example.text)]
    network = _taught(taught)
    network.save(output)
    figures: dict[str, object] = {"utterances": len(read)}
    for language in LANGUAGES:
        held_out = [example for example in read if is_held_out(example.text) and detect(example.text) == language]
        figures[language] = _figures(network, held_out)
    return figures


def _read(folder: Path, encoder: States) -> Iterator[Example]:
    marked = [(text, words_of(text), spans) for text, spans in examples(folder)]
    for begin in range(0, len(marked), READ_AT_ONCE):
        some = [(text, words, spans) for text, words, spans in marked[begin : begin + READ_AT_ONCE] if words]
        states = encoder.states([text for text, _, _ in some], [[word.start for word in words] for _, words, _ in some])
        for (text, words, spans), state in zip(some, states, strict=True):
            yield Example(text, words, spans, state, signs(words, found_by_rules(text, _NOW)))


def _taught(taught: Sequence[Example]) -> Network:
    states = np.vstack([example.states for example in taught])
    tags = np.array([tag for example in taught for tag in example.tags])
    mean, scale = states.mean(axis=0), states.std(axis=0) + 1e-6
    rows = np.vstack([seen((example.states - mean) / scale, example.signs) for example in taught])
    batch = min(BATCH, len(rows))
    passes = math.ceil(STEPS * batch / len(rows))
    learners = [
        MLPClassifier((HIDDEN,), alpha=DECAY, batch_size=batch, max_iter=passes, random_state=seed)
        for seed in range(NETWORKS)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for learner in learners:
            learner.fit(rows, tags)
    return Network(
        [str(tag) for tag in learners[0].classes_],
        mean,
        scale,
        hidden=np.hstack([learner.coefs_[0] for learner in learners]),
        hidden_bias=np.hstack([learner.intercepts_[0] for learner in learners]),
        output=np.vstack([learner.coefs_[1] for learner in learners]) / NETWORKS,
        output_bias=np.mean([learner.intercepts_[1] for learner in learners], axis=0),
    )


def _figures(network: Network, held_out: Sequence[Example]) -> dict[str, float]:
    figures = {}
    tagged = [
        (example, list(spans_of(example.text, example.words, network.tag(example.states, example.signs))))
        for example in held_out
    ]
    for kind in KINDS:
        found, invented = [], []
        for example, spans in tagged:
            got = [span for span in spans if span.kind == kind]
            wanted = [span for span in example.spans if span.kind == kind]
            if wanted:
                found.append(any(one.start < other.end and other.start < one.end for one in got for other in wanted))
            else:
                invented.append(bool(got))
        for name, hits in (("found", found), ("invented", invented)):
            figures[f"{kind}_{name}"] = round(sum(hits) / max(1, len(hits)), 3)
    return figures
