"""A no, a burst of anger and what is no matter of the city, where nothing was asked: after "I did not understand" the
first two mean "not that either"."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.services import services
from actions.tracker import MET_ANGER, NOT_UNDERSTOOD, heard, last_said, opens_complaint

TAKEN_FOR_NO = "utter_deny_outside"

_DECLINES = re.compile(
    r"不(用|了|要|必|需要|想)|没(有|了|事|啥)|算了|\bno\W*$|\bno,? than|\bnope\b|\bnah\b|nothing", re.IGNORECASE
)


class MeetNo(Action):
    """Leaves the resident in peace; who was not understood before, and says no again, is still not understood."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_meet_no"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say so."""
        said, text = last_said(tracker), heard(tracker, services().clock()).text
        is_lost = said == NOT_UNDERSTOOD or (said == TAKEN_FOR_NO and not _DECLINES.search(text))
        dispatcher.utter_message(response=NOT_UNDERSTOOD if is_lost else TAKEN_FOR_NO)
        return []


class MeetAnger(Action):
    """Meets anger with what can be done. Anger about not being understood counts as once more not understood: the third
    time a person is brought in."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_meet_anger"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Offer the case or a person."""
        dispatcher.utter_message(response=MET_ANGER)
        if last_said(tracker) in {NOT_UNDERSTOOD, TAKEN_FOR_NO}:
            dispatcher.utter_message(json_message={"outcome": "not_understood"})
        return []


class MeetOutOfScope(Action):
    """Says what it can do, unless the words go on from a trouble told before: a place alone sounds like nothing."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_meet_out_of_scope"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Go on with the complaint, or say so."""
        latest = heard(tracker, services().clock())
        if opens_complaint(tracker, latest, services().categories):
            return [FollowupAction("complaint_form")]
        dispatcher.utter_message(response="utter_out_of_scope")
        return []
