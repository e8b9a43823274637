"""Inline buttons: taken once, shown as chosen, answered kindly when their choice is over, removed when it has passed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from telegram import Bot, CallbackQuery
from telegram.error import TelegramError

from bot.channels.botapi.compose import chosen_keyboard, pressed
from bot.channels.botapi.read import CHANNEL, app_language
from bot.messages import PRESS, Reply, Utterance, new_id


class Receipt(Protocol):
    """What the service says after an utterance is stored."""

    @property
    def is_repeat(self) -> bool:
        """Whether it was stored before."""


class Shown(Protocol):
    """A bubble with buttons, as the transcript holds it."""

    @property
    def reply(self) -> Reply:
        """The bubble."""

    @property
    def chosen(self) -> str | None:
        """The payload that was chosen."""

    @property
    def is_latest(self) -> bool:
        """Whether nothing was said since."""


class Keyboard(Protocol):
    """A message over there that still shows buttons."""

    @property
    def entry_id(self) -> str:
        """The bubble."""

    @property
    def external_id(self) -> int | None:
        """Its id over there."""


@dataclass(frozen=True)
class Front:
    """What the channel needs of the service behind it; `text` gives a sentence by key and language."""

    receive: Callable[[Utterance], Awaitable[Receipt]]
    reached: Callable[[str, bool], Awaitable[None]]
    shown: Callable[[str], Awaitable[Sequence[Shown]]]
    keyboards: Callable[[str], Awaitable[Sequence[Keyboard]]]
    close_keyboards: Callable[[Sequence[Any]], Awaitable[None]]
    external_id: Callable[[str], Awaitable[str | None]]
    is_lasting: Callable[[str], bool]
    text: Callable[..., str]


class Buttons:
    """The buttons of all chats. `later` runs what nobody waits for; `secret` signs the callback data."""

    def __init__(
        self,
        bot: Bot,
        front: Front,
        secret: str,
        clock: Callable[[], datetime],
        later: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._bot = bot
        self._front = front
        self._secret = secret
        self._clock = clock
        self._later = later

    async def press(self, query: CallbackQuery, conversation_id: str) -> None:
        """Take a press while the choice is open. Returns after it is stored."""
        chat_id = query.from_user.id
        shown = await self._front.shown(conversation_id)
        found = pressed([bubble.reply for bubble in shown], query.data or "", chat_id, self._secret)
        bubble = next((bubble for bubble in shown if found and bubble.reply.id == found[0].id), None)
        language = app_language(query.from_user.language_code)
        if not found or not bubble or not self._is_open(bubble, found[1].payload):
            reply, chosen = (bubble.reply, bubble.chosen) if bubble else (None, None)
            self._later(self._settle(query, conversation_id, reply, chosen, language, is_stale=True))
            return
        reply, button = found
        receipt = await self._front.receive(
            Utterance(
                id=new_id(),
                conversation_id=conversation_id,
                channel=CHANNEL,
                client_id=f"{PRESS}{reply.id}",
                text=button.payload,
                language="",
                said_at=self._clock(),
                preferred_language=language,
                external_id=str(chat_id),
            )
        )
        self._later(self._settle(query, conversation_id, reply, button.payload, language, is_stale=receipt.is_repeat))

    def _is_open(self, bubble: Shown, payload: str) -> bool:
        return bubble.chosen is None and (bubble.is_latest or self._front.is_lasting(payload))

    async def _settle(
        self,
        query: CallbackQuery,
        conversation_id: str,
        reply: Reply | None,
        chosen: str | None,
        language: str,
        is_stale: bool,
    ) -> None:
        """Show the choice as made and the rest gone; a choice that is over is answered with a word."""
        word = self._front.text("telegram.stale_button", language) if is_stale else None
        with suppress(TelegramError):
            await self._bot.answer_callback_query(query.id, text=word)
        if query.message is None:
            return
        chat_id = query.message.chat.id
        markup = chosen_keyboard(reply, chosen, chat_id, self._secret) if reply and chosen else None
        with suppress(TelegramError):
            await self._bot.edit_message_reply_markup(chat_id, query.message.message_id, reply_markup=markup)
        if reply:
            parts = await self._front.keyboards(conversation_id)
            await self._front.close_keyboards([part for part in parts if part.entry_id == reply.id])

    async def retire(self, conversation_id: str, chat_id: int) -> None:
        """Take the buttons away from bubbles that the talk has passed, but those that name what they are about."""
        parts = await self._front.keyboards(conversation_id)
        if not parts:
            return
        shown = {bubble.reply.id: bubble for bubble in await self._front.shown(conversation_id)}
        passed = []
        for part in parts:
            bubble = shown.get(part.entry_id)
            if bubble and (
                bubble.is_latest
                or bubble.chosen
                or any(self._front.is_lasting(button.payload) for button in bubble.reply.buttons)
            ):
                continue
            passed.append(part)
            with suppress(TelegramError):
                await self._bot.edit_message_reply_markup(chat_id, part.external_id, reply_markup=None)
        await self._front.close_keyboards(passed)
