"""The items of a complaint, filled with what stands in an utterance: category, place, time, contact, description.

Pure. What is known already stays, unless the words say more of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import reduce

from bot.extract import Span, is_all_said
from bot.tickets.address import is_parts_alone, last_parts, with_part
from bot.tickets.correction import legible
from bot.tickets.form import ANONYMOUS, SHORT_ANSWER, UNKNOWN, Intake, Said
from bot.tickets.utterance import VAGUE_TIME, Candidates, Categories, asks, recent_moment

ABOUT_US = {"unanswered_petition", "official_conduct"}
"""What scolding sounds like: "why so many questions, just send a car" makes no other matter of the first."""

NEAR = 12
"""Characters between a road and a place behind it, up to which that is on the road."""

LEAST_TOLD = 5
"""Characters from which an utterance that answers nothing may tell something."""

ITEMS = ("location", "occurred_text", "contact")

HAS_ROAD = re.compile(
    r"[路街巷弄道村屯]|胡同|小区|\b(?:road|street|avenue|lane|boulevard|highway|rd|st|ave|village|compound)\b",
    re.IGNORECASE,
)

_IS_ROAD = re.compile(
    r"(?:(?<![0-9])[路街巷弄]|大道|胡同)上?(?:这一?)?[段带]?$|\b(?:road|street|avenue|lane|boulevard|rd|st|ave)\.?$",
    re.IGNORECASE,
)


def with_spans(intake: Intake, said: Said) -> Intake:
    """Take what stands in the utterance for items that are still open."""
    place, time, contact = _address(said), said.first("time"), said.first("contact")
    if place and intake.location in {None, UNKNOWN}:
        intake = replace(intake, location=place)
    if time and intake.occurred_text in {None, UNKNOWN} and not VAGUE_TIME.match(time.text):
        intake = replace(intake, occurred_text=time.text, occurred_at=time.value or None)
    if contact and intake.contact in {None, UNKNOWN}:
        intake = replace(intake, contact=_contact_text(said, contact))
    elif said.first("anonymous") and intake.contact is None:
        intake = replace(intake, contact=ANONYMOUS)
    return intake


def _address(said: Said) -> str | None:
    """The place that the form takes. Of "I own a flat in Yujing Court, in block 3, floor 18" neither is enough: the parts
    of an address that stand alone are put to the place that was named before them."""
    place = said.first("place")
    parts = {span.text: span for span in reversed(said.places) if is_parts_alone(span.text)}
    alone = [span for span in parts.values() if not any(span.text in other for other in parts if other != span.text)]
    named = [span for span in said.places if alone and span.text not in parts and span.start < alone[0].start]
    if not place or len(alone) != 1 or not named or place not in {named[-1], alone[0]}:
        return _on_its_road(said, place) if place else None
    return reduce(with_part, last_parts(alone[0].text), named[-1].text)


def _on_its_road(said: Said, place: Span) -> str:
    """The place with the road that was named just before it: of "桃源路的路灯，从粮油店到邮局门口" the shop alone may be
    anywhere."""
    before = [span for span in said.places if 0 <= place.start - span.end <= NEAR and _IS_ROAD.search(span.text)]
    return with_place(before[-1].text, place.text) if before and not HAS_ROAD.search(place.text) else place.text


def _contact_text(said: Said, contact: Span) -> str:
    name, number = said.first("name"), legible(contact)
    return f"{name.text} {number}" if name and name.text not in number else number


def with_recent(intake: Intake, said: Said, now: datetime) -> Intake:
    """Take a moment of the last weeks that stands in the utterance, where no time is known yet."""
    if intake.occurred_text is not None or intake.description is None or said.is_payload:
        return intake
    time = recent_moment(said.text, now)
    return replace(intake, occurred_text=time.text, occurred_at=time.value) if time else intake


def with_place(known: str | None, more: str) -> str:
    """The place with what was said about it afterwards: "科技大道", then "加油站往北一百米"."""
    if known is None or known == UNKNOWN or known in more:
        return more
    if is_parts_alone(more):
        return reduce(with_part, last_parts(more), known)
    comma = ", " if f"{known}{more}".isascii() else "，"
    both = f"{known}{comma}{more}"
    return known if more in known else both if len(both) <= SHORT_ANSWER else more


def with_category(intake: Intake, candidates: Candidates, categories: Categories) -> Intake:
    """The complaint with the likeliest category, or with those to choose from, where it is in doubt."""
    if categories.is_sure(candidates):
        return replace(intake, category=candidates[0][0], candidates=())
    return replace(intake, candidates=tuple(category for category, _ in candidates[:3]))


def likeliest(intake: Intake) -> Intake:
    """The complaint with the likeliest category, where nothing else is left to ask: the summary offers the others."""
    is_all_told = all(getattr(intake, item) is not None for item in ITEMS)
    return replace(intake, category=intake.choices[0]) if intake.choices and is_all_told else intake


def told(intake: Intake, said: Said) -> Intake:
    """The complaint with what was said instead of an answer, if that tells something: it must not be lost."""
    text, found = said.text.strip(), "".join(span.text for span in said.spans)
    tells_nothing = len(re.sub(r"\W", "", text)) < LEAST_TOLD or bool(found and is_all_said(text, found))
    is_reply = asks(text) or said.intent in {"affirm", "deny"}
    return intake if tells_nothing or is_reply else with_told(intake, said)


def with_told(intake: Intake, said: Said) -> Intake:
    """The complaint with what was said put to its description."""
    return replace(intake, description=f"{intake.description}\n{said.text.strip()}")


def tells_more(intake: Intake, candidates: Candidates, categories: Categories) -> bool:
    """Whether the resident, asked where, tells what it really is about; once, or a place that nobody knows would be
    asked for again and again."""
    is_another = categories.is_sure(candidates) and candidates[0][0] not in {intake.category, "other"}
    return is_another and "\n" not in (intake.description or "")


def with_more(intake: Intake, text: str, about: str, categories: Categories) -> Intake:
    """The complaint with what was told beside it, `about` a category of its own; scolding makes no other matter of it,
    and where it only asks it is not kept."""
    if about in ABOUT_US and asks(text):
        return intake
    more = replace(intake, description=f"{intake.description}\n{text}")
    if about in ABOUT_US:
        return more
    return with_category(replace(more, category=None), categories.candidates(more.description or ""), categories)
