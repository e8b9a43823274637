"""What the real Bot API refuses, in its own words. Limits are those of its documentation."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

Json = dict[str, Any]

MAX_TEXT, MAX_CAPTION, MAX_ANSWER, MAX_DATA_BYTES = 4096, 1024, 200, 64
MAX_DOWNLOAD, MAX_PHOTO, MAX_UPLOAD = 20 * 2**20, 10 * 2**20, 50 * 2**20

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "code", "pre"}
TAGS |= {"blockquote", "tg-emoji"}


class Refused(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters
        self.code = code


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(text: str, limit: int, what: str) -> None:
    """Raises Refused for an empty or too long text."""
    if what == "text" and not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if units(text) > limit:
        long = "message is too long" if what == "text" else "message caption is too long"
        raise Refused(400, f"Bad Request: {long}")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: Unexpected end tag at byte offset 0")


def check_entities(text: str, params: Json) -> None:
    """Raises Refused for markup that does not parse, and for entities outside of the text."""
    mode = (params.get("parse_mode") or "").casefold()
    if mode == "html":
        parser = _Html()
        parser.feed(text)
        parser.close()
        if parser.open or re.search(r"<(?![a-zA-Z/])", text):
            raise Refused(400, "Bad Request: can't parse entities: Can't find end tag")
    elif mode == "markdownv2":
        if re.search(r"(?<!\\)[>#+\-=|{}.!]", text) or any(
            len(re.findall(rf"(?<!\\)\{sign}", text)) % 2 for sign in "*_~`"
        ):
            raise Refused(400, "Bad Request: can't parse entities: Character is reserved and must be escaped")
    elif mode == "markdown":
        if any(len(re.findall(rf"(?<!\\)\{sign}", text)) % 2 for sign in "*_`"):
            raise Refused(400, "Bad Request: can't parse entities: Can't find end of the entity")
    elif mode:
        raise Refused(400, "Bad Request: unsupported parse_mode")
    for entity in parsed(params, "entities") or ():
        if entity["offset"] < 0 or entity["offset"] + entity["length"] > units(text):
            raise Refused(400, "Bad Request: ENTITY_BOUNDS_INVALID")


def parsed(params: Json, name: str) -> Any:
    """A parameter that is JSON. Raises Refused when it does not parse."""
    value = params.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(400, f"Bad Request: can't parse {name} JSON object") from None


def keyboard(params: Json) -> Json | None:
    """The inline keyboard, checked. Raises Refused."""
    markup = parsed(params, "reply_markup")
    if not markup or "inline_keyboard" not in markup:
        return None
    for row in markup["inline_keyboard"]:
        for button in row:
            if not str(button.get("text", "")).strip():
                raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
            kinds = [name for name in ("callback_data", "url", "switch_inline_query") if name in button]
            if len(kinds) != 1:
                raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
            if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= MAX_DATA_BYTES:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    rows = [row for row in markup["inline_keyboard"] if row]
    return {"inline_keyboard": rows} if rows else None


def check_commands(commands: list[Json]) -> None:
    """Raises Refused for a name or description that a menu cannot hold."""
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
