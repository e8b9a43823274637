"""Every write to a handoff: request, raise, claim, reply, give back, close.

Each takes the open transaction, so that the conversation's state, the handoff and the sentences that the
resident will read are written together or not at all. What it returns has happened only after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.desk.queue import Handoff, HandoffStatus
from bot.errors import NotFound, Refused
from bot.events import Reason
from bot.messages import Attachment, Reply, new_id

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.conversation.state import Conversation
    from bot.storage.unit import Storage

ESCALATE_AFTER = (timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60))
"""When a crisis that nobody has claimed is raised again: escalation 1, 2 and 3."""


@dataclass(frozen=True)
class Operator:
    """Who acts: the account's id, and the number that a resident is shown instead of a name."""

    account_id: str
    number: int


class DeskService:
    """The handoff desk. `storage` is `bot.storage`'s modules, `clock` gives the present moment."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    async def request(
        self,
        tx: AsyncConnection,
        conversation: Conversation,
        reason: Reason,
        finding: dict[str, Any] | None = None,
        handoff_id: str | None = None,
    ) -> tuple[Handoff, bool]:
        """Bring a person in: a new handoff, or the open one, raised when this is worse; and whether it changed."""
        finding = finding or {}
        known = await self._storage.desk.open_of(tx, conversation.id)
        if known:
            return await self._raise(tx, known, reason, finding)
        handoff = Handoff(
            id=handoff_id or new_id(),
            conversation_id=conversation.id,
            reason=reason,
            kind=finding.get("kind"),
            level=finding.get("level"),
            finding=finding,
            status=HandoffStatus.WAITING,
            escalation=0,
            created_at=self._clock(),
            claimed_at=None,
            claimed_by=None,
            closed_at=None,
        )
        await self._storage.desk.add(tx, handoff)
        await self._storage.conversations.change(tx, conversation, state="waiting", failures=0)
        if reason is Reason.CRISIS:
            await self._schedule_escalation(tx, handoff)
        return handoff, True

    async def _raise(
        self, tx: AsyncConnection, known: Handoff, reason: Reason, finding: dict[str, Any]
    ) -> tuple[Handoff, bool]:
        if reason is not Reason.CRISIS:
            return known, False
        candidate = Handoff(**{**vars(known), "reason": reason, **_danger(finding)})
        if known.reason is Reason.CRISIS and candidate.urgency >= known.urgency:
            return known, False
        raised = await self._storage.desk.move(tx, known.id, known.status, reason=reason.value, **_danger(finding))
        if raised is None:
            return known, False
        if raised.status is HandoffStatus.WAITING and known.reason is not Reason.CRISIS:
            await self._schedule_escalation(tx, raised)
        return raised, True

    async def _schedule_escalation(self, tx: AsyncConnection, handoff: Handoff) -> None:
        for step, delay in enumerate(ESCALATE_AFTER, start=1):
            await self._storage.outbox.enqueue(
                tx,
                "escalate",
                handoff.conversation_id,
                {"handoff_id": handoff.id, "step": step},
                self._clock() + delay,
                lane=f"escalate:{handoff.id}",
                priority=10,
            )

    async def escalate(self, tx: AsyncConnection, handoff_id: str, step: int) -> Handoff | None:
        """Note that nobody has come yet; None when somebody has, or it is closed."""
        return await self._storage.desk.move(tx, handoff_id, HandoffStatus.WAITING, escalation=step)

    async def claim(self, tx: AsyncConnection, handoff_id: str, operator: Operator) -> Handoff:
        """Take a waiting handoff.

        Raises NotFound when there is none, Refused when another operator was quicker.
        """
        claimed = await self._storage.desk.move(
            tx,
            handoff_id,
            HandoffStatus.WAITING,
            status=HandoffStatus.CLAIMED.value,
            claimed_at=self._clock(),
            claimed_by=operator.number,
        )
        if claimed is None:
            known = await self._get(tx, handoff_id)
            raise Refused("handoff_taken", "the handoff is not waiting", operator=known.claimed_by or "-")
        conversation = await self._conversation(tx, claimed.conversation_id)
        await self._storage.conversations.change(tx, conversation, state="human")
        await self._storage.outbox.cancel_lane(tx, f"escalate:{handoff_id}")
        await self._notice(tx, conversation, "desk.claimed", operator=operator.number)
        return claimed

    async def reply(
        self,
        tx: AsyncConnection,
        conversation_id: str,
        operator: Operator,
        text: str,
        reply_id: str | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Reply:
        """Say something to the resident, or send files; only the operator who holds the conversation may.

        Raises NotFound without such a conversation, Refused when it is not theirs or there is nothing in it.
        """
        held = await self._storage.desk.open_of(tx, conversation_id)
        if held is None or held.status is not HandoffStatus.CLAIMED or held.claimed_by != operator.number:
            raise Refused("not_claimed_by_you", "only who claimed the conversation may answer")
        if not text.strip() and not attachments:
            raise Refused("empty_reply", "a reply needs words")
        reply = Reply(text=text.strip(), author="operator", attachments=attachments, id=reply_id or new_id())
        await self._storage.say(
            tx, conversation_id, [reply], self._clock(), operator=operator.number, priority=5, lease=False
        )
        return reply

    async def give_back(self, tx: AsyncConnection, handoff_id: str, operator: Operator) -> Handoff:
        """Let the assistant go on; it says so to the resident."""
        return await self._end(tx, handoff_id, operator, "desk.given_back")

    async def close(self, tx: AsyncConnection, handoff_id: str, operator: Operator) -> Handoff:
        """End the handoff: the matter is dealt with."""
        return await self._end(tx, handoff_id, operator, "desk.closed")

    async def withdraw(self, tx: AsyncConnection, conversation: Conversation) -> Handoff | None:
        """The resident no longer wants to wait; a crisis is never withdrawn that way. None when nothing waits."""
        known = await self._storage.desk.open_of(tx, conversation.id)
        if known is None or known.status is not HandoffStatus.WAITING or known.reason is Reason.CRISIS:
            return None
        closed = await self._storage.desk.move(
            tx, known.id, HandoffStatus.WAITING, status=HandoffStatus.CLOSED.value, closed_at=self._clock()
        )
        if closed:
            await self._storage.conversations.change(tx, conversation, state="bot", failures=0)
            await self._notice(tx, conversation, "desk.withdrawn")
        return closed

    async def _end(self, tx: AsyncConnection, handoff_id: str, operator: Operator, key: str) -> Handoff:
        known = await self._get(tx, handoff_id)
        if known.status is not HandoffStatus.CLAIMED or known.claimed_by != operator.number:
            raise Refused("not_claimed_by_you", "only who claimed the conversation may end it")
        ended = await self._storage.desk.move(
            tx,
            handoff_id,
            HandoffStatus.CLAIMED,
            status=HandoffStatus.CLOSED.value,
            closed_at=self._clock(),
        )
        if ended is None:
            raise Refused("handoff_taken", "the handoff changed meanwhile", operator="-")
        conversation = await self._conversation(tx, ended.conversation_id)
        await self._storage.conversations.change(tx, conversation, state="bot", failures=0)
        await self._notice(tx, conversation, key, operator=operator.number)
        return ended

    async def _get(self, tx: AsyncConnection, handoff_id: str) -> Handoff:
        handoff = await self._storage.desk.get(tx, handoff_id)
        if handoff is None:
            raise NotFound("no_such_handoff", "no such handoff")
        return handoff

    async def _conversation(self, tx: AsyncConnection, conversation_id: str) -> Conversation:
        conversation = await self._storage.conversations.get(tx, conversation_id)
        if conversation is None:
            raise NotFound("no_such_conversation", "no such conversation")
        return conversation

    async def _notice(self, tx: AsyncConnection, conversation: Conversation, key: str, **fields: Any) -> None:
        await self._storage.notice(tx, conversation.id, key, fields, self._clock())


def _danger(finding: dict[str, Any]) -> dict[str, Any]:
    return {"kind": finding.get("kind"), "level": finding.get("level"), "finding": finding}
