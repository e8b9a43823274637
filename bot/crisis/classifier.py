"""The learned score of danger: a linear model on sentence vectors and hashed character n-grams, sentence by sentence.

The file holds plain arrays (`models/crisis.npz`): nothing in it can run.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.encoder import SentenceEncoder

BUCKETS = 4_096
VECTOR_SCALE = 5.0
WORDING_SCALE = 3.0
NONE = "none"


def wording(text: str) -> np.ndarray:
    """Hashed character n-grams of one to three, of length 1: how it is said."""
    counts = np.zeros(BUCKETS, dtype=np.float32)
    padded = f" {text} "
    for size in (1, 2, 3):
        for start in range(len(padded) - size + 1):
            counts[zlib.crc32(padded[start : start + size].encode("utf-8", "replace")) % BUCKETS] += 1
    counts = np.log1p(counts)
    length = float(np.linalg.norm(counts))
    return counts / length if length else counts


def features(encoder: SentenceEncoder, texts: Sequence[str]) -> np.ndarray:
    """What the model reads of normal texts: shape (len(texts), 512 + BUCKETS)."""
    vectors = encoder.encode(texts) * VECTOR_SCALE
    return np.hstack([vectors, np.array([wording(text) for text in texts]) * WORDING_SCALE])


@dataclass(frozen=True)
class Scored:
    """The most suspicious sentence: how dangerous it is, from 0 to 1, and of what kind."""

    score: float
    kind: str | None


class CrisisClassifier:
    """Scores sentences. `urgent` is the score from which a human sees it, `concern` the one from which it is flagged."""

    def __init__(
        self, encoder: SentenceEncoder, weights: np.ndarray, bias: np.ndarray, classes: Sequence[str],
        urgent: float, concern: float,
    ) -> None:
        self._encoder = encoder
        self._weights = weights
        self._bias = bias
        self._classes = list(classes)
        self.urgent = urgent
        self.concern = concern

    @classmethod
    def load(cls, path: Path, encoder: SentenceEncoder) -> CrisisClassifier:
        """Read what training wrote."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(
                encoder,
                kept["weights"],
                kept["bias"],
                [str(name) for name in kept["classes"]],
                float(kept["urgent"]),
                float(kept["concern"]),
            )

    def worst(self, sentences: Sequence[str]) -> Scored:
        """The worst of the sentences."""
        if not sentences:
            return Scored(0.0, None)
        logits = features(self._encoder, sentences) @ self._weights.T + self._bias
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        none = self._classes.index(NONE)
        danger = 1.0 - chances[:, none]
        row = int(danger.argmax())
        ranked = [index for index in np.argsort(-chances[row]) if index != none]
        return Scored(float(danger[row]), self._classes[int(ranked[0])])
