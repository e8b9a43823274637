"""Rows of the codes with which a person joins two of their conversations, and of wrong tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Integer, String, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.conversations import conversations
from bot.storage.database import Id, UtcDateTime, metadata

link_codes = Table(
    "link_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("conversation_id", Id, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

link_tries = Table(
    "link_tries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_link_tries_conversation", "conversation_id", "at"),
)


async def add_code(tx: AsyncConnection, code_hash: str, conversation_id: str, expires_at: datetime) -> None:
    """Write a code; the conversation's former one no longer counts."""
    await tx.execute(delete(link_codes).where(link_codes.c.conversation_id == conversation_id))
    values = {"code_hash": code_hash, "conversation_id": conversation_id, "expires_at": expires_at}
    await tx.execute(insert(link_codes).values(**values))


async def take_code(tx: AsyncConnection, code_hash: str, now: datetime) -> str | None:
    """The conversation that a code belongs to, and the code is gone; None when it is unknown or has run out."""
    await tx.execute(delete(link_codes).where(link_codes.c.expires_at <= now))
    row = (await tx.execute(select(link_codes).where(link_codes.c.code_hash == code_hash))).mappings().first()
    if row is None:
        return None
    await tx.execute(delete(link_codes).where(link_codes.c.code_hash == code_hash))
    return str(row["conversation_id"])


async def wrong_tries(tx: AsyncConnection, conversation_id: str, since: datetime) -> int:
    """How many wrong codes a conversation tried since then; older ones are forgotten."""
    await tx.execute(delete(link_tries).where(link_tries.c.at <= since))
    query = select(func.count()).where(link_tries.c.conversation_id == conversation_id)
    return int((await tx.execute(query)).scalar_one())


async def add_wrong_try(tx: AsyncConnection, conversation_id: str, at: datetime) -> None:
    """Note a wrong code."""
    await tx.execute(insert(link_tries).values(conversation_id=conversation_id, at=at))


async def join(tx: AsyncConnection, conversation_ids: list[str], former: list[str], person_id: str) -> None:
    """Make those conversations, and all that belonged to the former persons, one person's."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.id.in_(conversation_ids) | conversations.c.person_id.in_(former))
        .values(person_id=person_id)
    )
