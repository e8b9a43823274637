"""The commit step: replies, state and handoffs of one transaction, and what follows right after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.city import City
from bot.conversation.state import Conversation
from bot.desk.service import DeskService
from bot.events import EntryAdded, Event, HandoffChanged, Reason
from bot.messages import Button, Reply
from bot.reactions import Reactions
from bot.storage.outbox import Job
from bot.storage.unit import Storage
from bot.worker import Worker

RESUME = "/resume_bot"
"""Payload of the button "stop waiting": the gateway's own, Rasa never sees it."""


@dataclass
class Consequences:
    """What a transaction caused, to be done right after its commit."""

    events: list[Event] = field(default_factory=list)
    jobs: list[Job | None] = field(default_factory=list)


class Commit:
    """Writes replies and handoffs into an open transaction, and carries out what they caused."""

    def __init__(
        self,
        storage: Storage,
        city: City,
        desk: DeskService,
        reactions: Reactions,
        worker: Worker,
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._city = city
        self._desk = desk
        self._reactions = reactions
        self._worker = worker
        self._clock = clock

    async def say(
        self,
        tx: AsyncConnection,
        conversation_id: str,
        replies: Sequence[Reply],
        done: Consequences,
        priority: int = 0,
    ) -> None:
        """Append replies to the transcript and the outbox. Files sent so far become evidence of a ticket it names."""
        for reply in replies:
            if "ticket" in reply.data:
                await self._storage.files.put_on_ticket(tx, conversation_id, str(reply.data["ticket"]))
        entries, job = await self._storage.say(tx, conversation_id, replies, self._clock(), priority=priority)
        done.events.extend(EntryAdded(conversation_id, entry.for_staff()) for entry in entries)
        done.jobs.append(job)

    async def say_once(
        self, tx: AsyncConnection, conversation_id: str, reply: Reply, done: Consequences, priority: int = 0
    ) -> None:
        """The same, for a reply whose id tells what it is about: nothing when it was said before."""
        if await self._storage.conversations.get_entry(tx, reply.id) is None:
            await self.say(tx, conversation_id, [reply], done, priority)

    async def hand_over(
        self, tx: AsyncConnection, conversation: Conversation, reason: Reason, done: Consequences
    ) -> None:
        """Bring a person in and tell the resident; nothing when one has been asked for already."""
        handoff, changed = await self._desk.request(tx, conversation, reason)
        if not changed:
            return
        metrics.HANDOFFS.labels(reason=reason.value).inc()
        done.events.append(HandoffChanged(conversation.id, handoff.to_json()))
        language = conversation.language
        resume = Button(self._city.text("desk.button_resume", language), RESUME)
        text = self._city.text(f"desk.{reason.value}", language)
        await self.say(tx, conversation.id, [Reply(text, author="system", buttons=(resume,))], done)

    async def note(self, tx: AsyncConnection, conversation: Conversation, key: str, done: Consequences) -> None:
        """Write a line into the transcript that only the staff sees."""
        note = Reply(self._city.text(key, conversation.language), author="note")
        entry = await self._storage.conversations.add_reply(tx, conversation.id, note, self._clock())
        done.events.append(EntryAdded(conversation.id, entry.for_staff()))

    def carry_out(self, done: Consequences) -> None:
        """Tell the pages that are open, and start what was leased. Only after the commit."""
        for event in done.events:
            self._reactions.publish(event)
        for job in done.jobs:
            self._worker.run(job)
