"""What follows from an event, in one table. Nothing here is durable: that was written before the event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.channels.base import Channel
from bot.desk.queue import HandoffStatus
from bot.events import Event, HandoffChanged
from bot.live import Live

STATE_OF = {
    HandoffStatus.WAITING.value: "waiting",
    HandoffStatus.CLAIMED.value: "human",
    HandoffStatus.CLOSED.value: "bot",
}


class Reactions:
    """Publishes events to the pages that are open, and to the channels that show who answers."""

    def __init__(self, live: Live, channels: Mapping[str, Channel]) -> None:
        self._live = live
        self._channels = channels
        self._tasks: set[asyncio.Task[None]] = set()
        self._table: dict[type[Event], Callable[[Any], None]] = {HandoffChanged: self._show_state}

    def publish(self, event: Event) -> None:
        """Tell everybody who listens now; never blocks, never fails for the caller."""
        self._live.publish(event)
        react = self._table.get(type(event))
        if react:
            react(event)

    def _show_state(self, event: HandoffChanged) -> None:
        state = STATE_OF[event.handoff["status"]]
        operator = event.handoff["claimed_by"] if state == "human" else None
        for channel in self._channels.values():
            self._spawn(channel.show_state(event.conversation_id, state, operator))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
