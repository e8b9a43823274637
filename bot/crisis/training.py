"""Trains the wording half of the learned score of danger and of its kinds, and sets the thresholds of the score to a
false-alarm budget."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.city import City
from bot.crisis.classifier import (
    CONCERN,
    HIGH,
    IMMINENT,
    URGENT,
    CrisisClassifier,
    counts_as_long,
    threshold_name,
)
from bot.crisis.clues import load_clues
from bot.crisis.examples import ordinary_examples, own_examples
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import CrisisRecogniser, clues_in, marks, spoken
from bot.encoder import NONE, SentenceEncoder
from bot.language import LANGUAGES, detect
from bot.linear import LinearModel, train_linear
from bot.text import normalise

FALSE_ALARMS = {"zh": 0.04, "en": 0.025}
LONG_FALSE_ALARMS = {"zh": 0.09, "en": 0.07}
"""Share of a language's near misses in data/crisis, short and long, none of them seen in training, that may call a
person. They are hard, some of them a danger's own words with one turned; of those that strangers wrote, fewer call."""

FLAGGED, LONG_FLAGGED = 0.08, 0.14
"""Share of them that may be flagged or call a person."""

CALLED = 0.07
"""Share of everyday messages in a language, none of them seen in training, that may call a person. Of the complaints
among them most that do, tell of a danger in passing (a live wire within a child's reach)."""

NOTED = 0.1
"""Share of them that may be flagged or call a person."""

CALIBRATED_ON = 8_000
EVERYDAY = 500
"""Utterances of data/crisis, and everyday ones, on which a language's thresholds are set at most: a minute and a half of
reading on two cores. With 1,500 of the former, the same budget gave Chinese a threshold of 0.21 instead of 0.30; with
half of all, of the long ones 0.25 instead of 0.35."""


def train_crisis(data_dir: Path, city: City, encoder: SentenceEncoder, output: Path) -> dict[str, Any]:
    """Learn the wording, calibrate both readings together on what neither has seen, write the model; the figures on
    what was held out, by language and length."""
    own = dict(own_examples(data_dir / "crisis"))
    labels_of = {**dict(ordinary_examples(data_dir, load_clues(city))), **own}
    texts, labels = list(labels_of), list(labels_of.values())
    model, held_out = train_linear(texts, [_word_label(label) for label in labels], None, marks=_marked(city, texts))
    # Until they are set, nobody is called.
    model.thresholds = {
        threshold_name(level, language, is_long): 1.0
        for level in (URGENT, CONCERN)
        for language in LANGUAGES
        for is_long in (False, True)
    }
    recogniser = CrisisRecogniser(load_clues(city), load_vetoes(city), CrisisClassifier(model, None, encoder))
    figures: dict[str, Any] = {}
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        for language in LANGUAGES:
            of_language = [text for text in held_out.texts if detect(text) == language]
            near = _some([text for text in of_language if text in own], CALIBRATED_ON)
            plain = _some([text for text in of_language if text not in own and labels_of[text] == NONE], EVERYDAY)
            read = [*near, *plain]
            scored = [
                Sounded(labels_of[text], text in own, counts_as_long([text]), said.urgent, said.danger)
                for text, said in zip(read, readers.map(recogniser.score, read), strict=True)
            ]
            for is_long in (False, True):
                name = f"{language}, {'long' if is_long else 'short'}"
                figures[name] = set_thresholds(
                    model, language, is_long, [each for each in scored if each.is_long == is_long]
                )
    model.save(output)
    return {"texts": len(texts), **figures}


def train_kinds(data_dir: Path, city: City, output: Path) -> dict[str, Any]:
    """Learn which kind of danger the wording tells of, from the dangers of data/crisis, and write the model; the share
    of those held out whose kind it finds by itself."""
    kinds = {text: label.partition("/")[2] for text, label in own_examples(data_dir / "crisis") if label != NONE}
    texts = list(kinds)
    model, held_out = train_linear(texts, list(kinds.values()), None, marks=_marked(city, texts))
    found = [
        model.labels[row] == kind for row, kind in zip(held_out.chances.argmax(axis=1), held_out.labels, strict=True)
    ]
    model.save(output)
    return {"texts": len(kinds), "held_out": len(found), "kind_accuracy": round(float(np.mean(found)), 3)}


def _marked(city: City, texts: Sequence[str]) -> list[list[str]]:
    """The clues and vetoes in each text, as the recogniser will hand them to the models."""
    clues, vetoes = load_clues(city), load_vetoes(city)

    def marked(text: str) -> list[str]:
        return marks(clues_in(spoken(clues, text), text), spoken(vetoes, text), text)

    return [marked(normalise(text).text) for text in texts]


def _some(texts: list[str], most: int) -> list[str]:
    """So many of them at most, from the whole range."""
    return texts[:: len(texts) // most + 1]


def _word_label(label: str) -> str:
    level = label.partition("/")[0]
    return level if level in {NONE, CONCERN} else URGENT


@dataclass(frozen=True)
class Sounded:
    """What was held out, and how it sounded: its label (`level/kind`, or `none`), whether it stands in data/crisis or is
    an everyday message, whether it is long, and how likely somebody has to come and it is any danger, from 0 to 1."""

    label: str
    is_own: bool
    is_long: bool
    urgent: float
    danger: float

    @property
    def level(self) -> str:
        """Its level."""
        return self.label.partition("/")[0]


def set_thresholds(model: LinearModel, language: str, is_long: bool, held_out: Sequence[Sounded]) -> dict[str, Any]:
    """Set the model's thresholds for a language and length so that unseen near misses keep to the budgets, and everyday
    messages to theirs; what that costs in recall."""
    near = [each for each in held_out if each.is_own and each.level == NONE]
    plain = [each for each in held_out if not each.is_own]

    def within(score: Callable[[Sounded], float], allowed: float, allowed_plain: float) -> float:
        # The next higher of them, not a value between two: then no more than were allowed lie above it.
        return max(
            (
                float(np.quantile([score(each) for each in some], 1 - share, method="higher"))
                for some, share in ((near, allowed), (plain, allowed_plain))
                if some
            ),
            default=1.0,
        )

    call = within(lambda each: each.urgent, (LONG_FALSE_ALARMS if is_long else FALSE_ALARMS)[language], CALLED)
    flag = within(lambda each: each.danger, LONG_FLAGGED if is_long else FLAGGED, NOTED)
    model.thresholds[threshold_name(URGENT, language, is_long)] = call
    model.thresholds[threshold_name(CONCERN, language, is_long)] = flag
    urgent = [each for each in held_out if each.level in {IMMINENT, HIGH}]
    concern = [each for each in held_out if each.level == CONCERN]
    return {
        "held_out": len(held_out),
        "recall_urgent": _share(each.urgent > call for each in urgent),
        "recall_concern": _share(each.danger > flag or each.urgent > call for each in concern),
        "false_alarms": _share(each.urgent > call for each in near),
        "everyday_alarms": _share(each.urgent > call for each in plain),
        "urgent": round(call, 3),
        "concern": round(flag, 3),
    }


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return round(sum(listed) / len(listed), 3) if listed else None
