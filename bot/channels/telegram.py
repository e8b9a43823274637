"""Telegram: the `telegram` channel, by polling or webhook. Alone in knowing Telegram, with its parts in `botapi/`.

Transport, nothing else: what is said is decided behind `Front`. An update is confirmed to Telegram after `Front` has
stored it. Without a token there is no channel; with a wrong one it says so once, and the rest of the service runs.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from telegram import BotCommand, CallbackQuery, Chat, ChatMemberUpdated, Message, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler
from telegram.request import HTTPXRequest

from bot.channels.botapi.compose import chosen_keyboard, compose, pressed
from bot.channels.botapi.poll import LONGEST_PAUSE_S, Poller
from bot.channels.botapi.read import COMMANDS, MAX_FILE_BYTES, Reader, preferred_language
from bot.channels.botapi.send import Notebook, RateLimiter, Sender, as_ours
from bot.errors import Refused, Unreachable
from bot.language import LANGUAGES, detect
from bot.messages import Reply, Utterance, new_id

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]

TYPING_EVERY_S = 4.5
"""Telegram shows "is typing" for five seconds."""

MOST_TYPING = 20
"""Turns under way above which "is typing" would only take the place of answers."""

WEBHOOK_PATH = "/telegram/webhook"

log = structlog.get_logger()


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
        try:
            await self._set_up()
            if not self._settings.webhook_url:
                await self._poller.run()
        except InvalidToken:
            self._state = "wrong token"
            log.error(
                "telegram_token_refused",
                advice="Telegram refuses HOTLINE_TELEGRAM_TOKEN: copy it again from @BotFather. The rest runs.",
            )

    async def _set_up(self) -> None:
        """Say hello to Telegram, again and again until it answers."""
        pause = 0.5
        while self._state != "up":
            try:
                await self._sender.start()
                await self._application.initialize()
                await self._set_menu()
                await self._set_way_in()
                self._state = "up"
                return
            except InvalidToken:
                raise
            except (TelegramError, OSError) as error:
                self._state = "down"
                log.warning("telegram_unreachable", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

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
            await self._on_press(update.callback_query)
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
            self._later(self._retire_keyboards(conversation_id, message.chat_id))

    async def _on_press(self, query: CallbackQuery) -> None:
        """A button: taken once while its choice is open, answered kindly when it is not."""
        assert self._front, "attach() comes first"
        chat_id = query.from_user.id
        conversation_id = self._conversation_of(chat_id)
        shown = await self._front.shown(conversation_id)
        found = pressed([bubble.reply for bubble in shown], query.data or "", chat_id, self._settings.secret)
        bubble = next((bubble for bubble in shown if found and bubble.reply.id == found[0].id), None)
        language = "zh" if (query.from_user.language_code or "zh").startswith("zh") else "en"
        is_open = bubble and not bubble.chosen
        if not found or not bubble or not is_open or not (bubble.is_latest or self._front.is_lasting(found[1].payload)):
            chosen = bubble.chosen if bubble else None
            self._later(self._settle(query, bubble.reply if bubble else None, chosen, language, is_stale=True))
            return
        reply, button = found
        receipt = await self._front.receive(
            Utterance(
                id=new_id(),
                conversation_id=conversation_id,
                channel=self.name,
                client_id=f"press:{reply.id}",
                text=button.payload,
                language="",
                said_at=self._clock(),
                preferred_language=language,
                external_id=str(chat_id),
            )
        )
        self._later(self._settle(query, reply, button.payload, language, is_stale=receipt.is_repeat))

    async def _settle(
        self, query: CallbackQuery, reply: Reply | None, chosen: str | None, language: str, is_stale: bool
    ) -> None:
        """Show the choice as made and the rest gone; a choice that is over is answered with a word."""
        assert self._front
        word = self._front.text("telegram.stale_button", language) if is_stale else None
        with suppress(TelegramError):
            await self._application.bot.answer_callback_query(query.id, text=word)
        message = query.message
        if message is None:
            return
        chat_id = message.chat.id
        secret = self._settings.secret
        markup = chosen_keyboard(reply, chosen, chat_id, secret) if reply and chosen else None
        with suppress(TelegramError):
            await self._application.bot.edit_message_reply_markup(chat_id, message.message_id, reply_markup=markup)
        if reply:
            parts = await self._front.keyboards(self._conversation_of(chat_id))
            await self._front.close_keyboards([part for part in parts if part.entry_id == reply.id])

    async def _retire_keyboards(self, conversation_id: str, chat_id: int) -> None:
        """Take the buttons away from bubbles that the talk has passed, but those that name what they are about."""
        assert self._front
        parts = await self._front.keyboards(conversation_id)
        if not parts:
            return
        shown = {bubble.reply.id: bubble for bubble in await self._front.shown(conversation_id)}
        passed = []
        for part in parts:
            bubble = shown.get(part.entry_id)
            lasts = bubble and any(self._front.is_lasting(button.payload) for button in bubble.reply.buttons)
            if bubble and (bubble.is_latest or bubble.chosen or lasts):
                continue
            passed.append(part)
            with suppress(TelegramError):
                await self._application.bot.edit_message_reply_markup(chat_id, part.external_id, reply_markup=None)
        await self._front.close_keyboards(passed)

    async def _on_member(self, changed: ChatMemberUpdated) -> None:
        """Blocked, let in again, or taken into a group."""
        assert self._front
        is_in = changed.new_chat_member.status in {"member", "administrator", "restricted"}
        if changed.chat.type == ChatType.PRIVATE:
            await self._front.reached(self._conversation_of(changed.chat.id), is_in)
        elif is_in:
            code = changed.from_user.language_code or "zh"
            self._say_private_only(changed.chat, "zh" if code.startswith("zh") else "en")

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
        await self._sender.send(chat_id, conversation_id, reply.id, parts, is_urgent="protocol" in reply.data)
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
        task.add_done_callback(self._tasks.discard)
        return task


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
