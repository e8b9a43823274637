"""What happens right now, for pages that are open: a queue per listener, in memory, never waited for.

Nothing durable: a page that reconnects reads the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.events import Event

BACKLOG = 1_000
"""Events that a slow listener may lag behind before it loses the oldest."""


class Live:
    """Hands each event to every listener of this process."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event]] = set()

    def publish(self, event: Event) -> None:
        """Give the event to all who listen now; never blocks."""
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Event]]:
        """A queue that fills with the events published inside the block."""
        queue: asyncio.Queue[Event] = asyncio.Queue(maxsize=BACKLOG)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
