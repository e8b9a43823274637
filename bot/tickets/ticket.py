"""A ticket and the moves it can make. Pure.

filed ──accept──▶ accepted ──resolve──▶ resolved ──confirm──▶ confirmed
  │ ▲                ▲                     │
  │ └─return─┐       └──accept── reopened ◀┴─reopen (the resident objects)
  └─return──▶ filed elsewhere; the second return ──▶ arbitration ──assign──▶ filed
resolved ──no answer in time──▶ closed_unconfirmed;  filed ──▶ no_power;  any open ──▶ withdrawn
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.errors import Refused

SUMMARY_LENGTH = 60
"""Characters of the resident's words that a list shows."""


class TicketStatus(StrEnum):
    """Where a ticket stands; the ids are part of the staff API."""

    FILED = "filed"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    RETURNED = "returned"
    ARBITRATION = "arbitration"
    CLOSED_UNCONFIRMED = "closed_unconfirmed"
    NO_POWER = "no_power"
    WITHDRAWN = "withdrawn"


_S = TicketStatus

MOVES: dict[str, tuple[frozenset[TicketStatus], TicketStatus]] = {
    "accept": (frozenset({_S.FILED, _S.REOPENED}), _S.ACCEPTED),
    "resolve": (frozenset({_S.ACCEPTED}), _S.RESOLVED),
    "return": (frozenset({_S.FILED, _S.REOPENED}), _S.FILED),
    "assign": (frozenset({_S.FILED, _S.ACCEPTED, _S.REOPENED, _S.ARBITRATION}), _S.FILED),
    "confirm": (frozenset({_S.RESOLVED}), _S.CONFIRMED),
    "reopen": (frozenset({_S.RESOLVED, _S.CLOSED_UNCONFIRMED}), _S.REOPENED),
    "withdraw": (frozenset({_S.FILED, _S.ACCEPTED, _S.REOPENED}), _S.WITHDRAWN),
}

RETURNS_TO_ARBITRATION = 2
"""The return that goes to a supervisor instead of yet another department."""


@dataclass(frozen=True)
class Draft:
    """A complaint before it is filed. None means that the resident did not say it."""

    conversation_id: str
    channel: str
    language: str
    description: str
    category: str
    location: str | None = None
    occurred_at: datetime | None = None
    occurred_text: str | None = None
    contact: str | None = None
    anonymous: bool = False
    coordinates: tuple[float, float] | None = None


@dataclass(frozen=True)
class HistoryEntry:
    """One step: what happened, when, to which department it went, and the words that go with it."""

    at: datetime
    action: str
    status: TicketStatus
    department: str
    text: str = ""
    by: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the staff API shows it."""
        return {**vars(self), "at": self.at.isoformat(), "status": self.status.value}


@dataclass(frozen=True)
class Ticket:
    """A filed complaint. `due_at` is when the department has to have answered."""

    number: str
    access_code: str
    category: str
    department: str
    status: TicketStatus
    description: str
    location: str | None
    coordinates: tuple[float, float] | None
    occurred_at: datetime | None
    occurred_text: str | None
    contact: str | None
    anonymous: bool
    language: str
    conversation_id: str
    channel: str
    incident: str | None
    returns: int
    filed_at: datetime
    due_at: datetime
    history: Sequence[HistoryEntry] = field(default=())

    @property
    def summary(self) -> str:
        """The resident's first words, for a list."""
        return summary(self.description)

    def to_json(self) -> dict[str, Any]:
        """Every field that the staff API knows; moments in ISO 8601."""
        return {
            **vars(self),
            "status": self.status.value,
            "summary": self.summary,
            "occurred_at": self.occurred_at.isoformat() if self.occurred_at else None,
            "filed_at": self.filed_at.isoformat(),
            "due_at": self.due_at.isoformat(),
            "history": [entry.to_json() for entry in self.history],
        }


def after(ticket: Ticket, move: str) -> TicketStatus:
    """The status after that move.

    Raises Refused when the ticket cannot make it from where it stands.
    """
    allowed, target = MOVES[move]
    if ticket.status not in allowed:
        raise Refused("ticket_move", f"a ticket cannot {move} from {ticket.status}", status=ticket.status.value)
    if move == "return" and ticket.returns + 1 >= RETURNS_TO_ARBITRATION:
        return TicketStatus.ARBITRATION
    return target


def summary(description: str) -> str:
    """The first sentence, cut at SUMMARY_LENGTH characters; nothing is added but the sign of the cut."""
    first = description.strip().splitlines()[0] if description.strip() else ""
    for mark in "。！？!?":
        first = first.split(mark)[0]
    return first if len(first) <= SUMMARY_LENGTH else first[: SUMMARY_LENGTH - 1] + "…"
