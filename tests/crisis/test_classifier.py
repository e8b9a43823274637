"""How danger is read from the probabilities of `level/kind`."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.crisis.classifier import (
    LEVELS_FILE,
    CrisisClassifier,
    DangerLabels,
    Scored,
    about_tokens,
    scores,
    threshold_name,
)
from bot.linear import LinearModel, Wording, counted

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


def test_a_kind_is_as_likely_as_its_levels_together() -> None:
    labels = DangerLabels(LABELS)
    assert labels.kinds(np.array([0.3, 0.1, 0.1, 0.2, 0.3]), ["life_hazard", "abuse"]) == pytest.approx([0.3, 0.4])


@pytest.mark.parametrize(
    ("chances", "level"),
    [((0.1, 0.1, 0.1, 0.4, 0.3), "imminent"), ((0.0, 0.0, 0.4, 0.3, 0.3), "high"), ((0.01, 0, 0, 0, 0.99), "high")],
)
def test_the_level_is_the_likelier(chances: tuple[float, ...], level: str) -> None:
    assert DangerLabels(LABELS).level(np.array(chances)) == level


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


def wording_of(labels: list[str], says: list[float], **thresholds: float) -> LinearModel:
    """A model that gives every text those chances."""
    nothing = Wording(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    return LinearModel(labels, nothing, np.zeros((len(labels), 0)), np.log(says), thresholds=thresholds)


THRESHOLDS = {
    threshold_name(level, language, is_long): 0.5
    for level in ("urgent", "concern")
    for language in ("zh", "en")
    for is_long in (False, True)
}


def classifier_of(said: dict[str, list[float]], kinds: list[float]) -> CrisisClassifier:
    thresholds = THRESHOLDS | {threshold_name("urgent", "zh", False): 0.3, threshold_name("urgent", "en", True): 0.6}
    levels = wording_of(["concern", "none", "urgent"], [1 / 3, 1 / 3, 1 / 3], **thresholds)
    return CrisisClassifier(levels, wording_of(["abuse", "life_hazard"], kinds), FakeEncoder(said))  # type: ignore[arg-type]


def test_the_worst_of_several_readings_counts() -> None:
    classifier = classifier_of({"a": [0, 0.1, 0, 0, 0.9], "b": [0, 0, 0.2, 0.7, 0.1]}, [0.5, 0.5])
    worst = classifier.worst(["a", "b"], [[], []])
    assert (worst.row, worst.kind, worst.level) == (1, "life_hazard", "imminent")
    assert worst.urgent > 0.8 > classifier.worst(["a"], [[]]).urgent


def test_nothing_more_is_read_once_somebody_must_come() -> None:
    classifier = classifier_of({"a": [0, 0, 0.2, 0.7, 0.1]}, [0.5, 0.5])
    assert classifier.worst(["a", "a text that the encoder does not know"], [[], []]).row == 0


def test_what_is_harmless_beyond_doubt_by_its_wording_is_not_read() -> None:
    levels = wording_of(["concern", "none", "urgent"], [0.004, 0.992, 0.004], **THRESHOLDS)
    classifier = CrisisClassifier(levels, wording_of(["abuse"], [1.0]), FakeEncoder({}))  # type: ignore[arg-type]
    assert classifier.worst(["a text that the encoder does not know"], [[]]) == Scored()


class _Suspecting:
    """A model of the wording to which only a text that says little but "pills" is dangerous."""

    labels = ("concern", "none", "urgent")
    thresholds = THRESHOLDS

    def chances_of(self, counts: csr_matrix) -> np.ndarray:
        known = counted(["pills"])
        shares = np.array([row.multiply(known).nnz / row.nnz for row in counts]) / 50
        shares = np.where(shares > 0.015, 0.6, shares)
        return np.column_stack([0 * shares, 1 - shares, shares])


def test_a_clause_that_sounds_dangerous_is_read_among_harmless_ones() -> None:
    text = "the lamp in our street is out, the bin is full, pills"
    said = {text: [0, 0, 0.2, 0.7, 0.1]}
    classifier = CrisisClassifier(_Suspecting(), wording_of(["abuse"], [1.0]), FakeEncoder(said))  # type: ignore[arg-type]
    assert classifier.worst(["the bin is full", text], [[], []]).row == 1
    without = "the lamp in our street is out, the bin is full, it smells of pills and of old shoes"
    assert classifier.worst([without], [[]]) == Scored()


def test_beside_a_part_that_is_read_another_needs_more_doubt() -> None:
    levels = wording_of(["concern", "none", "urgent"], [0.01, 0.97, 0.02], **THRESHOLDS)
    classifier = CrisisClassifier(levels, wording_of(["abuse"], [1.0]), FakeEncoder({"a": [0, 0.1, 0, 0, 0.9]}))  # type: ignore[arg-type]
    assert classifier.worst(["a", "a text that the encoder does not know"], [[], []]).urgent > 0


def test_the_wording_has_a_say_in_the_kind() -> None:
    said = {"unsure": [0, 0.4, 0.5, 0, 0.1], "sure": [0, 0.05, 0.85, 0, 0.1]}
    classifier = classifier_of(said, [0.8, 0.2])
    assert [classifier.worst([text], [[]]).kind for text in said] == ["abuse", "life_hazard"]


def test_what_is_no_danger_has_no_kind() -> None:
    assert classifier_of({"a": [0, 0.1, 0, 0, 0.9]}, [0.5, 0.5]).worst(["a"], [[]]).kind is None


def test_without_both_models_there_is_no_score(tmp_path: Path) -> None:
    wording_of(["concern", "none", "urgent"], [0.2, 0.6, 0.2], urgent=0.5, concern=0.4).save(tmp_path / LEVELS_FILE)
    assert CrisisClassifier.load(tmp_path, FakeEncoder({})) is None  # type: ignore[arg-type]


def test_each_language_has_thresholds_of_its_own() -> None:
    said = [0.1, 0.2, 0.0, 0.2, 0.5]
    classifier = classifier_of({"help": said, "救命": said}, [0.5, 0.5])
    assert classifier.worst(["help"], [[]]).thresholds.urgent == 0.5
    assert classifier.worst(["救命"], [[]]).thresholds.urgent == 0.3


def test_a_long_text_and_the_parts_of_one_have_thresholds_of_their_own() -> None:
    long, part = "please help " * 20, "help"
    classifier = classifier_of({long: [0.1, 0.2, 0.0, 0.2, 0.5], part: [0.1, 0.2, 0.0, 0.2, 0.5]}, [0.5, 0.5])
    assert classifier.worst([part], [[]]).thresholds.urgent == 0.5
    assert classifier.worst([long], [[]]).thresholds.urgent == 0.6
    assert classifier.worst([part, part], [[], []]).thresholds.urgent == 0.6


def test_two_tokens_are_about_three_chinese_characters_or_eight_letters() -> None:
    assert about_tokens("救救我") == about_tokens("help me!") == 2


def test_without_the_kinds_no_kind_is_told() -> None:
    levels = wording_of(["concern", "none", "urgent"], [1 / 3, 1 / 3, 1 / 3], **THRESHOLDS)
    classifier = CrisisClassifier(levels, None, FakeEncoder({"a": [0, 0, 0.2, 0.7, 0.1]}))  # type: ignore[arg-type]
    worst = classifier.worst(["a"], [[]])
    assert worst.urgent > worst.thresholds.urgent
    assert worst.kind is None
