"""The complaint router: a city's own labelled history in, a label for a complaint out; any label set.

Groups of characters and words with a linear support vector machine: on Chinese complaints of 300 characters they beat
sentence vectors (91.9 to 86.4 macro-F1 on seven labels, measured before the project began). Both together beat either,
so the vectors are asked where the wording is not sure.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from bot.city import City
from bot.encoder import Encoder
from bot.errors import Misconfigured
from bot.linear import SURE as SURE_BY_WORDING
from bot.linear import LinearModel, train_wording_first

SURE = 0.6
"""Probability from which the history decides on a department, and not the category."""

MOST_NAMED = 5
"""Unknown labels that an error names."""


def read_history(path: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of a CSV file with the columns text and label.

    Raises Misconfigured when it cannot be read, has none of these columns, or fewer than two labels.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(f"{path} cannot be read as CSV in UTF-8 ({type(error).__name__}).") from None
    if not rows or not {"text", "label"} <= set(rows[0]):
        raise Misconfigured(f"{path} needs a first line with the columns text,label, and rows below it.")
    texts, labels = [row["text"] or "" for row in rows], [row["label"] or "" for row in rows]
    if len(set(labels)) < 2:
        raise Misconfigured(f"{path} holds one label only; a router needs two at least.")
    return texts, labels


def departments_of(labels: Sequence[str], city: City) -> list[str]:
    """The department that each label of a history names: by its id or its name, or by those of a category.

    Raises Misconfigured with the labels that name none.
    """
    known: dict[str, str] = {}
    for category in city.categories.values():
        for word in (category.id, category.name.zh, category.name.en):
            known[word] = category.department
    for key, name in city.departments.items():
        known |= dict.fromkeys((key, name.zh, name.en), key)
    unknown = sorted({label for label in labels if label not in known})
    if unknown:
        named = ", ".join(unknown[:MOST_NAMED])
        raise Misconfigured(
            f"{len(unknown)} labels are neither a department nor a category of city/taxonomy.yml: {named}. "
            "Write the department's id or name in the column label."
        )
    return [known[label] for label in labels]


class Router:
    """A trained router."""

    def __init__(self, model: LinearModel, encoder: Encoder) -> None:
        self._model = model
        self._encoder = encoder

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], encoder: Encoder) -> Router:
        """Learn from a history: a label for each text, in the same order; two different labels at least."""
        return cls(train_wording_first(texts, labels, encoder), encoder)

    @classmethod
    def load(cls, path: Path, encoder: Encoder) -> Router:
        """Read a trained router. Raises Misconfigured when it is missing, cannot be read or is of another make."""
        model = LinearModel.load(path)
        if SURE_BY_WORDING not in model.thresholds:
            raise Misconfigured(f"{path} is of an older make; run `hotline train routing` again.")
        return cls(model, encoder)

    def save(self, path: Path) -> None:
        """Write it, replacing an old one only when the new is whole."""
        self._model.save(path)

    def label(self, text: str) -> str:
        """The likeliest label of one complaint."""
        return self.likeliest(text)[0]

    def likeliest(self, text: str) -> tuple[str, float]:
        """The likeliest label of one complaint, and its probability."""
        return self._model.by_wording_first(text, self._encoder)[0]
