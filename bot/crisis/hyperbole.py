"""What explains a clue away: hyperbole, fiction, paperwork, the past, negation, pets, things.

A veto of scope `sentence` reaches the clues of its own sentence, one of scope `text` every clue of the
utterance. A firm clue (a named place, means or present bodily danger) is explained away only by a strong veto
of its own sentence: it is over, it is feared and has not happened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.city import City, read_yaml
from bot.crisis.finding import Veto
from bot.errors import Misconfigured
from bot.language import LANGUAGES

SCOPES = {"sentence", "text"}


@dataclass(frozen=True)
class VetoRule:
    """One veto of a language."""

    id: str
    language: str
    scope: str
    strong: bool
    pattern: re.Pattern[str]


def load_vetoes(city: City) -> tuple[VetoRule, ...]:
    """Every veto of both languages. Raises Misconfigured, naming the veto, when one is broken."""
    rules = []
    for language in LANGUAGES:
        path = city.file(f"crisis/hyperbole_{language}.yml")
        for entry in read_yaml(path).get("vetoes", ()):
            try:
                pattern = re.compile(entry["pattern"])
            except (re.error, KeyError) as error:
                raise Misconfigured(
                    f"{path}: the pattern of veto {entry.get('id', '?')} is broken ({error})."
                ) from None
            if entry.get("scope") not in SCOPES:
                raise Misconfigured(f"{path}: veto {entry.get('id', '?')} needs the scope sentence or text.")
            rules.append(VetoRule(entry["id"], language, entry["scope"], bool(entry.get("strong", False)), pattern))
    return tuple(rules)


def vetoes_in(rules: Sequence[VetoRule], text: str, scope: str) -> list[Veto]:
    """The vetoes of that scope in a normal text."""
    return [
        Veto(rule.id, found.group()[:80])
        for rule in rules
        if rule.scope == scope and (found := rule.pattern.search(text))
    ]


def is_over_or_feared(rules: Sequence[VetoRule], sentence: str) -> bool:
    """Whether a strong veto speaks in a normal sentence."""
    return any(rule.strong and rule.pattern.search(sentence) for rule in rules)
