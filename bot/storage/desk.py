"""Rows of handoffs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, RowMapping, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.queue import Handoff, HandoffStatus
from bot.events import Reason
from bot.storage.database import EncryptedJson, Id, UtcDateTime, metadata

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("kind", String(32)),
    Column("level", String(16)),
    Column("finding", EncryptedJson, nullable=False),
    Column("status", String(16), nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("claimed_by", Integer),
    Column("closed_at", UtcDateTime),
    Index("ix_handoffs_conversation", "conversation_id"),
    Index("ix_handoffs_status", "status"),
)


def _handoff(row: RowMapping) -> Handoff:
    return Handoff(**{**row, "reason": Reason(row["reason"]), "status": HandoffStatus(row["status"])})


async def add(tx: AsyncConnection, handoff: Handoff) -> None:
    """Write a new handoff."""
    await tx.execute(insert(handoffs).values(**vars(handoff)))


async def get(tx: AsyncConnection, handoff_id: str) -> Handoff | None:
    """The handoff, or None."""
    row = (await tx.execute(select(handoffs).where(handoffs.c.id == handoff_id))).mappings().first()
    return _handoff(row) if row else None


async def open_of(tx: AsyncConnection, conversation_id: str) -> Handoff | None:
    """The conversation's handoff that is not closed, or None."""
    query = (
        select(handoffs)
        .where(handoffs.c.conversation_id == conversation_id, handoffs.c.status != HandoffStatus.CLOSED.value)
        .order_by(handoffs.c.created_at.desc())
    )
    row = (await tx.execute(query)).mappings().first()
    return _handoff(row) if row else None


async def search(
    tx: AsyncConnection,
    status: HandoffStatus | None = None,
    conversation_id: str | None = None,
    limit: int = 500,
) -> list[Handoff]:
    """Handoffs of that status and conversation when given, newest first."""
    query = select(handoffs).order_by(handoffs.c.created_at.desc()).limit(limit)
    if status:
        query = query.where(handoffs.c.status == status.value)
    if conversation_id:
        query = query.where(handoffs.c.conversation_id == conversation_id)
    return [_handoff(row) for row in (await tx.execute(query)).mappings()]


async def move(tx: AsyncConnection, handoff_id: str, from_status: HandoffStatus, **fields: Any) -> Handoff | None:
    """Write those fields if the handoff still has `from_status`; None when somebody was quicker.

    One statement, so that of two operators who claim at once only one gets it.
    """
    moved = await tx.execute(
        update(handoffs).where(handoffs.c.id == handoff_id, handoffs.c.status == from_status.value).values(**fields)
    )
    return await get(tx, handoff_id) if moved.rowcount == 1 else None


async def waiting_since(tx: AsyncConnection) -> list[datetime]:
    """When each waiting handoff was opened, oldest first."""
    query = (
        select(handoffs.c.created_at)
        .where(handoffs.c.status == HandoffStatus.WAITING.value)
        .order_by(handoffs.c.created_at)
    )
    return [row[0] for row in await tx.execute(query)]
