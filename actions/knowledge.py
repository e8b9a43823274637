"""Policy questions: search, answer, clarify, say that it is not known; feedback on answers."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import say
from actions.services import services
from actions.tracker import (
    NOT_UNDERSTOOD,
    Heard,
    asked_of,
    heard,
    last_words,
    not_answered_before,
    opens_complaint,
    question_of,
    topic_of,
)
from bot.again import asks_again
from bot.knowledge.answer import choices, compose, not_known
from bot.knowledge.article import Article
from bot.knowledge.search import Search
from bot.tickets.practical import practical_answer, practical_question
from bot.tickets.remit import door
from bot.tickets.utterance import wants_it_filed

Events = list[dict[str, Any]]


class AnswerPolicy(Action):
    """Answers from the articles, or says honestly that no editor has written about it."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Search with the resident's words."""
        latest = heard(tracker, services().clock())
        if latest.text.startswith("/"):
            dispatcher.utter_message(response="utter_invite_question")
            return []
        found = services().knowledge.search(
            latest.text, latest.language, topic_of(tracker), not_answered_before(tracker)
        )
        begins = _begins_complaint(tracker, latest)
        if begins and found.decision != "answer":
            return [FollowupAction("complaint_form")]
        answered = await answer(dispatcher, latest, found, question_of(tracker))
        return [*answered, FollowupAction("complaint_form")] if begins else answered


class NotUnderstood(Action):
    """Before it says so, it tries the articles: a terse question often has no clear intent."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer when the search is sure, else ask for other words."""
        latest = heard(tracker, services().clock())
        before = last_words(tracker)
        if before and asks_again(latest.text):
            dispatcher.utter_message(**before)
            return [FollowupAction("action_listen")]
        if asked_of(tracker) is None and opens_complaint(tracker, latest, services().categories):
            return [FollowupAction("complaint_form")]
        begins = _begins_complaint(tracker, latest)
        found = services().knowledge.search(latest.text, latest.language, None, not_answered_before(tracker))
        if found.decision == "answer" and not latest.text.startswith("/"):
            # Where no rule tells what comes next, Rasa would run this action again and again.
            following = "complaint_form" if begins else "action_listen"
            return [*await answer(dispatcher, latest, found), FollowupAction(following)]
        if begins:
            return [FollowupAction("complaint_form")]
        dispatcher.utter_message(response=NOT_UNDERSTOOD)
        return [FollowupAction("action_listen")]


class ChooseArticle(Action):
    """Answers with the article whose button was pressed."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_choose_article"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Show it in the light of the question that was asked."""
        latest = heard(tracker, services().clock())
        article = services().knowledge.article(latest.pressed.get("topic", ""))
        if article is None:
            question = question_of(tracker)
            await _note_gap(question, latest, None, 0.0, "none")
            say(dispatcher, not_known(latest.language, services().city))
            return []
        say(dispatcher, compose(article, question_of(tracker), latest.language, services().city))
        return [SlotSet("topic_answered", article.topic)]


class TakeFeedback(Action):
    """ "Did this help?" — a no goes to the editors, and the resident is offered a person."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_take_feedback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Note it."""
        latest = heard(tracker, services().clock())
        if latest.pressed.get("helped") == "yes":
            dispatcher.utter_message(response="utter_feedback_thanks")
            return []
        await _note_gap(question_of(tracker), latest, latest.pressed.get("topic"), 1.0, "not_helped")
        dispatcher.utter_message(response="utter_feedback_sorry")
        return []


def _begins_complaint(tracker: Tracker, latest: Heard) -> bool:
    """A question and a complaint in one breath: the complaint is taken in, whether there is an answer or not."""
    return asked_of(tracker) is None and wants_it_filed(latest.text, latest.spans)


async def answer(dispatcher: CollectingDispatcher, latest: Heard, found: Search, previous_question: str = "") -> Events:
    """Answer the utterance from the articles found, or from the doors of matters that the city cannot act on."""
    city, remit = services().city, services().remit
    before = None
    if found.decision != "answer":
        # "Then who can help me?" is about what was asked before.
        before = remit.kind_before(latest.text, previous_question)
    kind = before or remit.kind(latest.text)
    if kind:
        say(dispatcher, door(kind, latest.language, city))
        return _not_answered(previous_question if before else latest.text)
    best = found.candidates[0] if found.candidates else None
    if found.decision == "answer" and best:
        return state(dispatcher, latest, best.article)
    question = practical_question(latest.text)
    if question:
        say(dispatcher, practical_answer(question, latest.language, city))
        return []
    if found.decision == "choose":
        say(dispatcher, choices(found, latest.language, city))
    else:
        await _note_gap(latest.text, latest, best.article.topic if best else None, best.score if best else 0.0, "none")
        say(dispatcher, not_known(latest.language, city))
    return _not_answered(latest.text)


def _not_answered(question: str) -> Events:
    """No article has answered it: what is said next is not about the one before it."""
    return [SlotSet("topic_answered", None), SlotSet("question", question)]


def state(dispatcher: CollectingDispatcher, latest: Heard, article: Article) -> Events:
    """Answer the utterance with that article, and remember both for "and for my wife?"."""
    say(dispatcher, compose(article, latest.text, latest.language, services().city))
    return [SlotSet("topic_answered", article.topic), SlotSet("question", latest.text)]


async def _note_gap(text: str, latest: Heard, nearest: str | None, score: float, reason: str) -> None:
    await services().gaps.record(
        text=text,
        language=latest.language,
        conversation_id=latest.conversation_id,
        nearest_topic=nearest,
        score=score,
        reason=reason,
    )
