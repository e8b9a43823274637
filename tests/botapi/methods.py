"""The methods of the Bot API that a bot like ours may call, and no other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from tests.botapi.rules import (
    ACTIONS,
    MAX_ANSWER,
    MAX_CAPTION,
    MAX_DOWNLOAD,
    MAX_PHOTO,
    MAX_TEXT,
    MAX_UPLOAD,
    Refused,
    check_commands,
    check_entities,
    check_text,
    keyboard,
    parsed,
    units,
)
from tests.botapi.world import BOT, Chat, World

Json = dict[str, Any]


class Methods:
    """One bot's calls. Each method takes the parameters and uploaded files, and returns `result`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._polling = 0
        self.table: dict[str, Callable[[Json, dict[str, bytes]], Awaitable[Any]]] = {
            "getme": self.get_me,
            "getupdates": self.get_updates,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "sendmessage": self.send_message,
            "sendphoto": self.send_photo,
            "senddocument": self.send_document,
            "sendvideo": self.send_video,
            "sendaudio": self.send_audio,
            "sendvoice": self.send_voice,
            "sendchataction": self.send_chat_action,
            "editmessagetext": self.edit_message_text,
            "editmessagereplymarkup": self.edit_reply_markup,
            "answercallbackquery": self.answer_callback_query,
            "getfile": self.get_file,
            "setmycommands": self.set_my_commands,
        }

    async def call(self, name: str, params: Json, files: dict[str, bytes]) -> Any:
        """Raises Refused for a method that does not exist and for what the method refuses."""
        method = self.table.get(name.casefold())
        if method is None:
            raise Refused(404, "Not Found: method not found")
        self.world.calls.append((name, params))
        return await method(params, files)

    # --- updates ----------------------------------------------------------------------------------------

    async def get_me(self, params: Json, files: dict[str, bytes]) -> Json:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def get_updates(self, params: Json, files: dict[str, bytes]) -> list[Json]:
        world = self.world
        if world.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        offset, limit = int(params.get("offset") or 0), int(params.get("limit") or 100)
        if not 1 <= limit <= 100:
            raise Refused(400, "Bad Request: limit must be between 1 and 100")
        self._polling += 1
        mine = self._polling
        # Only what was asked for again is confirmed: an update stays until an offset behind it was sent.
        if offset > 0:
            world.confirmed = max(world.confirmed, offset - 1)
            world.updates = [update for update in world.updates if update["update_id"] >= offset]
        world.touch()
        try:
            async with asyncio.timeout(float(params.get("timeout") or 0)):
                while not world.updates and mine == self._polling:
                    await world.changed.wait()
        except TimeoutError:
            pass
        if mine != self._polling:
            raise Refused(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return world.updates[:limit]

    async def set_webhook(self, params: Json, files: dict[str, bytes]) -> bool:
        secret, url = str(params.get("secret_token") or ""), str(params.get("url") or "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        # https is what api.telegram.org wants; a local Bot API server, as this one is, takes http too.
        if url and not re.match(r"https?://", url):
            raise Refused(400, "Bad Request: bad webhook: invalid webhook URL specified")
        self.world.webhook = {"url": url, "secret": secret} if url else None
        self.world.touch()
        return True

    async def delete_webhook(self, params: Json, files: dict[str, bytes]) -> bool:
        self.world.webhook = None
        if params.get("drop_pending_updates") in {True, "true", "True"}:
            self.world.updates.clear()
        self.world.touch()
        return True

    async def get_webhook_info(self, params: Json, files: dict[str, bytes]) -> Json:
        url = self.world.webhook["url"] if self.world.webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.world.updates)}

    async def set_my_commands(self, params: Json, files: dict[str, bytes]) -> bool:
        commands = parsed(params, "commands") or []
        check_commands(commands)
        self.world.commands[str(params.get("language_code") or "")] = commands
        return True

    # --- sending ----------------------------------------------------------------------------------------

    def _add(self, params: Json, content: Json) -> Json:
        chat = self.world.open_chat(int(params["chat_id"]))
        reply = parsed(params, "reply_parameters")
        if reply:
            known = chat.messages.get(int(reply["message_id"]))
            if known is None and not reply.get("allow_sending_without_reply"):
                raise Refused(400, "Bad Request: message to be replied not found")
            content |= {"reply_to_message": known} if known else {}
        markup = keyboard(params)
        return self.world.add_message(chat, BOT, content | ({"reply_markup": markup} if markup else {}))

    async def send_message(self, params: Json, files: dict[str, bytes]) -> Json:
        self.world.open_chat(int(params["chat_id"]))
        text = str(params.get("text") or "")
        check_text(text, MAX_TEXT, "text")
        check_entities(text, params)
        return self._add(params, {"text": text.strip()})

    def _media(self, kind: str, params: Json, files: dict[str, bytes], limit: int) -> Json:
        self.world.open_chat(int(params["chat_id"]))
        caption = str(params.get("caption") or "")
        check_text(caption, MAX_CAPTION, "caption")
        check_entities(caption, params)
        content = self._content(kind, params, files)
        if len(content) > limit:
            raise Refused(413, "Request Entity Too Large")
        sent: Json = {"file_id": self.world.keep(content), "file_unique_id": "b", "file_size": len(content)}
        shape: Any = {
            "photo": [sent | {"width": 64, "height": 64}],
            "video": sent | {"width": 64, "height": 64, "duration": 1},
            "audio": sent | {"duration": 1},
            "voice": sent | {"duration": 1},
        }.get(kind, sent)
        return self._add(params, {kind: shape} | ({"caption": caption} if caption else {}))

    def _content(self, kind: str, params: Json, files: dict[str, bytes]) -> bytes:
        given = str(params.get(kind) or "")
        if given.startswith("attach://"):
            given = given.removeprefix("attach://")
        content = files.get(given or kind, files.get(kind, self.world.files.get(given)))
        if not content:
            raise Refused(400, "Bad Request: there is no file in the request, or it is empty")
        return content

    async def send_photo(self, params: Json, files: dict[str, bytes]) -> Json:
        content = self._content("photo", params, files)
        if not content.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8")):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return self._media("photo", params, files, MAX_PHOTO)

    async def send_document(self, params: Json, files: dict[str, bytes]) -> Json:
        return self._media("document", params, files, MAX_UPLOAD)

    async def send_video(self, params: Json, files: dict[str, bytes]) -> Json:
        return self._media("video", params, files, MAX_UPLOAD)

    async def send_audio(self, params: Json, files: dict[str, bytes]) -> Json:
        return self._media("audio", params, files, MAX_UPLOAD)

    async def send_voice(self, params: Json, files: dict[str, bytes]) -> Json:
        return self._media("voice", params, files, MAX_UPLOAD)

    async def send_chat_action(self, params: Json, files: dict[str, bytes]) -> bool:
        self.world.open_chat(int(params["chat_id"]))
        if params.get("action") not in ACTIONS:
            raise Refused(400, "Bad Request: wrong parameter action in request")
        self.world.actions.append((int(params["chat_id"]), params["action"]))
        self.world.touch()
        return True

    # --- changing what was sent -------------------------------------------------------------------------

    def _own(self, params: Json) -> tuple[Chat, Json]:
        chat = self.world.open_chat(int(params["chat_id"]))
        message = chat.messages.get(int(params["message_id"]))
        if message is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if not message["from"]["is_bot"]:
            raise Refused(400, "Bad Request: message can't be edited")
        return chat, message

    def _change(self, chat: Chat, message: Json, text: str | None, markup: Json | None) -> Json:
        same_text = text is None or text == message.get("text")
        if same_text and markup == message.get("reply_markup"):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        changed = {**message, "edit_date": message["date"]} | ({} if text is None else {"text": text})
        changed.pop("reply_markup", None)
        if markup:
            changed["reply_markup"] = markup
        chat.messages[message["message_id"]] = changed
        self.world.touch()
        return changed

    async def edit_message_text(self, params: Json, files: dict[str, bytes]) -> Json:
        text = str(params.get("text") or "")
        check_text(text, MAX_TEXT, "text")
        check_entities(text, params)
        chat, message = self._own(params)
        return self._change(chat, message, text, keyboard(params))

    async def edit_reply_markup(self, params: Json, files: dict[str, bytes]) -> Json:
        chat, message = self._own(params)
        return self._change(chat, message, None, keyboard(params))

    async def answer_callback_query(self, params: Json, files: dict[str, bytes]) -> bool:
        query = self.world.queries.pop(str(params.get("callback_query_id")), None)
        if query is None:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if units(str(params.get("text") or "")) > MAX_ANSWER:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.world.answers.append(params)
        self.world.touch()
        return True

    async def get_file(self, params: Json, files: dict[str, bytes]) -> Json:
        file_id = str(params.get("file_id"))
        content = self.world.files.get(file_id)
        if content is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > MAX_DOWNLOAD:
            raise Refused(400, "Bad Request: file is too big")
        path = f"documents/{file_id}"
        return {"file_id": file_id, "file_unique_id": "u", "file_size": len(content), "file_path": path}
