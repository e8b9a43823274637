"""Requests for a person. The gateway opens the handoff and says so, after it is stored."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class RequestPerson(Action):
    """Tells the gateway that the resident wants a person. It says nothing itself: nothing is stored yet."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_request_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Put the request beside the words."""
        dispatcher.utter_message(json_message={"handoff": "requested"})
        return []
