"""Requests for a person. The gateway opens the handoff and says so, after it is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import say
from actions.services import services
from actions.tracker import heard, question_of
from bot.messages import Button
from bot.tickets.remit import door


class RequestPerson(Action):
    """Tells the gateway that the resident wants a person. It says nothing itself: nothing is stored yet.

    Who was told that the city cannot act, and asks "who can help me then?", means the right door: it is shown once
    more, with a button for a person.
    """

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_request_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Put the request beside the words."""
        latest, city = heard(tracker, services().clock()), services().city
        kind = services().remit.kind_before(latest.text, question_of(tracker))
        if kind:
            person = Button(city.text("desk.button_person", latest.language), "/request_human")
            say(dispatcher, replace(door(kind, latest.language, city), buttons=(person,)))
            return []
        dispatcher.utter_message(json_message={"handoff": "requested"})
        return []
