"""One person, two channels: a short code joins a Telegram chat with a web chat, so that tickets and news follow."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.state import Conversation
from bot.errors import NotFound, Refused
from bot.messages import new_id
from bot.storage.unit import Storage

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, O, 1, I and L: the code is copied by hand."""

LENGTH = 6
LASTS = timedelta(minutes=10)
WRONG_CODES = 5
WRONG_CODES_WITHIN = timedelta(hours=1)


class Linking:
    """Makes codes and joins conversations. Each call is part of the caller's transaction."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    async def new_code(self, tx: AsyncConnection, conversation_id: str) -> str:
        """A code that joins this conversation with the one it is written in, once, within ten minutes."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        await self._storage.links.add_code(tx, _hashed(code), conversation_id, self._clock() + LASTS)
        return code

    async def join(self, tx: AsyncConnection, conversation: Conversation, code: str) -> Conversation:
        """Join the conversation with the code's; the other one.

        Raises NotFound for a code that is wrong, used or too old (the try is to be committed all the same), Refused
        after five wrong ones within an hour.
        """
        now = self._clock()
        tries = await self._storage.links.wrong_tries(tx, conversation.id, now - WRONG_CODES_WITHIN)
        if tries >= WRONG_CODES:
            raise Refused("too_many_codes", "too many wrong link codes")
        other_id = await self._storage.links.take_code(tx, _hashed(code.strip().upper()), now)
        other = await self._storage.conversations.get(tx, other_id) if other_id else None
        if other is None or other.id == conversation.id:
            await self._storage.links.add_wrong_try(tx, conversation.id, now)
            raise NotFound("no_such_code", "no such link code")
        person_id = conversation.person_id or other.person_id or new_id()
        former = [known for known in (conversation.person_id, other.person_id) if known]
        await self._storage.links.join(tx, [conversation.id, other.id], former, person_id)
        # What one side had chosen holds on both; the side that was here first speaks for the other.
        language = other.chosen_language or conversation.chosen_language
        if language:
            await self.choose_language(tx, conversation.id, language)
        return other

    async def choose_language(self, tx: AsyncConnection, conversation_id: str, language: str) -> None:
        """Speak that language in every conversation of the person, whatever their words seem to be."""
        for conversation in await self._storage.conversations.of_person(tx, conversation_id):
            await self._storage.conversations.change(tx, conversation, language=language, chosen_language=language)


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
