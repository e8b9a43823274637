"""What the record step does with all that is not plain words: edits, files, places. Part of its transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.city import City
from bot.commit import Commit, Consequences
from bot.conversation.state import Conversation, State
from bot.events import EntryAdded
from bot.messages import Attachment, Place, Reply, Utterance
from bot.places import with_place
from bot.storage.conversations import Entry
from bot.storage.files import PENDING, File
from bot.storage.outbox import Job
from bot.storage.unit import Storage

RECENT = 40
"""Lines of a transcript in which a ticket that was filed just now is looked for."""


class Hearing:
    """Records edits, files and places, and acknowledges what the assistant cannot read."""

    def __init__(self, storage: Storage, city: City, commit: Commit, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._city = city
        self._commit = commit
        self._clock = clock

    async def correct(
        self,
        tx: AsyncConnection,
        conversation: Conversation,
        known: Entry,
        text: str,
        finding: dict[str, Any] | None,
        done: Consequences,
    ) -> bool:
        """Put an edit in the place of the first wording; True when these are the first words, to be answered.

        A turn that has not been taken yet reads the new words by itself. After it, the resident hears that the new
        words count, and the complaint and its ticket are put right.
        """
        entry = await self._storage.conversations.correct(tx, known, text, finding)
        done.events.append(EntryAdded(conversation.id, entry.for_staff()))
        turns = await self._storage.outbox.of_lane(tx, f"turn:{conversation.id}")
        if any(job.payload.get("entry_id") == entry.id for job in turns):
            return False
        if not known.text:
            return True
        await self._storage.outbox.enqueue(
            tx, "correction", conversation.id, {"entry_id": entry.id, "former": known.text}, self._clock()
        )
        if conversation.state is State.BOT and not finding:
            sentence = self._city.text("gateway.corrected", conversation.language)
            reply = Reply(sentence, author="system", id=f"{entry.id[:40]}-edit{len(entry.details['former'])}")
            await self._commit.say_once(tx, conversation.id, reply, done)
        return False

    async def take_files(self, tx: AsyncConnection, utterance: Utterance, done: Consequences) -> None:
        """Write a row for each file; what the channel still holds is fetched by a job of its own."""
        number = await self._ticket_just_filed(tx, utterance) if utterance.attachments else None
        for attachment in utterance.attachments:
            uploaded = await self._storage.files.get(tx, attachment.id)
            if uploaded:
                await self._storage.files.change(tx, attachment.id, entry_id=utterance.id, ticket_number=number)
            else:
                await self._storage.files.add(tx, _pending(attachment, utterance, number))
            if uploaded is None or uploaded.place:
                done.jobs.append(await self._fetch(tx, utterance.conversation_id, attachment.id))

    async def _fetch(self, tx: AsyncConnection, conversation_id: str, file_id: str) -> Job | None:
        """The job that gets a file from its channel, and offers the place of a photo."""
        now = self._clock()
        payload = {"file_id": file_id}
        return await self._storage.outbox.enqueue(
            tx, "fetch", conversation_id, payload, now, lane=f"fetch:{file_id}", lease_from=now
        )

    async def acknowledge(
        self, tx: AsyncConnection, conversation: Conversation, utterance: Utterance, done: Consequences
    ) -> None:
        """Answer what came without words for the assistant: once an album, and never twice for one utterance."""
        key = utterance.answer_key
        fields: dict[str, str] = {}
        if utterance.attachments and not key:
            number = await self._ticket_just_filed(tx, utterance)
            is_spoken = any(attachment.kind in {"voice", "video"} for attachment in utterance.attachments)
            key = "files.spoken" if is_spoken and not utterance.text else "files.on_ticket" if number else "files.kept"
            fields = {"number": number or ""}
        if not key:
            return
        about = f"{conversation.id[:16]}-{utterance.album}" if utterance.album else utterance.id
        reply = Reply(self._city.text(key, conversation.language, **fields), author="system", id=f"ack-{about}"[:64])
        await self._commit.say_once(tx, conversation.id, reply, done)

    async def placed(
        self, tx: AsyncConnection, conversation: Conversation, utterance: Utterance, file_id: str
    ) -> Utterance:
        """The utterance as the form takes a place: one that was shared, or the one of a photo."""
        if file_id:
            file = await self._storage.files.get(tx, file_id)
            if file is None or not file.place or file.conversation_id != conversation.id:
                return replace(utterance, payload=None)
            utterance = replace(utterance, place=Place(file.place[0], file.place[1]))
        return with_place(utterance, self._city.texts[conversation.language])

    async def _ticket_just_filed(self, tx: AsyncConnection, utterance: Utterance) -> str | None:
        """The ticket that the last words were about: filed, and nothing said by the resident since but files."""
        for entry in reversed(await self._storage.conversations.transcript(tx, utterance.conversation_id, RECENT)):
            if "ticket" in entry.details.get("data", {}):
                return str(entry.details["data"]["ticket"])
            if entry.author == "resident" and entry.id != utterance.id and not entry.attachments:
                return None
        return None


def _pending(attachment: Attachment, utterance: Utterance, number: str | None) -> File:
    """The row of a file that the channel still holds."""
    return File(
        id=attachment.id,
        conversation_id=utterance.conversation_id,
        entry_id=utterance.id,
        author="resident",
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        kind=attachment.kind,
        status=PENDING,
        source=attachment.source,
        place=None,
        ticket_number=number,
        at=utterance.said_at,
    )
