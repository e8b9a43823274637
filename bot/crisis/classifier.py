"""The learned score of danger, sentence by sentence, so that one sentence buried in a long complaint is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.encoder import SentenceEncoder
from bot.linear import LinearModel

NONE = "none"


@dataclass(frozen=True)
class Scored:
    """The most suspicious sentence: how dangerous it is, from 0 to 1, and of what kind."""

    score: float
    kind: str | None


class CrisisClassifier:
    """Scores sentences with a model whose classes are the crisis kinds and `none`.

    `urgent` is the score from which a human sees it, `concern` the one from which it is flagged.
    """

    def __init__(self, model: LinearModel, encoder: SentenceEncoder) -> None:
        self._model = model
        self._encoder = encoder
        self.urgent = model.thresholds["urgent"]
        self.concern = model.thresholds["concern"]

    @classmethod
    def load(cls, path: Path, encoder: SentenceEncoder) -> CrisisClassifier:
        """Read what training wrote."""
        return cls(LinearModel.load(path), encoder)

    def worst(self, sentences: Sequence[str]) -> Scored:
        """The worst of the sentences."""
        if not sentences:
            return Scored(0.0, None)
        chances = self._model.chances(sentences, self._encoder)
        none = self._model.labels.index(NONE)
        danger = 1.0 - chances[:, none]
        row = int(danger.argmax())
        ranked = sorted(range(len(self._model.labels)), key=lambda index: -chances[row, index])
        kind = next(index for index in ranked if index != none)
        return Scored(float(danger[row]), self._model.labels[kind])
