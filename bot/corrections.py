"""What an edit means for a ticket: its department reads the new words as a note, since the old ones were filed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.city import City
from bot.storage.outbox import Job
from bot.storage.unit import Storage
from bot.tickets.service import TicketService

RESIDENT = "resident"


class Corrections:
    """Handles `correction` jobs, written with an edit whose turn was taken already."""

    def __init__(self, storage: Storage, city: City, tickets: TicketService, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._city = city
        self._tickets = tickets
        self._clock = clock

    async def pass_on(self, job: Job) -> Job | None:
        """Add a note to each ticket that was filed with the former words. A note that stands there is not repeated."""
        async with self._storage.reading() as tx:
            entry = await self._storage.conversations.get_entry(tx, job.payload["entry_id"])
        former = job.payload["former"].strip()
        if entry and former:
            for ticket in await self._tickets.of_conversation(job.conversation_id):
                if former not in ticket.description:
                    continue
                note = self._city.text("gateway.correction_note", ticket.language, text=entry.text)
                if all(step.text != note for step in ticket.history):
                    await self._tickets.note(ticket.number, note, by=RESIDENT)
        async with self._storage.transaction() as tx:
            return await self._storage.outbox.finish(tx, job, self._clock())
