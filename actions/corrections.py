"""A complaint in the making, put right by what the resident has edited since."""

from __future__ import annotations

from dataclasses import replace

from actions.services import services
from bot.extract import contacts, places, times
from bot.spans.span import chosen
from bot.tickets.form import Intake


async def corrected(intake: Intake, conversation_id: str) -> Intake:
    """The complaint with edited words in the place of the former ones."""
    if intake.description is None:
        return intake
    conversations = services().storage.conversations
    async with services().storage.reading() as tx:
        edits = await conversations.edits(tx, conversation_id)
    for former, text in edits:
        intake = put_right(intake, former, text)
    return intake


def put_right(intake: Intake, former: str, text: str) -> Intake:
    """The complaint after one edit: items that were read out of the former words are read out of the new ones.

    An item that the new words still hold, or no longer name, stays.
    """
    if not former:
        return intake
    if intake.description and former in intake.description:
        intake = replace(intake, description=intake.description.replace(former, text))
    if _is_from(intake.location, former, text):
        place = chosen(places(text), "place")
        if place or intake.location == former:
            intake = replace(intake, location=place.text if place else text)
    if _is_from(intake.occurred_text, former, text):
        found = chosen(times(text, services().clock()), "time")
        if found:
            intake = replace(intake, occurred_text=found.text, occurred_at=found.value or None)
    if _is_from(intake.contact, former, text):
        contact = chosen(contacts(text), "contact")
        intake = replace(intake, contact=contact.text if contact else intake.contact)
    return intake


def _is_from(item: str | None, former: str, text: str) -> bool:
    return bool(item) and item in former and item not in text  # type: ignore[operator]  # item is not empty
