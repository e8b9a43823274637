"""Every write to a ticket: file, accept, return, resolve, confirm, reopen, assign, note, withdraw.

Each writes the ticket, its history and the notice to the resident in one transaction. What it returns is
what stands in the database.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.city import City
from bot.errors import NotFound, Refused
from bot.messages import Button
from bot.tickets.router import SURE, Router
from bot.tickets.sla import deadline
from bot.tickets.ticket import Draft, HistoryEntry, Ticket, TicketStatus, after

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.storage.tickets import TicketStore
    from bot.storage.unit import Storage

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, O, 1, I and L: the code is read out and copied by hand."""

CODE_LENGTH = 6
WRONG_CODES = 5
WRONG_CODES_WITHIN = timedelta(hours=1)

SETTLED_BUTTONS = (
    ("tickets.button.settled", "yes"),
    ("tickets.button.not_settled", "no"),
    ("tickets.button.partly", "partly"),
)

NOTICE_OF = {
    "accept": "accepted",
    "resolve": "resolved",
    "return": "returned",
    "assign": "assigned",
    "withdraw": "withdrawn",
}
"""Moves that the resident hears of at once, by the name of the sentence."""


class TicketService:
    """Tickets of one city. `store` holds them, `storage` takes the notices to residents, `router` has learned from the
    city's history who deals with what."""

    def __init__(
        self,
        store: TicketStore,
        storage: Storage,
        city: City,
        clock: Callable[[], datetime],
        router: Router | None = None,
    ) -> None:
        self._store = store
        self._router = router
        self._storage = storage
        self._city = city
        self._clock = clock
        self._zone = ZoneInfo(city.timezone)

    # --- filing and finding -----------------------------------------------------------------------------

    async def file(self, draft: Draft, key: str) -> Ticket:
        """File a complaint once per idempotency key; a repeat returns the stored ticket."""
        async with self._store.transaction() as tx:
            known = await self._store.by_key(tx, key)
            if known:
                return known
            now = self._clock()
            day = now.astimezone(self._zone).strftime("%Y%m%d")
            # A second writer with the same key waits here, and takes no number: there would be a gap.
            await self._store.hold_day(tx, day)
            known = await self._store.by_key(tx, key)
            if known is None:
                count = await self._store.next_in_day(tx, day)
                ticket = self._new(draft, f"{day}-{count:06d}", now)
                await self._store.add(tx, ticket, key)
                first = HistoryEntry(now, "file", ticket.status, ticket.department)
                await self._store.note(tx, ticket.number, first)
                known = await self._store.by_number(tx, ticket.number)
        assert known, "it was written just now"
        return known

    def department_for(self, category: str, description: str) -> str:
        """Who deals with a complaint: by the city's history where that is sure, else by its category."""
        if self._router:
            department, chance = self._router.likeliest(description)
            if chance >= SURE and department in self._city.departments:
                return department
        return self._city.categories[category].department

    def _new(self, draft: Draft, number: str, now: datetime) -> Ticket:
        return Ticket(
            number=number,
            access_code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
            category=draft.category,
            department=self.department_for(draft.category, draft.description),
            status=TicketStatus.FILED,
            description=draft.description,
            location=draft.location,
            coordinates=draft.coordinates,
            occurred_at=draft.occurred_at,
            occurred_text=draft.occurred_text,
            contact=draft.contact,
            anonymous=draft.anonymous,
            language=draft.language,
            conversation_id=draft.conversation_id,
            channel=draft.channel,
            incident=None,
            returns=0,
            filed_at=now,
            due_at=deadline(self._city, draft.category, now),
        )

    async def find(self, number: str) -> Ticket:
        """The ticket with its history. Raises NotFound."""
        async with self._store.reading() as tx:
            ticket = await self._store.by_number(tx, number)
        if ticket is None:
            raise NotFound("no_such_ticket", "no such ticket")
        return ticket

    async def look_up(self, number: str, conversation_id: str, access_code: str | None = None) -> Ticket:
        """A resident's look at a ticket: freely from its own conversation, else with its access code.

        Raises NotFound, whether the number does not exist or the code is wrong, and Refused after five wrong
        codes within an hour.
        """
        async with self._store.transaction() as tx:
            now = self._clock()
            await self._store.forget_tries(tx, now - WRONG_CODES_WITHIN)
            ticket = await self._store.by_number(tx, number)
            if ticket and await self._store.is_own(tx, ticket, conversation_id):
                return ticket
            if await self._store.wrong_tries(tx, number, now - WRONG_CODES_WITHIN) >= WRONG_CODES:
                raise Refused("too_many_codes", "too many wrong access codes")
            if ticket and access_code and hmac.compare_digest(ticket.access_code, access_code.upper()):
                return ticket
            if access_code:
                await self._store.add_wrong_try(tx, number, now)
        raise NotFound("no_such_ticket", "no such ticket, or a wrong code")

    async def of_conversation(self, conversation_id: str) -> list[Ticket]:
        """The conversation's tickets, latest first, with their history."""
        async with self._store.reading() as tx:
            found = await self._store.search(tx, {"conversation_id": conversation_id}, 20)
            whole = [await self._store.by_number(tx, ticket.number) for ticket in found]
        return [ticket for ticket in whole if ticket]

    async def list(self, **filters: str | None) -> Sequence[Ticket]:
        """Tickets with that status, department, category or conversation_id, latest first."""
        async with self._store.reading() as tx:
            return await self._store.search(tx, filters)

    async def count_by_status(self) -> dict[str, int]:
        """How many tickets stand where."""
        async with self._store.reading() as tx:
            return await self._store.count_by_status(tx)

    # --- moves of the staff -----------------------------------------------------------------------------

    async def accept(self, number: str, by: str = "") -> Ticket:
        """The department takes it on."""
        return await self._move(number, "accept", by)

    async def resolve(self, number: str, text: str, by: str = "") -> Ticket:
        """The department says that it is done, and what was done; the resident is asked."""
        _require(text, "resolve_needs_text")
        return await self._move(number, "resolve", by, text)

    async def return_(self, number: str, reason: str, department: str, by: str = "") -> Ticket:
        """The department is not the right one; the second return goes to a supervisor."""
        _require(reason, "return_needs_reason")
        return await self._move(number, "return", by, reason, self._known(department))

    async def assign(self, number: str, department: str, by: str = "") -> Ticket:
        """A supervisor decides whose it is."""
        return await self._move(number, "assign", by, "", self._known(department))

    async def note(self, number: str, text: str, by: str = "") -> Ticket:
        """A note for the staff; the resident does not see it."""
        _require(text, "note_needs_text")
        async with self._store.transaction() as tx:
            ticket = await self._ticket(tx, number)
            entry = HistoryEntry(self._clock(), "note", ticket.status, ticket.department, text, by)
            await self._store.note(tx, number, entry)
        return await self.find(number)

    # --- moves of the resident --------------------------------------------------------------------------

    async def confirm(self, number: str) -> Ticket:
        """The resident calls it settled."""
        return await self._move(number, "confirm", "resident")

    async def reopen(self, number: str, partly: bool = False) -> Ticket:
        """The resident objects."""
        return await self._move(number, "reopen", "resident", "partly" if partly else "")

    async def withdraw(self, number: str) -> Ticket:
        """The resident takes it back."""
        return await self._move(number, "withdraw", "resident")

    async def _move(self, number: str, move: str, by: str, text: str = "", department: str | None = None) -> Ticket:
        async with self._store.transaction() as tx:
            ticket = await self._ticket(tx, number)
            status, now = after(ticket, move), self._clock()
            target = ticket.department if department is None or status is TicketStatus.ARBITRATION else department
            fields: dict[str, Any] = {"status": status.value, "department": target}
            if move == "return":
                fields["returns"] = ticket.returns + 1
            if not await self._store.change(tx, number, ticket.status, **fields):
                raise Refused("ticket_changed", "the ticket changed meanwhile")
            await self._store.note(tx, number, HistoryEntry(now, move, status, target, text, by))
            if move in NOTICE_OF:
                key = "arbitration" if status is TicketStatus.ARBITRATION else NOTICE_OF[move]
                await self._tell(tx, ticket, key, target, text, now)
        return await self.find(number)

    async def _tell(
        self, tx: AsyncConnection, ticket: Ticket, key: str, department: str, text: str, now: datetime
    ) -> None:
        name = self._city.departments[department]
        buttons: tuple[Button, ...] = ()
        if key == "resolved":
            buttons = tuple(
                Button(title, f'/confirm_resolution{{"number": "{ticket.number}", "settled": "{answer}"}}')
                for title, answer in SETTLED_BUTTONS
            )
        fields = {
            "number": ticket.number,
            "department": {"zh": name.zh, "en": name.en},
            "due": {language: self.due_text(ticket, language) for language in ("zh", "en")},
            "text": text.rstrip("。. "),
        }
        await self._storage.notice(tx, ticket.conversation_id, f"tickets.notice.{key}", fields, now, buttons)

    async def _ticket(self, tx: AsyncConnection, number: str) -> Ticket:
        ticket = await self._store.by_number(tx, number)
        if ticket is None:
            raise NotFound("no_such_ticket", "no such ticket")
        return ticket

    def _known(self, department: str) -> str:
        if department not in self._city.departments:
            raise Refused("no_such_department", "no such department")
        return department

    # --- words ------------------------------------------------------------------------------------------

    def due_text(self, ticket: Ticket, language: str) -> str:
        """The deadline as a resident reads it: 12月15日 / 15 December 2026."""
        return self._day(ticket.due_at, language)

    def due_line(self, ticket: Ticket, language: str) -> str:
        """One sentence about the deadline."""
        key = "overdue" if self._clock() > ticket.due_at else "ahead"
        return self._city.text(f"tickets.due.{key}", language, due=self.due_text(ticket, language))

    def history_text(self, ticket: Ticket, language: str) -> str:
        """What happened so far, a line a step, without the notes of the staff."""
        lines = []
        for entry in ticket.history:
            if entry.action == "note":
                continue
            step = "arbitrate" if entry.status is TicketStatus.ARBITRATION else entry.action
            words = {
                "day": self._day(entry.at, language),
                "department": self._city.departments[entry.department].in_(language),
            }
            lines.append(self._city.text(f"tickets.step.{step}", language, **words))
        return "\n".join(lines)

    def _day(self, moment: datetime, language: str) -> str:
        day = moment.astimezone(self._zone)
        return f"{day.day} {day:%B %Y}" if language == "en" else f"{day.month}月{day.day}日"


def _require(text: str, key: str) -> None:
    if not text.strip():
        raise Refused(key, "the move needs words")
