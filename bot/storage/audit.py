"""The audit trail: who looked at what, and did what, when. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, String, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Id, UtcDateTime, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", Id, nullable=False),
    Column("action", String(32), nullable=False),
    Column("object_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_audit_object", "object_id"),
)


@dataclass(frozen=True)
class Trace:
    """One line of the trail: `action` is a verb (look, claim, reply ...), `object_id` what it was done to."""

    account_id: str
    action: str
    object_id: str
    at: datetime


async def add(tx: AsyncConnection, trace: Trace) -> None:
    """Add a line."""
    await tx.execute(insert(audit).values(**vars(trace)))


async def of(tx: AsyncConnection, object_id: str) -> list[Trace]:
    """The lines of one conversation or ticket, oldest first."""
    query = select(audit).where(audit.c.object_id == object_id).order_by(audit.c.id)
    return [
        Trace(row["account_id"], row["action"], row["object_id"], row["at"])
        for row in (await tx.execute(query)).mappings()
    ]
