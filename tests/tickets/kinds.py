"""Stand-ins for the trained classifier of complaints, where a test says itself what it would answer."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.tickets.utterance import Candidates


@dataclass(frozen=True)
class Kinds:
    """Categories as the test gives them."""

    candidates: Callable[[str], Candidates]
    is_sure: Callable[[Candidates], bool] = lambda found: bool(found) and found[0][1] > 0.6
    named: Callable[[str], str | None] = lambda _: None


def sure(category: str) -> Kinds:
    """Whatever is said, it is surely that category."""
    return Kinds(lambda _: [(category, 0.9)])


def in_doubt(*categories: str) -> Kinds:
    """Whatever is said, it may be these."""
    return Kinds(lambda _: [(category, 0.3) for category in categories])
