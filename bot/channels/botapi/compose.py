"""A reply as Telegram messages: split at sentences, buttons signed, any text safe because none is markup. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import Attachment, Button, Reply

MAX_TEXT = 4096
"""Longest message, in UTF-16 code units, which is how Telegram counts."""

MAX_CAPTION = 1024

ROW_WIDTH = 24
"""Characters that share a row of buttons; a Chinese one counts twice."""

_SENTENCE_END = re.compile(r"[。！？!?；;]+[”’」』）)\"']*\s*|\.[\"')]*\s+|\n+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Part:
    """One message: a text, or a file with a caption; buttons stand under the last one."""

    text: str
    attachment: Attachment | None = None
    keyboard: InlineKeyboardMarkup | None = None


def compose(reply: Reply, chat_id: int, secret: str, speaker: str = "") -> list[Part]:
    """The messages of a reply. `speaker` stands before an operator's words and files."""
    text = "\n".join(piece for piece in (speaker, reply.text) if piece) if reply.text else ""
    parts = [Part(piece) for piece in split(text, MAX_TEXT)]
    caption = "" if reply.text else speaker[:MAX_CAPTION]
    parts += [Part(caption, attachment) for attachment in reply.attachments]
    if reply.buttons and parts:
        last = parts.pop()
        parts.append(Part(last.text, last.attachment, keyboard(reply, chat_id, secret)))
    return parts


def token(reply_id: str, payload: str, chat_id: int, secret: str) -> str:
    """The callback data of a button: a signature of what it is, so that there is nothing in it to forge.

    22 characters. It is looked for among the buttons that the chat was shown, never taken at its word.
    """
    signed = hmac.digest(secret.encode(), f"{chat_id}|{reply_id}|{payload}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed[:16]).decode().rstrip("=")


def keyboard(reply: Reply, chat_id: int, secret: str) -> InlineKeyboardMarkup:
    """The buttons of a reply, short ones side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    width = 0
    for button in reply.buttons:
        shown = InlineKeyboardButton(button.title, callback_data=token(reply.id, button.payload, chat_id, secret))
        wide = sum(1 if char < "\u2e80" else 2 for char in button.title) + 2
        if rows and width + wide <= ROW_WIDTH:
            rows[-1].append(shown)
            width += wide
        else:
            rows.append([shown])
            width = wide
    return InlineKeyboardMarkup(rows)


def chosen_keyboard(reply: Reply, payload: str, chat_id: int, secret: str) -> InlineKeyboardMarkup | None:
    """The chosen button alone, ticked; None when the payload is not one of the reply's."""
    for button in reply.buttons:
        if button.payload == payload:
            data = token(reply.id, payload, chat_id, secret)
            return InlineKeyboardMarkup([[InlineKeyboardButton(f"✓ {button.title}", callback_data=data)]])
    return None


def pressed(replies: Sequence[Reply], data: str, chat_id: int, secret: str) -> tuple[Reply, Button] | None:
    """The reply and the button that the callback data is the signature of; None when it is of none of them."""
    for reply in replies:
        for button in reply.buttons:
            if hmac.compare_digest(token(reply.id, button.payload, chat_id, secret), data):
                return reply, button
    return None


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` UTF-16 units: at the end of a sentence, else at a space, else anywhere."""
    pieces = []
    text = text.strip()
    while _units(text) > limit:
        cut = _cut(text, limit)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def _cut(text: str, limit: int) -> int:
    longest = _prefix(text, limit)
    for boundary in (_SENTENCE_END, _SPACE):
        ends = [found.end() for found in boundary.finditer(text, 0, longest)]
        # A first sentence of two words and then a wall of text: better to cut in the wall.
        if ends and ends[-1] > longest // 4:
            return ends[-1]
    return longest


def _prefix(text: str, limit: int) -> int:
    """How many characters fit into `limit` units."""
    used = 0
    for position, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return position
    return len(text)


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
