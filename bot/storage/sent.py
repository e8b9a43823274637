"""Rows of what was sent to a channel that does not say twice: each part of a reply, and its id over there.

A row is written before the call and completed after it. One without an id is a call whose answer nobody heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Id, metadata

sent_parts = Table(
    "sent_parts",
    metadata,
    Column("entry_id", Id, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("conversation_id", Id, nullable=False),
    Column("after_id", BigInteger, nullable=False),
    Column("external_id", BigInteger),
    Column("has_keyboard", Boolean, nullable=False),
    Index("ix_sent_parts_conversation", "conversation_id"),
)


@dataclass(frozen=True)
class SentPart:
    """One part of a reply. `after_id` is the channel's highest id that was known before the call."""

    entry_id: str
    part: int
    conversation_id: str
    after_id: int
    external_id: int | None
    has_keyboard: bool


async def of_entry(tx: AsyncConnection, entry_id: str) -> dict[int, SentPart]:
    """The parts of a reply that were tried, by number."""
    query = select(sent_parts).where(sent_parts.c.entry_id == entry_id)
    return {row["part"]: SentPart(**row) for row in (await tx.execute(query)).mappings()}


async def begin(tx: AsyncConnection, part: SentPart) -> None:
    """Note that a call is about to be made."""
    await tx.execute(insert(sent_parts).values(**vars(part)))


async def change(tx: AsyncConnection, entry_id: str, part: int, **fields: Any) -> None:
    """Write those fields."""
    await tx.execute(
        update(sent_parts).where(sent_parts.c.entry_id == entry_id, sent_parts.c.part == part).values(**fields)
    )


async def remove(tx: AsyncConnection, entry_id: str, part: int) -> None:
    """Take a note back."""
    await tx.execute(delete(sent_parts).where(sent_parts.c.entry_id == entry_id, sent_parts.c.part == part))


async def with_keyboard(tx: AsyncConnection, conversation_id: str) -> list[SentPart]:
    """The parts of a conversation that still show buttons."""
    query = select(sent_parts).where(
        sent_parts.c.conversation_id == conversation_id,
        sent_parts.c.has_keyboard,
        sent_parts.c.external_id.is_not(None),
    )
    return [SentPart(**row) for row in (await tx.execute(query)).mappings()]


async def highest(tx: AsyncConnection, conversation_id: str | None = None) -> int:
    """The highest id of the channel that is known; of one conversation when given. 0 when there is none."""
    query = select(func.max(func.coalesce(sent_parts.c.external_id, sent_parts.c.after_id)))
    if conversation_id:
        query = select(func.max(sent_parts.c.external_id)).where(sent_parts.c.conversation_id == conversation_id)
    return int((await tx.execute(query)).scalar() or 0)
