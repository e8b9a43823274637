"""What stands in an utterance: places, times, contacts, names, the wish for anonymity, ticket numbers and codes.

Contacts and numbers are patterns, each in its module of `bot/spans`. Places and times are patterns too, and with a
`SpanTagger` they are what it was taught by example, the patterns among what it reads. Python 3.10, because the
engine reads it too. A usual utterance takes a millisecond, the worst of 2,000 characters a third of a second; longer
ones are read up to there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.language import languages_in
from bot.spans import contacts as _contacts
from bot.spans.places_en import places_en
from bot.spans.places_zh import places_zh
from bot.spans.span import Span, longest
from bot.spans.tagger import SpanTagger
from bot.spans.times_en import times_en
from bot.spans.times_zh import times_zh

__all__ = ["Span", "SpanTagger", "contacts", "extract", "found_by_rules", "is_all_said", "names", "places", "times"]

READ_CHARACTERS = 2_000

BESIDE_CONTACT = 16
"""Characters beside a number up to which it is all that was said: "我的电话是……", "call me on ..."."""

_PLACES = {"zh": places_zh, "en": places_en}


def extract(text: str, now: datetime, tagger: SpanTagger | None = None) -> list[Span]:
    """Every span in the text, in its order; spans of different kinds may overlap ("匿名" in a sentence of its own).

    `now` is aware. A time that was said is taken to lie before it; its value is empty when no rule can tell the
    moment. Without a tagger the rules alone say where places and times are.
    """
    text = text[:READ_CHARACTERS]
    rules = found_by_rules(text, now)
    by_place, by_time, fixed = rules
    if tagger:
        tagged = [span for span in tagger.find(text, rules) if not _is_within(span, fixed)]
        by_place = [span for span in tagged if span.kind == "place"]
        by_time = [_at_a_moment(span, by_time, now) for span in tagged if span.kind == "time"]
    spans = [*by_place, *by_time, *fixed, *names(text), *_contacts.anonymous(text)]
    return sorted([*spans, *_contacts.access_codes(text)], key=lambda span: (span.start, span.end))


def found_by_rules(text: str, now: datetime) -> tuple[list[Span], list[Span], list[Span]]:
    """Places, times, and what is neither whatever it looks like: contacts and ticket numbers."""
    fixed = [*contacts(text), *_contacts.ticket_numbers(text)]
    return _outside(places(text), fixed), _outside(times(text, now), fixed), fixed


def _at_a_moment(span: Span, by_rules: Sequence[Span], now: datetime) -> Span:
    """The tagged time with the moment that the rules read in its words, or in what they found around them."""
    inside = times(span.text, now) or [rule for rule in by_rules if rule.start < span.end and span.start < rule.end]
    return replace(span, value=max(inside, key=lambda rule: len(rule.text)).value if inside else "")


def places(text: str) -> list[Span]:
    """Where: addresses, compounds, stations, villages, "opposite the east gate of ..."; verbatim."""
    text = text[:READ_CHARACTERS]
    spoken = languages_in(text)
    return longest(span for language, find in _PLACES.items() if language in spoken for span in find(text))


def times(text: str, now: datetime) -> list[Span]:
    """When, as it was said; `value` is the latest moment that fits and is not after `now`, in ISO 8601 with the zone.

    The zone is China's, which has only one. For "every night" it is the last night, for "three days" its start.
    """
    text = text[:READ_CHARACTERS]
    return longest([*times_zh(text, now), *times_en(text, now)])


def contacts(text: str) -> list[Span]:
    """How to reach the resident: telephones (digits only in `value`), WeChat and QQ ids, e-mail addresses."""
    return _contacts.contacts(text[:READ_CHARACTERS])


def names(text: str) -> list[Span]:
    """What the resident is called, where it is said to be a name."""
    return _contacts.names(text[:READ_CHARACTERS])


def is_all_said(text: str, contact: str) -> bool:
    """Whether a number or address to reach the resident is hardly less than the whole utterance."""
    return len(text) - len(contact) <= BESIDE_CONTACT


def _is_within(span: Span, others: list[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)


def _outside(spans: list[Span], others: list[Span]) -> list[Span]:
    return [span for span in spans if not any(span.start < other.end and other.start < span.end for other in others)]
