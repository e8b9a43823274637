"""Sending: each part of a reply once, whatever the network does; Telegram's errors as ours.

Telegram has no key that makes a repeated call harmless. So a part is noted before the call and completed after it.
Where the answer got lost (a time-out, a 5xx, a kill), the next try first looks whether the message is there: an
edit that changes nothing is refused with "not modified" for a message of ours, and "not found" for none.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import httpx
import structlog
from telegram import Bot, InputFile, LinkPreviewOptions, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import AIORateLimiter

from bot.channels.botapi.compose import Part
from bot.errors import HotlineError, Refused, Retry, Unreachable

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Failures before a byte of the request was on its way."""

REFUSALS = (BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter)
"""Telegram's own word that it did nothing. A time-out, a 5xx or an answer that cannot be read is none."""

GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot was kicked")
"""What a 400 says when there is nobody any more; a block is a 403."""

NEAR = 3
"""Ids right behind a chat's last one: where a message lies if the ids were the chat's own."""

AHEAD = 40
MOST_PROBES = 400
"""Private chats share one counter of message ids: a message whose answer got lost lies a little behind the highest."""

SLOW_ANSWER_S = 40.0
"""How long a send may take before its answer counts as lost: longer than Telegram ever thinks."""

PATIENCE_S = 0.25
"""How long what is said in danger waits for the database to tell whether it was said before."""

URGENT = "urgent"
MOST_URGENT = 1_000

log = structlog.get_logger()


class SentPart(Protocol):
    """A part that was tried before: `external_id` is None when nobody knows whether it arrived."""

    @property
    def after_id(self) -> int:
        """The highest id known before it was tried."""

    @property
    def external_id(self) -> int | None:
        """Its id over there."""


@dataclass(frozen=True)
class Notebook:
    """What the sender remembers in the database: `Ledger`, as far as a channel may know it."""

    parts: Callable[[str], Awaitable[dict[int, Any]]]
    begin: Callable[..., Awaitable[None]]
    complete: Callable[[str, int, int], Awaitable[None]]
    withdraw: Callable[[str, int], Awaitable[None]]
    highest: Callable[[str | None], Awaitable[int]]
    read_file: Callable[[str], Awaitable[bytes]]
    migrated: Callable[[str, str], Awaitable[None]]


class RateLimiter(AIORateLimiter):
    """Telegram's limits for everything but danger, which waits for nothing."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Any,
    ) -> Any:
        """Wait for a place, unless it is urgent."""
        if rate_limit_args == URGENT:
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)


class Sender:
    """Sends the parts of replies through `bot`."""

    def __init__(self, bot: Bot, notebook: Notebook) -> None:
        self._bot = bot
        self._notebook = notebook
        self._highest = 0
        # Urgent parts of the last hours: what could not be noted must not be sent again by its job.
        self._urgent: OrderedDict[tuple[str, int], int] = OrderedDict()

    async def start(self) -> None:
        """Learn where the ids stood when the last process ended."""
        self._highest = max(self._highest, await self._notebook.highest(None))

    def saw(self, message_id: int) -> None:
        """Note an id of the channel: lost messages are looked for around the highest."""
        self._highest = max(self._highest, message_id)

    async def send(self, chat_id: int, conversation_id: str, reply_id: str, parts: list[Part]) -> None:
        """Send what was not sent yet, in order.

        Raises Retry when the rest may go through later, Unreachable when nothing ever will, Refused when Telegram does
        not take this message.
        """
        known = await self._notebook.parts(reply_id)
        for number, part in enumerate(parts):
            before = known.get(number)
            if (before and before.external_id) or (reply_id, number) in self._urgent:
                continue
            found = await self._find(chat_id, conversation_id, before, part) if before else None
            if found is None:
                await self._notebook.begin(reply_id, number, conversation_id, self._highest, bool(part.keyboard))
                found = await self._call(chat_id, conversation_id, (reply_id, number), part)
            self.saw(found)
            await self._notebook.complete(reply_id, number, found)

    async def send_urgent(self, chat_id: int, conversation_id: str, reply_id: str, parts: list[Part]) -> None:
        """Send what is said in danger: first of all, and noted afterwards. Neither database nor limit holds it up."""
        await self._recall(reply_id)
        for number, part in enumerate(parts):
            if (reply_id, number) not in self._urgent:
                try:
                    message = await self._request(chat_id, part, URGENT)
                except TelegramError as error:
                    raise as_ours(error) from error
                self._urgent[(reply_id, number)] = message.message_id
                self.saw(message.message_id)
        for key in list(self._urgent)[:-MOST_URGENT]:
            del self._urgent[key]
        await self._note(conversation_id, reply_id, len(parts))

    async def _recall(self, reply_id: str) -> None:
        """Look what was said before, if the database answers at once."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                for number, before in (await self._notebook.parts(reply_id)).items():
                    if before.external_id:
                        self._urgent.setdefault((reply_id, number), before.external_id)
        except Exception as error:
            log.warning("urgent_not_recalled", error=type(error).__name__)

    async def _note(self, conversation_id: str, reply_id: str, count: int) -> None:
        """Write down what was said; a database that is away must not undo that it was said."""
        try:
            for number in range(count):
                await self._notebook.begin(reply_id, number, conversation_id, self._highest, False)
                await self._notebook.complete(reply_id, number, self._urgent[(reply_id, number)])
        except Exception as error:
            log.warning("urgent_not_noted", error=type(error).__name__)

    async def _call(self, chat_id: int, conversation_id: str, key: tuple[str, int], part: Part) -> int:
        """The id of the message that was sent. A failure that is certain takes the note back."""
        try:
            message = await self._request(chat_id, part, None)
        except ChatMigrated as error:
            await self._notebook.withdraw(*key)
            await self._notebook.migrated(conversation_id, str(error.new_chat_id))
            raise Retry("channel_busy", "the chat has another id now", after_s=0) from error
        except TelegramError as error:
            if not is_uncertain(error):
                await self._notebook.withdraw(*key)
            raise as_ours(error) from error
        return message.message_id

    async def _request(self, chat_id: int, part: Part, rate: Any) -> Message:
        bot: Any = self._bot  # ExtBot adds `rate_limit_args` to every method
        common = {
            "chat_id": chat_id,
            "reply_markup": part.keyboard,
            "read_timeout": SLOW_ANSWER_S,
            "rate_limit_args": rate,
        }
        if part.attachment is None:
            preview = LinkPreviewOptions(is_disabled=True)
            message: Message = await bot.send_message(text=part.text, link_preview_options=preview, **common)
            return message
        content = InputFile(await self._notebook.read_file(part.attachment.id), filename=part.attachment.name)
        method = {
            "image/jpeg": bot.send_photo,
            "image/png": bot.send_photo,
            "audio/ogg": bot.send_voice,
            "video/mp4": bot.send_video,
        }.get(part.attachment.content_type, bot.send_document)
        kind = method.__name__.removeprefix("send_")
        sent: Message = await method(**{kind: content}, caption=part.text or None, **common)
        return sent

    async def _find(self, chat_id: int, conversation_id: str, before: SentPart, part: Part) -> int | None:
        """The id of a part whose answer got lost, when it had arrived after all; else None."""
        last = await self._notebook.highest(conversation_id)
        upper = min(self._highest + AHEAD, before.after_id + MOST_PROBES)
        candidates = dict.fromkeys([*range(last + 1, last + 1 + NEAR), *range(before.after_id + 1, upper + 1)])
        for message_id in candidates:
            try:
                await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=part.keyboard)
            except BadRequest as error:
                if "not modified" not in error.message.casefold():
                    continue
            except TelegramError as error:
                raise as_ours(error) from error
            return message_id
        return None


def is_uncertain(error: TelegramError) -> bool:
    """Whether the call may have been done although it failed."""
    if isinstance(error, REFUSALS):
        return False
    return not isinstance(error.__cause__, NOT_SENT)


def as_ours(error: TelegramError) -> HotlineError:
    """What the caller does next: retry, give up on the resident, or give up on the message."""
    if isinstance(error, RetryAfter):
        with suppress(AttributeError):
            return Retry("channel_busy", after_s=error.retry_after.total_seconds())  # type: ignore[union-attr]
        return Retry("channel_busy", after_s=float(error.retry_after))  # type: ignore[arg-type]
    if isinstance(error, Forbidden):
        return Unreachable("unreachable", "forbidden")
    if isinstance(error, BadRequest):
        if any(sign in error.message.casefold() for sign in GONE):
            return Unreachable("unreachable", "nobody there")
        log.error("telegram_refused", reason=error.message[:80])
        return Refused("channel_refused", "Telegram does not take this message")
    if isinstance(error, InvalidToken):
        return Retry("channel_down", "the token is refused", after_s=timedelta(minutes=1).total_seconds())
    return Retry("channel_down", type(error).__name__)
