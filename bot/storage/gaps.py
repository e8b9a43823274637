"""Rows of knowledge gaps: questions that no article answered, or whose answer did not help."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, String, Table, insert, select

from bot.knowledge.gaps import Gap
from bot.storage.database import Database, EncryptedText, Id, UtcDateTime, metadata

knowledge_gaps = Table(
    "knowledge_gaps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("text", EncryptedText, nullable=False),
    Column("language", String(2), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("conversation_id", Id, nullable=False),
    Column("nearest_topic", String(64)),
    Column("score", Float, nullable=False),
    Column("reason", String(16), nullable=False),
    Index("ix_knowledge_gaps_asked_at", "asked_at"),
)


class GapStore:
    """Gaps in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, gap: Gap) -> None:
        """Write a gap."""
        async with self._database.transaction() as tx:
            await tx.execute(insert(knowledge_gaps).values(**vars(gap)))

    async def latest(self, limit: int = 500) -> list[Gap]:
        """The latest gaps, newest first."""
        query = select(knowledge_gaps).order_by(knowledge_gaps.c.asked_at.desc()).limit(limit)
        async with self._database.reading() as tx:
            return [Gap(**row) for row in (await tx.execute(query)).mappings()]
