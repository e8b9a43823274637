"""Trains the wording half of the learned score of danger and of its kinds, and sets the thresholds of the score to a
false-alarm budget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.city import City
from bot.crisis.classifier import CONCERN, HIGH, IMMINENT, URGENT, DangerLabels, scores
from bot.crisis.clues import load_clues
from bot.crisis.examples import everyday_examples, grievance_examples, own_examples
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import marks
from bot.encoder import NONE, SentenceEncoder
from bot.linear import LinearModel, train_linear
from bot.text import normalise

FALSE_ALARMS = 0.045
"""Share of the near misses of data/crisis, none of them seen in training, that may call a person. They are harder than
what comes: of everyday messages far fewer do."""

FLAGGED = 0.08
"""Share of them that may be flagged or call a person."""

CALLED = 0.04
"""Share of everyday messages, none of them seen in training, that may call a person. One in sixty does tell of a danger
in passing, and of those that do not, a person had better read two too many than miss one."""

NOTED = 0.05
"""Share of them that may be flagged or call a person."""

CALIBRATED_ON = 2_000
EVERYDAY = 1_000
"""Utterances of data/crisis, and everyday ones, on which the thresholds are set: half a minute of reading."""


def train_crisis(data_dir: Path, city: City, encoder: SentenceEncoder, output: Path) -> dict[str, Any]:
    """Learn the wording, calibrate both readings together on what neither has seen, write the model; the figures on
    what was held out."""
    own = dict(own_examples(data_dir / "crisis"))
    everyday = {
        **dict(everyday_examples(data_dir / "nlu", load_clues(city))),
        **dict(grievance_examples(data_dir / "remit.yml")),
    }
    labels_of = {**everyday, **own}
    texts, labels = list(labels_of), list(labels_of.values())
    model, held_out = train_linear(texts, [_word_label(label) for label in labels], None, marks=_marked(city, texts))
    danger = DangerLabels(encoder.danger_labels)

    def found(rows: list[int]) -> tuple[np.ndarray, np.ndarray]:
        chances = encoder.danger([held_out.texts[row] for row in rows])
        return scores(danger, chances, model.labels, held_out.chances[rows])

    rows = _some([row for row, text in enumerate(held_out.texts) if text in own], CALIBRATED_ON)
    plain = _some(
        [row for row, text in enumerate(held_out.texts) if labels_of[text] == NONE and text not in own], EVERYDAY
    )
    everyday_urgent, everyday_danger = found(plain)
    floors = float(np.quantile(everyday_urgent, 1 - CALLED)), float(np.quantile(everyday_danger, 1 - NOTED))
    figures = set_thresholds(model, *found(rows), [own[held_out.texts[row]] for row in rows], floors)
    figures["everyday_alarms"] = round(float((everyday_urgent > model.thresholds["urgent"]).mean()), 4)
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
    return [marks(clues, vetoes, normalise(text).text) for text in texts]


def _some(rows: list[int], most: int) -> list[int]:
    """So many of them at most, from the whole range."""
    return rows[:: len(rows) // most + 1]


def _word_label(label: str) -> str:
    level = label.partition("/")[0]
    return level if level in {NONE, CONCERN} else URGENT


def set_thresholds(
    model: LinearModel,
    urgent: np.ndarray,
    danger: np.ndarray,
    labels: Sequence[str],
    floors: tuple[float, float] = (0.0, 0.0),
) -> dict[str, Any]:
    """Set the model's thresholds so that unseen near misses keep to the budgets, and not under the floors that everyday
    messages set; what that costs in recall."""
    levels = np.array([label.partition("/")[0] for label in labels])
    harmless = levels == NONE
    model.thresholds = {
        "urgent": max(floors[0], float(np.quantile(urgent[harmless], 1 - FALSE_ALARMS))),
        "concern": max(floors[1], float(np.quantile(danger[harmless], 1 - FLAGGED))),
    }
    calls, flags = urgent > model.thresholds["urgent"], danger > model.thresholds["concern"]
    is_urgent = np.isin(levels, [IMMINENT, HIGH])
    return {
        "held_out": len(labels),
        "recall_urgent": round(float(calls[is_urgent].mean()), 3),
        "recall_concern": round(float((flags | calls)[levels == CONCERN].mean()), 3),
        "false_alarms": round(float(calls[harmless].mean()), 3),
        **{name: round(value, 3) for name, value in model.thresholds.items()},
    }
