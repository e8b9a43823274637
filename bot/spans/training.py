"""Teaches the tagger of places and times from data/spans: utterances with `[words](place)` and `[words](time)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pycrfsuite

from bot.errors import Misconfigured
from bot.extract import found_by_rules
from bot.spans.span import Span
from bot.spans.tagger import KINDS, features, marks, words_of

_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")
_PARAMETERS = {"c1": 0.1, "c2": 0.05, "max_iterations": 120}
"""Weights of the L1 and L2 penalty, chosen by cross-validation on data/spans."""

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


def train_spans(folder: Path, output: Path) -> int:
    """Train on the folder's utterances and write the model; their number. Under a minute on one core."""
    trainer, number = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False), 0
    for text, spans in examples(folder):
        words = words_of(text)
        if not words:
            continue
        wanted = ["O"] * len(words)
        for kind in KINDS:
            for row, mark in enumerate(marks(words, (span for span in spans if span.kind == kind))):
                wanted[row] = f"{mark}-{kind}" if mark != "O" else wanted[row]
        trainer.append(features(words, [marks(words, found) for found in found_by_rules(text, _NOW)]), wanted)
        number += 1
    trainer.set_params(_PARAMETERS)
    draft = output.with_suffix(".draft")
    trainer.train(str(draft))
    draft.replace(output)
    return number
