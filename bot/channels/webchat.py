"""Web chat over Rasa's own Socket.IO protocol, so that any Rasa web widget can connect; docs/message.md.

Session ids are signed conversation ids: unguessable, and a foreign one opens a new session. Transport,
nothing else: what is said is decided behind `Front`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import socketio
import structlog
from itsdangerous import BadSignature, Signer, TimestampSigner

from bot.errors import HotlineError, Refused
from bot.language import detect
from bot.messages import Attachment, Reply, Utterance, clean_text, new_id

ADDRESS_LASTS_S = 12 * 3600

MAX_FILES = 10
"""Files that one utterance may mention."""

LINK_COMMAND = re.compile(r"/link(?:\s+(?P<code>[0-9A-Za-z]{6}))?", re.IGNORECASE)
"""The one command of the web chat: it joins this chat with one in Telegram."""

MAX_FRAME_BYTES = 1_000_000
"""A larger frame is refused by Engine.IO, and the connection with it."""

log = structlog.get_logger()


class Receipt(Protocol):
    """What the service says after an utterance is stored."""

    @property
    def message_id(self) -> str:
        """The id of the stored utterance."""


@dataclass(frozen=True)
class Front:
    """What the channel needs of the service behind it; `text` gives a sentence by key and language."""

    receive: Callable[[Utterance], Awaitable[Receipt]]
    history: Callable[[str, str | None], Awaitable[dict[str, Any]]]
    mark_delivered: Callable[[str], Awaitable[list[tuple[Reply, datetime, int | None]]]]
    text: Callable[[str, str], str]
    attachments_of: Callable[[str, list[str]], Awaitable[list[Attachment]]]
    choose_language: Callable[[str, str], Awaitable[None]]


class WebChat:
    """The `webchat` channel: residents' browsers, one room a conversation."""

    name = "webchat"

    def __init__(self, secret: str, clock: Callable[[], datetime], allowed_origins: list[str] | str) -> None:
        self.server = socketio.AsyncServer(
            async_mode="asgi",
            cors_allowed_origins=allowed_origins,
            max_http_buffer_size=MAX_FRAME_BYTES,
            logger=False,
            engineio_logger=False,
        )
        self._signer = Signer(secret, salt="webchat-session", sep=".")
        self._file_signer = TimestampSigner(secret, salt="webchat-file", sep=".")
        self._clock = clock
        self._front: Front | None = None
        self.server.on("session_request", self._on_session_request)
        self.server.on("user_uttered", self._on_user_uttered)
        self.server.on("history_request", self._on_history_request)
        self.server.on("language_set", self._on_language_set)

    def attach(self, front: Front) -> None:
        """Connect the channel to the service. Before this nothing is taken."""
        self._front = front

    # --- out --------------------------------------------------------------------------------------------

    async def send(self, conversation_id: str, reply: Reply, at: datetime, operator: int | None = None) -> bool:
        """Show a reply on every open page of the conversation; False when none is open."""
        await self.server.emit("bot_uttered", self._bot_uttered(reply, at, operator), room=conversation_id)
        return self._is_present(conversation_id)

    async def show_typing(self, conversation_id: str, on: bool) -> None:
        """Show or hide "is writing"."""
        await self.server.emit("typing", {"on": on}, room=conversation_id)

    async def show_state(self, conversation_id: str, state: str, operator: int | None = None) -> None:
        """Tell the pages who answers now."""
        await self.server.emit("handoff_state", {"state": state, "operator": operator}, room=conversation_id)

    async def echo(self, conversation_id: str, message_id: str, client_id: str, text: str, at: datetime) -> None:
        """Show the resident's own words on their other tabs; the sending tab knows them by `client_id`."""
        if not text:
            return
        heard = {"message_id": message_id, "client_id": client_id, "text": text, "at": at.isoformat()}
        await self.server.emit("utterance", heard, room=conversation_id)

    async def fetch(self, source: str) -> bytes:
        """A page uploads its files before it mentions them: there is never one to fetch."""
        raise Refused("no_such_file", "the web chat holds no files")

    def _bot_uttered(self, reply: Reply, at: datetime, operator: int | None) -> dict[str, Any]:
        metadata: dict[str, Any] = {"message_id": reply.id, "author": reply.author, "at": at.isoformat()}
        if operator is not None:
            metadata["operator"] = operator
        if reply.data:
            metadata["data"] = dict(reply.data)
        said: dict[str, Any] = {"text": reply.text, "metadata": metadata}
        if reply.buttons:
            said["quick_replies"] = [
                {"content_type": "text", "title": button.title, "payload": button.payload} for button in reply.buttons
            ]
        if reply.attachments:
            files = self._addressed(attachment.to_json() for attachment in reply.attachments)
            metadata["attachments"] = files
            # Rasa's own widgets show one attachment: the first.
            kind = files[0]["content_type"].partition("/")[0]
            said["attachment"] = {"type": kind, "payload": {"src": files[0]["url"], "title": files[0]["name"]}}
        return said

    def _is_present(self, conversation_id: str) -> bool:
        return next(iter(self.server.manager.get_participants("/", conversation_id)), None) is not None

    # --- in ---------------------------------------------------------------------------------------------

    async def _on_session_request(self, sid: str, data: Any = None) -> None:
        assert self._front, "attach() comes first"
        known = self._conversation_of(data)
        conversation_id = known or new_id()
        await self._join(sid, conversation_id)
        await self.server.emit("session_confirm", self._sign(conversation_id), to=sid)
        if known is None:
            return
        # Replies that nobody took go out as ordinary bubbles too, for widgets that know no history.
        missed = await self._front.mark_delivered(conversation_id)
        history = self._with_addresses(await self._front.history(conversation_id, None))
        await self.server.emit("history", history, to=sid)
        for reply, at, operator in missed:
            await self.server.emit("bot_uttered", self._bot_uttered(reply, at, operator), to=sid)

    async def _on_user_uttered(self, sid: str, data: Any = None) -> dict[str, Any]:
        assert self._front, "attach() comes first"
        data = data if isinstance(data, dict) else {}
        conversation_id = self._conversation_of(data) or await self._conversation_of_socket(sid)
        given = data.get("metadata")
        metadata: dict[str, Any] = given if isinstance(given, dict) else {}
        preferred = "en" if metadata.get("language") == "en" else "zh"
        text = clean_text(data.get("message"))
        attachments = await self._attachments(conversation_id, metadata)
        link = LINK_COMMAND.fullmatch(text)
        if not text and not attachments:
            sentence = self._front.text("gateway.empty", preferred)
            reply = Reply(sentence, author="system")
            await self.server.emit("bot_uttered", self._bot_uttered(reply, self._clock(), None), to=sid)
            return {"recorded": False, "error": {"key": "empty", "text": sentence}}
        utterance = Utterance(
            id=new_id(),
            conversation_id=conversation_id,
            channel=self.name,
            client_id=str(metadata.get("client_id") or new_id())[:128],
            text=text,
            language="" if link else detect(text, ""),
            said_at=self._clock(),
            preferred_language=preferred,
            attachments=attachments,
            command="link" if link else "",
            argument=(link["code"] or "") if link else "",
        )
        try:
            receipt = await self._front.receive(utterance)
        except HotlineError as error:
            sentence = self._front.text(f"errors.{error.key}", utterance.language or preferred)
            return {"recorded": False, "error": {"key": error.key, "text": sentence}}
        return {"message_id": receipt.message_id, "recorded": True}

    async def _attachments(self, conversation_id: str, metadata: dict[str, Any]) -> list[Attachment]:
        """The files that this page uploaded before and mentions now."""
        assert self._front
        given = metadata.get("files")
        file_ids = [file_id for file_id in given if isinstance(file_id, str)] if isinstance(given, list) else []
        return await self._front.attachments_of(conversation_id, file_ids[:MAX_FILES]) if file_ids else []

    async def _on_language_set(self, sid: str, data: Any = None) -> None:
        """The page's language switch: it holds on every channel of the person."""
        assert self._front
        conversation_id = self._conversation_of(data)
        language = data.get("language") if isinstance(data, dict) else None
        if conversation_id and language in {"zh", "en"}:
            await self._front.choose_language(conversation_id, language)

    async def _on_history_request(self, sid: str, data: Any = None) -> dict[str, Any]:
        assert self._front, "attach() comes first"
        conversation_id = self._conversation_of(data)
        before = data.get("before") if isinstance(data, dict) else None
        if conversation_id is None or not isinstance(before, str):
            return {"entries": []}
        return self._with_addresses(await self._front.history(conversation_id, before))

    # --- sessions ---------------------------------------------------------------------------------------

    def conversation_of(self, session_id: str) -> str | None:
        """The conversation of a signed session id; None when the signature is not ours."""
        return self._conversation_of({"session_id": session_id})

    def file_address(self, file_id: str) -> str:
        """Where the pages that were given this address, and no others, may fetch a file; for half a day."""
        key = self._file_signer.sign(file_id).decode().removeprefix(f"{file_id}.")
        return f"/files/{file_id}?key={key}"

    def may_fetch(self, file_id: str, key: str) -> bool:
        """Whether an address is one that we gave out lately."""
        return self._file_signer.validate(f"{file_id}.{key}", max_age=ADDRESS_LASTS_S)

    def _with_addresses(self, history: dict[str, Any]) -> dict[str, Any]:
        for entry in history["entries"]:
            entry["attachments"] = self._addressed(entry.get("attachments", ()))
        return history

    def _addressed(self, attachments: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**attachment, "url": self.file_address(attachment["id"])} for attachment in attachments]

    def _sign(self, conversation_id: str) -> str:
        return self._signer.sign(conversation_id).decode()

    def _conversation_of(self, data: Any) -> str | None:
        session_id = data.get("session_id") if isinstance(data, dict) else None
        if not isinstance(session_id, str):
            return None
        try:
            return self._signer.unsign(session_id).decode()
        except (BadSignature, UnicodeError):
            return None

    async def _join(self, sid: str, conversation_id: str) -> None:
        await self.server.save_session(sid, {"conversation_id": conversation_id})
        await self.server.enter_room(sid, conversation_id)

    async def _conversation_of_socket(self, sid: str) -> str:
        """The conversation that this connection asked for, or a new one for a widget that asked for none."""
        session = await self.server.get_session(sid)
        if "conversation_id" not in session:
            await self._join(sid, new_id())
            session = await self.server.get_session(sid)
            await self.server.emit("session_confirm", self._sign(session["conversation_id"]), to=sid)
        return str(session["conversation_id"])
