"""All storage in one value, so that services can be given it and tests can look into it.

It also holds the two writes that every service needs: say something to a resident, and give notice by a
sentence of `city/texts`. Both put the words into the outbox in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Button, Reply, new_id
from bot.storage import accounts, audit, conversations, desk, files, links, outbox, sent
from bot.storage.conversations import Entry
from bot.storage.database import Database
from bot.storage.outbox import Job

URGENT = 10
"""The priority of what is said in danger."""


class Storage:
    """The database and the modules that know its tables."""

    accounts = accounts
    audit = audit
    conversations = conversations
    desk = desk
    files = files
    links = links
    outbox = outbox
    sent = sent

    def __init__(self, database: Database) -> None:
        self.database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction, committed at the end of the block."""
        async with self.database.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading."""
        async with self.database.reading() as tx:
            yield tx

    async def say(
        self,
        tx: AsyncConnection,
        conversation_id: str,
        replies: Sequence[Reply],
        now: datetime,
        operator: int | None = None,
        priority: int = 0,
        lease: bool = True,
    ) -> tuple[list[Entry], Job | None]:
        """Append replies to the transcript and put their delivery into the outbox, as one job.

        The job is returned, leased, when it is the next to be done for this conversation: the caller runs it after
        the commit. Who cannot run it passes `lease=False`, and a worker finds it. What is said in danger goes by a
        lane of its own: it waits for nothing that is stuck.
        """
        entries = [await conversations.add_reply(tx, conversation_id, reply, now, operator) for reply in replies]
        if not entries:
            return [], None
        job = await outbox.enqueue(
            tx,
            "deliver",
            conversation_id,
            {"entry_ids": [entry.id for entry in entries]},
            now,
            lane=f"urgent:{conversation_id}" if priority >= URGENT else None,
            priority=priority,
            lease_from=now if lease else None,
        )
        return entries, job

    async def notice(
        self,
        tx: AsyncConnection,
        conversation_id: str,
        key: str,
        fields: Mapping[str, Any],
        now: datetime,
        buttons: tuple[Button, ...] = (),
    ) -> None:
        """Tell a resident the sentence `key`, in the language that they use when it is delivered.

        A button's title is a text key too. News of a ticket reaches every conversation that the person has joined.
        """
        targets = [conversation_id]
        if key.startswith("tickets."):
            persons = await conversations.of_person(tx, conversation_id)
            targets = [conversation.id for conversation in persons] or targets
        for target in targets:
            payload = {
                "reply_id": new_id(),
                "key": key,
                "fields": dict(fields),
                "buttons": [vars(button) for button in buttons],
            }
            await outbox.enqueue(tx, "notice", target, payload, now, priority=5)
