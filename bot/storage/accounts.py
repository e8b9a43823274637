"""Rows of staff accounts and of their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Id, UtcDateTime, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("department", String(64)),
    Column("password_hash", String(256), nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class Account:
    """A member of the staff. `number` is what residents see instead of a name."""

    id: str
    username: str
    number: int
    role: str
    department: str | None
    password_hash: str
    must_change_password: bool
    language: str
    is_active: bool
    created_at: datetime


@dataclass(frozen=True)
class Session:
    """A signed-in account. `token_hash` is the SHA-256 of the token that only the browser holds."""

    token_hash: str
    account_id: str
    csrf: str
    created_at: datetime
    used_at: datetime


def _account(row: RowMapping | None) -> Account | None:
    return Account(**row) if row else None


async def add(tx: AsyncConnection, account: Account) -> None:
    """Write a new account."""
    await tx.execute(insert(accounts).values(**vars(account)))


async def change(tx: AsyncConnection, account_id: str, **fields: object) -> None:
    """Write those fields."""
    await tx.execute(update(accounts).where(accounts.c.id == account_id).values(**fields))


async def by_username(tx: AsyncConnection, username: str) -> Account | None:
    """The account of that name, or None."""
    return _account((await tx.execute(select(accounts).where(accounts.c.username == username))).mappings().first())


async def by_id(tx: AsyncConnection, account_id: str) -> Account | None:
    """The account, or None."""
    return _account((await tx.execute(select(accounts).where(accounts.c.id == account_id))).mappings().first())


async def next_number(tx: AsyncConnection) -> int:
    """The next free operator number, from 1."""
    highest = (await tx.execute(select(func.max(accounts.c.number)))).scalar()
    return int(highest or 0) + 1


async def open_session(tx: AsyncConnection, session: Session) -> None:
    """Write a session."""
    await tx.execute(insert(sessions).values(**vars(session)))


async def session(tx: AsyncConnection, token_hash: str) -> Session | None:
    """The session, or None."""
    row = (await tx.execute(select(sessions).where(sessions.c.token_hash == token_hash))).mappings().first()
    return Session(**row) if row else None


async def touch_session(tx: AsyncConnection, token_hash: str, used_at: datetime) -> None:
    """Note that the session was used."""
    await tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(used_at=used_at))


async def close_session(tx: AsyncConnection, token_hash: str) -> None:
    """End a session."""
    await tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


async def close_sessions_of(tx: AsyncConnection, account_id: str) -> None:
    """End every session of an account."""
    await tx.execute(delete(sessions).where(sessions.c.account_id == account_id))
