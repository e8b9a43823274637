"""Facts that other parts react to, named in the past tense. `bot/reactions.py` tells what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a person takes a conversation."""

    CRISIS = "crisis"
    REQUESTED = "requested"
    REPEATED_FAILURE = "repeated_failure"


@dataclass(frozen=True)
class EntryAdded:
    """Somebody said something: one more line of a transcript. `entry` is what the staff API shows of it."""

    conversation_id: str
    entry: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HandoffChanged:
    """A handoff was opened, raised, claimed, given back or closed. `handoff` is what the staff API shows."""

    conversation_id: str
    handoff: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CrisisRaised:
    """Danger was recognised; the operators' alarm sounds, whether or not the database took the utterance.

    `is_stored` is False when the write failed: then this alarm is all there is, and it holds the words.
    """

    conversation_id: str
    handoff_id: str
    kind: str
    level: str
    text: str
    clues: tuple[str, ...]
    places: tuple[str, ...]
    contacts: tuple[str, ...]
    raised_at: datetime
    is_stored: bool
    escalation: int = 0


@dataclass(frozen=True)
class TicketChanged:
    """A ticket was filed or moved."""

    number: str
    status: str


Event = EntryAdded | HandoffChanged | CrisisRaised | TicketChanged
