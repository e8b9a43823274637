"""What a channel is: it carries replies to a resident, and knows nothing of what is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.errors import Retry
from bot.messages import Reply


class Channel(Protocol):
    """A way to a resident.

    Implementations raise Retry when the same call may work later, Unreachable when it never will.
    """

    name: str

    async def send(self, conversation_id: str, reply: Reply, at: datetime, operator: int | None = None) -> bool:
        """Deliver a reply; False when nobody is there to take it now, so that it waits in the transcript."""

    async def show_typing(self, conversation_id: str, on: bool) -> None:
        """Show that an answer is being written, or stop showing it."""

    async def show_state(self, conversation_id: str, state: str, operator: int | None = None) -> None:
        """Show who answers now: bot, waiting or human."""

    async def echo(self, conversation_id: str, message_id: str, client_id: str, text: str, at: datetime) -> None:
        """Show a resident's own utterance on their other devices."""

    async def fetch(self, source: str) -> bytes:
        """The content of a file that the channel still holds. Raises Refused when it is too large or gone."""


def channel_of(channels: Mapping[str, Channel], name: str) -> Channel:
    """The channel. Raises Retry while it is switched off: its conversations wait until it is back."""
    if name not in channels:
        raise Retry("channel_down", "the channel is off", after_s=60)
    return channels[name]
