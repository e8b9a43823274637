"""A span, and the text as the recognisers read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A piece of an utterance.

    `kind` is place, time, contact, name, anonymous, ticket_number or access_code. `text` is verbatim, from
    `start` to `end`. `value` is normal: ISO 8601 with the zone for a time, digits for a telephone, else text.
    """

    kind: str
    text: str
    start: int
    end: int
    value: str


def half_width(text: str) -> str:
    """The text with full-width letters, digits and punctuation made half-width; every index stays what it was."""
    return "".join(_narrow(char) for char in text)


def _narrow(char: str) -> str:
    if char < "\u0080":
        return char
    if char in "，。！？；：、（）":  # they part clauses in Chinese; their half-width twins part numbers
        return char
    if char in "‘’":
        return "'"
    if char in "–—―−":
        return "-"
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char


def longest(spans: Iterable[Span]) -> list[Span]:
    """Of spans that overlap only the longest, in the order of the text."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def chosen(spans: Iterable[Span], kind: str) -> Span | None:
    """The longest span of that kind, or None. In English one with a name or a number goes before "the stairs", and the
    stop before the number of the bus."""
    of_kind = (span for span in spans if span.kind == kind)
    return max(of_kind, key=lambda span: (_is_named(span.text), span.end - span.start), default=None)


def _is_named(words: str) -> bool:
    has_name = not words.isascii() or any(char.isdigit() or char.isupper() for char in words)
    return has_name and not _ROUTE.fullmatch(words)


_ROUTE = re.compile(r"[A-Za-z]?[0-9]{1,4}(?:路|路公交车?)|(?i:bus|line|route) ?[0-9]{1,4}")
