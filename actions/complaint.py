"""The complaint form: what an utterance adds, what is asked, the summary, and the filing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.corrections import corrected
from actions.knowledge import state
from actions.reply import say
from actions.services import services
from actions.tracker import RESUMPTION, Heard, asked_of, heard, intake_of, said_of
from bot.tickets.assent import agrees
from bot.tickets.confirmation import ADD, AGREE, CANCEL, CHANGE, WRONG, Reply
from bot.tickets.form import ANONYMOUS, UNKNOWN, Intake
from bot.tickets.intake import take_in
from bot.tickets.items import ABOUT_US
from bot.tickets.practical import practical_answer, practical_question
from bot.tickets.remit import door
from bot.tickets.ticket import Draft
from bot.tickets.utterance import other_matter

Events = list[dict[str, Any]]

ASIDES = {
    "ask_policy",
    "choose_article",
    "give_feedback",
    "check_ticket_status",
    "ask_bot_identity",
    "request_human",
    "cancel",
}
"""Intents that the rules answer in the middle of the form: they add nothing to the complaint."""

COURTESIES = {"greet", "thank"}
"""Intents after which the form just asks again."""

ASKS_TOO = 0.2
"""Confidence of a policy question from which one that stands in a complaint's first words is answered as well."""

_FOR_THE_FORM = {AGREE, CHANGE, WRONG, ADD, CANCEL}
"""What is said to the summary and is no question and no other matter."""


def asks_too(tracker: Tracker) -> bool:
    """Whether what begins a complaint also asks about a rule: "until what hour may they build? I want to complain"."""
    message = tracker.latest_message
    ranking = {found["name"]: found["confidence"] for found in message.get("intent_ranking") or []}
    has_question = any(sign in (message.get("text") or "") for sign in "?？")
    return has_question and ranking.get("ask_policy", 0.0) >= ASKS_TOO


def slots_of(intake: Intake) -> Events:
    """The complaint as slots: those that the form requires, and the whole of it."""
    return [
        SlotSet("description", intake.description),
        SlotSet("category", intake.category),
        SlotSet("location", intake.location),
        SlotSet("occurred_at", intake.occurred_text),
        SlotSet("contact", intake.contact),
        SlotSet("confirmed", intake.confirmed),
        SlotSet("intake", intake.to_json() if intake.read else None),
    ]


class ValidateComplaintForm(Action):
    """Reads each utterance inside the form. Rasa calls it before it asks for what is missing."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "validate_complaint_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The slots after this utterance."""
        latest, asked = heard(tracker, services().clock()), asked_of(tracker)
        intake = await corrected(intake_of(tracker), latest.conversation_id)
        told = {span.kind for span in latest.spans}
        # It takes the complaint up again, and is no yes to what it held: the summary is shown once more.
        says_go_on = latest.intent == RESUMPTION and not latest.spans
        is_shown = asked == "confirmed" and not latest.text.startswith("/") and not says_go_on
        verdict = services().confirmation.heard_as(latest.text) if is_shown else None
        reply = verdict.certain if verdict else None
        may_ask = asked and reply != AGREE and not told & {"contact", "anonymous"}
        question = practical_question(latest.text) if may_ask else None
        # A place beside "will they see my name?" is theirs; beside "how long will it take?" it is an answer.
        if question and (question == "privacy" or not told & {"place", "time"}):
            say(dispatcher, practical_answer(question, latest.language, services().city))
            return slots_of(intake)
        kind = services().remit.kind_before(latest.text, intake.description or "") if asked else None
        if kind:
            say(dispatcher, door(kind, latest.language, services().city))
            return slots_of(intake)
        is_for_the_form = other_matter(latest.text) or (verdict and _replies(intake, latest, verdict))
        if asked and latest.intent in ASIDES and not is_for_the_form:
            # Nothing set: Rasa then takes the form as rejected, and only so lets a rule answer in the middle.
            return []
        if asked and (says_go_on or latest.intent in COURTESIES) and not is_for_the_form:
            return slots_of(intake)
        if latest.pressed.get("location"):
            intake = replace(intake, location=latest.pressed["location"])
        categories = services().categories
        said = replace(said_of(tracker, latest, categories), reply=reply)
        taken = take_in(intake, said, asked, categories, latest.now)
        if intake.description is None and taken.description:
            return [*slots_of(taken), SlotSet("set_aside", None), *_met(dispatcher, tracker, latest, taken.description)]
        return slots_of(taken)


def _replies(intake: Intake, latest: Heard, verdict: Reply) -> bool:
    """Whether the words are for the form that has shown the summary, whatever they sound like elsewhere."""
    if agrees(intake, latest.text):
        return True
    # The intent to cancel is heard by who does not know what was asked: the words must be such as call a complaint off.
    if latest.intent == "cancel":
        return not verdict.may_cancel
    return verdict.certain in _FOR_THE_FORM and not (verdict.certain == CANCEL and latest.intent == "request_human")


def _met(dispatcher: CollectingDispatcher, tracker: Tracker, latest: Heard, description: str) -> Events:
    """What is said to a complaint as it begins: the right door, where it is not for the city, or the rule asked for."""
    kind = services().remit.kind(description)
    if kind:
        # Heard and told the right door; whether to file it all the same is the resident's choice.
        say(dispatcher, door(kind, latest.language, services().city))
        return []
    found = services().knowledge.search(latest.text, latest.language) if asks_too(tracker) else None
    if not found or found.decision != "answer":
        return []
    return state(dispatcher, latest, found.candidates[0].article)


class AskCategory(Action):
    """Asks with at most three buttons; other words are understood too."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_ask_category"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offer the likeliest categories."""
        latest, city = heard(tracker, services().clock()), services().city
        buttons = [
            _choice(category, city.categories[category].name.in_(latest.language))
            for category in [*intake_of(tracker).choices, "other"]
        ]
        dispatcher.utter_message(response="utter_ask_category", buttons=buttons)
        return []


class AskContact(Action):
    """Asks how to reach the resident, or says that a number cannot be right."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_ask_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        unclear = intake_of(tracker).unclear_contact > 0
        dispatcher.utter_message(response="utter_contact_unclear" if unclear else "utter_ask_contact")
        return []


class AskConfirmed(Action):
    """Shows the summary, or asks which item is wrong."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_ask_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Everything that would be filed, in the resident's own words."""
        latest, intake, city = heard(tracker, services().clock()), intake_of(tracker), services().city
        if intake.which_item:
            dispatcher.utter_message(response="utter_ask_which_item")
            return []
        category = city.categories[intake.category or "other"]
        department = services().tickets.department_for(category.id, intake.description or "")
        name = category.name.in_(latest.language)
        others = [other for other in intake.choices if other != intake.category]
        dispatcher.utter_message(
            response="utter_ask_confirmed",
            description=intake.description,
            category=city.text("tickets.unsure_kind", latest.language, kind=name) if others else name,
            buttons=[_other_choice(other, latest.language) for other in others],
            department=city.departments[department].in_(latest.language),
            location=_shown(intake.location, latest.language),
            occurred=_shown(intake.occurred_text, latest.language),
            contact=_shown(intake.contact, latest.language),
        )
        return []


class FileTicket(Action):
    """Files the complaint and says its number from the stored row. A repeat of the turn files nothing twice. One that was
    called off at the summary is put aside."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_file_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """File under the utterance's id as idempotency key."""
        latest, city = heard(tracker, services().clock()), services().city
        intake = intake_of(tracker)
        if intake.confirmed is False:
            # Here, not by a rule: one that asks for a slot has to be told in every other what becomes of it.
            return await DiscardComplaint().run(dispatcher, tracker, domain)
        if not intake.confirmed:
            raise RuntimeError("nothing is filed that the resident has not confirmed")
        draft = await _draft(await corrected(intake, latest.conversation_id), latest.conversation_id, latest.language)
        ticket = await services().tickets.file(draft, key=f"{latest.conversation_id}:{latest.message_id}")
        dispatcher.utter_message(
            response="utter_ticket_filed",
            number=ticket.number,
            code=ticket.access_code,
            department=city.departments[ticket.department].in_(latest.language),
            due=services().tickets.due_text(ticket, latest.language),
        )
        dispatcher.utter_message(json_message={"ticket": ticket.number})
        return [*slots_of(Intake()), SlotSet("question", None)]


class DiscardComplaint(Action):
    """Puts the complaint in the making aside: nothing was filed. The next message may take it up again."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_discard_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so, and leave the form."""
        dispatcher.utter_message(response="utter_complaint_cancelled")
        intake = intake_of(tracker)
        # Called off at the summary: that is what is asked again, should it be taken up.
        asked = "confirmed" if intake.confirmed is False else asked_of(tracker)
        aside = {"intake": replace(intake, confirmed=None).to_json(), "asked": asked} if intake.description else None
        return [*slots_of(Intake()), SlotSet("set_aside", aside)]


class ResumeComplaint(Action):
    """Takes up the complaint that was cancelled by the message before, unless this one tells another trouble."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_resume_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The slots as they were; the form then reads the message as it would have."""
        latest, aside = heard(tracker, services().clock()), tracker.get_slot("set_aside") or {}
        intake, categories = Intake.from_json(aside.get("intake")), services().categories
        candidates = categories.candidates(latest.text) if latest.spans else []
        is_another = categories.is_sure(candidates) and candidates[0][0] not in {*ABOUT_US, intake.category}
        if is_another or intake.description is None:
            return [SlotSet("set_aside", None)]
        return [*slots_of(intake), SlotSet("requested_slot", aside.get("asked")), SlotSet("set_aside", None)]


async def _draft(intake: Intake, conversation_id: str, language: str) -> Draft:
    """The complaint with its conversation's channel, and the point on the map if its place was shared."""
    conversations = services().storage.conversations
    async with services().storage.reading() as tx:
        conversation = await conversations.get(tx, conversation_id)
        places = await conversations.places(tx, conversation_id)
    draft = intake.draft(conversation_id, conversation.channel if conversation else "webchat", language)
    point = next((place for place in places if place.name == intake.location), None)
    return replace(draft, coordinates=(point.latitude, point.longitude)) if point else draft


def _other_choice(category: str, language: str) -> dict[str, str]:
    """The button of another category than the one in the summary."""
    city = services().city
    return _choice(
        category, city.text("tickets.other_kind", language, kind=city.categories[category].name.in_(language))
    )


def _choice(category: str, title: str) -> dict[str, str]:
    return {"title": title, "payload": f'/choose_category{{"category": "{category}"}}'}


def _shown(value: str | None, language: str) -> str:
    city = services().city
    if value in {None, UNKNOWN}:
        return city.text("tickets.unknown", language)
    if value == ANONYMOUS:
        return city.text("tickets.anonymous", language)
    return str(value)
