"""Trains the learned score from our own utterances, and sets its thresholds to a false-alarm budget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bot.city import read_yaml
from bot.crisis.classifier import NONE
from bot.encoder import SentenceEncoder
from bot.language import LANGUAGES
from bot.linear import train_linear
from bot.text import normalise

FALSE_ALARMS = 0.008
"""Share of harmless training utterances that may score as urgent, out of fold."""

FLAGGED = 0.01
"""Share of harmless training utterances that may be flagged as concern."""


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
    labels = [kind for _, kind in pairs]
    model, unseen, names = train_linear(texts, labels, encoder, balanced=True)
    danger = 1.0 - unseen[:, names.index(NONE)]
    is_harmless = np.array(labels) == NONE
    harmless = danger[is_harmless]
    urgent = max(0.5, float(np.quantile(harmless, 1 - FALSE_ALARMS)))
    concern = max(0.5, float(np.quantile(harmless, 1 - FLAGGED)))
    model.thresholds = {"urgent": urgent, "concern": concern}
    model.save(output)
    return {
        "utterances": float(len(pairs)),
        "recall": float((danger[~is_harmless] >= urgent).mean()),
        "false_alarms": float((harmless >= urgent).mean()),
        "urgent": urgent,
        "concern": concern,
    }
