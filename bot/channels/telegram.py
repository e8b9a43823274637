"""Telegram: the `telegram` channel, by polling or webhook. Alone in knowing Telegram, with its parts in `botapi/`.

Transport, nothing else: what is said is decided behind `Front`. An update is confirmed to Telegram after `Front` has
stored it. Without a token there is no channel; with a wrong one it says so once, and the rest of the service runs.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from telegram import BotCommand, Chat, ChatMemberUpdated, Message, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler
from telegram.request import HTTPXRequest

from bot.channels.botapi.buttons import Buttons, Front
from bot.channels.botapi.compose import compose
from bot.channels.botapi.poll import LONGEST_PAUSE_S, Poller
from bot.channels.botapi.read import COMMANDS, MAX_FILE_BYTES, Reader, app_language, preferred_language
from bot.channels.botapi.send import Notebook, RateLimiter, Sender, as_ours
from bot.errors import Refused, Unreachable
from bot.language import LANGUAGES, detect
from bot.messages import Reply

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]

TYPING_EVERY_S = 4.5
"""Telegram shows "is typing" for five seconds."""

MOST_TYPING = 20
"""Turns under way above which "is typing" would only take the place of answers."""

WEBHOOK_PATH = "/telegram/webhook"

log = structlog.get_logger()


@dataclass(frozen=True)
class TelegramSettings:
    """How to reach Telegram. `webhook_url` empty: polling. `secret` signs buttons and names conversations."""

    token: str
    base_url: str
    webhook_url: str
    webhook_secret: str
    messages_per_s: float
    secret: str


class TelegramChannel:
    """Residents' private chats with the bot. `state` is starting, up, down, or wrong token."""

    name = "telegram"

    def __init__(self, settings: TelegramSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._front: Front | None = None
        self._chats: dict[str, int] = {}
        self._stored: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._typing: dict[str, asyncio.Task[None]] = {}
        self._told_groups: set[int] = set()
        self._state = "starting"
        self._application = _build_application(settings)
        self._application.add_handler(TypeHandler(Update, self._on_update))
        self._poller = Poller(self._application.bot, ALLOWED_UPDATES, self.take)

    def attach(self, front: Front, notebook: Notebook) -> None:
        """Connect the channel to the service. Before this nothing is taken."""
        self._front = front
        self._sender = Sender(self._application.bot, notebook)
        self._reader = Reader(front.text, self._clock)
        self._buttons = Buttons(self._application.bot, front, self._settings.secret, self._clock, self._later)

    @property
    def state(self) -> str:
        """For /readyz."""
        if self._state == "up" and not self._settings.webhook_url and not self._poller.is_up:
            return "down"
        return self._state

    @property
    def username(self) -> str:
        """The bot's name in t.me addresses; empty before Telegram has told it."""
        return self._application.bot.username if self._state == "up" else ""

    # --- life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin in the background: a Telegram that is away must not keep the web chat from starting."""
        self._later(self._live())

    async def stop(self) -> None:
        """End at once. What is not stored was not confirmed, and comes again."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._state == "up":
            await self._application.shutdown()

    async def _live(self) -> None:
        """Set up and poll, again and again: whatever goes wrong here must not end the channel unseen."""
        pause = 0.5
        while True:
            try:
                await self._set_up()
                if not self._settings.webhook_url:
                    await self._poller.run()
                return
            except InvalidToken:
                self._state = "wrong token"
                log.error(
                    "telegram_token_refused",
                    advice="Telegram refuses HOTLINE_TELEGRAM_TOKEN: copy it again from @BotFather. The rest runs.",
                )
                return
            except Exception as error:
                self._state = "down"
                log.warning("telegram_unreachable", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _set_up(self) -> None:
        await self._sender.start()
        await self._application.initialize()
        await self._set_menu()
        await self._set_way_in()
        self._state = "up"

    async def _set_menu(self) -> None:
        assert self._front
        for language in LANGUAGES:
            commands = [BotCommand(name, self._front.text(f"telegram.menu.{name}", language)) for name in COMMANDS]
            await self._application.bot.set_my_commands(commands, language_code=language)
            if language == "en":
                await self._application.bot.set_my_commands(commands)

    async def _set_way_in(self) -> None:
        bot, settings = self._application.bot, self._settings
        if settings.webhook_url:
            # Telegram calls in the order of each chat, whatever the number of connections.
            await bot.set_webhook(
                settings.webhook_url, secret_token=settings.webhook_secret, allowed_updates=ALLOWED_UPDATES
            )
        else:
            await bot.delete_webhook()

    # --- in ---------------------------------------------------------------------------------------------

    async def take_webhook(self, secret: str, body: dict[str, Any]) -> bool | None:
        """One update from the webhook: whether it is stored; None when the caller is not Telegram."""
        if not self._settings.webhook_url or not hmac.compare_digest(secret, self._settings.webhook_secret):
            return None
        if self._state != "up":
            return False
        return await self.take(Update.de_json(body, self._application.bot))

    async def take(self, update: Update) -> bool:
        """Handle one update through the Application; True when it is stored, or there is nothing in it to store."""
        await self._application.process_update(update)
        is_stored = update.update_id in self._stored
        self._stored.discard(update.update_id)
        return is_stored

    async def _on_update(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        try:
            await self._route(update)
        except Exception as error:
            # What was not stored is not confirmed. The exception's words may hold personal data.
            log.warning("telegram_update_not_stored", error=type(error).__name__)
            return
        self._stored.add(update.update_id)

    async def _route(self, update: Update) -> None:
        message = update.message or update.edited_message
        if update.my_chat_member:
            await self._on_member(update.my_chat_member)
        elif update.callback_query:
            conversation_id = self._conversation_of(update.callback_query.from_user.id)
            await self._buttons.press(update.callback_query, conversation_id)
        elif message and message.chat.type != ChatType.PRIVATE:
            self._say_private_only(message.chat, preferred_language(message))
        elif message:
            await self._on_message(message, is_edit=update.edited_message is not None)

    async def _on_message(self, message: Message, is_edit: bool) -> None:
        assert self._front, "attach() comes first"
        conversation_id = self._conversation_of(message.chat_id)
        self._sender.saw(message.message_id)
        utterance = self._reader.read(message, conversation_id, is_edit)
        if utterance is None:
            return
        receipt = await self._front.receive(utterance)
        if not is_edit and not receipt.is_repeat:
            self._later(self._buttons.retire(conversation_id, message.chat_id))

    async def _on_member(self, changed: ChatMemberUpdated) -> None:
        """Blocked, let in again, or taken into a group."""
        assert self._front
        is_in = changed.new_chat_member.status in {"member", "administrator", "restricted"}
        if changed.chat.type == ChatType.PRIVATE:
            await self._front.reached(self._conversation_of(changed.chat.id), is_in)
        elif is_in:
            self._say_private_only(changed.chat, app_language(changed.from_user.language_code))

    def _say_private_only(self, chat: Chat, language: str) -> None:
        """In a group one sentence, once: nobody's matter belongs there."""
        assert self._front
        if chat.type == ChatType.CHANNEL or chat.id in self._told_groups:
            return
        self._told_groups.add(chat.id)
        text = self._front.text("telegram.private_only", language, name=self._application.bot.username)
        self._later(self._tell(chat.id, text))

    async def _tell(self, chat_id: int, text: str) -> None:
        with suppress(TelegramError):
            await self._application.bot.send_message(chat_id, text)

    # --- out --------------------------------------------------------------------------------------------

    async def send(self, conversation_id: str, reply: Reply, at: datetime, operator: int | None = None) -> bool:
        """Send a reply. Raises Retry, Unreachable, or Refused when Telegram does not take it."""
        assert self._front, "attach() comes first"
        chat_id = await self._chat_of(conversation_id)
        speaker = ""
        if operator is not None:
            speaker = self._front.text("telegram.operator", detect(reply.text, "zh"), operator=operator)
        parts = compose(reply, chat_id, self._settings.secret, speaker)
        send = self._sender.send_urgent if "protocol" in reply.data else self._sender.send
        await send(chat_id, conversation_id, reply.id, parts)
        return True

    async def fetch(self, source: str) -> bytes:
        """A file that Telegram holds. Raises Refused when it is too large, Retry when it may come later."""
        try:
            file = await self._application.bot.get_file(source)
            content = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            if "too big" in str(error).casefold():
                raise Refused("file_too_large", "Telegram does not give it out") from None
            ours = as_ours(error)
            raise Refused("file_broken", "Telegram has it no more") if isinstance(ours, Unreachable) else ours from None
        if len(content) > MAX_FILE_BYTES:
            raise Refused("file_too_large", "more than 20 MB")
        return content

    async def show_typing(self, conversation_id: str, on: bool) -> None:
        """Show "is typing" while a turn runs; never waited for."""
        running = self._typing.pop(conversation_id, None)
        if running:
            running.cancel()
        chat_id = self._chats.get(conversation_id)
        if on and chat_id and len(self._typing) < MOST_TYPING:
            self._typing[conversation_id] = self._later(self._keep_typing(chat_id))

    async def _keep_typing(self, chat_id: int) -> None:
        with suppress(TelegramError):
            while True:
                # A turn is often over before this is sent; a call that has begun is not broken off.
                await asyncio.shield(self._later(self._type_once(chat_id)))
                await asyncio.sleep(TYPING_EVERY_S)

    async def _type_once(self, chat_id: int) -> None:
        with suppress(TelegramError):
            await self._application.bot.send_chat_action(chat_id, ChatAction.TYPING)

    async def show_state(self, conversation_id: str, state: str, operator: int | None = None) -> None:
        """Nothing: who answers is said in sentences."""

    async def echo(self, conversation_id: str, message_id: str, client_id: str, text: str, at: datetime) -> None:
        """Nothing: Telegram shows a resident's words on all of their devices."""

    # --- who --------------------------------------------------------------------------------------------

    def _conversation_of(self, chat_id: int) -> str:
        """The conversation of a chat: always the same, and not to be guessed from the chat's id."""
        signed = hmac.digest(self._settings.secret.encode(), f"conversation|{chat_id}".encode(), hashlib.sha256)
        conversation_id = signed.hex()[:32]
        self._chats[conversation_id] = chat_id
        return conversation_id

    async def _chat_of(self, conversation_id: str) -> int:
        assert self._front
        if conversation_id not in self._chats:
            external_id = await self._front.external_id(conversation_id)
            if external_id is None:
                raise Unreachable("unreachable", "no such conversation")
            self._chats[conversation_id] = int(external_id)
        return self._chats[conversation_id]

    def forget_chat(self, conversation_id: str) -> None:
        """Look the chat's id up again: it has another one now."""
        self._chats.pop(conversation_id, None)

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error:
            log.warning("telegram_task_failed", error=type(error).__name__)


def _build_application(settings: TelegramSettings) -> Application[Any, Any, Any, Any, Any, Any]:
    """PTB's Application, without its Updater: see `botapi/poll.py`."""
    builder = (
        ApplicationBuilder()
        .token(settings.token)
        .updater(None)
        .rate_limiter(RateLimiter(overall_max_rate=settings.messages_per_s, overall_time_period=1, max_retries=0))
        .request(HTTPXRequest(connection_pool_size=64, connect_timeout=5, read_timeout=20, pool_timeout=30))
        .get_updates_request(HTTPXRequest(connection_pool_size=2, connect_timeout=5, pool_timeout=5))
    )
    if settings.base_url:
        root = settings.base_url.rstrip("/")
        builder = builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    return builder.build()
