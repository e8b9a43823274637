"""Does the work of the outbox: leases jobs, runs their handlers, retries what failed.

Jobs of one lane are done one at a time and in order; lanes run side by side. A handler finishes its job in
its own transaction, and raises Retry when the same job may work later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from bot.errors import Retry
from bot.storage.outbox import LEASE, Job
from bot.storage.unit import Storage

Handler = Callable[[Job], Awaitable[Job | None]]
"""Does a job; returns the next one of the lane, leased, if there is one."""

POLL_S = 0.5
RENEW_AFTER = LEASE / 3
"""A job that takes longer is leased anew: a slow channel must not make another worker do it too."""

BATCH = 50
LONGEST_DELAY = timedelta(seconds=5)

log = structlog.get_logger()


def backoff(attempts: int) -> timedelta:
    """How long to wait before the next try: 0.25 s, doubling, at most 5 s."""
    return min(timedelta(seconds=0.25 * 2 ** min(attempts, 10)), LONGEST_DELAY)


class Worker:
    """Runs the handlers, one task a lane. `start()` once in the event loop, `stop()` before it closes."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock
        self._handlers: Mapping[str, Handler] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[int, datetime] = {}
        self._awake = asyncio.Event()
        self._poller: asyncio.Task[None] | None = None

    async def start(self, handlers: Mapping[str, Handler]) -> None:
        """Begin; on SQLite, where this is the only gateway, a dead predecessor's leases end now."""
        self._handlers = handlers
        if self._storage.database.is_sqlite:
            async with self._storage.transaction() as tx:
                await self._storage.outbox.release_all(tx)
        self._poller = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """End at once: what is unfinished stays in the outbox."""
        tasks = [*self._tasks, *([self._poller] if self._poller else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look for due jobs now: something was written."""
        self._awake.set()

    def run(self, job: Job | None) -> None:
        """Do a job that is leased to this process already; nothing when None."""
        if job is None:
            return
        task = asyncio.create_task(self._run_lane(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_S):
                    await self._awake.wait()
            except TimeoutError:
                pass
            self._awake.clear()
            try:
                await self._claim_due()
            except (DBAPIError, OSError) as error:
                log.warning("outbox_unreachable", error=type(error).__name__)

    async def _claim_due(self) -> None:
        now = self._clock()
        await self._renew_leases(now)
        async with self._storage.reading() as tx:
            if not await self._storage.outbox.is_due(tx, now):
                return
        async with self._storage.transaction() as tx:
            jobs = await self._storage.outbox.claim(tx, now, BATCH)
        for job in jobs:
            self.run(job)

    async def _renew_leases(self, now: datetime) -> None:
        if all(now - since <= RENEW_AFTER for since in self._running.values()):
            return
        async with self._storage.transaction() as tx:
            # Looked at inside the transaction: a job that was given back meanwhile must not be leased again.
            late = [job_id for job_id, since in self._running.items() if now - since > RENEW_AFTER]
            await self._storage.outbox.renew(tx, late, now)
            self._running.update(dict.fromkeys(late, now))

    async def _run_lane(self, job: Job) -> None:
        following: Job | None = job
        while following is not None:
            job = following
            self._running[job.id] = self._clock()
            after_s: float | None = None
            try:
                following = await self._handlers[job.kind](job)
                continue
            except Retry as error:
                log.info("job_postponed", kind=job.kind, attempts=job.attempts, reason=error.key)
                after_s = error.after_s
            except (DBAPIError, OSError) as error:
                # The lease runs out, and the job is found again when the database is back.
                log.warning("job_interrupted", kind=job.kind, error=type(error).__name__)
            except Exception as error:
                # A defect in one job must not stop its lane unseen; the exception's words may hold personal data.
                log.error("job_failed", kind=job.kind, attempts=job.attempts, error=type(error).__name__)
            finally:
                self._running.pop(job.id, None)
            return await self._postpone(job, after_s)

    async def _postpone(self, job: Job, after_s: float | None = None) -> None:
        until = self._clock() + (backoff(job.attempts) if after_s is None else timedelta(seconds=after_s))
        try:
            async with self._storage.transaction() as tx:
                await self._storage.outbox.postpone(tx, job, until)
        except (DBAPIError, OSError) as error:
            log.warning("job_not_postponed", kind=job.kind, error=type(error).__name__)
