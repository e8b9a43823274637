"""A linear text classifier: sentence vectors beside weighted character n-grams, kept as plain arrays (no pickle)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.encoder import SentenceEncoder
from bot.errors import Misconfigured

BUCKETS = 2**15
VECTOR_SCALE, NGRAM_SCALE, C = 5.0, 4.0, 1.0
"""Measured by cross-validation on our complaints: unit vectors must be scaled, else right answers stay unsure."""

FOLDS = 5


def _counts(texts: Sequence[str]) -> Any:
    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), n_features=BUCKETS, alternate_sign=False, norm=None, lowercase=True
    )
    counts = hashing.transform(texts)
    counts.data = 1.0 + np.log(counts.data)
    return counts


def _ngrams(counts: Any, idf: np.ndarray) -> Any:
    weighted = counts.multiply(idf).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return weighted.multiply((NGRAM_SCALE / np.maximum(lengths, 1e-9))[:, None]).tocsr()


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


class LinearModel:
    """Texts in, a probability for each label out."""

    def __init__(
        self,
        labels: Sequence[str],
        idf: np.ndarray,
        weights: np.ndarray,
        bias: np.ndarray,
        thresholds: dict[str, float] | None = None,
    ) -> None:
        self.labels = list(labels)
        self.thresholds = thresholds or {}
        self._idf = idf
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read a trained model. Raises Misconfigured when it is missing or of another make."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in ("labels", "idf", "weights", "bias", "names", "values")}
        except FileNotFoundError:
            raise Misconfigured(f"{path} is missing; run `hotline train`.") from None
        except (ValueError, KeyError, OSError):
            raise Misconfigured(f"{path} cannot be read; run `hotline train --force`.") from None
        return cls(
            [str(label) for label in arrays["labels"]],
            arrays["idf"].astype(np.float32),
            arrays["weights"].astype(np.float32),
            arrays["bias"],
            dict(zip((str(name) for name in arrays["names"]), arrays["values"].tolist(), strict=True)),
        )

    def save(self, path: Path) -> None:
        """Write it, replacing an old one only when the new is whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft.npz")
        np.savez_compressed(
            draft,
            labels=np.array(self.labels),
            idf=self._idf.astype(np.float32),
            weights=self._weights.astype(np.float16),
            bias=self._bias.astype(np.float32),
            names=np.array(list(self.thresholds), dtype=str),
            values=np.array(list(self.thresholds.values()), dtype=np.float64),
        )
        draft.replace(path)

    def chances(self, texts: Sequence[str], encoder: SentenceEncoder) -> np.ndarray:
        """The probability of each label for each text: shape (len(texts), len(labels)), rows sum to 1."""
        vectors = encoder.encode(texts) * VECTOR_SCALE
        ngrams = _ngrams(_counts(texts), self._idf)
        dense = vectors.shape[1]
        return _softmax(vectors @ self._weights[:, :dense].T + ngrams @ self._weights[:, dense:].T + self._bias)

    def probabilities(self, text: str, encoder: SentenceEncoder) -> list[tuple[str, float]]:
        """Each label with its probability, likeliest first."""
        shares = self.chances([text], encoder)[0]
        order = np.argsort(-shares)
        return [(self.labels[row], float(shares[row])) for row in order]


def train_linear(
    texts: Sequence[str], labels: Sequence[str], encoder: SentenceEncoder, balanced: bool = False
) -> tuple[LinearModel, np.ndarray, list[str]]:
    """Train on all, and predict each text by a model that has not seen it.

    Returns the calibrated model, those honest probabilities (a row a text), and the labels of their columns.
    """
    vectors = csr_matrix(encoder.encode(texts) * VECTOR_SCALE)
    counts = _counts(texts)
    names, codes = np.unique(np.array(labels), return_inverse=True)
    unseen = np.zeros((len(texts), len(names)))
    for known, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(codes, codes):
        idf = _idf(counts[known])
        features = hstack([vectors, _ngrams(counts, idf)]).tocsr()
        fold = _fit(features[known], codes[known], balanced)
        unseen[held_out] = fold.decision_function(features[held_out]) if len(names) > 2 else 0.0
    temperature = _temperature(unseen, codes)
    idf = _idf(counts)
    fitted = _fit(hstack([vectors, _ngrams(counts, idf)]).tocsr(), codes, balanced)
    model = LinearModel([str(name) for name in names], idf, fitted.coef_ / temperature, fitted.intercept_ / temperature)
    return model, _softmax(unseen / temperature), model.labels


def _idf(counts: Any) -> np.ndarray:
    seen = np.bincount(counts.indices, minlength=BUCKETS)
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + seen)) + 1.0, dtype=np.float32)


def _fit(features: Any, codes: np.ndarray, balanced: bool) -> LogisticRegression:
    model = LogisticRegression(C=C, max_iter=200, tol=1e-3, class_weight="balanced" if balanced else None)
    return model.fit(features, codes)


def _temperature(scores: np.ndarray, codes: np.ndarray) -> float:
    """The divisor that makes probabilities on unseen texts mean what they say: least log loss."""
    rows = np.arange(len(codes))
    losses = {
        temperature: -np.log(_softmax(scores / temperature)[rows, codes] + 1e-12).mean()
        for temperature in np.geomspace(0.3, 3.0, 25)
    }
    return float(min(losses, key=lambda temperature: losses[temperature]))
