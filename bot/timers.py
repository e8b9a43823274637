"""What happens by itself when time passes: a crisis that nobody has claimed is raised again.

Each timer is a job of the outbox with a due time, so a restart forgets none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.commit import Commit, Consequences
from bot.crisis.protocol import Protocol
from bot.desk.queue import HandoffStatus
from bot.desk.service import DeskService
from bot.events import CrisisRaised, HandoffChanged
from bot.messages import Reply
from bot.storage.outbox import Job
from bot.storage.unit import Storage


class Timers:
    """Handles `escalate` jobs."""

    def __init__(
        self,
        storage: Storage,
        desk: DeskService,
        protocol: Protocol,
        commit: Commit,
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._desk = desk
        self._protocol = protocol
        self._commit = commit
        self._clock = clock

    async def escalate(self, job: Job) -> Job | None:
        """Sound the alarm again and tell the resident that the wait goes on; nothing when somebody has come."""
        done = Consequences()
        step = int(job.payload["step"])
        async with self._storage.transaction() as tx:
            known = await self._storage.desk.get(tx, job.payload["handoff_id"])
            # A job that was done but not finished before a crash must not speak twice.
            if known and known.status is HandoffStatus.WAITING and known.escalation < step:
                handoff = await self._desk.escalate(tx, known.id, step)
                conversation = await self._storage.conversations.get(tx, job.conversation_id)
                if handoff and conversation:
                    notice = self._protocol.waiting_notice(step, conversation.language)
                    await self._commit.say(tx, conversation.id, [Reply(notice, author="system")], done, priority=10)
                    done.events.append(HandoffChanged(conversation.id, handoff.to_json()))
                    done.events.append(
                        CrisisRaised(
                            conversation_id=conversation.id,
                            handoff_id=handoff.id,
                            kind=handoff.kind or "",
                            level=handoff.level or "",
                            text="",
                            clues=tuple(handoff.clues),
                            places=tuple(handoff.finding.get("places", ())),
                            contacts=tuple(handoff.finding.get("contacts", ())),
                            raised_at=self._clock(),
                            is_stored=True,
                            escalation=step,
                        )
                    )
            following = await self._storage.outbox.finish(tx, job, self._clock())
        self._commit.carry_out(done)
        return following
