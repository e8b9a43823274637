"""Places as people write them in English about a Chinese city.

A place is a kind of thing (road, building, gate, station ...) with a name or a number, chained to others by
commas and words such as "of", "and", "near": "opposite the east gate of No. 3 Middle School".
"""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re

from bot.spans.span import Span, half_width, longest
from bot.spans.words_en import GENERIC_WORDS, KINDS, NOT_NAMES, NOT_PLACES, PINYIN, STREETS


def _any(words: frozenset[str]) -> str:
    return "|".join(word.replace(" ", r"\s+") for word in sorted(words, key=len, reverse=True))


_WORD = r"[A-Za-z][A-Za-z'’]*"
_PROPER = r"(?:(?<![A-Za-z'’])[A-Z][A-Za-z'’]*|No\.?\s?[0-9]+|[0-9]+(?:st|nd|rd|th))"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[0-9]+(?:st|nd|rd|th))"
_STREET = rf"(?i:{_any(STREETS)})"
_KIND = rf"(?i:{_any(KINDS)})"
_SIDE = r"(?i:(?:(?:north|south|east|west|main|front|back|rear|side)(?:ern)?|(?:north|south)[ -]?(?:east|west))\s+)"
_NUMBER = r"(?<![0-9:.])(?:(?i:no\.?|number)\s?)?[0-9]{1,5}(?:-[0-9]{1,4})?[A-Za-z]?"
_UNIT = (
    r"(?i:(?:building|block|bldg\.?|tower|unit|room|rm\.?|flat|apartment|apt\.?|floor|gate|door|entrance|exit|lane|"
    r"group|phase|platform|stall|shop|staircase|section|zone|villa|house)\s+(?:no\.?\s?)?#?"
    r"(?:[0-9]{1,5}(?:-[0-9]{1,5})*[a-z]?|[a-z])\b(?!\s?(?:am|pm|days?|weeks?|months?|years?|hours?|people|times)\b))"
)
_FLOOR = rf"(?i:(?:{_ORDINAL})\s+floor)"
_LINE = r"(?:(?i:metro|subway|bus)\s+)?(?:(?i:line)\s+[0-9]{1,3}|(?i:(?:bus|route|line|bus\s+line|bus\s+no\.?)\s+)(?:no\.?\s?)?[A-Z]?[0-9]{1,4}\b|[GS][0-9]{1,4}\b(?:\s+(?i:expressway|highway))?)"
_AFTER_NUMBER = r"(?<![0-9:.])(?:,?\s+(?:(?i:no\.?)\s?[0-9]{1,5}|[A-Z]\s?[0-9]{1,5}|[0-9]{1,5}(?:-[0-9]{1,5})*[A-Z]?)\b(?![:.]?[0-9])(?!\s?(?i:am|pm|o'clock|days?|weeks?|months?|years?|hours?|minutes?|people|families|times|yuan|of|%|nights?|cars?|m|metres|meters|km|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b))"
# The name before the kind: proper words, or small ones that sound Chinese ("xingfu road").
_SMALL = rf"(?:(?<![A-Za-z'’]){PINYIN}(?![A-Za-z]))"
_NAME = rf"(?:(?:{_PROPER}|{_SMALL})(?:[\s-]+(?:{_PROPER}|{_SMALL}|of the|and)){{0,4}})"
_NAMED = (
    rf"(?:{_NUMBER},?\s+)?(?:{_SIDE})?{_NAME}[\s-]+(?:{_SIDE})?(?:{_STREET}|{_KIND})\b{_AFTER_NUMBER}?"
    rf"(?:\s+(?i:station|stop|exit\s+[a-z0-9]{{1,2}}\b|community|branch|gate\s+[0-9a-z]\b|bridge|campus|market|section|crossing|junction|intersection|(?:{_SIDE})(?:gate|entrance|exit|section|side|square)))*"
)
_NUMBERED = rf"(?:{_UNIT}|{_FLOOR})"
_POSITION = (
    rf"(?i:(?:the\s+)?(?:{_SIDE})?(?:(?<!in )front|gate|entrance|exit(?:\s+[a-z][0-9]?)?|side|end|corner|junction|crossing|crossroads|intersection|middle(?:\s+section)?|section|"
    rf"back|foot|mouth|bottom|top|basement|car park|parking lot|bus stop)\s+(?:of|to)\s+(?:the\s+)?)"
)
_RELATION = r"(?i:(?:right\s+|just\s+)?(?:opposite|across from|outside|behind|beside|in front of|next to|between|under|below|above|facing)\s+(?:the\s+)?)"
_ATOM = rf"(?:{_POSITION})?(?:{_LINE}(?:\s+(?i:exit)\s+[A-Z0-9]{{1,2}}\b)?|{_NUMBERED}|{_NAMED})"
_JOIN = r"(?:\s*,\s*|\s+(?:of|and|&|on|in|at|near|by|off|to|with|opposite|behind|beside|outside)\s+(?:the\s+)?|\s*/\s*|\s+-\s+|\s+(?=(?i:building|block|exit|unit|room|gate|flat)\b)|\s+)"
# No place begins inside a word: "online 6,000" is no line 6.
_PLACE = re.compile(rf"(?<![a-z](?=[a-z]))(?:{_RELATION})?{_ATOM}(?:{_JOIN}(?:{_RELATION})?{_ATOM}){{0,4}}(?:\s+(?i:crossing|junction|intersection|entrance|exit\s+[A-Z]\b|underpass|overpass))?")  # fmt: skip
_ANCHORED = re.compile(rf"(?:{_NAMED}|{_LINE})")
_DIRECTION_TAIL = re.compile(
    r",?\s+(?i:(?:about\s+)?[0-9]+\s?(?:m|metres?|meters?|km)\s+(?:north|south|east|west)(?:\s+of\s+it)?)"
)
# Short for a compound: "Huimin 3-608", "Jinsui 2" at the end of a clause.
_SHORT = re.compile(rf"(?<![A-Za-z'’])(?=[A-Z]){PINYIN}\s[0-9]{{1,4}}(?:(?:-[0-9]{{1,4}})+\b|(?=\s*(?:[,.;!?]|$)))")
# "we eat dust, Changping": a Chinese name all alone between commas, or after "in" or "at".
_LONE = re.compile(
    rf"(?:(?<=[,.;!?:]\s)|(?:(?<=\bin\s)|(?<=\bat\s)|(?<=\bnear\s)|(?<=\bfrom\s)))(?P<name>(?=[A-Z]){PINYIN})(?=\s*(?:[,.;!?](?!\s?\+?[0-9])|$))"
)
# East Gate station, People's Park: everyday words, but written as a name.
_TITLE = re.compile(
    rf"(?:[A-Z][a-z'’]+|No\.?\s?[0-9]+|(?:Number|Line|[Bb]us|[Rr]oute)\s+[A-Z]?[0-9]+)(?:\s+(?=[A-Z])(?:{_STREET}|{_KIND})\b|\s+[A-Z][a-z]+\s+(?:{_STREET}|{_KIND})\b)|^{_LINE}$"
)


def places_en(text: str) -> list[Span]:
    """The places in an English text, each as long as it is written, in order."""
    plain = half_width(text)
    found = []
    for match in _PLACE.finditer(plain):
        start, end = _trimmed(plain, match.start(), match.end())
        if start < end and _is_specific(plain[start:end]):
            tail = _DIRECTION_TAIL.match(plain, end)
            end = tail.end() if tail else end
            found.append(Span("place", text[start:end], start, end, text[start:end]))
    for match in _SHORT.finditer(plain):
        found.append(Span("place", text[match.start() : match.end()], match.start(), match.end(), match.group()))
    for match in _LONE.finditer(plain):
        start, end = match.span("name")
        if text[start:end].casefold() not in NOT_PLACES:
            found.append(Span("place", text[start:end], start, end, text[start:end]))
    return longest(found)


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    """Without words at its head that begin a sentence or lead to the place ("The", "Please fix")."""
    while True:
        match = re.compile(r"[A-Za-z'’]+\s+").match(plain, start, end)
        if match is None or match.group().strip().casefold() not in NOT_NAMES:
            return start, end
        start = match.end()


def _is_specific(place: str) -> bool:
    """Whether a name or number is left when kinds, sides and everyday words are taken out."""
    words = [word.casefold() for word in re.findall(r"[A-Za-z'’]+|[0-9]+", place)]
    is_named = any(word not in GENERIC_WORDS for word in words if not word.isdigit()) or bool(_TITLE.search(place))
    return is_named and bool(_ANCHORED.search(place))
