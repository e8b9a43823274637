"""The only reader of slots: Rasa's tracker as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from bot.extract import Span, contacts, names, places, times
from bot.opening import is_announced
from bot.tickets.classify import CategoryClassifier
from bot.tickets.form import Intake, Said
from bot.tickets.items import ABOUT_US
from bot.tickets.utterance import OWN_NUMBER, asks, only_introduces, only_place, says_only_where

KIND_OF = {"location": "place", "occurred_at": "time"}
"""Entities that go by another name in `bot/extract.py`; the reverse of `engine/extractor.py`."""

RESUMPTION = "resume_complaint"
"""The intent that takes up what was cancelled by the message before (`engine/context.py`)."""

LOOKS_BACK = 3
"""Utterances before the latest in which its trouble, or a number to reach the resident, is looked for."""

NOT_UNDERSTOOD, MET_ANGER = "utter_not_understood", "utter_anger"

_TAKES_NOTHING_IN = {NOT_UNDERSTOOD, MET_ANGER}
"""What is said to a trouble that was not heard as one; behind anger it was at least a trouble of a sure kind."""

CLEAR = 0.8
"""Probability of a category from which words tell a trouble beyond doubt: another one than was told before, or one in
which a number is not the resident's own."""

_EXTRACTOR = "SpanExtractor"


@dataclass(frozen=True)
class Heard:
    """The latest utterance: its id, words, intent, the values of a pressed button, and the moment."""

    conversation_id: str
    message_id: str
    text: str
    intent: str
    language: str
    spans: tuple[Span, ...]
    pressed: dict[str, str]
    now: datetime


def heard(tracker: Tracker, now: datetime) -> Heard:
    """What the resident said last. `now` is used when the gateway gave no moment."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    entities = message.get("entities") or []
    return Heard(
        conversation_id=tracker.sender_id,
        message_id=str(metadata.get("message_id") or message.get("message_id") or ""),
        text=message.get("text") or "",
        intent=(message.get("intent") or {}).get("name") or "",
        language=tracker.get_slot("language") or metadata.get("language") or "zh",
        spans=tuple(_span(entity) for entity in entities if entity.get("extractor") == _EXTRACTOR),
        pressed={
            entity["entity"]: str(entity["value"])
            for entity in entities
            if entity.get("extractor") not in {_EXTRACTOR, "language"}
        },
        now=datetime.fromisoformat(metadata["now"]) if metadata.get("now") else now,
    )


def _span(entity: dict[str, Any]) -> Span:
    return Span(
        kind=KIND_OF.get(entity["entity"], entity["entity"]),
        text=entity.get("text") or entity["value"],
        start=entity["start"],
        end=entity["end"],
        value=entity["value"],
    )


def intake_of(tracker: Tracker) -> Intake:
    """The complaint in the making."""
    return Intake.from_json(tracker.get_slot("intake"))


def matter_before(tracker: Tracker, latest: Heard, categories: CategoryClassifier) -> tuple[str, str] | None:
    """The words before the latest, and their category, where they clearly tell a trouble and the latest say only where:
    who was answered with an article, or not understood, goes on as if the complaint had been heard."""
    if latest.text.startswith("/"):
        return None
    if not says_only_where(latest.text, latest.spans, categories):
        return None
    told = _trouble_before(tracker, categories)
    return told[:2] if told else None


def _trouble_before(tracker: Tracker, categories: CategoryClassifier) -> tuple[str, str, float] | None:
    """The last trouble that was told and not yet filed, its category and how likely that is. A question that lies further
    back is none, and scolding only where nothing else was told."""
    scolding = None
    for place, text in enumerate(_said_lately(tracker)):
        if place and asks(text):
            continue
        if only_introduces(text, contacts(text), categories):
            continue
        candidates = categories.candidates(text)
        if categories.is_sure(candidates):
            told = text, *candidates[0]
            if told[1] not in ABOUT_US:
                return told
            scolding = scolding or told
    return scolding


def _number_before(tracker: Tracker, categories: CategoryClassifier) -> list[Span]:
    """The number that was given before anybody had asked for it, and the name beside it, in words that tell no trouble:
    there it may be the fraudster's."""
    for text in _said_lately(tracker):
        found = contacts(text)
        is_own = is_announced(text) or OWN_NUMBER.search(text)
        if found and (is_own or categories.candidates(text)[0][1] < CLEAR):
            return [*found, *names(text)]
    return []


def _goes_on_from(tracker: Tracker, latest: Heard, categories: CategoryClassifier) -> tuple[str, str] | None:
    """The trouble told before and its category, where the words behind it say where it is, and more that is clear only
    with it ("the site at ..., we are the tilers"), or go on from what was not understood, or met as anger. What was
    asked before is no trouble told."""
    # What reads no text for its meaning goes first.
    says_where, before = any(span.kind == "place" for span in latest.spans), last_said(tracker)
    if not (says_where or before in _TAKES_NOTHING_IN) or asks(_said_before(tracker) or ""):
        return None
    told = _trouble_before(tracker, categories)
    # What was not understood may be anything: without a place it must be a trouble beyond doubt.
    if told is None or not (says_where or before == MET_ANGER or told[2] >= CLEAR):
        return None
    return told[:2] if categories.candidates(latest.text)[0][1] < CLEAR else None


def goes_on(tracker: Tracker, latest: Heard, categories: CategoryClassifier) -> bool:
    """Whether the words go on from a trouble that was told before."""
    return bool(matter_before(tracker, latest, categories) or _goes_on_from(tracker, latest, categories))


def opens_complaint(tracker: Tracker, latest: Heard, categories: CategoryClassifier) -> bool:
    """Whether words that are no answer to anything belong to a complaint: they go on from a trouble told before, or say
    how to reach the resident, or where it is, before the matter itself. A place behind a question is about that."""
    if goes_on(tracker, latest, categories):
        return True
    has_asked = topic_of(tracker) or question_of(tracker)
    place = None if has_asked else only_place(latest.text, latest.spans)
    # Of what no rule knows for a place the tagger is not sure enough by itself: it may be a child at the keyboard.
    says_where = place is not None and bool(places(place.text))
    is_answer = latest.intent == "inform"
    return bool(says_where or only_introduces(latest.text, latest.spans, categories, is_answer))


def said_of(tracker: Tracker, latest: Heard, categories: CategoryClassifier) -> Said:
    """The utterance as the complaint reads it.

    A button such as "register it" stands for the words said before it: those are the complaint then. A place alone, with
    which a complaint begins, belongs to them; one with more beside it that is clear only with them, too.
    """
    text, spans, category = latest.text, latest.spans, latest.pressed.get("category")
    if "location" in latest.pressed:
        # A shared place begins a complaint or fills its place; what was said before is not the matter.
        return Said(id=latest.message_id, text=text, intent=latest.intent, spans=latest.spans)
    begins = intake_of(tracker).description is None
    matter = matter_before(tracker, latest, categories) if begins else None
    if matter:
        # All that was said is the place: what stands beside its name ("by the lavatories") helps to find it, unless it
        # is no more than "I live at".
        place = only_place(text, spans) or Span("place", text, 0, len(text), text)
        text, category = matter
        spans = (place, *(span for span in spans if span.kind != "place"), *times(text, latest.now), *contacts(text))
    elif begins and not latest.text.startswith("/") and (trouble := _goes_on_from(tracker, latest, categories)):
        told, category = trouble
        text, spans = f"{told}\n{text}", (*spans, *times(told, latest.now), *contacts(told))
    if latest.text.startswith("/file_") and begins:
        before = _said_before(tracker)
        if latest.intent in _FILED_AS_OTHER:
            text, category = before or text, "other"
        elif latest.intent == "file_complaint" and question_of(tracker) and before is not None:
            text = question_of(tracker)
    if begins and all(span.kind != "contact" for span in spans):
        spans = (*spans, *_number_before(tracker, categories))
    # What takes up a cancelled complaint is an answer to what was asked before.
    intent = "inform" if latest.intent == RESUMPTION else latest.intent
    return Said(id=latest.message_id, text=text, intent=intent, spans=spans, category=category)


_FILED_AS_OTHER = {"file_praise", "file_suggestion"}


def _said_before(tracker: Tracker) -> str | None:
    """The resident's own words before the latest utterance; None when there are none, or a button was pressed."""
    said = [event for event in tracker.events if event.get("event") == "user"]
    text = said[-2].get("text") if len(said) > 1 else None
    return text if text and not text.startswith("/") else None


def _said_lately(tracker: Tracker) -> list[str]:
    """The resident's own words before the latest utterance, the last first, back to a button or to the end of the
    complaint before."""
    said: list[str] = []
    for event in reversed(tracker.events):
        is_end = event.get("event") == "action" and event.get("name") in _ENDS
        text = event.get("text") or "" if event.get("event") == "user" else None
        if is_end or (text is not None and text.startswith("/")) or len(said) > LOOKS_BACK:
            break
        if text is not None:
            said.append(text)
    return said[1:]


_ENDS = {"action_file_ticket", "action_discard_complaint"}


def last_words(tracker: Tracker) -> dict[str, Any] | None:
    """What the assistant said last, words and buttons, as `utter_message` takes it; None where it has said nothing."""
    said = [event for event in tracker.events if event.get("event") == "bot" and event.get("text")]
    return {"text": said[-1]["text"], "buttons": (said[-1].get("data") or {}).get("buttons")} if said else None


def last_said(tracker: Tracker) -> str | None:
    """The name of the response that the assistant gave last, before the latest utterance; None where it had none."""
    said = [event for event in tracker.events if event.get("event") == "bot"]
    return (said[-1].get("metadata") or {}).get("utter_action") if said else None


def asked_of(tracker: Tracker) -> str | None:
    """The item that the form asked for last."""
    asked = tracker.get_slot("requested_slot")
    return str(asked) if asked else None


def topic_of(tracker: Tracker) -> str | None:
    """The article that was answered last, for "and for my wife?"."""
    topic = tracker.get_slot("topic_answered")
    return str(topic) if topic else None


def question_of(tracker: Tracker) -> str:
    """The question that the last choice of articles was about."""
    return str(tracker.get_slot("question") or "")


def not_answered_before(tracker: Tracker) -> str:
    """The question before the latest utterance, if no article answered it; else empty."""
    question = question_of(tracker)
    return question if question == _said_before(tracker) and topic_of(tracker) is None else ""


def status_number_of(tracker: Tracker) -> str | None:
    """The ticket number whose access code was asked for."""
    number = tracker.get_slot("status_number")
    return str(number) if number else None
