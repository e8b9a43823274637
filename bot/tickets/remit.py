"""Matters that the city cannot act on: recognised, and answered with the right door. Nobody is turned away."""

from __future__ import annotations

from pathlib import Path

from bot.city import City
from bot.encoder import SentenceEncoder
from bot.linear import LinearModel
from bot.messages import Reply

NONE = "none"

LIKELY = 0.5
"""Probability of all kinds together from which a matter counts as outside. A wrong "not ours" turns a resident away, so
it is set where nine in ten of those that nobody had taught it were right."""


class RemitClassifier:
    """A trained classifier of out-of-remit kinds."""

    def __init__(self, city: City, encoder: SentenceEncoder, model: LinearModel) -> None:
        self._city = city
        self._encoder = encoder
        self._model = model

    @classmethod
    def load(cls, city: City, encoder: SentenceEncoder, path: Path) -> RemitClassifier:
        """Read the trained model. Raises Misconfigured when it is missing or cannot be read."""
        return cls(city, encoder, LinearModel.load(path))

    def kind(self, text: str) -> str | None:
        """The kind of `out_of_remit` in the taxonomy, or None: the city can act, or it is not clear."""
        if not any(char.isalpha() for char in text):
            return None
        shares = dict(self._model.probabilities(text, self._encoder))
        inside = shares.pop(NONE, 0.0)
        if 1.0 - inside < LIKELY:
            return None
        kind = max(shares, key=lambda name: shares[name])
        return kind if kind in self._city.doors else None


def door(kind: str, language: str, city: City) -> Reply:
    """What is said: that it is heard, that the city cannot act, and who can, with the number."""
    return Reply(city.text(f"tickets.remit.{kind}", language), data={"remit": kind})
