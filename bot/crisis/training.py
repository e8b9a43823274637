"""Trains the wording half of the learned score of danger, and sets the thresholds of both to a false-alarm budget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.city import City
from bot.crisis.classifier import CONCERN, HIGH, IMMINENT, URGENT, DangerLabels, scores
from bot.crisis.clues import load_clues
from bot.crisis.examples import everyday_examples, own_examples
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import marks
from bot.encoder import NONE
from bot.linear import NO_VECTORS, LinearModel, train_linear
from bot.text import normalise

FALSE_ALARMS = 0.045
"""Share of the near misses of data/crisis, none of them seen in training, that may call a person. They are harder than
what comes: of everyday messages far fewer do."""

FLAGGED = 0.08
"""Share of them that may be flagged or call a person."""

CALIBRATED_ON = 2_500
"""Utterances on which the thresholds are set: half a minute of reading."""


class DangerEncoder(Protocol):
    """What reads texts for danger."""

    @property
    def danger_labels(self) -> list[str]:
        """The labels: `none`, and `level/kind`."""

    def danger(self, texts: Sequence[str]) -> np.ndarray:
        """A row of probabilities a text."""


def train_crisis(data_dir: Path, city: City, encoder: DangerEncoder, output: Path) -> dict[str, Any]:
    """Learn the wording, calibrate both readings together on what neither has seen, write the model; the figures on
    what was held out."""
    own = dict(own_examples(data_dir / "crisis"))
    labels_of = {**dict(everyday_examples(data_dir / "nlu", load_clues(city))), **own}
    texts, labels = list(labels_of), list(labels_of.values())
    clues, vetoes = load_clues(city), load_vetoes(city)
    marked = [marks(clues, vetoes, normalise(text).text) for text in texts]
    nothing = np.repeat(NO_VECTORS, len(texts), axis=0)
    model, held_out = train_linear(texts, [_word_label(label) for label in labels], nothing, marks=marked)
    rows = [row for row, text in enumerate(held_out.texts) if text in own]
    rows = rows[:: len(rows) // CALIBRATED_ON + 1]
    unseen = [held_out.texts[row] for row in rows]
    danger = DangerLabels(encoder.danger_labels)
    found = scores(danger, encoder.danger(unseen), model.labels, held_out.chances[rows])
    figures = set_thresholds(model, *found, [own[text] for text in unseen])
    model.save(output)
    return {"texts": len(texts), **figures}


def _word_label(label: str) -> str:
    level = label.partition("/")[0]
    return level if level in {NONE, CONCERN} else URGENT


def set_thresholds(model: LinearModel, urgent: np.ndarray, danger: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Set the model's thresholds so that unseen near misses keep to the budgets; what that costs in recall."""
    levels = np.array([label.partition("/")[0] for label in labels])
    harmless = levels == NONE
    model.thresholds = {
        "urgent": float(np.quantile(urgent[harmless], 1 - FALSE_ALARMS)),
        "concern": float(np.quantile(danger[harmless], 1 - FLAGGED)),
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
