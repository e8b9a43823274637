"""The flow of a conversation between bot and human.

    bot ──handoff──▶ waiting ──claim──▶ human
     ▲                  │                 │
     └──closed──────────┴──given back─────┘

The bot is silent in `human`, and in `waiting` it only keeps the resident company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import Refused


class State(StrEnum):
    """Who answers the resident."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


_MOVES = {
    State.BOT: {State.WAITING},
    State.WAITING: {State.HUMAN, State.BOT},
    State.HUMAN: {State.BOT},
}


def move(state: State, to: State) -> State:
    """The new state.

    Raises Refused when that move does not exist.
    """
    if to != state and to not in _MOVES[state]:
        raise Refused("state_move", f"a conversation cannot go from {state} to {to}")
    return to


@dataclass(frozen=True)
class Conversation:
    """All turns of a resident on a channel; its id is Rasa's sender id.

    `failures` counts the turns in a row that the assistant did not understand; `is_flagged` is set by a
    finding of level concern. `chosen_language` is what the resident set, and holds against what their words seem
    to be; `person_id` joins the conversations of one person; `is_unreachable` says that the channel refuses us.
    """

    id: str
    channel: str
    external_id: str
    language: str
    state: State
    failures: int
    is_flagged: bool
    created_at: datetime
    last_at: datetime
    chosen_language: str | None = None
    person_id: str | None = None
    is_unreachable: bool = False
