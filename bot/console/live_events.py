"""Server-sent events for pages that are open: alarms, handoffs, new lines of a transcript."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict

from bot.events import CrisisRaised, EntryAdded, Event, HandoffChanged
from bot.live import Live

HEARTBEAT_S = 15


def as_message(event: Event) -> str | None:
    """The event as an SSE message; None for one that no page shows.

    A stored alarm carries no words: the page reads them where the audit trail sees it. An alarm that could not be
    stored carries all there is, for it stands nowhere else.
    """
    if isinstance(event, CrisisRaised):
        data = asdict(event) | {"raised_at": event.raised_at.isoformat()}
        if event.is_stored:
            data |= {"text": "", "clues": [], "places": [], "contacts": []}
        return _message("crisis", data)
    if isinstance(event, HandoffChanged):
        return _message("handoff", {"conversation_id": event.conversation_id})
    if isinstance(event, EntryAdded):
        return _message("entry", {"conversation_id": event.conversation_id})
    return None


def _message(name: str, data: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def event_stream(live: Live, is_gone: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
    """Events as they happen, until the page is gone; a comment every 15 s keeps proxies from closing it."""
    with live.listen() as queue:
        yield ": connected\n\n"
        while not await is_gone():
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    event = await queue.get()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            message = as_message(event)
            if message:
                yield message
