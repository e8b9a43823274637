"""The complaint router: a city's own labelled history in, a label for a complaint out; any label set.

Characters n-grams with a linear support vector machine: on Chinese complaints of 300 characters they beat
sentence vectors (91.9 to 86.4 macro-F1 on seven labels, measured before the project began).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC


class Router:
    """A trained router."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str]) -> Router:
        """Learn from a history: a label for each text, in the same order."""
        pipeline = make_pipeline(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True, max_features=150_000),
            LinearSVC(C=0.5, class_weight="balanced"),
        )
        pipeline.fit(list(texts), list(labels))
        return cls(pipeline)

    def label(self, text: str) -> str:
        """The likeliest label of one complaint."""
        return str(self._pipeline.predict([text])[0])
