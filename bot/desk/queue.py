"""Handoffs and the order of those that wait.

waiting ──claim──▶ claimed ──give back / close──▶ closed
   ▲                  │
   └── back in queue ─┘
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.events import Reason


class HandoffStatus(StrEnum):
    """Where a handoff stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"


_DANGER_ORDER = {"imminent": 0, "high": 1}


@dataclass(frozen=True)
class Handoff:
    """One request for a person. `finding` is the recogniser's result as JSON when the reason is a crisis.

    `claimed_by` is the operator's number; `escalation` runs from 0 to 3 while nobody has come.
    """

    id: str
    conversation_id: str
    reason: Reason
    kind: str | None
    level: str | None
    finding: dict[str, Any]
    status: HandoffStatus
    escalation: int
    created_at: datetime
    claimed_at: datetime | None
    claimed_by: int | None
    closed_at: datetime | None

    @property
    def clues(self) -> list[str]:
        """The words that raised it, as they were written."""
        return [clue["text"] for clue in self.finding.get("clues", ())]

    @property
    def urgency(self) -> tuple[int, datetime]:
        """Sorts the queue: danger first by level, then who has waited longest."""
        danger = _DANGER_ORDER.get(self.level or "", 2) if self.reason is Reason.CRISIS else 3
        return danger, self.created_at

    def to_json(self) -> dict[str, Any]:
        """As the staff API shows it; moments in ISO 8601."""
        return {
            "id": self.id,
            "conversation_id": self.conversation_id,
            "reason": self.reason.value,
            "kind": self.kind,
            "level": self.level,
            "clues": self.clues,
            "finding": self.finding,
            "status": self.status.value,
            "escalation": self.escalation,
            "created_at": self.created_at.isoformat(),
            "claimed_at": self.claimed_at.isoformat() if self.claimed_at else None,
            "claimed_by": self.claimed_by,
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
        }


def in_order(handoffs: list[Handoff]) -> list[Handoff]:
    """The queue as an operator sees it: most urgent on top."""
    return sorted(handoffs, key=lambda handoff: handoff.urgency)
