"""Trains the learned score from our own utterances, and sets its thresholds to a false-alarm budget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bot.city import read_yaml
from bot.crisis.classifier import NONE
from bot.encoder import SentenceEncoder
from bot.language import LANGUAGES
from bot.linear import LinearModel, features
from bot.text import normalise

FALSE_ALARMS = 0.004
"""Share of harmless training utterances that may score as urgent, out of fold."""

FLAGGED = 0.02
"""Share of harmless training utterances that may be flagged as concern."""

FOLDS = 4


def examples(data_dir: Path) -> Iterator[tuple[str, str]]:
    """Utterances with their kind, or `none`: data/crisis when there, and every intent of data/nlu."""
    for language in LANGUAGES:
        path = data_dir / "crisis" / f"{language}.yml"
        if path.exists():
            yield from _own(read_yaml(path))
    for path in sorted((data_dir / "nlu").glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            kind = (block.get("metadata") or {}).get("kind") if block["intent"] == "express_crisis" else NONE
            for line in str(block["examples"]).splitlines():
                text = line.strip().removeprefix("- ").strip()
                if text and kind:
                    yield text, kind


def _own(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for level, groups in content.items():
        for group, texts in groups.items():
            for text in texts:
                yield str(text), NONE if level == NONE else group


def train(data_dir: Path, encoder: SentenceEncoder, output: Path) -> dict[str, float]:
    """Fit, calibrate out of fold, write the arrays; the figures: recall and false alarms out of fold."""
    pairs = list(dict(examples(data_dir)).items())
    texts = [normalise(text).text[:200] for text, _ in pairs]
    labels = np.array([kind for _, kind in pairs])
    matrix = features(encoder, texts)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=200)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    chances = cross_val_predict(model, matrix, labels, cv=folds, method="predict_proba")
    classes = sorted(set(labels))
    danger = 1.0 - chances[:, classes.index(NONE)]
    harmless = danger[labels == NONE]
    urgent = max(0.5, float(np.quantile(harmless, 1 - FALSE_ALARMS)))
    concern = max(0.35, float(np.quantile(harmless, 1 - FLAGGED)))
    model.fit(matrix, labels)
    LinearModel(
        model.coef_, model.intercept_, tuple(model.classes_), {"urgent": urgent, "concern": concern}
    ).save(output)
    return {
        "utterances": float(len(pairs)),
        "recall": float((danger[labels != NONE] >= urgent).mean()),
        "false_alarms": float((harmless >= urgent).mean()),
        "urgent": urgent,
        "concern": concern,
    }
