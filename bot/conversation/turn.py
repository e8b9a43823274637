"""One turn of the assistant: an utterance to Rasa, and what its replies mean for the conversation. No writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.rasa import RasaClient
from bot.conversation.state import Conversation
from bot.events import Reason
from bot.messages import Reply, for_assistant

FAILURES_TO_HANDOFF = 3
"""Turns in a row that were not understood before a person is brought in."""


@dataclass(frozen=True)
class Outcome:
    """What a turn came to: replies with words in order, failures in a row now, and whether a person is wanted."""

    replies: tuple[Reply, ...]
    failures: int
    handoff: Reason | None


def judge(conversation: Conversation, replies: list[Reply]) -> Outcome:
    """Read the facts that the actions put beside their words."""
    outcomes = {reply.data.get("outcome") for reply in replies}
    # Who was not understood just before, and is then told that nobody has written of it, was hardly understood now.
    failed = "not_understood" in outcomes or ("not_known" in outcomes and conversation.failures > 0)
    failures = conversation.failures + 1 if failed else 0
    handoff: Reason | None = None
    if any(reply.data.get("handoff") == "requested" for reply in replies):
        handoff = Reason.REQUESTED
    elif failures >= FAILURES_TO_HANDOFF:
        handoff = Reason.REPEATED_FAILURE
    if handoff is Reason.REPEATED_FAILURE:
        # The third "I did not understand" would only annoy: the handoff has its own sentence.
        replies = []
    return Outcome(tuple(reply for reply in replies if reply.text), failures, handoff)


class Turns:
    """Takes turns with Rasa. The caller keeps the turns of one conversation in order."""

    def __init__(self, rasa: RasaClient, clock: Callable[[], datetime]) -> None:
        self._rasa = rasa
        self._clock = clock

    async def take(
        self, conversation: Conversation, message_id: str, text: str, payload: str | None, is_despair: bool
    ) -> Outcome:
        """Let the assistant answer. `is_despair`: despair was heard in the words.

        Raises Retry when it could not: nothing happened, and the same turn may be taken again.
        """
        said = payload or for_assistant(text)
        replies = await self._rasa.turn(
            conversation.id, said, message_id, conversation.language, self._clock(), is_despair
        )
        return judge(conversation, replies)

    async def is_ready(self) -> bool:
        """Whether the assistant is up."""
        return await self._rasa.is_ready()
