import pytest

from bot.evaluate.figures import macro_f1, overlap_f1, percentile, rate, share, worst_confusions


def test_rates() -> None:
    assert rate(1, 4) == 0.25
    assert rate(0, 0) is None
    assert share([True, False]) == 0.5
    assert share([]) is None


@pytest.mark.parametrize(("percent", "value"), [(50, 2), (95, 4), (100, 4), (1, 1)])
def test_percentiles_by_nearest_rank(percent: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], percent) == value


def test_macro_f1_counts_every_label_alike() -> None:
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7) / 2, abs=1e-4)
    assert macro_f1([], []) is None


@pytest.mark.parametrize(
    ("expected", "found", "score"),
    [
        ("幸福路8号", "幸福路8号", 1.0),
        ("幸福路8号", "幸福路", 0.75),
        ("幸福路", "", 0.0),
        ("ab", "cd", 0.0),
        ("a b", "ab", 1.0),
    ],
)
def test_overlap_by_characters(expected: str, found: str, score: float) -> None:
    assert overlap_f1(expected, found) == pytest.approx(score)


def test_the_commonest_mistakes_come_first() -> None:
    assert worst_confusions(["a", "a", "b", "b"], ["b", "b", "a", "b"]) == [["a", "b", 2], ["b", "a", 1]]
