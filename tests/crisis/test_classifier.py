"""How danger is read from the probabilities of `level/kind`."""

import numpy as np
import pytest

from bot.crisis.classifier import CrisisClassifier, DangerLabels, scores
from bot.linear import LinearModel, Wording

LABELS = ["concern/abuse", "high/abuse", "high/life_hazard", "imminent/life_hazard", "none"]


class FakeEncoder:
    """Chances that a test chose, by text."""

    danger_labels = LABELS

    def __init__(self, chances: dict[str, list[float]]) -> None:
        self._chances = chances

    def danger(self, texts: list[str]) -> np.ndarray:
        return np.array([self._chances[text] for text in texts], dtype=np.float32)


def of(*chances: float) -> np.ndarray:
    return np.array([chances])


def test_urgent_and_danger_are_sums() -> None:
    labels = DangerLabels(LABELS)
    chances = of(0.1, 0.2, 0.1, 0.3, 0.3)
    assert labels.urgent(chances) == pytest.approx([0.6])
    assert labels.danger(chances) == pytest.approx([0.7])


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
    labels = DangerLabels(LABELS)
    assert labels.kind(np.array(chances)) == kind
    assert labels.level(np.array(chances)) == level


def test_both_readings_count_and_the_encoder_counts_twice() -> None:
    labels, words = DangerLabels(LABELS), ["concern", "none", "urgent"]

    def urgent(meant: float, worded: float) -> float:
        chances = of(0.0, meant, 0.0, 0.0, 1 - meant)
        return float(scores(labels, chances, words, of(0.0, 1 - worded, worded))[0][0])

    assert urgent(0.5, 0.5) == pytest.approx(0.5)
    assert urgent(0.9, 0.1) == pytest.approx(0.75)
    assert urgent(0.1, 0.9) == pytest.approx(0.25)
    assert urgent(0.9, 0.9) == pytest.approx(0.964, abs=1e-3)
    assert 0 < urgent(0.0, 0.0) < urgent(1.0, 1.0) < 1


def test_the_worst_of_several_readings_counts() -> None:
    nothing = Wording(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    thresholds = {"urgent": 0.5, "concern": 0.4}
    wording = LinearModel(["concern", "none", "urgent"], nothing, np.zeros((3, 0)), np.zeros(3), thresholds=thresholds)
    said = {"a": [0, 0.1, 0, 0, 0.9], "b": [0, 0, 0.2, 0.7, 0.1]}
    classifier = CrisisClassifier(wording, FakeEncoder(said))  # type: ignore[arg-type]
    worst = classifier.worst(["a", "b"], [[], []])
    assert (worst.row, worst.kind, worst.level) == (1, "life_hazard", "imminent")
    assert worst.urgent > 0.8 > classifier.worst(["a"], [[]]).urgent
