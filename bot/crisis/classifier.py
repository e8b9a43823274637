"""The learned score of danger: how likely each kind and level is, by the words and by what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.encoder import SentenceEncoder
from bot.linear import LinearModel

NONE = "none"
IMMINENT, HIGH, CONCERN = "imminent", "high", "concern"


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
    """A model whose labels are `none` and `level/kind`.

    `urgent` is the score from which a human sees it, `concern` the one from which it is flagged.
    """

    def __init__(self, model: LinearModel, encoder: SentenceEncoder) -> None:
        self._model = model
        self._encoder = encoder
        self.urgent = model.thresholds["urgent"]
        self.concern = model.thresholds["concern"]
        self._scores = Scores(model.labels)

    @classmethod
    def load(cls, path: Path, encoder: SentenceEncoder) -> CrisisClassifier:
        """Read what training wrote."""
        return cls(LinearModel.load(path), encoder)

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        """The worst of the texts, of which there is one at least; `marks` are the clues and vetoes in each."""
        chances = self._model.chances(texts, self._encoder.encode(texts), marks)
        urgent, danger = self._scores.urgent(chances), self._scores.danger(chances)
        row = int((urgent + danger).argmax())
        kind, level = self._scores.kind(chances[row]), self._scores.level(chances[row])
        return Scored(float(urgent.max()), float(danger.max()), kind, level, row)


class Scores:
    """Reads danger from the probabilities of labels."""

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
