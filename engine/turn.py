"""A turn is all or nothing: what went wrong in it is noted here, and then nothing of it is saved.

Rasa itself drops the events of a failed action and goes on; a form could say "filed" when nothing was.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Optional


class Turn:
    """One turn in progress. `failure` names what went wrong first; None while all is well."""

    def __init__(self) -> None:
        """A turn begins well."""
        self.failure: Optional[str] = None

    def fail(self, reason: str) -> None:
        """Note the first failure; the reason holds no words of a resident."""
        self.failure = self.failure or reason


current_turn: ContextVar[Optional[Turn]] = ContextVar("current_turn", default=None)


class TurnFailed(Exception):
    """Raised by the tracker store instead of saving a turn that failed."""


def fail_turn(reason: str) -> None:
    """Note a failure of the running turn, if there is one."""
    turn = current_turn.get()
    if turn:
        turn.fail(reason)
