"""Word clues of danger: `city/crisis/clues_*.yml`, compiled once. Each names its kind and level and its own examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.city import City, read_yaml
from bot.crisis.finding import LEVELS
from bot.errors import Misconfigured
from bot.language import LANGUAGES


@dataclass(frozen=True)
class ClueRule:
    """One clue of a language: it is looked for only where a text has letters of that. `firm`: no veto explains it away.
    `whole`: its pattern is all that an utterance may say, and then it counts whatever the learned score makes of it.
    `hits` and `misses` are texts that a test holds it to."""

    id: str
    language: str
    kind: str
    level: str
    pattern: re.Pattern[str]
    firm: bool
    whole: bool
    hits: tuple[str, ...]
    misses: tuple[str, ...]


def load_clues(city: City) -> tuple[ClueRule, ...]:
    """Every clue of both languages. Raises Misconfigured, naming the clue, when one is broken."""
    return tuple(
        rule for language in LANGUAGES for rule in _rules(city.file(f"crisis/clues_{language}.yml"), language, city)
    )


def _rules(path: Path, language: str, city: City) -> Iterator[ClueRule]:
    for entry in read_yaml(path).get("clues", ()):
        name = entry.get("id", "?")
        try:
            pattern = re.compile(entry["pattern"])
        except (re.error, KeyError) as error:
            raise Misconfigured(f"{path}: the pattern of clue {name} is broken ({error}).") from None
        if entry.get("kind") not in city.crisis_kinds or entry.get("level") not in LEVELS:
            raise Misconfigured(f"{path}: clue {name} needs a kind and a level of the taxonomy.")
        yield ClueRule(
            id=name,
            language=language,
            kind=entry["kind"],
            level=entry["level"],
            pattern=pattern,
            firm=bool(entry.get("firm", False)),
            whole=bool(entry.get("whole", False)),
            hits=tuple(str(text) for text in entry.get("hits", ())),
            misses=tuple(str(text) for text in entry.get("misses", ())),
        )


def matches(rules: Sequence[ClueRule], text: str) -> list[tuple[ClueRule, re.Match[str]]]:
    """Each rule's first match in a normal text."""
    return [(rule, found) for rule in rules if (found := rule.pattern.search(text))]
