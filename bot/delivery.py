"""Outbox to channel: replies are sent, notices are put into words and sent, what failed is tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot import metrics
from bot.channels.base import Channel
from bot.city import City
from bot.commit import Commit, Consequences
from bot.messages import Button, Reply
from bot.storage.outbox import Job
from bot.storage.unit import Storage


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
        channel = self._channels[conversation.channel]
        taken = []
        for entry in loaded:
            if entry is None or entry.delivered_at:
                continue
            if await channel.send(conversation.id, entry.reply, entry.at, entry.details.get("operator")):
                taken.append(entry.id)
                metrics.REPLIES.labels(author=entry.author).inc()
        async with self._storage.transaction() as tx:
            if taken:
                await self._storage.conversations.mark_delivered(tx, taken, self._clock())
            return await self._storage.outbox.finish(tx, job, self._clock())

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
