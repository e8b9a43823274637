"""The complaint as it is taken in: what one utterance adds to it, corrects in it, or decides about it.

Pure. The form in `domain.yml` asks; this reads the answers. Nothing is put in that the resident did not say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.opening import announces
from bot.tickets import assent
from bot.tickets.answers import answer, with_rules
from bot.tickets.confirmation import ADD, AGREE, CANCEL, WRONG
from bot.tickets.correction import correct
from bot.tickets.form import ANONYMOUS, SHORT_ANSWER, UNKNOWN, Intake, Said
from bot.tickets.items import ITEMS, likeliest, tells_more, with_category, with_recent, with_spans, with_told
from bot.tickets.utterance import Categories, after_repairs, only_introduces, only_place, only_time, other_matter

_THERE = re.compile(
    r"\b(?:there|here|same (?:place|spot|street|address))\b|[那这](?:里|儿|边|块)|同一个?地", re.IGNORECASE
)

_LEAVES_NONE = re.compile(
    r"(?<!没)(?:不敢?|别)留|\bno (?:contact|phone|number|mobile|name)\b|\b(?:don'?t|do not) (?:leave|give|keep)\b",
    re.IGNORECASE,
)
"""At the summary, where no other item is named, it takes back the number that was given."""


_NO_YES = {"deny", "cancel", "correct_item"}
"""Intents beside which a yes that only sounds like one is none: what is wrong is asked, or the summary shown again."""


def take_in(
    intake: Intake,
    said: Said,
    asked: str | None,
    categories: Categories,
    now: datetime,
) -> Intake:
    """The complaint after this utterance.

    `asked` is the item that was asked for last, None when the complaint begins. A button `said` carries is
    obeyed, not read; the same utterance handed over twice is taken in once.
    """
    if intake.read == said.id:
        return intake
    said = replace(said, spans=after_repairs(said.text, said.spans))
    is_unplaced, intake = intake.unplaced, replace(intake, read=said.id, which_item=False, unplaced=False)
    if intake.description is None:
        return likeliest(with_recent(_describe(intake, said, categories), said, now))
    is_yes = said.intent == "affirm" if said.is_payload else _agrees(intake, said, categories)
    if asked == "confirmed" and is_yes and is_unplaced:
        # It is to what was meant to be put right, and was not: the summary is shown once more.
        return intake
    if asked == "confirmed" and is_yes and not _another_contact(intake, said):
        return replace(intake, confirmed=True)
    if asked == "confirmed" and said.reply == CANCEL and not said.first("contact"):
        return replace(intake, confirmed=False)
    if said.category:
        return replace(intake, category=said.category, candidates=())
    if said.intent == "stay_anonymous":
        return replace(intake, contact=ANONYMOUS)
    if said.is_payload:
        return replace(intake, which_item=said.intent in {"correct_item", "deny"})
    other = other_matter(said.text)
    if other:
        # Where the withdrawn matter is need not be where this one is, unless it is said to be "there".
        where = intake.location if _THERE.search(other) else None
        fresh = Intake(description=other, location=where, contact=intake.contact, read=said.id)
        return likeliest(with_category(with_spans(fresh, said), categories.candidates(other), categories))
    corrected = _correct(intake, said, asked, categories, now)
    if corrected is not None:
        return corrected
    answered = answer(intake, with_rules(said, asked, now), asked, categories)
    answered = with_recent(answered, said, now) if asked == "location" else answered
    return _not_a_third_time(intake, answered, asked)


def _agrees(intake: Intake, said: Said, categories: Categories) -> bool:
    """Whether it says yes to the complaint as it was shown, and no more than what is known, or chats: "对，就这些，再不修我
    就学猫了". What else it surely says to the summary is no yes."""
    if assent.agrees(intake, said.text):
        return True
    if said.reply:
        # A bare no, or thanks, are no yes, however like one they sound among the answers that were learned.
        return said.reply == AGREE and said.intent not in _NO_YES and not assent.is_courtesy(said.text)
    if said.intent == "affirm":
        return True
    rest = assent.beside_yes(said.text)
    return bool(rest) and not said.spans and not categories.is_sure(categories.candidates(rest))


def _describe(intake: Intake, said: Said, categories: Categories) -> Intake:
    if said.is_payload or announces(said.text):
        return intake
    if not said.category and (
        only_place(said.text, said.spans)
        or only_time(said.text, said.spans)
        or only_introduces(said.text, said.spans, categories, said.intent == "inform")
    ):
        return with_spans(intake, said)
    intake = with_spans(replace(intake, description=said.text), said)
    if said.category:
        return replace(intake, category=said.category)
    return with_category(intake, categories.candidates(said.text), categories)


def _correct(
    intake: Intake,
    said: Said,
    asked: str | None,
    categories: Categories,
    now: datetime,
) -> Intake | None:
    """The complaint with one item put right; None when the utterance corrects nothing."""
    correction = correct(said.text, intake, said.spans, asked, now, categories)
    if said.reply == ADD and not correction.changes:
        return with_told(intake, said)
    is_denied = said.intent == "deny" and len(said.text) <= SHORT_ANSWER
    is_no = said.intent == "correct_item" or said.reply == WRONG or is_denied
    is_rejected = asked == "confirmed" and is_no
    is_open = not correction.changes and correction.ask_again in {None, "contact"}
    if is_rejected and is_open and _LEAVES_NONE.search(said.text):
        return replace(intake, contact=ANONYMOUS)
    if not correction.changes and correction.ask_again is None:
        if not is_rejected:
            return None
        # Another trouble, told before the first was confirmed, only sounds like a correction: it must not be lost.
        is_another = len(said.text) > SHORT_ANSWER and tells_more(intake, categories.candidates(said.text), categories)
        if is_another:
            return with_told(intake, said)
        known = f"{intake.location} {intake.contact}"
        is_unplaced = any(span.kind in {"place", "contact"} and span.text not in known for span in said.spans)
        return replace(intake, which_item=True, unplaced=is_unplaced)
    changed = replace(intake, **correction.changes)
    if "category" in correction.changes:
        changed = replace(changed, candidates=())
    if correction.ask_again:
        cleared: dict[str, Any] = {correction.ask_again: None}
        if correction.ask_again == "occurred_at":
            cleared["occurred_text"] = None
        if correction.ask_again == "category":
            options = [
                category
                for category, _ in categories.candidates(intake.description or "")
                if category != intake.category
            ]
            cleared["candidates"] = tuple(options[:3])
        changed = replace(changed, **cleared)
    return changed


def _another_contact(intake: Intake, said: Said) -> bool:
    """Whether a number stands in the utterance that the complaint does not have: who says it does not only say yes."""
    contact = said.first("contact")
    known = intake.contact or ""
    return contact is not None and contact.text not in known and contact.value not in known


def _not_a_third_time(before: Intake, after: Intake, asked: str | None) -> Intake:
    """What two questions did not bring stays open, and the summary shows it: nobody is asked a third time. Who says
    something else that was still to be asked is not counted."""
    item = "occurred_text" if asked == "occurred_at" else asked or ""
    is_new = any(getattr(after, other) != getattr(before, other) for other in ITEMS)
    if is_new or item not in ITEMS or getattr(after, item) is not None:
        return replace(after, in_vain=0)
    left_open: dict[str, Any] = {item: UNKNOWN}
    return replace(after, in_vain=0, **left_open) if before.in_vain else replace(after, in_vain=1)
