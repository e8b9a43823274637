"""The world behind the emulated Bot API: chats, messages, files and updates; and the people who use them."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.rules import Refused

Json = dict[str, Any]

BOT = {"id": 4242, "is_bot": True, "first_name": "12345", "username": "hotline_test_bot"}
TOKEN = "4242:AAtest-token_of-the_emulator-000000000"


@dataclass
class Chat:
    """One chat of the bot; `kind` is private, group or supergroup."""

    id: int
    kind: str = "private"
    language: str = "zh"
    is_blocked: bool = False
    is_deleted: bool = False
    migrated_to: int | None = None
    messages: dict[int, Json] = field(default_factory=dict)

    def as_json(self) -> Json:
        """As the API shows it."""
        named = {"first_name": "Resident"} if self.kind == "private" else {"title": "Neighbours"}
        return {"id": self.id, "type": self.kind, **named}


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method` (any, when empty), in `chat_id` (any, when None).

    kind: 429, 500, 502; lost (done, but the answer never comes); slow (done, answered after `seconds`).
    """

    kind: str
    method: str = "sendMessage"
    times: int = 1
    chat_id: int | None = None
    seconds: float = 1


@dataclass
class Chaos:
    """Faults by chance, the same each time for one seed: shares of 429, 5xx and lost answers among sends."""

    too_many: float = 0.0
    broken: float = 0.0
    lost: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def draw(self) -> str | None:
        """The fault of this call, or None."""
        value = self.random.random()
        for kind, share in (("429", self.too_many), ("500", self.broken), ("lost", self.lost)):
            if value < share:
                return kind
            value -= share
        return None


class World:
    """Everything that Telegram remembers of one bot."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.chats: dict[int, Chat] = {}
        self.updates: list[Json] = []
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.chaos = Chaos()
        self.webhook: Json | None = None
        self.commands: dict[str, list[Json]] = {}
        self.answers: list[Json] = []
        self.actions: list[tuple[int, str]] = []
        self.calls: list[tuple[str, Json]] = []
        self.refused_until: dict[int, float] = {}
        self.confirmed = 0
        self.confirmed_by = None
        # Private chats share one counter of message ids, the bot account's own.
        self._message_ids = itertools.count(101)
        self._update_ids = itertools.count(900_001)
        self._file_ids = itertools.count(1)
        self._query_ids = itertools.count(1)
        self.queries: dict[str, Json] = {}
        self.changed = asyncio.Event()

    # --- what happens -----------------------------------------------------------------------------------

    def touch(self) -> None:
        """Wake everybody who waits for something."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, holds: Callable[[], Any], within_s: float = 20) -> None:
        """Wait until it holds; looked at whenever something happened."""
        async with asyncio.timeout(within_s):
            while not holds():
                changed = self.changed
                try:
                    async with asyncio.timeout(0.05):
                        await changed.wait()
                except TimeoutError:
                    pass

    def chat(self, chat_id: int, kind: str = "private", language: str = "zh") -> Chat:
        """The chat, opened when it is new."""
        return self.chats.setdefault(chat_id, Chat(chat_id, kind, language))

    def add_message(self, chat: Chat, sender: Json, content: Json) -> Json:
        """A new message of a chat."""
        message = {
            "message_id": next(self._message_ids),
            "date": int(time.time()),
            "chat": chat.as_json(),
            "from": sender,
            **content,
        }
        chat.messages[message["message_id"]] = message
        self.touch()
        return message

    def put(self, content: Json, at: int | None = None) -> Json:
        """A new update, last in the queue or at a place in it."""
        update = {"update_id": next(self._update_ids), **content}
        self.updates.insert(len(self.updates) if at is None else at, update)
        self.touch()
        return update

    def keep(self, content: bytes) -> str:
        """A file on Telegram's side; its id."""
        file_id = f"file-{next(self._file_ids):05d}"
        self.files[file_id] = content
        return file_id

    def query(self, message: Json, chat: Chat, data: str) -> Json:
        """A press of a button."""
        query = {"id": str(next(self._query_ids)), "from": self.person(chat), "message": message, "data": data}
        query["chat_instance"] = "1"
        self.queries[query["id"]] = query
        return query

    def person(self, chat: Chat) -> Json:
        """Who sits in a private chat."""
        user = chat.id if chat.kind == "private" else 77
        return {"id": user, "is_bot": False, "first_name": "Resident", "language_code": _code(chat.language)}

    def said(self, chat_id: int) -> list[Json]:
        """What the bot said in a chat, in order."""
        chat = self.chats.get(chat_id)
        return [message for message in chat.messages.values() if message["from"]["is_bot"]] if chat else []

    def texts(self, chat_id: int) -> list[str]:
        """The words of it."""
        return [message.get("text") or message.get("caption") or "" for message in self.said(chat_id)]

    def fault_for(self, method: str, chat_id: int | None) -> Fault | None:
        """What goes wrong with this call, taken from the list; by chance for sends."""
        for fault in self.faults:
            if fault.method in {"", method} and fault.chat_id in {None, chat_id} and fault.times > 0:
                fault.times -= 1
                return fault
        if method.startswith("send") and method != "sendChatAction":
            kind = self.chaos.draw()
            return Fault(kind) if kind else None
        return None

    def open_chat(self, chat_id: int) -> Chat:
        """The chat to send to. Raises Refused as Telegram does."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.migrated_to:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.migrated_to},
            )
        if chat.is_blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.is_deleted:
            raise Refused(403, "Forbidden: user is deactivated")
        return chat


def _code(language: str) -> str:
    return {"zh": "zh-hans"}.get(language, language)


class Person:
    """Somebody with a Telegram app, in a private chat with the bot or in a group."""

    def __init__(self, world: World, chat_id: int, language: str = "zh", kind: str = "private") -> None:
        self.world = world
        self.chat = world.chat(chat_id, kind, language)

    @property
    def texts(self) -> list[str]:
        """What the bot said here."""
        return self.world.texts(self.chat.id)

    @property
    def bubbles(self) -> list[Json]:
        """The bot's messages here, in order."""
        return self.world.said(self.chat.id)

    def sends(self, content: Json, deliver: bool = True) -> Json:
        """Send a message with that content; `deliver=False` keeps its update back."""
        message = self.world.add_message(self.chat, self.world.person(self.chat), content)
        if deliver:
            self.world.put({"message": message})
        return message

    def says(self, text: str, **extra: Any) -> Json:
        """Write something; a leading command is marked as one."""
        content: Json = {"text": text, **extra}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.sends(content)

    def edits(self, message: Json, text: str) -> Json:
        """Change what was written, text or caption."""
        key = "text" if "text" in message else "caption"
        edited = {**message, key: text, "edit_date": message["date"] + 5}
        self.chat.messages[message["message_id"]] = edited
        self.world.put({"edited_message": edited})
        return edited

    def shows(self, content: bytes, **extra: Any) -> Json:
        """Send a photo, in two sizes."""
        small = {"file_id": self.world.keep(b"small"), "file_unique_id": "s", "width": 90, "height": 60}
        large = {"file_id": self.world.keep(content), "file_unique_id": "l", "width": 900, "height": 600}
        return self.sends({"photo": [small | {"file_size": 5}, large | {"file_size": len(content)}], **extra})

    def attaches(self, kind: str, content: bytes, **fields: Any) -> Json:
        """Send a document, voice, video, video_note, audio or animation."""
        caption = {"caption": fields.pop("caption")} if "caption" in fields else {}
        given = {"file_id": self.world.keep(content), "file_unique_id": "u", "file_size": len(content)}
        shape = {"voice": {"duration": 3}, "video_note": {"duration": 3, "length": 240}, "audio": {"duration": 3}}
        shape["video"] = shape["animation"] = {"duration": 3, "width": 64, "height": 64}
        return self.sends({kind: {**given, **shape.get(kind, {}), **fields}, **caption})

    def presses(self, message: Json, index: int) -> Json:
        """Press a button of a bubble, as it looked when `message` was taken."""
        buttons = [button for row in message["reply_markup"]["inline_keyboard"] for button in row]
        query = self.world.query(message, self.chat, buttons[index]["callback_data"])
        self.world.put({"callback_query": query})
        return query

    def blocks(self, is_blocked: bool = True) -> None:
        """Block the bot, or take it back."""
        self.chat.is_blocked = is_blocked
        self.member("kicked" if is_blocked else "member", "member" if is_blocked else "kicked")

    def member(self, now: str, before: str) -> None:
        """The bot's own membership changes."""
        changed = {"chat": self.chat.as_json(), "from": self.world.person(self.chat), "date": int(time.time())}
        for name, status in (("old_chat_member", before), ("new_chat_member", now)):
            changed[name] = {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
        self.world.put({"my_chat_member": changed})
