"""Files of residents and operators: fetched from the channel, checked, kept, handed out to those on the case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.channels.base import channel_of
from bot.commands import SKIP_PLACE, use_place
from bot.commit import Commit, Consequences
from bot.errors import NotFound, Refused
from bot.events import EntryAdded
from bot.files.check import Checked, check
from bot.files.vault import Vault
from bot.messages import Button, Place, Reply, new_id
from bot.places import label
from bot.storage.files import KEPT, REFUSED, File

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.channels.base import Channel
    from bot.city import City
    from bot.storage.outbox import Job
    from bot.storage.unit import Storage

RESIDENT = "resident"


class FileService:
    """Handles `fetch` jobs, takes uploads, and reads what is kept."""

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        city: City,
        commit: Commit,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._city = city
        self._commit = commit
        self._channels = channels
        self._clock = clock

    async def upload(self, conversation_id: str, author: str, name: str, content: bytes) -> File:
        """Keep a file that came in one piece; it belongs to no line of the transcript yet. Raises Refused."""
        checked = await asyncio.to_thread(check, content, name)
        file = File(
            id=new_id(),
            conversation_id=conversation_id,
            entry_id=None,
            author=author,
            name=checked.name,
            content_type=checked.content_type,
            size=len(checked.content),
            kind=checked.kind,
            status=KEPT,
            source=None,
            place=list(checked.place) if checked.place else None,
            ticket_number=None,
            at=self._clock(),
        )
        await self._vault.put(file.id, checked.content)
        async with self._storage.transaction() as tx:
            await self._storage.files.add(tx, file)
        return file

    async def uploaded(self, conversation_id: str, author: str, file_ids: list[str]) -> list[File]:
        """The files of those ids that were uploaded for this conversation and not used yet; others are left out."""
        async with self._storage.reading() as tx:
            found = [await self._storage.files.get(tx, file_id) for file_id in file_ids]
        return [
            file
            for file in found
            if file and file.conversation_id == conversation_id and file.author == author and file.entry_id is None
        ]

    async def read(self, file_id: str) -> tuple[File, bytes]:
        """A kept file and its bytes. Raises NotFound."""
        async with self._storage.reading() as tx:
            file = await self._storage.files.get(tx, file_id)
        if file is None or file.status != KEPT:
            raise NotFound("no_such_file", "no such file, or not kept")
        return file, await self._vault.get(file_id)

    async def evidence(self, number: str) -> list[File]:
        """The files of a ticket, oldest first."""
        async with self._storage.reading() as tx:
            return await self._storage.files.of_ticket(tx, number)

    # --- jobs -------------------------------------------------------------------------------------------

    async def fetch(self, job: Job) -> Job | None:
        """Fetch a file from its channel, once, and offer its place; what is not taken is told to the resident.

        Raises Retry when the channel may give it later.
        """
        async with self._storage.reading() as tx:
            file = await self._storage.files.get(tx, job.payload["file_id"])
            conversation = await self._storage.conversations.get(tx, job.conversation_id)
        done = Consequences()
        refusal, checked = "", None
        if file and conversation and file.source:
            try:
                content = await channel_of(self._channels, conversation.channel).fetch(file.source)
                checked = await asyncio.to_thread(check, content, file.name)
                await self._vault.put(file.id, checked.content)
            except Refused as error:
                refusal = error.key
        async with self._storage.transaction() as tx:
            if file and checked:
                await self._keep(tx, file, checked, done)
            elif file and refusal:
                await self._refuse(tx, file, refusal, done)
            elif file and file.place and file.ticket_number is None:
                await self.offer_place(tx, file, done)
            following = await self._storage.outbox.finish(tx, job, self._clock())
        self._commit.carry_out(done)
        return following

    async def _keep(self, tx: AsyncConnection, file: File, checked: Checked, done: Consequences) -> None:
        fields: dict[str, Any] = {
            "name": checked.name,
            "content_type": checked.content_type,
            "size": len(checked.content),
            "kind": checked.kind,
        }
        place = list(checked.place) if checked.place else None
        await self._storage.files.change(tx, file.id, status=KEPT, source=None, place=place, **fields)
        kept = replace(file, **fields)
        await self._show(tx, kept, kept.attachment.to_json(), done)
        if checked.place and file.ticket_number is None:
            await self.offer_place(tx, replace(kept, place=place), done)

    async def _refuse(self, tx: AsyncConnection, file: File, key: str, done: Consequences) -> None:
        await self._storage.files.change(tx, file.id, status=REFUSED, source=None)
        await self._show(tx, file, None, done)
        conversation = await self._storage.conversations.get(tx, file.conversation_id)
        assert conversation, "a file belongs to a conversation"
        text = self._city.text(f"errors.{key}", conversation.language)
        await self._commit.say_once(tx, conversation.id, Reply(text, author="system", id=f"{file.id}-refused"), done)

    async def _show(self, tx: AsyncConnection, file: File, shown: dict[str, object] | None, done: Consequences) -> None:
        """Bring the transcript's line up to date; without `shown` the file is taken out of it."""
        entry = await self._storage.conversations.get_entry(tx, file.entry_id) if file.entry_id else None
        if entry is None:
            return
        others = [old for old in entry.details.get("attachments", ()) if old["id"] != file.id or shown]
        attachments = [shown if old["id"] == file.id else old for old in others]
        entry = await self._storage.conversations.change_details(tx, entry, attachments=attachments)
        done.events.append(EntryAdded(entry.conversation_id, entry.for_staff()))

    async def offer_place(self, tx: AsyncConnection, file: File, done: Consequences) -> None:
        """Ask whether the place of a photo is the place of the matter; only while the assistant answers."""
        conversation = await self._storage.conversations.get(tx, file.conversation_id)
        if conversation is None or conversation.state.value != "bot" or not file.place:
            return
        language = conversation.language
        place = label(Place(file.place[0], file.place[1]), self._city.texts[language])
        buttons = (
            Button(self._city.text("places.use", language), use_place(file.id)),
            Button(self._city.text("places.skip", language), SKIP_PLACE),
        )
        text = self._city.text("places.offer", language, place=place)
        reply = Reply(text, author="system", buttons=buttons, id=f"{file.id}-place")
        await self._commit.say_once(tx, conversation.id, reply, done)
