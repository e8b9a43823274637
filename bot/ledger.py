"""What a channel remembers of its own sending, so that nothing is said twice; kept in the database.

Channels may not know the storage: they are given this.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.storage.conversations import Shown
from bot.storage.sent import SentPart
from bot.storage.unit import Storage


class Ledger:
    """The parts of replies that were sent, their ids in the channel, and which of them still show buttons."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def parts(self, entry_id: str) -> dict[int, SentPart]:
        """The parts of a reply that were tried before, by number."""
        async with self._storage.reading() as tx:
            return await self._storage.sent.of_entry(tx, entry_id)

    async def begin(self, entry_id: str, part: int, conversation_id: str, after_id: int, has_keyboard: bool) -> None:
        """Note a call before it is made; of a part that was tried before only the starting point is brought up."""
        async with self._storage.transaction() as tx:
            if part in await self._storage.sent.of_entry(tx, entry_id):
                await self._storage.sent.change(tx, entry_id, part, after_id=after_id)
            else:
                row = SentPart(entry_id, part, conversation_id, after_id, None, has_keyboard)
                await self._storage.sent.begin(tx, row)

    async def complete(self, entry_id: str, part: int, external_id: int) -> None:
        """Note that the channel took it."""
        async with self._storage.transaction() as tx:
            await self._storage.sent.change(tx, entry_id, part, external_id=external_id)

    async def withdraw(self, entry_id: str, part: int) -> None:
        """Take a note back: the channel certainly did not take it."""
        async with self._storage.transaction() as tx:
            await self._storage.sent.remove(tx, entry_id, part)

    async def migrated(self, conversation_id: str, external_id: str) -> None:
        """The channel has another id for the conversation now."""
        async with self._storage.transaction() as tx:
            conversation = await self._storage.conversations.get(tx, conversation_id)
            if conversation:
                await self._storage.conversations.change(tx, conversation, external_id=external_id)

    async def close_keyboards(self, parts: Sequence[SentPart]) -> None:
        """Note that those parts show no buttons any more."""
        if not parts:
            return
        async with self._storage.transaction() as tx:
            for part in parts:
                await self._storage.sent.change(tx, part.entry_id, part.part, has_keyboard=False)

    async def keyboards(self, conversation_id: str) -> list[SentPart]:
        """The parts that still show buttons."""
        async with self._storage.reading() as tx:
            return await self._storage.sent.with_keyboard(tx, conversation_id)

    async def highest(self, conversation_id: str | None = None) -> int:
        """The channel's highest id that is known, of one conversation when given."""
        async with self._storage.reading() as tx:
            return await self._storage.sent.highest(tx, conversation_id)

    async def shown(self, conversation_id: str) -> list[Shown]:
        """The latest bubbles with buttons, newest first."""
        async with self._storage.reading() as tx:
            return await self._storage.conversations.shown(tx, conversation_id)

    async def external_id(self, conversation_id: str) -> str | None:
        """The channel's own id of a conversation, or None."""
        async with self._storage.reading() as tx:
            conversation = await self._storage.conversations.get(tx, conversation_id)
        return conversation.external_id if conversation else None
