"""What is said: utterances of residents, replies to them, buttons and attachments.

Parsed at the edge into these frozen values, then passed around unchanged. Standard library only, and
Python 3.10, because the engine reads them too.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Author = Literal["resident", "bot", "operator", "system"]

ASSISTANT_LIMIT = 2_000
"""Characters of one utterance that the assistant reads; the whole text is stored."""

_KEPT_CONTROLS = {"\n", "\t"}
_DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can make an operator read a text in another order than it was written."""


def new_id() -> str:
    """A fresh unguessable id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def clean_text(raw: object) -> str:
    """The text without null bytes, lone surrogates and control characters, stripped; empty if not a string."""
    if not isinstance(raw, str):
        return ""
    kept = (
        char
        for char in raw
        if char in _KEPT_CONTROLS
        or (unicodedata.category(char) not in {"Cc", "Cs", "Co", "Cn"} and char not in _DIRECTION_MARKS)
    )
    return "".join(kept).strip()


def for_assistant(text: str) -> str:
    """What the assistant reads of an utterance: bounded, and never a slash command, which Rasa would obey."""
    text = text[:ASSISTANT_LIMIT]
    return "／" + text[1:] if text.startswith("/") else text


@dataclass(frozen=True)
class Button:
    """A quick reply: what it says, and what it sends. The payload is ours, never the resident's."""

    title: str
    payload: str


@dataclass(frozen=True)
class Attachment:
    """A file that somebody sent; `url` is where those on the case may fetch it."""

    url: str
    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Utterance:
    """What a resident said, once: `client_id` is the channel's own id, the key that makes a repeat harmless.

    `payload` is set only when the resident pressed a button that this conversation was shown. `language` is
    zh, en, or empty when the words do not tell; `preferred_language` is what the channel's own page is set to.
    """

    id: str
    conversation_id: str
    channel: str
    client_id: str
    text: str
    language: str
    said_at: datetime
    preferred_language: str = "zh"
    payload: str | None = None
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Reply:
    """What is said back. `data` holds facts beside the text (a ticket's number, an article's topic, an outcome)."""

    text: str
    author: Author = "bot"
    buttons: Sequence[Button] = ()
    attachments: Sequence[Attachment] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=new_id)
