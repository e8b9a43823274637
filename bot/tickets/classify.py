"""What a complaint is about: the categories of the taxonomy with their probability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bot.city import City
from bot.encoder import SentenceEncoder
from bot.language import LANGUAGES
from bot.linear import LinearModel
from bot.opening import matter
from bot.text import simplified
from bot.tickets.homophones import Homophones

HOMOPHONES_FILE = "homophones.json"
"""What they are called beside the model."""

SURE = 0.6
"""Probability from which a category is taken without asking: by cross-validation right in 87 cases of 100."""

FALLBACK = "other"

_NO_LETTER = re.compile(r"[\W_]|\band\b|(?:那|这)?(?:个|一?类)$|\b(?:one|kind|category)$")
"""What a category's name may be written without, or with."""


class CategoryClassifier:
    """A trained classifier for one city's categories."""

    def __init__(self, city: City, encoder: SentenceEncoder, model: LinearModel, homophones: Homophones) -> None:
        self._city = city
        self._encoder = encoder
        self._model = model
        self._homophones = homophones
        self._by_name = {
            _letters(category.name.in_(language)): category.id
            for category in city.categories.values()
            for language in LANGUAGES
        }

    @classmethod
    def load(cls, city: City, encoder: SentenceEncoder, path: Path) -> CategoryClassifier:
        """Read the trained model and the homophones beside it. Raises Misconfigured when one is missing or cannot be
        read."""
        return cls(city, encoder, LinearModel.load(path), Homophones.load(path.with_name(HOMOPHONES_FILE)))

    def candidates(self, text: str) -> list[tuple[str, float]]:
        """The city's categories with their probability, likeliest first; a text without words is `other`. A greeting and
        "I want to report" before the matter tell nothing of it, and 电提 may be 电梯. Who writes the name of one, as the
        summary and the buttons show it, means that one."""
        named = self.named(text)
        if named:
            return [(named, 1.0)]
        as_written = self._candidates(text)
        meant = self._homophones.corrected(text)
        if meant == simplified(text):
            return as_written
        return max(as_written, self._candidates(meant), key=lambda candidates: candidates[0][1])

    def named(self, text: str) -> str | None:
        """The category whose own name is all that is said, or None."""
        category = self._by_name.get(_letters(text))
        return None if category == FALLBACK else category

    def _candidates(self, text: str) -> list[tuple[str, float]]:
        if not any(char.isalpha() for char in text):
            return [(FALLBACK, 1.0)]
        scored = self._model.probabilities(matter(text), self._encoder)
        return [(label, share) for label, share in scored if label in self._city.categories] or [(FALLBACK, 1.0)]

    def is_sure(self, candidates: Sequence[tuple[str, float]]) -> bool:
        """Whether the first may be taken without asking the resident."""
        return bool(candidates) and candidates[0][1] >= SURE and candidates[0][0] != FALLBACK

    def certainty(self, text: str) -> float:
        """How surely it is a complaint of the likeliest category, as it is written, from 0 to 1; of none of them: 0."""
        category, share = self._candidates(text)[0]
        return 0.0 if category == FALLBACK else share


def _letters(text: str) -> str:
    """The text in small letters without what is none, and without the "and" between two of them."""
    return _NO_LETTER.sub("", simplified(text).lower().strip())
