"""What operators do at the desk, each as one transaction with its consequences. Pages and the staff API call this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.desk.queue import Handoff, HandoffStatus, in_order
from bot.desk.service import DeskService, Operator
from bot.errors import NotFound, Refused
from bot.events import EntryAdded, HandoffChanged
from bot.files.service import FileService
from bot.reactions import Reactions
from bot.storage.conversations import Entry
from bot.storage.unit import Storage
from bot.worker import Worker

Move = Callable[[AsyncConnection, str, Operator], Awaitable[Handoff]]


class FrontDesk:
    """The handoff desk with its live pages: claim, reply, give back, close; and what operators look at."""

    def __init__(
        self,
        storage: Storage,
        desk: DeskService,
        reactions: Reactions,
        worker: Worker,
        files: FileService,
        clock: Callable[[], datetime],
    ) -> None:
        self._files = files
        self._storage = storage
        self._desk = desk
        self._reactions = reactions
        self._worker = worker
        self._clock = clock

    async def claim(self, handoff_id: str, operator: Operator) -> Handoff:
        """Take a waiting handoff. Raises NotFound, or Refused when another was quicker."""
        handoff = await self._move(self._desk.claim, handoff_id, operator)
        metrics.CLAIM_SECONDS.observe((self._clock() - handoff.created_at).total_seconds())
        return handoff

    async def give_back(self, handoff_id: str, operator: Operator) -> Handoff:
        """Let the assistant go on. Raises NotFound, or Refused when it is not this operator's."""
        return await self._move(self._desk.give_back, handoff_id, operator)

    async def close(self, handoff_id: str, operator: Operator) -> Handoff:
        """End the handoff. Raises NotFound, or Refused when it is not this operator's."""
        return await self._move(self._desk.close, handoff_id, operator)

    async def reply(
        self,
        conversation_id: str,
        operator: Operator,
        text: str,
        reply_id: str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Entry:
        """Answer the resident, with files (name and content) when there are; `reply_id` makes a repeat harmless.

        Raises Refused when the conversation is not this operator's, there is nothing in it, or a file is not taken.
        """
        await self._require_held(conversation_id, operator)
        author = str(operator.number)
        kept = [await self._files.upload(conversation_id, author, name, content) for name, content in files]
        async with self._storage.transaction() as tx:
            attachments = [file.attachment for file in kept]
            reply = await self._desk.reply(tx, conversation_id, operator, text, reply_id, attachments)
            for file in kept:
                await self._storage.files.change(tx, file.id, entry_id=reply.id)
            entry = await self._storage.conversations.get_entry(tx, reply.id)
        assert entry, "it was written just now"
        self._worker.wake()
        self._reactions.publish(EntryAdded(conversation_id, entry.for_staff()))
        return entry

    async def _require_held(self, conversation_id: str, operator: Operator) -> None:
        """Looked at before a file is kept; the write looks again."""
        async with self._storage.reading() as tx:
            held = await self._storage.desk.open_of(tx, conversation_id)
        if held is None or held.claimed_by != operator.number:
            raise Refused("not_claimed_by_you", "only who claimed the conversation may answer")

    async def queue(self, status: HandoffStatus | None = None, conversation_id: str | None = None) -> list[Handoff]:
        """Handoffs in the order of urgency; of that status and conversation when given."""
        async with self._storage.reading() as tx:
            return in_order(await self._storage.desk.search(tx, status, conversation_id))

    async def handoff(self, handoff_id: str) -> Handoff:
        """One handoff. Raises NotFound."""
        async with self._storage.reading() as tx:
            found = await self._storage.desk.get(tx, handoff_id)
        if found is None:
            raise NotFound("no_such_handoff", "no such handoff")
        return found

    async def _move(self, move: Move, handoff_id: str, operator: Operator) -> Handoff:
        async with self._storage.transaction() as tx:
            handoff = await move(tx, handoff_id, operator)
        self._worker.wake()
        self._reactions.publish(HandoffChanged(handoff.conversation_id, handoff.to_json()))
        return handoff
