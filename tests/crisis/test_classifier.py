"""How danger is read from the probabilities of `level/kind`."""

import numpy as np
import pytest

from bot.crisis.classifier import CrisisClassifier, Scores
from bot.linear import LinearModel, Wording

LABELS = ["concern/abuse", "high/abuse", "high/life_hazard", "imminent/life_hazard", "none"]


class FakeEncoder:
    """Vectors that a test chose, by text."""

    def __init__(self, vectors: dict[str, list[float]]) -> None:
        self._vectors = vectors

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.array([self._vectors[text] for text in texts], dtype=np.float32)


def of(*chances: float) -> np.ndarray:
    return np.array([chances])


def test_urgent_and_danger_are_sums() -> None:
    scores = Scores(LABELS)
    chances = of(0.1, 0.2, 0.1, 0.3, 0.3)
    assert scores.urgent(chances) == pytest.approx([0.6])
    assert scores.danger(chances) == pytest.approx([0.7])


@pytest.mark.parametrize(
    ("chances", "kind", "level"),
    [
        ((0.1, 0.1, 0.1, 0.4, 0.3), "life_hazard", "imminent"),
        ((0.3, 0.3, 0.1, 0.1, 0.2), "abuse", "high"),
        ((0.0, 0.0, 0.4, 0.3, 0.3), "life_hazard", "high"),
        ((0.01, 0.0, 0.0, 0.0, 0.99), "abuse", "high"),
    ],
)
def test_kind_and_level_are_the_likeliest(chances: tuple[float, ...], kind: str, level: str) -> None:
    scores = Scores(LABELS)
    assert scores.kind(np.array(chances)) == kind
    assert scores.level(np.array(chances)) == level


def test_the_worst_of_several_readings_counts() -> None:
    weights = np.array([[0, 0], [0, 0], [0, 0], [0, 9], [9, 0]], dtype=np.float32)
    nothing = Wording(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    model = LinearModel(LABELS, nothing, weights, np.zeros(5), thresholds={"urgent": 0.5, "concern": 0.4})
    classifier = CrisisClassifier(model, FakeEncoder({"a": [1, 0], "b": [0, 1]}))  # type: ignore[arg-type]
    worst = classifier.worst(["a", "b"], [[], []])
    assert (worst.row, worst.kind, worst.level) == (1, "life_hazard", "imminent")
    assert worst.urgent > 0.9 > classifier.worst(["a"], [[]]).urgent
