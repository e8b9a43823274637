"""Rows of conversations and their transcript: every utterance and every reply, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    false,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.state import Conversation, State
from bot.messages import PRESS, Attachment, Button, Place, Reply, Utterance
from bot.storage.database import EncryptedJson, EncryptedText, Id, UtcDateTime, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("external_id", String(128), nullable=False),
    Column("language", String(2), nullable=False),
    Column("state", String(16), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("is_flagged", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("chosen_language", String(2)),
    Column("person_id", Id, index=True),
    Column("is_unreachable", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("channel", "external_id"),
)

entries = Table(
    "entries",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("client_id", String(128)),
    Column("author", String(16), nullable=False),
    Column("text", EncryptedText, nullable=False),
    Column("details", EncryptedJson, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    UniqueConstraint("conversation_id", "client_id"),
    Index("ix_entries_conversation_position", "conversation_id", "position"),
)


@dataclass(frozen=True)
class Entry:
    """One line of a transcript. `details` holds buttons, a payload, the finding, the operator's number, data."""

    position: int
    id: str
    conversation_id: str
    client_id: str | None
    author: str
    text: str
    details: dict[str, Any]
    at: datetime
    delivered_at: datetime | None

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons that were shown with it."""
        return tuple(Button(**button) for button in self.details.get("buttons", ()))

    @property
    def reply(self) -> Reply:
        """What was said, as a channel delivers it."""
        return Reply(
            text=self.text,
            author=self.author,  # type: ignore[arg-type]  # the column holds only authors
            buttons=self.buttons,
            data=self.details.get("data", {}),
            id=self.id,
            attachments=self.attachments,
        )

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files that came with it."""
        return tuple(Attachment(**attachment) for attachment in self.details.get("attachments", ()))

    def for_resident(self) -> dict[str, Any]:
        """As the resident's own page shows it: nothing of what the assistant thinks of it."""
        return {
            "message_id": self.id,
            "client_id": self.client_id,
            "author": self.author,
            "text": self.text,
            "quick_replies": [
                {"content_type": "text", "title": button.title, "payload": button.payload} for button in self.buttons
            ],
            "operator": self.details.get("operator"),
            "at": self.at.isoformat(),
            "data": self.details.get("data", {}),
            "attachments": [attachment.to_json() for attachment in self.attachments],
            "place": self.details.get("place"),
        }

    def for_staff(self) -> dict[str, Any]:
        """As the staff API shows it: with the finding, what was quoted or forwarded, and former wordings."""
        return {
            **self.for_resident(),
            "position": self.position,
            "finding": self.details.get("finding"),
            "quote": self.details.get("quote", ""),
            "is_forwarded": self.details.get("is_forwarded", False),
            "former": self.details.get("former", []),
        }


@dataclass(frozen=True)
class Shown:
    """A bubble with buttons: the payload that was chosen, if one was, and whether nothing was said since."""

    reply: Reply
    chosen: str | None
    is_latest: bool


def _entry(row: RowMapping) -> Entry:
    return Entry(**row)


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(**{**row, "state": State(row["state"])})


async def get(tx: AsyncConnection, conversation_id: str) -> Conversation | None:
    """The conversation, or None."""
    found = await tx.execute(select(conversations).where(conversations.c.id == conversation_id))
    row = found.mappings().first()
    return _conversation(row) if row else None


async def find(tx: AsyncConnection, channel: str | None, external_id: str | None) -> list[Conversation]:
    """The latest 100 conversations, newest first, of that channel and channel's own id when given."""
    query = select(conversations).order_by(conversations.c.last_at.desc()).limit(100)
    if channel:
        query = query.where(conversations.c.channel == channel)
    if external_id:
        query = query.where(conversations.c.external_id == external_id)
    return [_conversation(row) for row in (await tx.execute(query)).mappings()]


async def open_for(tx: AsyncConnection, utterance: Utterance) -> Conversation:
    """The utterance's conversation, created when it is the first, with its language and time brought up to date."""
    known = await get(tx, utterance.conversation_id)
    if known is None:
        known = Conversation(
            id=utterance.conversation_id,
            channel=utterance.channel,
            external_id=utterance.external_id or utterance.conversation_id,
            language=utterance.language or utterance.preferred_language,
            state=State.BOT,
            failures=0,
            is_flagged=False,
            created_at=utterance.said_at,
            last_at=utterance.said_at,
        )
        await tx.execute(insert(conversations).values(**vars(known)))
        return known
    language = known.chosen_language or utterance.language or known.language
    return await change(tx, known, language=language, last_at=utterance.said_at)


async def change(tx: AsyncConnection, conversation: Conversation, **fields: Any) -> Conversation:
    """Write those fields; the conversation as it is now."""
    await tx.execute(update(conversations).where(conversations.c.id == conversation.id).values(**fields))
    return Conversation(**{**vars(conversation), **fields})


async def find_by_client_id(tx: AsyncConnection, conversation_id: str, client_id: str) -> Entry | None:
    """The utterance recorded under the channel's own id, if it came before."""
    query = select(entries).where(entries.c.conversation_id == conversation_id, entries.c.client_id == client_id)
    row = (await tx.execute(query)).mappings().first()
    return _entry(row) if row else None


async def get_entry(tx: AsyncConnection, entry_id: str) -> Entry | None:
    """The entry, or None."""
    row = (await tx.execute(select(entries).where(entries.c.id == entry_id))).mappings().first()
    return _entry(row) if row else None


async def add_utterance(tx: AsyncConnection, utterance: Utterance, finding: dict[str, Any] | None) -> Entry:
    """Append what a resident said; `finding` is kept when danger was found."""
    details: dict[str, Any] = {
        "payload": utterance.payload,
        "finding": finding,
        "attachments": [attachment.to_json() for attachment in utterance.attachments],
        "place": utterance.place.to_json() if utterance.place else None,
        "quote": utterance.quote,
        "is_forwarded": utterance.is_forwarded,
    }
    details = {name: value for name, value in details.items() if value}
    values = {
        "id": utterance.id,
        "conversation_id": utterance.conversation_id,
        "client_id": utterance.client_id,
        "author": "resident",
        "text": utterance.text,
        "details": details,
        "at": utterance.said_at,
        "delivered_at": utterance.said_at,
    }
    return await _append(tx, values)


async def add_reply(
    tx: AsyncConnection, conversation_id: str, reply: Reply, at: datetime, operator: int | None = None
) -> Entry:
    """Append what was said back. A reply whose id is already there is not added again, and returned as it is."""
    known = await get_entry(tx, reply.id)
    if known:
        return known
    details: dict[str, Any] = {}
    if reply.buttons:
        details["buttons"] = [vars(button) for button in reply.buttons]
    if reply.data:
        details["data"] = dict(reply.data)
    if reply.attachments:
        details["attachments"] = [attachment.to_json() for attachment in reply.attachments]
    if operator is not None:
        details["operator"] = operator
    values = {
        "id": reply.id,
        "conversation_id": conversation_id,
        "client_id": None,
        "author": reply.author,
        "text": reply.text,
        "details": details,
        "at": at,
        "delivered_at": at if reply.author == "note" else None,
    }
    return await _append(tx, values)


async def correct(tx: AsyncConnection, entry: Entry, text: str, finding: dict[str, Any] | None) -> Entry:
    """Put other words in the place of an utterance's; the former ones are kept beside them, oldest first."""
    details = {**entry.details, "former": [*entry.details.get("former", ()), entry.text]}
    if finding:
        details["finding"] = finding
    await tx.execute(update(entries).where(entries.c.id == entry.id).values(text=text, details=details))
    return replace(entry, text=text, details=details)


async def change_details(tx: AsyncConnection, entry: Entry, **details: Any) -> Entry:
    """Write those details of an entry; the others stay."""
    changed = {**entry.details, **details}
    await tx.execute(update(entries).where(entries.c.id == entry.id).values(details=changed))
    return replace(entry, details=changed)


async def _append(tx: AsyncConnection, values: dict[str, Any]) -> Entry:
    position = (await tx.execute(insert(entries).values(**values))).inserted_primary_key
    assert position is not None
    return Entry(position=position[0], **values)


async def transcript(
    tx: AsyncConnection, conversation_id: str, limit: int = 200, before: int | None = None
) -> list[Entry]:
    """The last `limit` entries, oldest first; only those before that position when given."""
    query = (
        select(entries)
        .where(entries.c.conversation_id == conversation_id)
        .order_by(entries.c.position.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(entries.c.position < before)
    rows = (await tx.execute(query)).mappings().all()
    return [_entry(row) for row in reversed(rows)]


async def shown_button(tx: AsyncConnection, conversation_id: str, payload: str) -> Button | None:
    """The button with that payload among the last 20 replies of this conversation, or None."""
    query = (
        select(entries)
        .where(entries.c.conversation_id == conversation_id, entries.c.author != "resident")
        .order_by(entries.c.position.desc())
        .limit(20)
    )
    for row in (await tx.execute(query)).mappings():
        for button in _entry(row).buttons:
            if button.payload == payload:
                return button
    return None


async def shown(tx: AsyncConnection, conversation_id: str, limit: int = 60) -> list[Shown]:
    """The latest bubbles with buttons, newest first, each with whether its choice is still open."""
    recent = await transcript(tx, conversation_id, limit)
    chosen = {
        entry.client_id.removeprefix(PRESS): entry.details.get("payload") or entry.text
        for entry in recent
        if entry.client_id and entry.client_id.startswith(PRESS)
    }
    found, is_latest = [], True
    for entry in reversed(recent):
        if entry.author == "resident":
            is_latest = False
        elif entry.buttons:
            found.append(Shown(entry.reply, chosen.get(entry.id), is_latest))
    return found


async def mark_delivered(tx: AsyncConnection, entry_ids: Sequence[str], at: datetime) -> None:
    """Note that those entries reached their channel."""
    await tx.execute(update(entries).where(entries.c.id.in_(entry_ids)).values(delivered_at=at))


async def undelivered(tx: AsyncConnection, conversation_id: str) -> list[Entry]:
    """Replies that no channel has taken yet, oldest first."""
    query = (
        select(entries)
        .where(entries.c.conversation_id == conversation_id, entries.c.delivered_at.is_(None))
        .order_by(entries.c.position)
    )
    return [_entry(row) for row in (await tx.execute(query)).mappings()]


async def of_person(tx: AsyncConnection, conversation_id: str) -> list[Conversation]:
    """The conversation and those that `/link` joined with it; itself first. Empty when there is none."""
    own = await get(tx, conversation_id)
    if own is None:
        return []
    if own.person_id is None:
        return [own]
    query = select(conversations).where(conversations.c.person_id == own.person_id, conversations.c.id != own.id)
    return [own, *(_conversation(row) for row in (await tx.execute(query)).mappings())]


async def forget_words(tx: AsyncConnection, conversation_id: str) -> None:
    """Take out everything that was said. The rows stay: their order and their times hold no words."""
    wiped = {"text": "", "details": {}}
    await tx.execute(update(entries).where(entries.c.conversation_id == conversation_id).values(**wiped))


async def places(tx: AsyncConnection, conversation_id: str) -> list[Place]:
    """The places that the resident shared lately, latest first."""
    recent = await transcript(tx, conversation_id)
    return [Place(**entry.details["place"]) for entry in reversed(recent) if entry.details.get("place")]


async def edits(tx: AsyncConnection, conversation_id: str) -> list[tuple[str, str]]:
    """What the resident edited lately: former words and those of now, oldest first."""
    return [
        (former, entry.text)
        for entry in await transcript(tx, conversation_id)
        for former in entry.details.get("former", ())
    ]
