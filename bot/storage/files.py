"""Rows of files: what was sent, where it stands, and which ticket it is evidence for. The bytes are in the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, RowMapping, String, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Attachment
from bot.storage.database import EncryptedJson, EncryptedText, Id, UtcDateTime, metadata

files = Table(
    "files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, nullable=False),
    Column("entry_id", Id),
    Column("author", String(16), nullable=False),
    Column("name", EncryptedText, nullable=False),
    Column("content_type", String(128), nullable=False),
    Column("size", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("source", EncryptedText),
    Column("place", EncryptedJson),
    Column("ticket_number", String(32)),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_files_conversation", "conversation_id"),
    Index("ix_files_ticket", "ticket_number"),
)

PENDING, KEPT, REFUSED = "pending", "kept", "refused"


@dataclass(frozen=True)
class File:
    """A file: `status` is pending (still with the channel), kept, or refused. `place` is where a photo was taken."""

    id: str
    conversation_id: str
    entry_id: str | None
    author: str
    name: str
    content_type: str
    size: int
    kind: str
    status: str
    source: str | None
    place: list[float] | None
    ticket_number: str | None
    at: datetime

    @property
    def attachment(self) -> Attachment:
        """As a transcript holds it."""
        return Attachment(self.id, self.name, self.content_type, self.size, self.kind)  # type: ignore[arg-type]


def _file(row: RowMapping) -> File:
    return File(**row)


async def add(tx: AsyncConnection, file: File) -> None:
    """Write a file's row."""
    await tx.execute(insert(files).values(**vars(file)))


async def get(tx: AsyncConnection, file_id: str) -> File | None:
    """The file, or None."""
    row = (await tx.execute(select(files).where(files.c.id == file_id))).mappings().first()
    return _file(row) if row else None


async def change(tx: AsyncConnection, file_id: str, **fields: Any) -> None:
    """Write those fields."""
    await tx.execute(update(files).where(files.c.id == file_id).values(**fields))


async def of_conversation(tx: AsyncConnection, conversation_id: str) -> list[File]:
    """The conversation's files, oldest first."""
    query = select(files).where(files.c.conversation_id == conversation_id).order_by(files.c.at)
    return [_file(row) for row in (await tx.execute(query)).mappings()]


async def of_ticket(tx: AsyncConnection, number: str) -> list[File]:
    """The evidence of a ticket, oldest first."""
    query = select(files).where(files.c.ticket_number == number, files.c.status != REFUSED).order_by(files.c.at)
    return [_file(row) for row in (await tx.execute(query)).mappings()]


async def put_on_ticket(tx: AsyncConnection, conversation_id: str, number: str) -> None:
    """Make what the resident sent since the last ticket the evidence of this one."""
    await tx.execute(
        update(files)
        .where(
            files.c.conversation_id == conversation_id, files.c.ticket_number.is_(None), files.c.author == "resident"
        )
        .values(ticket_number=number)
    )


async def remove(tx: AsyncConnection, file_ids: Sequence[str]) -> None:
    """Take rows out."""
    await tx.execute(delete(files).where(files.c.id.in_(file_ids)))
