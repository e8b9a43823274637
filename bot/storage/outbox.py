"""The outbox: durable work, written in the transaction that caused it.

A job belongs to a lane; the jobs of one lane are done one at a time, in the order in which they were
written. A worker leases a job, does it, and finishes it; when the process dies the lease runs out and the
job is done by another. A job must therefore be harmless when done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Index, Integer, RowMapping, String, Table, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import EncryptedJson, Id, UtcDateTime, metadata

LEASE = timedelta(seconds=30)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("lane", String(96), nullable=False),
    Column("conversation_id", Id, nullable=False),
    Column("payload", EncryptedJson, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Index("ix_outbox_lane", "lane", "id"),
    Index("ix_outbox_due", "due_at"),
)


@dataclass(frozen=True)
class Job:
    """One piece of work. `attempts` counts the tries before this one."""

    id: int
    kind: str
    lane: str
    conversation_id: str
    payload: dict[str, Any]
    priority: int
    due_at: datetime
    leased_until: datetime | None
    attempts: int


def _job(row: RowMapping) -> Job:
    return Job(**row)


async def enqueue(
    tx: AsyncConnection,
    kind: str,
    conversation_id: str,
    payload: dict[str, Any],
    due_at: datetime,
    *,
    lane: str | None = None,
    priority: int = 0,
    lease_from: datetime | None = None,
) -> Job | None:
    """Write a job. The lane is the conversation's for that kind, unless named.

    With `lease_from` the job is leased from that moment when it is first in its lane, and returned, so that the
    caller does it right after the commit without another transaction; otherwise None, and a worker finds it.
    """
    lane = lane or f"{kind}:{conversation_id}"
    is_first = lease_from is not None and await _is_empty(tx, lane)
    values = {
        "kind": kind,
        "lane": lane,
        "conversation_id": conversation_id,
        "payload": payload,
        "priority": priority,
        "due_at": due_at,
        "leased_until": lease_from + LEASE if lease_from and is_first else None,
        "attempts": 0,
    }
    written = await tx.execute(insert(outbox).values(**values))
    assert written.inserted_primary_key is not None
    return Job(id=int(written.inserted_primary_key[0]), **values) if is_first else None  # type: ignore[arg-type]


async def _is_empty(tx: AsyncConnection, lane: str) -> bool:
    found = await tx.execute(select(outbox.c.id).where(outbox.c.lane == lane).limit(1))
    return found.first() is None


async def claim(tx: AsyncConnection, now: datetime, limit: int, lane: str | None = None) -> list[Job]:
    """Lease up to `limit` due jobs that are first in their lane, most urgent first; only of `lane` when given."""
    earlier = outbox.alias("earlier")
    query = (
        select(outbox)
        .where(
            outbox.c.due_at <= now,
            outbox.c.leased_until.is_(None) | (outbox.c.leased_until <= now),
            ~select(earlier.c.id).where(and_(earlier.c.lane == outbox.c.lane, earlier.c.id < outbox.c.id)).exists(),
        )
        .order_by(outbox.c.priority.desc(), outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if lane is not None:
        query = query.where(outbox.c.lane == lane)
    jobs = [_job(row) for row in (await tx.execute(query)).mappings()]
    if jobs:
        await tx.execute(
            update(outbox).where(outbox.c.id.in_([job.id for job in jobs])).values(leased_until=now + LEASE)
        )
    return jobs


async def finish(tx: AsyncConnection, job: Job, now: datetime) -> Job | None:
    """Take the job out and lease the next due one of its lane, if there is one."""
    await tx.execute(delete(outbox).where(outbox.c.id == job.id))
    following = await claim(tx, now, 1, job.lane)
    return following[0] if following else None


async def is_pending(tx: AsyncConnection, job: Job) -> bool:
    """Whether nobody has finished the job yet."""
    return (await tx.execute(select(outbox.c.id).where(outbox.c.id == job.id))).first() is not None


async def is_due(tx: AsyncConnection, now: datetime) -> bool:
    """Whether any job waits to be claimed. Reads only: an idle service must not take the write lock."""
    query = select(outbox.c.id).where(
        outbox.c.due_at <= now, outbox.c.leased_until.is_(None) | (outbox.c.leased_until <= now)
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def postpone(tx: AsyncConnection, job: Job, until: datetime, payload: dict[str, Any] | None = None) -> None:
    """Give the job back, to be tried again at `until`, with another payload when given."""
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == job.id)
        .values(
            due_at=until,
            leased_until=None,
            attempts=job.attempts + 1,
            payload=job.payload if payload is None else payload,
        )
    )


async def release_all(tx: AsyncConnection) -> None:
    """Forget every lease: at the start of the only gateway, its predecessor is dead."""
    await tx.execute(update(outbox).values(leased_until=None))


async def cancel_lane(tx: AsyncConnection, lane: str) -> None:
    """Take every job of a lane out: its reason is gone."""
    await tx.execute(delete(outbox).where(outbox.c.lane == lane))


async def waiting_count(tx: AsyncConnection, kind: str) -> int:
    """How many jobs of that kind are not done."""
    rows = await tx.execute(select(outbox.c.id).where(outbox.c.kind == kind))
    return len(rows.all())


async def renew(tx: AsyncConnection, job_ids: list[int], now: datetime) -> None:
    """Lease those jobs anew: they are still being done."""
    await tx.execute(update(outbox).where(outbox.c.id.in_(job_ids)).values(leased_until=now + LEASE))


async def of_lane(tx: AsyncConnection, lane: str) -> list[Job]:
    """The jobs of a lane, in order."""
    query = select(outbox).where(outbox.c.lane == lane).order_by(outbox.c.id)
    return [_job(row) for row in (await tx.execute(query)).mappings()]
