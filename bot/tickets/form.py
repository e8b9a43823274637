"""The complaint in the making, and an utterance as the form reads it.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.extract import Span
from bot.spans.span import chosen
from bot.tickets.ticket import Draft
from bot.tickets.utterance import asks
from bot.unknown import is_unknown

UNKNOWN = "-"
"""The resident was asked and does not know, or does not want to say."""

ANONYMOUS = "anonymous"

SHORT_ANSWER = 60
"""Characters up to which a whole utterance is taken as the answer to "where?" or "when?"."""

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")


@dataclass(frozen=True)
class Intake:
    """A complaint in the making. A field is None until it was said; UNKNOWN when it was asked in vain.

    `candidates` are the categories to choose from when in doubt, also where one of them is taken until the summary is
    confirmed; `which_item` is set when the resident wants to
    correct something but has not said what, `unplaced` when a new place or number stood in it all the same; `unclear_contact` counts numbers that could not be right; `in_vain` how
    often the item asked for now was asked, and nothing new was said; `confirmed` is False when the summary was shown and
    is not to be filed; `read` is the id of the utterance that was read
    last: Rasa may hand the same one twice.
    """

    description: str | None = None
    category: str | None = None
    candidates: tuple[str, ...] = ()
    location: str | None = None
    occurred_at: str | None = None
    occurred_text: str | None = None
    contact: str | None = None
    which_item: bool = False
    unplaced: bool = False
    unclear_contact: int = 0
    in_vain: int = 0
    confirmed: bool | None = None
    read: str | None = None

    @property
    def choices(self) -> list[str]:
        """The candidates that say what it is about."""
        return [category for category in self.candidates if category != "other"]

    def to_json(self) -> dict[str, Any]:
        """For a slot."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Intake:
        """From a slot; empty when nothing was kept."""
        data = data or {}
        return cls(**{**data, "candidates": tuple(data.get("candidates", ()))})

    def draft(self, conversation_id: str, channel: str, language: str) -> Draft:
        """The complaint as it would be filed now."""
        known = {name: None if value == UNKNOWN else value for name, value in vars(self).items()}
        return Draft(
            conversation_id=conversation_id,
            channel=channel,
            language=language,
            description=self.description or "",
            category=self.category or "other",
            location=known["location"],
            occurred_at=datetime.fromisoformat(self.occurred_at) if self.occurred_at else None,
            occurred_text=known["occurred_text"],
            contact=None if self.contact == ANONYMOUS else known["contact"],
            anonymous=self.contact in {ANONYMOUS, UNKNOWN, None},
        )


@dataclass(frozen=True)
class Said:
    """One utterance inside the form: Rasa's intent, the spans in it, a button's category if one was pressed, and what it
    surely says to the summary (a label of `bot.tickets.confirmation`) if that was shown."""

    id: str
    text: str
    intent: str
    spans: Sequence[Span]
    category: str | None = None
    reply: str | None = None

    @property
    def is_payload(self) -> bool:
        """Whether a button was pressed: then the text is not the resident's."""
        return self.text.startswith("/")

    @property
    def is_unknown(self) -> bool:
        """Whether the resident does not know, or does not want to say."""
        return is_unknown(self.text)

    @property
    def may_be_an_answer(self) -> bool:
        """Whether all of it may be the answer: it is short, asks nothing, and is no yes or no."""
        text = self.text.strip()
        is_asking = any(asks(sentence) for sentence in _SENTENCE.findall(text))
        return len(text) <= SHORT_ANSWER and self.intent not in {"affirm", "deny"} and not is_asking

    @property
    def places(self) -> list[Span]:
        """All that may say where, in the order of the text."""
        return [span for span in self.spans if span.kind == "place"]

    def first(self, kind: str) -> Span | None:
        """The span of that kind that the form takes, or None."""
        return chosen(self.spans, kind)
