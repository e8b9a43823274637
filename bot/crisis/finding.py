"""What the recogniser found, with its evidence: never a bare boolean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LEVELS = ("none", "concern", "high", "imminent")
"""From no risk to a life in danger now, as in the taxonomy."""

DESPAIR, COMPLAINT = "despair", "complaint"
"""What a finding of level concern is about: how somebody feels, or a matter that may be dangerous. The second is also the
id of the veto that says so."""

BEFORE = "before"
"""The id of the veto that is what was said before."""

LEARNED = "learned"
"""The id of the clue that no rule names: what the learned score read."""

OF_MATTERS = frozenset({"life_hazard", "medical_emergency", "missing_person"})
"""Kinds that somebody else than 12356 helps with: 110, 119, 120."""


@dataclass(frozen=True)
class Clue:
    """Words that raised it: `text` verbatim, from `start` to `end` of the utterance. `id` names the rule."""

    id: str
    kind: str
    level: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Veto:
    """Words that explain a clue away: hyperbole, a film, a question about policy."""

    id: str
    text: str


@dataclass(frozen=True)
class Finding:
    """The result for one utterance. `score` is the learned one, from 0 to 1; places and contacts are verbatim."""

    kind: str | None = None
    level: str = "none"
    score: float = 0.0
    clues: tuple[Clue, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    places: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Whether a human has to see it at once."""
        return self.level in {"imminent", "high"}

    @property
    def concern(self) -> str | None:
        """DESPAIR or COMPLAINT where the level is concern, else None."""
        if self.level != "concern":
            return None
        is_matter = self.kind in OF_MATTERS or any(veto.id == COMPLAINT for veto in self.vetoes)
        return COMPLAINT if is_matter else DESPAIR

    def to_json(self) -> dict[str, Any]:
        """As it is stored and shown to operators."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The reverse of `to_json`."""
        return cls(
            **{
                **data,
                "clues": tuple(Clue(**clue) for clue in data["clues"]),
                "vetoes": tuple(Veto(**veto) for veto in data["vetoes"]),
                "places": tuple(data["places"]),
                "contacts": tuple(data["contacts"]),
            }
        )


def explain(finding: Finding) -> str:
    """The finding in one paragraph, for whoever asks why."""
    lines = [f"level {finding.level}, kind {finding.kind or '-'}, learned score {finding.score:.2f}"]
    lines += [f"  clue {clue.id} ({clue.kind}, {clue.level}): {clue.text!r}" for clue in finding.clues]
    lines += [f"  veto {veto.id}: {veto.text!r}" for veto in finding.vetoes]
    return "\n".join(lines)
