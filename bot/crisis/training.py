"""Trains the learned score of danger, and sets its thresholds to a false-alarm budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.city import City, read_yaml
from bot.crisis.classifier import HIGH, NONE, Scores
from bot.crisis.clues import ClueRule, load_clues
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import marks
from bot.encoder import Encoder
from bot.linear import LinearModel, train_linear
from bot.text import normalise

FALSE_ALARMS = 0.02
"""Share of the near misses of data/crisis, none of them seen in training, that may call a person."""

FLAGGED = 0.05
"""Share of them that may be flagged or call a person."""


def own_examples(folder: Path) -> Iterator[tuple[str, str]]:
    """The utterances of data/crisis with their label: `none` or `level/kind`."""
    for path in sorted(folder.glob("*.yml")):
        for level, groups in read_yaml(path).items():
            for group, texts in groups.items():
                for text in texts:
                    yield str(text), NONE if level == NONE else f"{level}/{group}"


def everyday_examples(folder: Path, clues: Sequence[ClueRule]) -> Iterator[tuple[str, str]]:
    """The utterances of data/nlu, which are harmless but for express_crisis. One with an urgent clue is left out:
    a complaint may tell of danger in passing ("the insulin is in the fridge")."""
    urgent = [clue.pattern for clue in clues if clue.level != "concern"]
    for path in sorted(folder.glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            kind = (block.get("metadata") or {}).get("kind") if block["intent"] == "express_crisis" else None
            for line in str(block["examples"]).splitlines():
                text = line.strip().removeprefix("- ").strip()
                if kind:
                    yield text, f"{HIGH}/{kind}"
                elif text and not any(pattern.search(normalise(text).text) for pattern in urgent):
                    yield text, NONE


def train_crisis(data_dir: Path, city: City, encoder: Encoder, output: Path) -> dict[str, Any]:
    """Fit, calibrate on what was held out, write the arrays; the figures on what was held out."""
    own = dict(own_examples(data_dir / "crisis"))
    labels_of = {**dict(everyday_examples(data_dir / "nlu", load_clues(city))), **own}
    texts, labels = list(labels_of), list(labels_of.values())
    clues, vetoes = load_clues(city), load_vetoes(city)
    marked = [marks(clues, vetoes, normalise(text).text) for text in texts]
    model, held_out = train_linear(texts, labels, encoder.encode(texts), marks=marked)
    rows = [row for row, text in enumerate(held_out.texts) if text in own]
    figures = set_thresholds(model, held_out.chances[rows], [held_out.labels[row] for row in rows])
    model.save(output)
    return {"texts": len(texts), **figures}


def set_thresholds(model: LinearModel, chances: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Set the model's thresholds so that unseen near misses keep to the budgets; what that costs in recall."""
    scores = Scores(model.labels)
    urgent, danger = scores.urgent(chances), scores.danger(chances)
    levels = np.array([label.partition("/")[0] for label in labels])
    harmless = levels == NONE
    model.thresholds = {
        "urgent": float(np.quantile(urgent[harmless], 1 - FALSE_ALARMS)),
        "concern": float(np.quantile(danger[harmless], 1 - FLAGGED)),
    }
    calls, flags = urgent > model.thresholds["urgent"], danger > model.thresholds["concern"]
    is_urgent = np.isin(levels, ["imminent", "high"])
    return {
        "held_out": len(labels),
        "recall_urgent": round(float(calls[is_urgent].mean()), 3),
        "recall_concern": round(float((flags | calls)[levels == "concern"].mean()), 3),
        "false_alarms": round(float(calls[harmless].mean()), 3),
        **{name: round(value, 3) for name, value in model.thresholds.items()},
    }
