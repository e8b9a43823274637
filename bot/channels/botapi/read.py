"""A Telegram message as an utterance: everything that a resident can send, and what it stands for. No I/O."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from telegram import Message

from bot.language import detect
from bot.messages import Attachment, FileKind, Place, Utterance, clean_text, new_id

CHANNEL = "telegram"

COMMANDS = ("start", "help", "new", "status", "human", "language", "link", "privacy", "forget")
"""The menu, in its order; `telegram.menu.<name>` describes each."""

MAX_FILE_BYTES = 20 * 2**20
"""What a bot can fetch from Telegram."""

QUOTE_LIMIT = 200

_TICKET_LINK = re.compile(r"ticket_(?P<number>\d{8}-\d{6})(?:_(?P<code>[0-9A-Za-z]{6}))?")
_LINK_CODE = re.compile(r"link_(?P<code>[0-9A-Za-z]{6})")


@dataclass(frozen=True)
class Reader:
    """Reads messages. `text` gives a sentence by key and language, `clock` the moment."""

    text: Callable[..., str]
    clock: Callable[[], datetime]

    def read(self, message: Message, conversation_id: str, is_edit: bool) -> Utterance | None:
        """What was said; None for a service message (a pin, a timer) or an edit that changed no words."""
        if message.text is None and message.effective_attachment is None:
            return None
        if is_edit and not (message.text or message.caption):
            return None
        preferred = preferred_language(message)
        words = clean_text(message.text or message.caption or "")
        said = Utterance(
            id=new_id(),
            conversation_id=conversation_id,
            channel=CHANNEL,
            client_id=str(message.message_id),
            text=words,
            language=detect(words, ""),
            said_at=self.clock(),
            preferred_language=preferred,
            external_id=str(message.chat_id),
            album=message.media_group_id or "",
            quote=_quote(message),
            is_forwarded=message.forward_origin is not None,
            is_edit=is_edit,
        )
        if message.text is not None:
            return self._as_command(said, message) or said
        return self._with_content(said, message)

    def _as_command(self, said: Utterance, message: Message) -> Utterance | None:
        """The utterance as one of our commands; None when it is only text."""
        first = message.entities[0] if message.entities else None
        if first is None or first.type != "bot_command" or first.offset != 0:
            return None
        name = said.text[1 : first.length].partition("@")[0].casefold()
        argument = said.text[first.length :].strip()
        if name not in COMMANDS:
            return None
        ticket, link = _TICKET_LINK.fullmatch(argument), _LINK_CODE.fullmatch(argument)
        if name == "start" and ticket:
            code = (ticket["code"] or "").upper()
            asked = self.text("telegram.ask_status", said.preferred_language, number=ticket["number"], code=code)
            return replace(said, text=asked.strip(), language="")
        if name == "start" and link:
            return replace(said, command="link", argument=link["code"], language="")
        return replace(said, command=name, argument=argument[:64], language="")

    def _with_content(self, said: Utterance, message: Message) -> Utterance:
        place = place_of(message)
        if place:
            return replace(said, place=place)
        if message.contact:
            return replace(said, text=self._contact(message, said.preferred_language), language="")
        if message.sticker:
            return replace(said, text=message.sticker.emoji or "", answer_key="gateway.sticker")
        attachment = attachment_of(message)
        if attachment is None:
            return replace(said, answer_key="gateway.unsupported")
        if attachment.size > MAX_FILE_BYTES:
            return replace(said, answer_key="errors.file_too_large")
        return replace(said, attachments=(attachment,))

    def _contact(self, message: Message, language: str) -> str:
        contact = message.contact
        assert contact
        digits = re.sub(r"[^\d+]", "", contact.phone_number)
        # A mobile number in China is written without the country's code.
        phone = re.sub(r"^\+?86(?=1\d{10}$)", "", digits)
        is_own = message.from_user is not None and contact.user_id == message.from_user.id
        name = clean_text(f"{contact.last_name or ''}{contact.first_name}")
        return self.text(f"telegram.contact_{'own' if is_own else 'other'}", language, phone=phone, name=name)


def preferred_language(message: Message) -> str:
    """The language of the resident's app, zh when it does not say, en when it is neither."""
    return app_language(message.from_user.language_code if message.from_user else None)


def app_language(code: str | None) -> str:
    """zh or en for the language code of a resident's app: zh when it does not say, en when it is neither."""
    return "zh" if (code or "zh").startswith("zh") else "en"


def place_of(message: Message) -> Place | None:
    """The point that was shared, with the venue's name and address."""
    venue = message.venue
    point = venue.location if venue else message.location
    if point is None:
        return None
    names = [venue.title, venue.address] if venue else []
    return Place(point.latitude, point.longitude, clean_text("，".join(dict.fromkeys(name for name in names if name))))


def attachment_of(message: Message) -> Attachment | None:
    """The message's file; of a photo the largest size."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return _attachment(largest.file_id, "", largest.file_size, "photo")
    kinds: tuple[tuple[object, FileKind], ...] = (
        (message.voice, "voice"),
        (message.audio, "voice"),
        (message.video_note, "video"),
        (message.video, "video"),
        (message.animation, "video"),
        (message.document, "document"),
    )
    for media, kind in kinds:
        if media:
            name = getattr(media, "file_name", None) or ""
            return _attachment(media.file_id, name, media.file_size, kind)  # type: ignore[attr-defined]
    return None


def _attachment(source: str, name: str, size: int | None, kind: FileKind) -> Attachment:
    return Attachment(new_id(), clean_text(name)[:120] or kind, "", size or 0, kind, source)


def _quote(message: Message) -> str:
    replied = message.reply_to_message
    whole = (replied.text or replied.caption or "") if replied else ""
    return clean_text(message.quote.text if message.quote else whole)[:QUOTE_LIMIT]
