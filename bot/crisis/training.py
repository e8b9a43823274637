"""Trains the wording half of the learned score of danger and of its kinds, and sets the thresholds of the score to a
false-alarm budget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.city import City
from bot.crisis.classifier import CONCERN, HIGH, IMMINENT, URGENT, DangerLabels, scores, threshold_name
from bot.crisis.clues import load_clues
from bot.crisis.examples import ordinary_examples, own_examples
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import clues_in, marks
from bot.encoder import NONE, SentenceEncoder
from bot.language import LANGUAGES, detect
from bot.linear import LinearModel, train_linear
from bot.text import normalise

FALSE_ALARMS = 0.035
"""Share of a language's near misses in data/crisis, none of them seen in training, that may call a person. They are
hard, some of them a danger's own words with one turned; of those that strangers wrote, fewer call."""

FLAGGED = {"zh": 0.08, "en": 0.07}
"""Share of them that may be flagged or call a person."""

CALLED = 0.07
"""Share of everyday messages in a language, none of them seen in training, that may call a person. Of the complaints
among them most that do, tell of a danger in passing (a live wire within a child's reach)."""

NOTED = 0.1
"""Share of them that may be flagged or call a person."""

CALIBRATED_ON = 4_000
EVERYDAY = 500
"""Utterances of data/crisis, and everyday ones, on which a language's thresholds are set: half a minute of reading.
With 1,500, the same budget gave Chinese a threshold of 0.21 instead of 0.30."""


def train_crisis(data_dir: Path, city: City, encoder: SentenceEncoder, output: Path) -> dict[str, Any]:
    """Learn the wording, calibrate both readings together on what neither has seen, write the model; the figures on
    what was held out."""
    own = dict(own_examples(data_dir / "crisis"))
    labels_of = {**dict(ordinary_examples(data_dir, load_clues(city))), **own}
    texts, labels = list(labels_of), list(labels_of.values())
    model, held_out = train_linear(texts, [_word_label(label) for label in labels], None, marks=_marked(city, texts))
    danger = DangerLabels(encoder.danger_labels)

    def found(rows: list[int]) -> tuple[np.ndarray, np.ndarray]:
        chances = encoder.danger([held_out.texts[row] for row in rows])
        return scores(danger, chances, model.labels, held_out.chances[rows])

    figures: dict[str, Any] = {}
    for language in LANGUAGES:
        spoken = [row for row, text in enumerate(held_out.texts) if detect(text) == language]
        rows = _some([row for row in spoken if held_out.texts[row] in own], CALIBRATED_ON)
        others = [row for row in spoken if held_out.texts[row] not in own]
        plain = _some([row for row in others if labels_of[held_out.texts[row]] == NONE], EVERYDAY)
        figures[language] = set_thresholds(
            model, language, *found(rows), [own[held_out.texts[row]] for row in rows], found(plain)
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
    normal = [normalise(text).text for text in texts]
    return [marks(clues_in(clues, text), vetoes, text) for text in normal]


def _some(rows: list[int], most: int) -> list[int]:
    """So many of them at most, from the whole range."""
    return rows[:: len(rows) // most + 1]


def _word_label(label: str) -> str:
    level = label.partition("/")[0]
    return level if level in {NONE, CONCERN} else URGENT


def set_thresholds(
    model: LinearModel,
    language: str,
    urgent: np.ndarray,
    danger: np.ndarray,
    labels: Sequence[str],
    everyday: tuple[np.ndarray, np.ndarray],
) -> dict[str, Any]:
    """Set the model's thresholds for a language so that unseen near misses keep to the budgets, and `everyday` messages
    (both scores of each) to theirs; what that costs in recall."""
    levels = np.array([label.partition("/")[0] for label in labels])
    harmless = levels == NONE

    def within(near_misses: np.ndarray, allowed: float, plain: np.ndarray, allowed_plain: float) -> float:
        # The next higher of them, not a value between two: then no more than were allowed lie above it.
        return max(
            float(np.quantile(scores_of, 1 - share, method="higher"))
            for scores_of, share in ((near_misses, allowed), (plain, allowed_plain))
        )

    call = within(urgent[harmless], FALSE_ALARMS, everyday[0], CALLED)
    flag = within(danger[harmless], FLAGGED[language], everyday[1], NOTED)
    model.thresholds |= {threshold_name(URGENT, language): call, threshold_name(CONCERN, language): flag}
    is_urgent = np.isin(levels, [IMMINENT, HIGH])
    calls = urgent > call
    return {
        "held_out": len(labels),
        "recall_urgent": round(float(calls[is_urgent].mean()), 3),
        "recall_concern": round(float(((danger > flag) | calls)[levels == CONCERN].mean()), 3),
        "false_alarms": round(float(calls[harmless].mean()), 3),
        "everyday_alarms": round(float((everyday[0] > call).mean()), 3),
        "urgent": round(call, 3),
        "concern": round(flag, 3),
    }
