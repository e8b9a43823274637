"""One kind of small learned model for all of ours: linear, on sentence vectors and hashed character n-grams.

Vectors carry meaning across the two languages, n-grams carry wording. A model is kept as plain arrays
(`.npz`): nothing in the file can run. Training needs scikit-learn, use does not.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.encoder import SentenceEncoder

BUCKETS = 8_192
VECTOR_SCALE = 5.0
WORDING_SCALE = 3.0


def wording(text: str) -> np.ndarray:
    """Hashed character n-grams of one to three, as a vector of length 1: how it is said."""
    padded = f" {text.lower()} "
    grams = [padded[start : start + size] for size in (1, 2, 3) for start in range(len(padded) - size + 1)]
    buckets = [zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in grams]
    counts = np.log1p(np.bincount(buckets, minlength=BUCKETS)).astype(np.float32)
    length = float(np.linalg.norm(counts))
    return counts / length if length else counts


def features(encoder: SentenceEncoder, texts: Sequence[str]) -> np.ndarray:
    """What a model reads of the texts: shape (len(texts), 512 + BUCKETS)."""
    vectors = encoder.encode(texts) * VECTOR_SCALE
    return np.hstack([vectors, np.array([wording(text) for text in texts]) * WORDING_SCALE])


@dataclass(frozen=True)
class LinearModel:
    """Weights of shape (classes, features), a bias a class, the classes' names, and named thresholds."""

    weights: np.ndarray
    bias: np.ndarray
    classes: tuple[str, ...]
    thresholds: dict[str, float]

    def chances(self, encoder: SentenceEncoder, texts: Sequence[str]) -> np.ndarray:
        """The probability of each class for each text: shape (len(texts), len(classes)), rows sum to 1."""
        logits = features(encoder, texts) @ self.weights.T + self.bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Write the arrays."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32),
            classes=np.array(self.classes),
            names=np.array(list(self.thresholds)),
            values=np.array(list(self.thresholds.values()), dtype=np.float64),
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(
                weights=kept["weights"].astype(np.float32),
                bias=kept["bias"],
                classes=tuple(str(name) for name in kept["classes"]),
                thresholds=dict(zip((str(name) for name in kept["names"]), kept["values"].tolist(), strict=True)),
            )
