"""The context card: what tells an operator the story without a word being asked twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk.queue import Handoff


@dataclass(frozen=True)
class Card:
    """What stands on top of a conversation. Texts are the resident's own, verbatim; empty means nothing was found."""

    reason: str
    kind: str | None
    level: str | None
    words: tuple[str, ...]
    places: tuple[str, ...]
    contacts: tuple[str, ...]


def context_card(handoff: Handoff | None, findings: Sequence[Mapping[str, Any]]) -> Card | None:
    """The card of an open handoff, from its finding and those of every utterance; None without a handoff."""
    if handoff is None:
        return None
    everything = [handoff.finding, *findings]

    def gathered(name: str) -> tuple[str, ...]:
        found = (value for finding in everything for value in finding.get(name, ()))
        return tuple(dict.fromkeys(value["text"] if isinstance(value, Mapping) else value for value in found))

    return Card(
        reason=handoff.reason.value,
        kind=handoff.kind,
        level=handoff.level,
        words=gathered("clues"),
        places=gathered("places"),
        contacts=gathered("contacts"),
    )


def highlighted(text: str, finding: Mapping[str, Any] | None) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a clue; overlapping clues become one piece."""
    pieces: list[tuple[str, bool]] = []
    position = 0
    spans = sorted((clue["start"], clue["end"]) for clue in (finding or {}).get("clues", ()))
    for start, end in spans:
        start = max(start, position)
        if end <= start:
            continue
        if start > position:
            pieces.append((text[position:start], False))
        pieces.append((text[start:end], True))
        position = end
    if position < len(text):
        pieces.append((text[position:], False))
    return pieces
