"""The assistant's turn: ask Rasa, say honestly when it cannot answer now, commit what it said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from bot import metrics
from bot.channels.base import Channel, channel_of
from bot.city import City
from bot.commit import Commit, Consequences
from bot.conversation.state import Conversation, State
from bot.conversation.turn import Turns
from bot.crisis.finding import DESPAIR
from bot.crisis.protocol import Protocol
from bot.errors import Retry
from bot.events import Reason
from bot.messages import Button, Reply
from bot.storage.outbox import Job
from bot.storage.unit import Storage

SLOW_TURN_S = 2.0
"""After this the resident is told that the words arrived."""

GIVE_UP_ATTEMPTS = 12
"""Tries of one turn, with the engine up, before a person is asked to read it."""


class Answering:
    """Handles `turn` jobs. The worker keeps those of one conversation in order."""

    def __init__(
        self,
        *,
        storage: Storage,
        city: City,
        protocol: Protocol,
        turns: Turns,
        commit: Commit,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._city = city
        self._protocol = protocol
        self._turns = turns
        self._commit = commit
        self._channels = channels
        self._clock = clock

    async def take_turn(self, job: Job) -> Job | None:
        """The handler of `turn` jobs: Rasa answers, and what it said is committed with the end of the job.

        Raises Retry when the assistant could not; the turn is taken again later.
        """
        async with self._storage.reading() as tx:
            conversation = await self._storage.conversations.get(tx, job.conversation_id)
            entry = await self._storage.conversations.get_entry(tx, job.payload["entry_id"])
        assert conversation and entry, "a turn is written with its utterance"
        payload = entry.details.get("payload")
        is_forgotten = not (entry.text or payload)
        if conversation.state is not State.BOT or is_forgotten:
            return await self._finish(job)
        channel = channel_of(self._channels, conversation.channel)
        await channel.show_typing(conversation.id, True)
        try:
            with metrics.TURN_SECONDS.time():
                taking = asyncio.create_task(
                    self._turns.take(conversation, entry.id, entry.text, payload, job.payload.get("concern") == DESPAIR)
                )
                done, _ = await asyncio.wait({taking}, timeout=SLOW_TURN_S)
                if not done and not job.attempts:
                    await self._admit_delay(job, conversation, "gateway.still_working")
                outcome = await taking
        except Retry:
            metrics.TURN_FAILURES.inc()
            await self._after_failure(job, conversation)
            raise
        finally:
            await channel.show_typing(conversation.id, False)
        replies = list(outcome.replies)
        if job.payload.get("instead"):
            replies = [Reply(self._city.text(job.payload["instead"], conversation.language), author="system")]
        if job.payload.get("concern"):
            replies.append(self._beside(job.payload["concern"], conversation.language))
        return await self._commit_turn(job, replies, outcome.failures, outcome.handoff)

    async def _commit_turn(self, job: Job, replies: list[Reply], failures: int, handoff: Reason | None) -> Job | None:
        done = Consequences()
        async with self._storage.transaction() as tx:
            if not await self._storage.outbox.is_pending(tx, job):
                return None
            conversation = await self._storage.conversations.get(tx, job.conversation_id)
            assert conversation
            if conversation.state is not State.BOT:
                # A person was called while Rasa thought: only what has really happened is still said.
                replies, handoff = [reply for reply in replies if "ticket" in reply.data], None
            conversation = await self._storage.conversations.change(tx, conversation, failures=failures)
            await self._commit.say(tx, conversation.id, replies, done)
            if handoff:
                await self._commit.hand_over(tx, conversation, handoff, done)
            following = await self._storage.outbox.finish(tx, job, self._clock())
        self._commit.carry_out(done)
        return following

    async def _finish(self, job: Job) -> Job | None:
        async with self._storage.transaction() as tx:
            return await self._storage.outbox.finish(tx, job, self._clock())

    def _beside(self, concern: str, language: str) -> Reply:
        person = Button(self._city.text("desk.button_person", language), "/request_human")
        return Reply(self._protocol.beside[concern][language], author="system", buttons=(person,))

    async def _admit_delay(self, job: Job, conversation: Conversation, key: str) -> None:
        """Say once per turn that it takes longer; the id is derived from the job, so a repeat adds nothing."""
        done = Consequences()
        reply = Reply(
            self._city.text(key, conversation.language),
            author="system",
            id=f"{job.payload['entry_id']}-{key.rpartition('.')[2]}"[:64],
        )
        async with self._storage.transaction() as tx:
            if await self._storage.conversations.get_entry(tx, reply.id):
                return
            await self._commit.say(tx, conversation.id, [reply], done)
        self._commit.carry_out(done)

    async def _after_failure(self, job: Job, conversation: Conversation) -> None:
        if job.attempts >= GIVE_UP_ATTEMPTS and await self._turns.is_ready():
            await self._commit_turn(job, [], 0, Reason.REPEATED_FAILURE)
            return
        await self._admit_delay(job, conversation, "gateway.assistant_down")
