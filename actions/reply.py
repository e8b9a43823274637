"""Hands a service's reply to Rasa."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from bot.messages import Reply


def say(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Utter a reply that a service composed, with its buttons and facts."""
    dispatcher.utter_message(
        text=reply.text,
        buttons=[{"title": button.title, "payload": button.payload} for button in reply.buttons],
        json_message=dict(reply.data) or None,
    )
