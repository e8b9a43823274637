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

Author = Literal["resident", "bot", "operator", "system", "note"]
"""A note is for the staff alone: no channel carries it."""

ASSISTANT_LIMIT = 2_000
"""Characters of one utterance that the assistant reads; the whole text is stored."""

_KEPT_CONTROLS = {"\n", "\t"}
_DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can make an operator read a text in another order than it was written."""

PRESS = "press:"
"""Begins the client id of an utterance that is a pressed button; the bubble's id follows: one choice a bubble."""


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


FileKind = Literal["photo", "voice", "video", "document"]
"""How a file is shown: voice and video notes are played, photos are shown, the rest is offered for download."""


@dataclass(frozen=True)
class Attachment:
    """A file that somebody sent. `content_type` is empty until the content was looked at; `size` is in bytes.

    `source` is the channel's own handle from which it can still be fetched; empty once it is kept.
    """

    id: str
    name: str
    content_type: str
    size: int
    kind: FileKind = "document"
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a transcript holds it: without the channel's handle."""
        return {
            "id": self.id,
            "name": self.name,
            "content_type": self.content_type,
            "size": self.size,
            "kind": self.kind,
        }


@dataclass(frozen=True)
class Place:
    """A point that a resident shared: degrees in WGS 84, and its name and address when the app gave them."""

    latitude: float
    longitude: float
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a transcript holds it."""
        return dict(vars(self))


@dataclass(frozen=True)
class Utterance:
    """What a resident said, once: `client_id` is the channel's own id, the key that makes a repeat harmless.

    `payload` is set only when the resident pressed a button that this conversation was shown, or shared a place.
    `language` is zh, en, or empty when the words do not tell; `preferred_language` is what the channel's own page is
    set to. `external_id` is the channel's own id of the conversation, when it has one.

    `answer_key` names the sentence that answers what has no words (a photo, a sticker): no turn is taken for it.
    `album` groups files that were sent together. `command` is one of `bot/commands.py`, with its `argument`.
    `is_edit` corrects what was said before under the same `client_id`.
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
    external_id: str = ""
    answer_key: str = ""
    album: str = ""
    place: Place | None = None
    quote: str = ""
    is_forwarded: bool = False
    is_edit: bool = False
    command: str = ""
    argument: str = ""


@dataclass(frozen=True)
class Reply:
    """What is said back. `data` holds facts beside the text (a ticket's number, an article's topic, an outcome)."""

    text: str
    author: Author = "bot"
    buttons: Sequence[Button] = ()
    attachments: Sequence[Attachment] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=new_id)
