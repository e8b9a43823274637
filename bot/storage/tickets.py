"""Rows of tickets, their history, the counters of their numbers, and tries to look one up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    CompoundSelect,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.conversations import conversations
from bot.storage.database import Database, EncryptedJson, EncryptedText, Id, UtcDateTime, metadata
from bot.tickets.ticket import HistoryEntry, Ticket, TicketStatus

tickets = Table(
    "tickets",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("access_code", EncryptedText, nullable=False),
    Column("category", String(64), nullable=False),
    Column("department", String(64), nullable=False),
    Column("status", String(32), nullable=False),
    Column("description", EncryptedText, nullable=False),
    Column("location", EncryptedText),
    Column("coordinates", EncryptedJson),
    Column("occurred_at", UtcDateTime),
    Column("occurred_text", EncryptedText),
    Column("contact", EncryptedText),
    Column("anonymous", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
    Column("conversation_id", Id, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("incident", String(32)),
    Column("returns", Integer, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Index("ix_tickets_conversation", "conversation_id"),
    Index("ix_tickets_status", "status", "department"),
)

ticket_history = Table(
    "ticket_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), ForeignKey("tickets.number"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("department", String(64), nullable=False),
    Column("text", EncryptedText, nullable=False),
    Column("by", String(64), nullable=False),
    Index("ix_ticket_history_number", "number"),
)

ticket_counters = Table(
    "ticket_counters",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)

lookup_tries = Table(
    "lookup_tries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_lookup_tries_number", "number", "at"),
)

NOT_A_COLUMN = {"history"}


def _ticket(row: RowMapping) -> Ticket:
    values = {name: value for name, value in row.items() if name != "key"}
    coordinates = tuple(values["coordinates"]) if values["coordinates"] else None
    return Ticket(**{**values, "status": TicketStatus(values["status"]), "coordinates": coordinates})


def _of_person(conversation_id: str) -> Select[tuple[str]] | CompoundSelect[tuple[str]]:
    """The ids of the conversation and of those that are joined with it."""
    joined = conversations.alias("joined")
    others = (
        select(joined.c.id)
        .join(conversations, conversations.c.person_id == joined.c.person_id)
        .where(conversations.c.id == conversation_id)
    )
    return union(select(literal(conversation_id)), others)


class TicketStore:
    """Tickets in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction."""
        async with self._database.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading."""
        async with self._database.reading() as tx:
            yield tx

    async def by_key(self, tx: AsyncConnection, key: str) -> Ticket | None:
        """The ticket filed under that idempotency key, or None."""
        row = (await tx.execute(select(tickets).where(tickets.c.key == key))).mappings().first()
        return await self._whole(tx, row)

    async def by_number(self, tx: AsyncConnection, number: str) -> Ticket | None:
        """The ticket, or None."""
        row = (await tx.execute(select(tickets).where(tickets.c.number == number))).mappings().first()
        return await self._whole(tx, row)

    async def _whole(self, tx: AsyncConnection, row: RowMapping | None) -> Ticket | None:
        if row is None:
            return None
        query = select(ticket_history).where(ticket_history.c.number == row["number"]).order_by(ticket_history.c.id)
        entries = [
            HistoryEntry(
                entry["at"],
                entry["action"],
                TicketStatus(entry["status"]),
                entry["department"],
                entry["text"],
                entry["by"],
            )
            for entry in (await tx.execute(query)).mappings()
        ]
        return replace(_ticket(row), history=tuple(entries))

    async def hold_day(self, tx: AsyncConnection, day: str) -> None:
        """Let no other transaction file on that day until this one ends. It takes no number."""
        dialect = sqlite if self._database.is_sqlite else postgresql
        held = dialect.insert(ticket_counters).values(day=day, last=0)
        await tx.execute(held.on_conflict_do_update(index_elements=["day"], set_={"last": ticket_counters.c.last}))

    async def next_in_day(self, tx: AsyncConnection, day: str) -> int:
        """The next number of that day, from 1, without a gap: it is taken back with the transaction."""
        dialect = sqlite if self._database.is_sqlite else postgresql
        counted = (
            dialect.insert(ticket_counters)
            .values(day=day, last=1)
            .on_conflict_do_update(index_elements=["day"], set_={"last": ticket_counters.c.last + 1})
            .returning(ticket_counters.c.last)
        )
        return int((await tx.execute(counted)).scalar_one())

    async def add(self, tx: AsyncConnection, ticket: Ticket, key: str) -> None:
        """Write a new ticket. Raises IntegrityError when the key was used by another process meanwhile."""
        values = {name: value for name, value in vars(ticket).items() if name not in NOT_A_COLUMN}
        await tx.execute(insert(tickets).values(**values, key=key))

    async def note(self, tx: AsyncConnection, number: str, entry: HistoryEntry) -> None:
        """Add a step to the history."""
        await tx.execute(insert(ticket_history).values(number=number, **vars(entry)))

    async def change(self, tx: AsyncConnection, number: str, from_status: TicketStatus, **fields: Any) -> bool:
        """Write those fields if the ticket still has that status; False when somebody was quicker."""
        changed = await tx.execute(
            update(tickets).where(tickets.c.number == number, tickets.c.status == from_status.value).values(**fields)
        )
        return changed.rowcount == 1

    async def search(self, tx: AsyncConnection, filters: dict[str, str | None], limit: int = 200) -> list[Ticket]:
        """Tickets with those values, latest first, without their history.

        A conversation stands for all of its person's: what `/link` joined is one resident.
        """
        query = select(tickets).order_by(tickets.c.filed_at.desc(), tickets.c.number.desc()).limit(limit)
        for name, value in filters.items():
            if value is not None and name == "conversation_id":
                query = query.where(tickets.c.conversation_id.in_(_of_person(value)))
            elif value is not None:
                query = query.where(tickets.c[name] == value)
        return [_ticket(row) for row in (await tx.execute(query)).mappings()]

    async def is_own(self, tx: AsyncConnection, ticket: Ticket, conversation_id: str) -> bool:
        """Whether the ticket was filed in this conversation, or in another one of the same person."""
        query = select(tickets.c.number).where(
            tickets.c.number == ticket.number, tickets.c.conversation_id.in_(_of_person(conversation_id))
        )
        return (await tx.execute(query)).first() is not None

    async def count_by_status(self, tx: AsyncConnection) -> dict[str, int]:
        """How many tickets stand where."""
        query = select(tickets.c.status, func.count()).group_by(tickets.c.status)
        return dict((await tx.execute(query)).tuples().all())

    async def wrong_tries(self, tx: AsyncConnection, number: str, since: datetime) -> int:
        """How many wrong codes were tried for a number since then."""
        query = select(func.count()).where(lookup_tries.c.number == number, lookup_tries.c.at > since)
        return int((await tx.execute(query)).scalar_one())

    async def add_wrong_try(self, tx: AsyncConnection, number: str, at: datetime) -> None:
        """Note a wrong code, and forget those of long ago."""
        await tx.execute(insert(lookup_tries).values(number=number, at=at))

    async def forget_tries(self, tx: AsyncConnection, before: datetime) -> None:
        """Take out the tries before then."""
        await tx.execute(delete(lookup_tries).where(lookup_tries.c.at < before))


def is_taken(error: Exception) -> bool:
    """Whether a write failed because its key is there already."""
    return isinstance(error, IntegrityError)
