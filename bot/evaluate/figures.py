"""The arithmetic of the evaluation: rates, F1, overlap of spans, percentiles. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def rate(hits: int, total: int) -> float | None:
    """hits / total to four places; None when there was nothing to count."""
    return round(hits / total, 4) if total else None


def share(values: Iterable[bool]) -> float | None:
    """The share of true values."""
    listed = list(values)
    return rate(sum(listed), len(listed))


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile, to two places; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    rank = max(1, -(-len(ranked) * percent // 100))
    return round(ranked[int(rank) - 1], 2)


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float | None:
    """The mean F1 over the labels that were expected."""
    scores = []
    for label in set(expected):
        pairs = list(zip(expected, predicted, strict=True))
        hit = sum(want == got == label for want, got in pairs)
        wrong = sum(got == label != want for want, got in pairs)
        missed = sum(want == label != got for want, got in pairs)
        scores.append(2 * hit / (2 * hit + wrong + missed) if hit else 0.0)
    return round(sum(scores) / len(scores), 4) if scores else None


def overlap_f1(expected: str, found: str) -> float:
    """How much of two texts is the same, by characters without white space, from 0 to 1."""
    want, got = Counter("".join(expected.split())), Counter("".join(found.split()))
    common = sum((want & got).values())
    return 2 * common / (sum(want.values()) + sum(got.values())) if common else 0.0


def worst_confusions(expected: Sequence[str], predicted: Sequence[str], most: int = 8) -> list[list[str | int]]:
    """The commonest mistakes as [expected, predicted, count]."""
    pairs = Counter((want, got) for want, got in zip(expected, predicted, strict=True) if want != got)
    return [[want, got, count] for (want, got), count in pairs.most_common(most)]
