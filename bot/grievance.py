"""The complaint inside a cry for help: who writes "eight months without wages, I am on the roof" gets both.

The danger is a person's work; the unpaid wages are filed as a ticket, from the resident's own words, without
a form. It is said only after it is stored.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime

from bot.city import City
from bot.commit import Commit, Consequences
from bot.crisis.recogniser import CrisisRecogniser
from bot.extract import SpanTagger, extract
from bot.messages import Reply
from bot.spans.span import chosen
from bot.storage.outbox import Job
from bot.storage.unit import Storage
from bot.tickets.classify import FALLBACK, CategoryClassifier
from bot.tickets.service import TicketService
from bot.tickets.ticket import Draft

MIN_PROBABILITY = 0.8
"""Below this the words are danger only: a wrong ticket is worse than none, the operator can file one. A clause that
complains of nothing ("this is complicated for me") reaches 0.65."""

SHORTEST_CLAUSE, MOST_CLAUSES = 6, 8
_CLAUSE = re.compile(r"[，。！？；,.!?;\n]+")


class Grievances:
    """Handles `grievance` jobs, written with every urgent finding."""

    def __init__(
        self,
        storage: Storage,
        city: City,
        tickets: TicketService,
        categories: CategoryClassifier,
        tagger: SpanTagger,
        recogniser: CrisisRecogniser,
        commit: Commit,
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._city = city
        self._tickets = tickets
        self._categories = categories
        self._tagger = tagger
        self._recogniser = recogniser
        self._commit = commit
        self._clock = clock

    async def file(self, job: Job) -> Job | None:
        """File the grievance in the utterance, if there is one, under the utterance's id as idempotency key."""
        async with self._storage.reading() as tx:
            entry = await self._storage.conversations.get_entry(tx, job.payload["entry_id"])
            conversation = await self._storage.conversations.get(tx, job.conversation_id)
        assert entry and conversation, "a grievance is written with its utterance"
        # In a thread: each clause is read twice, and the next cry for help must not wait for that.
        draft = await asyncio.to_thread(
            self._draft, entry.text, conversation.id, conversation.channel, conversation.language
        )
        done = Consequences()
        ticket = await self._tickets.file(draft, key=f"{conversation.id}:{entry.id}") if draft else None
        async with self._storage.transaction() as tx:
            if ticket:
                said = Reply(
                    self._city.text(
                        "gateway.grievance_filed",
                        conversation.language,
                        category=self._city.categories[ticket.category].name.in_(conversation.language),
                        number=ticket.number,
                        code=ticket.access_code,
                    ),
                    author="system",
                    data={"ticket": ticket.number},
                    id=f"{entry.id}-ticket",
                )
                await self._commit.say(tx, conversation.id, [said], done)
            following = await self._storage.outbox.finish(tx, job, self._clock())
        self._commit.carry_out(done)
        return following

    def _draft(self, text: str, conversation_id: str, channel: str, language: str) -> Draft | None:
        category = self._matter(text)
        if category is None:
            return None
        spans = extract(text, self._clock(), self._tagger)
        place, time, contact = (chosen(spans, kind) for kind in ("place", "time", "contact"))
        return Draft(
            conversation_id=conversation_id,
            channel=channel,
            language=language,
            description=text,
            category=category,
            location=place.text if place else None,
            occurred_at=datetime.fromisoformat(time.value) if time and time.value else None,
            occurred_text=time.text if time else None,
            contact=contact.text if contact else None,
            anonymous=contact is None,
        )

    def _matter(self, text: str) -> str | None:
        """The likeliest category of the clauses that are no cry themselves, or of one of them: who stands on a roof and
        says no more gets a person, and no ticket about the roof; nor one about the cat that will be left behind."""
        clauses = [clause for clause in _CLAUSE.split(text) if len(clause.strip()) >= SHORTEST_CLAUSE]
        calm = [clause for clause in clauses[:MOST_CLAUSES] if self._recogniser.assess(clause).level == "none"]
        if not calm:
            return None
        found = (self._categories.candidates(part)[0] for part in ["，".join(calm), *calm])
        category, probability = max(found, key=lambda candidate: candidate[1] * (candidate[0] != FALLBACK))
        return category if probability >= MIN_PROBABILITY and category != FALLBACK else None
