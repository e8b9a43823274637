"""What a resident can ask of the service itself, by a command or one of its buttons: answered without the assistant.

The texts stand in `city/texts` (`commands.…`). A channel offers the names; `/human` and the commands in `PAYLOADS`
are said to the desk and to the assistant like any other words.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.city import City
from bot.commit import Commit, Consequences
from bot.conversation.state import Conversation, State
from bot.errors import NotFound, Refused
from bot.linking import Linking
from bot.messages import Button, Reply, Utterance
from bot.storage.unit import Storage

PAYLOADS = {"start": "/greet", "status": "/check_ticket_status", "new": "/cancel"}
"""Commands that are a turn of the assistant."""

SET_LANGUAGE = "/set_language"
FORGET_ME = "/forget_me"
KEEP_ME = "/keep_me"
SKIP_PLACE = "/skip_place"
USE_PLACE = "/use_place"

LASTING = ("/confirm_resolution", SET_LANGUAGE, USE_PLACE)
"""Payloads that name what they are about: such a button may be pressed after the talk has gone on."""


class Commands:
    """Carries out commands inside the transaction that records them."""

    def __init__(
        self,
        storage: Storage,
        city: City,
        commit: Commit,
        linking: Linking,
        clock: Callable[[], datetime],
        link_address: Callable[[str], str],
    ) -> None:
        self._storage = storage
        self._city = city
        self._commit = commit
        self._linking = linking
        self._clock = clock
        self._link_address = link_address

    async def carry_out(
        self, tx: AsyncConnection, conversation: Conversation, utterance: Utterance, done: Consequences
    ) -> bool:
        """Answer a command or a button of ours; False when it is for the desk or the assistant."""
        name = utterance.command or _button_command(utterance.payload)
        if name in {"help", "privacy"}:
            await self._say(tx, conversation, f"commands.{name}", done)
        elif name == "skip_place":
            await self._say(tx, conversation, "places.skipped", done)
        elif name == "language":
            await self._language(tx, conversation, utterance, done)
        elif name == "link":
            await self._link(tx, conversation, utterance.argument, done)
        elif name == "forget":
            await self._forget(tx, conversation, utterance.payload, done)
        else:
            return False
        return True

    async def _say(
        self,
        tx: AsyncConnection,
        conversation: Conversation,
        key: str,
        done: Consequences,
        buttons: tuple[tuple[str, str], ...] = (),
        **fields: object,
    ) -> None:
        """Say a sentence; a button is a text key and a payload."""
        language = conversation.language
        shown = tuple(Button(self._city.text(title, language), payload) for title, payload in buttons)
        text = self._city.text(key, language, **fields)
        await self._commit.say(tx, conversation.id, [Reply(text, author="system", buttons=shown)], done)

    async def _language(
        self, tx: AsyncConnection, conversation: Conversation, utterance: Utterance, done: Consequences
    ) -> None:
        chosen = utterance.argument or _field(utterance.payload, "language")
        if chosen not in {"zh", "en"}:
            buttons = tuple((f"commands.language_{code}", _with(SET_LANGUAGE, language=code)) for code in ("zh", "en"))
            await self._say(tx, conversation, "commands.which_language", done, buttons)
            return
        await self._linking.choose_language(tx, conversation.id, chosen)
        await self._say(tx, replace(conversation, language=chosen), "commands.language_set", done)

    async def _link(self, tx: AsyncConnection, conversation: Conversation, code: str, done: Consequences) -> None:
        if not code:
            code = await self._linking.new_code(tx, conversation.id)
            address = self._link_address(code) if conversation.channel == "webchat" else ""
            key = "commands.link_code_address" if address else "commands.link_code"
            await self._say(tx, conversation, key, done, code=code, address=address)
            return
        try:
            other = await self._linking.join(tx, conversation, code)
        except (NotFound, Refused) as error:
            await self._say(tx, conversation, f"errors.{error.key}", done)
            return
        for side in await self._storage.conversations.of_person(tx, conversation.id):
            if side.id in {conversation.id, other.id}:
                await self._say(tx, side, "commands.linked", done)

    async def _forget(
        self, tx: AsyncConnection, conversation: Conversation, payload: str | None, done: Consequences
    ) -> None:
        if conversation.state is not State.BOT:
            await self._say(tx, conversation, "commands.forget_not_now", done)
        elif payload == KEEP_ME:
            await self._say(tx, conversation, "commands.forget_kept", done)
        elif payload == FORGET_ME:
            await self._erase(tx, conversation)
            await self._say(tx, conversation, "commands.forgotten", done)
        else:
            buttons = (("commands.forget_yes", FORGET_ME), ("commands.forget_no", KEEP_ME))
            await self._say(tx, conversation, "commands.forget_sure", done, buttons)

    async def _erase(self, tx: AsyncConnection, conversation: Conversation) -> None:
        """Words and files go; a ticket and its evidence stay with the department that works on it."""
        files = await self._storage.files.of_conversation(tx, conversation.id)
        gone = [file.id for file in files if file.ticket_number is None]
        await self._storage.files.remove(tx, gone)
        await self._storage.conversations.forget_words(tx, conversation.id)
        await self._storage.conversations.change(tx, conversation, person_id=None, chosen_language=None)
        # The bytes go after the commit: a file that is gone while its row still stands would be a lost one. In the
        # lane of the turns, so that the engine forgets after the turns before this one and before those after it.
        lane = f"turn:{conversation.id}"
        await self._storage.outbox.enqueue(tx, "erase", conversation.id, {"file_ids": gone}, self._clock(), lane=lane)


def _button_command(payload: str | None) -> str:
    """The command behind one of our own buttons; empty for a payload of the assistant's."""
    names = {SET_LANGUAGE: "language", FORGET_ME: "forget", KEEP_ME: "forget", SKIP_PLACE: "skip_place"}
    return names.get((payload or "").partition("{")[0], "")


def _with(payload: str, **fields: str) -> str:
    return payload + json.dumps(fields, ensure_ascii=False)


def _field(payload: str | None, name: str) -> str:
    _, brace, fields = (payload or "").partition("{")
    return str(json.loads(brace + fields).get(name, "")) if brace else ""


def use_place(file_id: str) -> str:
    """The payload that takes the place of a photo."""
    return _with(USE_PLACE, file=file_id)


def file_of(payload: str | None) -> str:
    """The photo whose place a payload takes; empty when it takes none."""
    return _field(payload, "file") if (payload or "").startswith(USE_PLACE) else ""
