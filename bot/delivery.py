"""Outbox to channel: replies are sent, notices are put into words and sent, what failed is tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.channels.base import Channel, channel_of
from bot.city import City
from bot.commit import Commit, Consequences
from bot.conversation.state import Conversation
from bot.errors import Refused, Unreachable
from bot.messages import Button, Reply
from bot.storage.conversations import Entry
from bot.storage.outbox import Job
from bot.storage.unit import Storage

log = structlog.get_logger()


class Delivery:
    """Handles `deliver` and `notice` jobs."""

    def __init__(
        self,
        storage: Storage,
        city: City,
        commit: Commit,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._city = city
        self._commit = commit
        self._channels = channels
        self._clock = clock

    async def deliver(self, job: Job) -> Job | None:
        """Send the entries of the job that have not been delivered, in order.

        An entry that nobody was there to take stays in the transcript, which is the mailbox of a web chat.
        Raises Retry when the channel asks for another try.
        """
        async with self._storage.reading() as tx:
            conversation = await self._storage.conversations.get(tx, job.conversation_id)
            loaded = [
                await self._storage.conversations.get_entry(tx, entry_id) for entry_id in job.payload["entry_ids"]
            ]
        assert conversation, "a reply is written to a conversation"
        waiting = [entry for entry in loaded if entry and not entry.delivered_at]
        taken, is_refused = await self._send(conversation, waiting)
        done = Consequences()
        async with self._storage.transaction() as tx:
            if taken:
                await self._storage.conversations.mark_delivered(tx, taken, self._clock())
            if is_refused:
                await self._note_unreachable(tx, conversation.id, done)
            following = await self._storage.outbox.finish(tx, job, self._clock())
        self._commit.carry_out(done)
        return following

    async def _send(self, conversation: Conversation, waiting: list[Entry]) -> tuple[list[str], bool]:
        """The ids of the entries that the channel took, and whether it refuses this resident for good."""
        taken: list[str] = []
        if conversation.is_unreachable:
            # A bot that is blocked: the transcript is the mailbox.
            return taken, False
        channel = channel_of(self._channels, conversation.channel)
        for entry in waiting:
            try:
                if await channel.send(conversation.id, entry.reply, entry.at, entry.details.get("operator")):
                    taken.append(entry.id)
                    metrics.REPLIES.labels(author=entry.author).inc()
            except Unreachable:
                return taken, True
            except Refused as error:
                # This message will never go through; those behind it may.
                log.error("reply_refused", channel=channel.name, reason=error.key)
                taken.append(entry.id)
        return taken, False

    async def note_reach(self, conversation_id: str, is_reachable: bool) -> None:
        """The channel says that the resident has blocked us, or let us in again: then the missed replies go out."""
        done = Consequences()
        async with self._storage.transaction() as tx:
            conversation = await self._storage.conversations.get(tx, conversation_id)
            if conversation and not is_reachable:
                await self._note_unreachable(tx, conversation_id, done)
            elif conversation and conversation.is_unreachable:
                done.jobs.append(await self.reach_again(tx, conversation))
        self._commit.carry_out(done)

    async def reach_again(self, tx: AsyncConnection, conversation: Conversation) -> Job | None:
        """The resident is back: what could not be delivered goes out now."""
        await self._storage.conversations.change(tx, conversation, is_unreachable=False)
        missed = await self._storage.conversations.undelivered(tx, conversation.id)
        payload = {"entry_ids": [entry.id for entry in missed]}
        now = self._clock()
        return await self._storage.outbox.enqueue(
            tx, "deliver", conversation.id, payload, now, priority=5, lease_from=now
        )

    async def _note_unreachable(self, tx: AsyncConnection, conversation_id: str, done: Consequences) -> None:
        conversation = await self._storage.conversations.get(tx, conversation_id)
        if conversation and not conversation.is_unreachable:
            await self._storage.conversations.change(tx, conversation, is_unreachable=True)
            await self._commit.note(tx, conversation, "notes.unreachable", done)

    async def take_undelivered(self, conversation_id: str) -> list[tuple[Reply, datetime, int | None]]:
        """The replies that nobody was there to take, now handed to the caller to show, oldest first."""
        async with self._storage.reading() as tx:
            entries = await self._storage.conversations.undelivered(tx, conversation_id)
        if entries:
            async with self._storage.transaction() as tx:
                await self._storage.conversations.mark_delivered(tx, [entry.id for entry in entries], self._clock())
        return [(entry.reply, entry.at, entry.details.get("operator")) for entry in entries]

    async def give_notice(self, job: Job) -> Job | None:
        """Put a sentence of `city/texts` into the resident's language and say it.

        The reply's id is part of the job, so that a notice done twice is one entry.
        """
        done = Consequences()
        async with self._storage.transaction() as tx:
            conversation = await self._storage.conversations.get(tx, job.conversation_id)
            if conversation:
                reply = self._in_words(job, conversation.language)
                if await self._storage.conversations.get_entry(tx, reply.id) is None:
                    await self._commit.say(tx, conversation.id, [reply], done, priority=5)
            following = await self._storage.outbox.finish(tx, job, self._clock())
        self._commit.carry_out(done)
        return following

    def _in_words(self, job: Job, language: str) -> Reply:
        fields = {
            name: value.get(language, "") if isinstance(value, dict) else value
            for name, value in job.payload["fields"].items()
        }
        buttons = tuple(
            Button(self._city.text(button["title"], language), button["payload"])
            for button in job.payload.get("buttons", ())
        )
        return Reply(
            self._city.text(job.payload["key"], language, **fields),
            author="system",
            buttons=buttons,
            id=job.payload["reply_id"],
        )
