"""What stands in an utterance: places, times, contacts, names, the wish for anonymity, ticket numbers and codes.

Pure, without models: patterns of both languages, each in its module of `bot/spans`. Python 3.10, because the
engine reads it too. A usual utterance takes half a millisecond, the worst of 2,000 characters a third
of a second; longer ones are read up to there.
"""

from __future__ import annotations

from datetime import datetime

from bot.spans import contacts as _contacts
from bot.spans.places_en import places_en
from bot.spans.places_zh import places_zh
from bot.spans.span import Span, longest
from bot.spans.times_en import times_en
from bot.spans.times_zh import times_zh

__all__ = ["Span", "contacts", "extract", "places", "times"]

READ_CHARACTERS = 2_000


def extract(text: str, now: datetime) -> list[Span]:
    """Every span in the text, in its order; spans of different kinds may overlap ("匿名" in a sentence of its own).

    `now` is aware. A time that was said is taken to lie before it.
    """
    text = text[:READ_CHARACTERS]
    numbers = _contacts.ticket_numbers(text)
    reachable = contacts(text)
    spans = [
        *_outside(places(text), [*numbers, *reachable]),
        *_outside(times(text, now), [*numbers, *reachable]),
        *reachable,
        *_contacts.names(text),
        *_contacts.anonymous(text),
        *numbers,
        *_contacts.access_codes(text),
    ]
    return sorted(spans, key=lambda span: (span.start, span.end))


def places(text: str) -> list[Span]:
    """Where: addresses, compounds, stations, villages, "opposite the east gate of ..."; verbatim."""
    text = text[:READ_CHARACTERS]
    return longest([*places_zh(text), *places_en(text)])


def times(text: str, now: datetime) -> list[Span]:
    """When, as it was said; `value` is the latest moment that fits and is not after `now`, in ISO 8601 with the zone.

    The zone is China's, which has only one. For "every night" it is the last night, for "three days" its start.
    """
    text = text[:READ_CHARACTERS]
    return longest([*times_zh(text, now), *times_en(text, now)])


def contacts(text: str) -> list[Span]:
    """How to reach the resident: telephones (digits only in `value`), WeChat and QQ ids, e-mail addresses."""
    return _contacts.contacts(text[:READ_CHARACTERS])


def _outside(spans: list[Span], others: list[Span]) -> list[Span]:
    return [span for span in spans if not any(span.start < other.end and other.start < span.end for other in others)]
