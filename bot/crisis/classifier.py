"""The learned score of danger: how likely each kind and level is, by what the words mean and by the words themselves.

The encoder's own layers for danger read what is meant; a linear model reads the wording, with the clues and vetoes
that the rules found in it. The first is right more often, the second where the first is led astray by a topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.encoder import NONE, SentenceEncoder
from bot.linear import LinearModel

IMMINENT, HIGH, CONCERN = "imminent", "high", "concern"
URGENT = "urgent"
"""What the wording model calls imminent and high together."""

WORDING_WEIGHT = 0.5
"""What the log odds of the wording weigh beside those of the encoder."""

_SMALLEST = 1e-4


@dataclass(frozen=True)
class Scored:
    """The most suspicious of some texts, by its row: how likely somebody has to come at once, how likely it is any
    danger at all, both from 0 to 1, and the likeliest kind and urgent level."""

    urgent: float = 0.0
    danger: float = 0.0
    kind: str | None = None
    level: str = HIGH
    row: int = 0


class CrisisClassifier:
    """`wording` is a model of the labels `none`, `concern` and `urgent`, with two thresholds: `urgent`, the score from
    which a human sees it, and `concern`, the one from which it is flagged."""

    def __init__(self, wording: LinearModel, encoder: SentenceEncoder) -> None:
        self._wording = wording
        self._encoder = encoder
        self.urgent = wording.thresholds["urgent"]
        self.concern = wording.thresholds["concern"]
        self._labels = DangerLabels(encoder.danger_labels)

    @classmethod
    def load(cls, path: Path, encoder: SentenceEncoder) -> CrisisClassifier:
        """Read what training wrote."""
        return cls(LinearModel.load(path), encoder)

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        """The worst of the texts, of which there is one at least; `marks` are the clues and vetoes in each."""
        meant = self._encoder.danger(texts)
        worded = self._wording.chances(texts, marks=marks)
        urgent, danger = scores(self._labels, meant, self._wording.labels, worded)
        row = int((urgent + danger).argmax())
        kind, level = self._labels.kind(meant[row]), self._labels.level(meant[row])
        return Scored(float(urgent.max()), float(danger.max()), kind, level, row)


class DangerLabels:
    """Reads danger from the probabilities of the labels `none` and `level/kind`."""

    def __init__(self, labels: Sequence[str]) -> None:
        levels = np.array([label.partition("/")[0] for label in labels])
        self._kinds = np.array([label.partition("/")[2] for label in labels])
        self._is_urgent = np.isin(levels, [IMMINENT, HIGH])
        self._is_imminent = levels == IMMINENT
        self._is_danger = levels != NONE

    def urgent(self, chances: np.ndarray) -> np.ndarray:
        """For each row how likely somebody has to come at once."""
        return np.asarray(chances[:, self._is_urgent].sum(axis=1))

    def danger(self, chances: np.ndarray) -> np.ndarray:
        """For each row how likely it is danger of any level."""
        return np.asarray(chances[:, self._is_danger].sum(axis=1))

    def kind(self, chances: np.ndarray) -> str:
        """The likeliest kind, all levels together."""
        kinds = np.unique(self._kinds[self._is_danger])
        shares = [chances[(self._kinds == kind) & self._is_danger].sum() for kind in kinds]
        return str(kinds[int(np.argmax(shares))])

    def level(self, chances: np.ndarray) -> str:
        """Whether it is rather imminent or high, if it is urgent."""
        return IMMINENT if chances[self._is_imminent].sum() > chances[self._is_urgent].sum() / 2 else HIGH


def scores(
    labels: DangerLabels, meant: np.ndarray, word_labels: Sequence[str], worded: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each row how likely somebody has to come at once, and how likely it is any danger: both readings as one."""
    urgent = _joined(labels.urgent(meant), worded[:, list(word_labels).index(URGENT)])
    danger = _joined(labels.danger(meant), 1.0 - worded[:, list(word_labels).index(NONE)])
    return urgent, danger


def _joined(meant: np.ndarray, worded: np.ndarray) -> np.ndarray:
    together = _log_odds(meant) + WORDING_WEIGHT * _log_odds(worded)
    return np.asarray(1.0 / (1.0 + np.exp(-together)))


def _log_odds(chances: np.ndarray) -> np.ndarray:
    bounded = np.clip(chances, _SMALLEST, 1.0 - _SMALLEST)
    return np.asarray(np.log(bounded / (1.0 - bounded)))
