"""Times as people say them in English: last night around 11, since Monday, for three weeks, every night after 11 pm."""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.spans.clock import Said, moment
from bot.spans.span import Span, half_width

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "couple": 2, "few": 3, "several": 3, "half": 0.5, "dozen": 12,
}  # fmt: skip

_NUM = (
    r"(?:[0-9]{1,3}(?:\.5)?|(?:about |almost |nearly |over |more than |at least |some )?(?:a |an )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"thirteen|fourteen|fifteen|sixteen|eighteen|twenty|thirty|forty|couple of|few|several|half an?|dozen|a|an)(?: (?:or|to) (?:two|three|four|five|six|[0-9]+))?)"
)
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tues|thurs?|(?-i:Mon|Tue|Wed|Fri|Sat|Sun))\b"
_PART = r"(?:morning|afternoon|evening|night|noon|midday|lunchtime|midnight|dawn|dusk|weekend)"
_YESTERDAY = r"(?:yest[aeiu]r?d[ae]y|yesterdy|yestday|ysterday|yday)"
"""As it is spelt in a hurry too."""
_HOURS = r"(?:[01]?[0-9]|2[0-4])"
_WORD_HOUR = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_CLOCK = (
    rf"(?:{_HOURS}[:.h][0-5][0-9](?:\s?(?:[ap]\.?m\b\.?|o'clock))?(?![0-9])|{_HOURS}\s?(?:[ap]\.?m\b\.?|o'clock)|(?:half past|quarter (?:past|to)|(?:just |a bit )?(?:after|before)) (?:{_WORD_HOUR}|{_HOURS})\b(?! (?:of|people|families|times|days?|weeks?|months?|years?|calls?|visits?|hours?|minutes?|yuan))"
    rf"|(?:{_WORD_HOUR}|{_HOURS})(?=\s+(?:in the (?:early )?(?:morning|afternoon|evening)|at night|sharp))|{_WORD_HOUR} (?:thirty|fifteen|forty|twenty|o'clock|[ap]\.?m\b)|(?:midnight|noon|midday|sunrise|sunset|dawn|lunchtime)\b)"
)
_AROUND = r"(?:(?:at )?(?:around|about|roughly|approximately|nearly|almost|just after|just before|a (?:bit|little) (?:after|before|past)|shortly (?:after|before)|after|before|past|until|till|from|by|between|at|exactly)\s+)"
_BARE_HOUR = rf"(?:{_WORD_HOUR}|{_HOURS})(?:\s?[ap]m\b)?(?! ?(?:days?|weeks?|months?|years?|hours?|minutes?|people|families|times|yuan|%|m\b|metres?|meters?|km|of|cars|trucks|households|calls|kids|children|residents|[:.]?[0-9]|-|/|[a-z]+s\b))"
_DATE = (
    rf"(?:(?:the\s+)?[0-3]?[0-9](?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}(?:,?\s+20[0-9]{{2}})?|{_MONTH}\s+(?:the\s+)?[0-3]?[0-9](?:st|nd|rd|th)?\b(?!:)(?:,?\s+20[0-9]{{2}})?|20[0-9]{{2}}-[01][0-9]-[0-3][0-9]"
    rf"|{_MONTH}\s+20[0-9]{{2}}|the\s+[0-3]?[0-9](?:st|nd|rd|th)(?=(?:\s+(?:at|in|of|around|about)\b|\s*[,.;]|$)))"
)
_LONE_MONTH = rf"(?:(?:in|since|from|until|till|last|this|early|late|mid|beginning of|end of)[ -](?:early |late |mid[ -]?|last )?(?!may\s+(?:i|be|not)\b){_MONTH}(?!\s+(?:i|we|you)\s+(?:ask|have)))"
_REL = (
    rf"(?:(?:the )?(?:day|night|evening) before (?:last|{_YESTERDAY})|{_YESTERDAY}(?:\s+{_PART})?|last\s+(?:night|week(?:end)?|month|year|summer|winter|spring|autumn|{_DAY}|{_MONTH})(?:\s+{_PART})?|today(?:\s+{_PART})?|tonight|"
    rf"this\s+(?:{_PART}|week|month|year|summer|winter|spring|autumn|{_DAY})(?:\s+{_PART})?|(?:on\s+)?{_DAY}s?(?:\s+(?:{_PART}s?))?|just now|right now|recently|lately|these days|the other (?:day|night)|"
    rf"earlier (?:today|this week)|(?:a )?(?:few|couple of) (?:days|nights|weeks) ago|the (?:last|past) (?:{_NUM}\s+)?(?:days?|weeks?|months?|years?|nights?|fortnight)|(?:spring festival|national day|mid-autumn|new year)\b)"
)
_EVERY = (
    rf"(?:(?:nearly |almost )?(?:every|each)\s+(?:single\s+|other\s+)?(?:day|night|nite|{_PART}|{_DAY}|week|month|year|summer|winter|time it rains|rain)(?:\s+{_PART})?s?|nightly|daily|all\s+(?:day|night|weekend|morning|week)(?:\s+long)?(?:\s+and\s+(?:day|night))?|day and night|"
    rf"at\s+(?:night|weekends?|noon|dawn|dusk|midnight)|at\s+(?:the\s+)?weekends?|in\s+the\s+(?:early\s+|late\s+)?(?:mornings?|afternoons?|evenings?|middle of the night|small hours)|in the (?:early )?hours|(?:on\s+)?weekends|mornings|evenings|nights)\b"
)
_UNITS = r"(?:minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|years?|semesters?|evenings?|mornings?)"
_FOR = rf"(?:(?:for|over|since|after)\s+)?(?:{_NUM}\s+(?:full |whole |straight |solid )?{_UNITS}(?:\s+and a half)?\s+(?:ago|now|already|in a row|running|on end)|(?:more than |over |nearly |almost )?(?:{_NUM})\s+{_UNITS}\s+(?:now|ago))\b|(?:for|since)\s+(?:the (?:last|past)\s+)?(?:more than |over |nearly |almost |about |at least |well over )?(?:{_NUM}\s+)(?:full |whole |straight |solid )?{_UNITS}(?:\s+and a half)?\b(?!\s+(?:notice|free|only|warranty))|for\s+(?:weeks|months|years|days|ages|ever so long)\b|(?:second|third|fourth|fifth|sixth|seventh|tenth)\s+(?:day|night|week|time) in a row"
_SINCE = r"(?:(?:ever\s+)?since|from|until|till|starting(?: from)?|beginning|after|before)"

_POINT = rf"(?:{_DATE}|{_REL}|{_EVERY}|{_CLOCK}|{_LONE_MONTH})"
_STEP = rf"(?:{_AROUND})?{_POINT}|{_AROUND}{_BARE_HOUR}"
_CHAIN = re.compile(
    rf"\b(?:{_SINCE}\s+(?:about\s+|around\s+|the\s+)?)?(?:{_FOR}|(?:{_AROUND})?{_POINT}|(?:from|between)\s+{_BARE_HOUR}(?=\s+(?:to|and|until|till)\s+(?:{_CLOCK}|{_BARE_HOUR})))"
    rf"(?:(?:\s*,\s*|\s+(?:at|on|in|to|and|until|till|from|of|or)\s+|\s*-\s*|\s+)(?:the\s+)?(?:{_STEP}|(?<=\sto\s){_MONTH}|(?<=\sto\s){_BARE_HOUR}|(?<=\sat\s){_BARE_HOUR}|(?<=\sand\s){_BARE_HOUR}(?=\s*(?:[,.;]|$|in the|at night|am|pm))|(?<=until\s){_BARE_HOUR}|(?<=from\s){_BARE_HOUR}|(?<=night\s){_BARE_HOUR}))*",
    re.IGNORECASE,
)
_TRIM = re.compile(r"^(?:on|at|in(?! the)|by)\s+(?!night|weekend|noon|dawn|dusk|midnight)", re.IGNORECASE)
_LONE_WEAK = re.compile(
    r"(?:after|before|until|till|from|since|by|past|at)?\s*(?:noon|midnight|dawn|sunrise|sunset|lunchtime|midday|morning|evening|today|right now|this year|all day|daily|nights?|mornings?|new year|spring festival|every year|each year|every month|each month|this|lately)"
    r"|(?:just |a bit )?(?:after|before|past) (?:one|two|three|1|2|3)", re.IGNORECASE,
)  # fmt: skip


def times_en(text: str, now: datetime) -> list[Span]:
    """The times in an English text with the moment that each means, in order."""
    plain = half_width(text)
    return [
        Span("time", text[start:end], start, end, moment(read_en(plain[start:end]), now).isoformat())
        for start, end in _chains(plain)
    ]


def _chains(plain: str) -> Iterator[tuple[int, int]]:
    for match in _CHAIN.finditer(plain):
        words = match.group().rstrip(" ,-")
        trim = _TRIM.match(words)
        cut = trim.end() if trim else 0
        if words[cut:] and not _LONE_WEAK.fullmatch(words[cut:]):
            yield match.start() + cut, match.start() + len(words)


_PARTS = (
    ("midnight|middle of the night|small hours", "midnight"), ("dawn|early morning|sunrise", "early"), ("morning", "morning"), ("noon|midday|lunch", "noon"),
    ("afternoon", "afternoon"), ("dusk|sunset", "dusk"), ("evening", "evening"), ("night|nite", "night"),
)  # fmt: skip


def read_en(words: str) -> Said:
    """The parts of one time."""
    words = words.casefold()
    fields: dict[str, object] = {**_clock_of(words), **_day_of(words)}
    for pattern, part in _PARTS:
        if re.search(pattern, words.replace("afternoon", "") if part == "noon" else words):
            fields["part"] = part
            break
    return Said(**fields)  # type: ignore[arg-type]


def _hour(word: str) -> int:
    return int(word) if word.isdigit() else int(_NUMBERS[word])


def _clock_of(words: str) -> dict[str, object]:
    hour = rf"({_WORD_HOUR}|{_HOURS})"
    if match := re.search(rf"(half|quarter) (past|to) {hour}", words):
        minute = 30 if match[1] == "half" else 15 if match[2] == "past" else 45
        return {"hour": (_hour(match[3]) - (match[2] == "to")) % 24, "minute": minute}
    if match := re.search(rf"({_HOURS})[:.h]([0-5][0-9])\s?([ap])?", words):
        return {"hour": int(match[1]), "minute": int(match[2]), **_half_of_day(match[3])}
    if match := re.search(rf"\b{hour}\s?(?:([ap])\.?m\b|o'clock)", words):
        return {"hour": _hour(match[1]), **_half_of_day(match[2])}
    if match := re.search(
        rf"(?:around|about|after|before|past|at|from|until|till|between) {hour}\b(?!\s+{_UNITS}|[a-z]|\s+{_MONTH})",
        words,
    ):
        return {"hour": _hour(match[1])}
    return {}


def _half_of_day(letter: str | None) -> dict[str, object]:
    return {} if letter is None else {"is_pm": letter == "p"}


def _day_of(words: str) -> dict[str, object]:
    if match := re.search(r"(20[0-9]{2})-([01][0-9])-([0-3][0-9])", words):
        return {"year": int(match[1]), "month": min(max(int(match[2]), 1), 12), "day": int(match[3]) or None}
    if match := re.search(rf"([0-3]?[0-9])(?:st|nd|rd|th)?(?: of)?\s+({_MONTH})(?:,?\s+(20[0-9]{{2}}))?", words):
        return {"day": int(match[1]) or None, "month": _month(match[2]), "year": int(match[3]) if match[3] else None}
    if match := re.search(
        rf"\b({_MONTH})(?:\s+(?:the\s+)?([0-3]?[0-9])(?![0-9:]))?(?:st|nd|rd|th)?(?:,?\s+(20[0-9]{{2}}))?", words
    ):
        return {
            "month": _month(match[1]),
            "day": int(match[2]) or None if match[2] else None,
            "year": int(match[3]) if match[3] else None,
        }
    if match := re.search(r"\bthe ([0-3]?[0-9])(?:st|nd|rd|th)", words):
        return {"day": int(match[1]) or None}
    if match := re.search(rf"(last\s+)?\b({_DAY})", words):
        index = next(row for row, day in enumerate(_DAYS) if day.startswith(match[2][:3]))
        return {"weekday": index}
    return _elapsed(words)


def _month(word: str) -> int:
    return next(row for row, month in enumerate(_MONTHS, start=1) if month.startswith(word[:3]))


def _elapsed(words: str) -> dict[str, object]:
    for pattern, days in (
        (f"before (?:last|{_YESTERDAY})", 2),
        (f"{_YESTERDAY}|last night", 1),
        ("last week", 7),
        ("last summer|last winter|last spring|last autumn", 180),
        ("few days ago", 3),
        ("the other", 3),
    ):
        if re.search(pattern, words):
            return {"back": timedelta(days=days)}
    if "last month" in words or "last year" in words:
        return {"months_back": 1} if "month" in words else {"years_back": 1}
    numbers = "|".join(_NUMBERS)
    if match := re.search(
        rf"\b([0-9]+|{numbers})(?: or [a-z0-9]+| of| an?)*\s+(?:full |whole |straight )?(minute|hour|day|night|week|fortnight|month|year|semester|evening|morning)",
        words,
    ):
        count = float(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
        if match[2] in {"minute", "hour"}:
            return {"back": timedelta(**{f"{match[2]}s": count})}
        unit = {"week": 7, "fortnight": 14, "month": 30, "year": 365, "semester": 150}.get(match[2], 1)
        return {"back": timedelta(days=round(count * unit))}
    return {}
