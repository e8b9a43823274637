"""Where a ticket stands, and whether the resident calls it settled."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.services import services
from actions.tracker import Heard, heard, status_number_of
from bot.errors import NotFound, Refused
from bot.tickets.ticket import Ticket

Events = list[dict[str, Any]]

SHOWN = 3
"""Tickets of a conversation that are told at once, latest first."""


class TicketStatus(Action):
    """Looks a ticket up: the conversation's own freely, another's with its access code."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_ticket_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """By the number in the words; without one, the conversation's own."""
        latest = heard(tracker, services().clock())
        values = {span.kind: span.value for span in latest.spans}
        code = values.get("access_code")
        number = values.get("ticket_number") or (status_number_of(tracker) if code else None)
        if number:
            return await self._by_number(dispatcher, latest, number, code)
        own = await services().tickets.of_conversation(latest.conversation_id)
        if not own:
            dispatcher.utter_message(response="utter_no_tickets")
        for ticket in own[:SHOWN]:
            _tell(dispatcher, ticket, latest.language)
        return [SlotSet("status_number", None)]

    async def _by_number(
        self, dispatcher: CollectingDispatcher, latest: Heard, number: str, code: str | None
    ) -> Events:
        try:
            ticket = await services().tickets.look_up(number, latest.conversation_id, code)
        except NotFound:
            if code is None:
                dispatcher.utter_message(response="utter_ask_access_code")
                return [SlotSet("status_number", number)]
            dispatcher.utter_message(response="utter_ticket_not_found")
            return [SlotSet("status_number", None)]
        except Refused:
            dispatcher.utter_message(response="utter_try_later")
            return [SlotSet("status_number", None)]
        _tell(dispatcher, ticket, latest.language)
        return [SlotSet("status_number", None)]


class ConfirmResolution(Action):
    """A ticket is settled only when the resident says so; otherwise it opens again."""

    def name(self) -> str:
        """Rasa's name of it."""
        return "action_confirm_resolution"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Note the answer that was given by button."""
        latest = heard(tracker, services().clock())
        number, settled = latest.pressed.get("number", ""), latest.pressed.get("settled")
        try:
            await services().tickets.look_up(number, latest.conversation_id)
            if settled == "yes":
                await services().tickets.confirm(number)
                dispatcher.utter_message(response="utter_settled")
            else:
                await services().tickets.reopen(number, partly=settled == "partly")
                dispatcher.utter_message(response="utter_reopened", number=number)
        except (NotFound, Refused):
            # An old button: the ticket has moved on since, so its present state is the answer.
            dispatcher.utter_message(response="utter_ticket_not_found")
        return []


def _tell(dispatcher: CollectingDispatcher, ticket: Ticket, language: str) -> None:
    city = services().city
    dispatcher.utter_message(
        response="utter_ticket_status",
        number=ticket.number,
        status=city.text(f"tickets.status.{ticket.status.value}", language),
        category=city.categories[ticket.category].name.in_(language),
        department=city.departments[ticket.department].in_(language),
        due=services().tickets.due_line(ticket, language),
        history=services().tickets.history_text(ticket, language),
    )
