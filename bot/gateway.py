"""The path of a message, readable on one screen: assess, record, route.

The turn is taken by `bot/answering.py`; docs/message.md tells the whole path in words. Danger first: the protocol reply and the operators' alarm do not wait for
Rasa, the network or the database.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from bot.channels.base import Channel
from bot.city import City
from bot.commands import FORGET_ME, PAYLOADS, Commands, file_of
from bot.commit import RESUME, Commit, Consequences
from bot.conversation.state import Conversation, State
from bot.crisis.finding import Finding
from bot.crisis.protocol import Protocol
from bot.crisis.recogniser import CrisisRecogniser
from bot.delivery import Delivery
from bot.desk.queue import Handoff
from bot.desk.service import DeskService
from bot.errors import Retry
from bot.events import CrisisRaised, EntryAdded, HandoffChanged, Reason
from bot.hearing import Hearing
from bot.messages import Reply, Utterance, new_id
from bot.reactions import Reactions
from bot.recent import RecentWords
from bot.storage.unit import Storage
from bot.worker import Worker

DANGER_PATIENCE_S = 0.25
"""How long a crisis waits for the database before reply and alarm go out without it."""

GRIEVANCE_KINDS = {"suicide_self_harm", "violence_threat"}
"""Dangers that often have a matter for the city behind them; an accident or a lost child has not."""

WORDLESS = {"gateway.sticker"}
"""Sentences that answer what only seems to have words: a sticker's text is its emoji."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Receipt:
    """The acknowledgement of a stored utterance: its id, the first one's when it is a repeat."""

    message_id: str
    is_repeat: bool


@dataclass
class Emergency:
    """An urgent finding on its way: ids are fixed at once, so that nothing is said or raised twice."""

    utterance: Utterance
    finding: Finding
    reply: Reply
    handoff_id: str
    was_sounded: bool = False


class Gateway:
    """Takes utterances from channels and sees to it that each is answered."""

    def __init__(
        self,
        *,
        storage: Storage,
        city: City,
        recogniser: CrisisRecogniser,
        protocol: Protocol,
        desk: DeskService,
        commit: Commit,
        reactions: Reactions,
        worker: Worker,
        channels: Mapping[str, Channel],
        commands: Commands,
        delivery: Delivery,
        clock: Callable[[], datetime],
    ) -> None:
        self._hearing = Hearing(storage, city, commit, clock)
        self._commands = commands
        self._delivery = delivery
        self._storage = storage
        self._city = city
        self._recogniser = recogniser
        self._protocol = protocol
        self._desk = desk
        self._commit = commit
        self._reactions = reactions
        self._worker = worker
        self._channels = channels
        self._clock = clock
        self._recent = RecentWords()
        # Emergencies of the last minutes by conversation and client id: a repeat sent while the database is
        # away must not sound the alarm again.
        self._emergencies: OrderedDict[tuple[str, str], Emergency] = OrderedDict()

    async def receive(self, utterance: Utterance) -> Receipt:
        """Take one utterance; returns after it is stored.

        Raises Retry when it could not be stored: the sender keeps it and sends it again. Danger in it has been
        answered and raised all the same.
        """
        finding = self._recogniser.assess(utterance.text, self._recent.before(utterance))
        emergency = self._emergency(utterance, finding) if finding.is_urgent else None
        recording = asyncio.create_task(self._record(utterance, finding, emergency))
        if emergency:
            await asyncio.wait({recording}, timeout=DANGER_PATIENCE_S)
            if not recording.done() or recording.exception():
                await self._sound_unstored(emergency)
        try:
            return await asyncio.shield(recording)
        except (DBAPIError, OSError) as error:
            metrics.STORE_FAILURES.inc()
            log.warning("utterance_not_stored", error=type(error).__name__, urgent=emergency is not None)
            raise Retry("not_stored") from error

    # --- danger -----------------------------------------------------------------------------------------

    def _emergency(self, utterance: Utterance, finding: Finding) -> Emergency:
        # An edit may bring a danger that the first wording did not have: it is an alarm of its own.
        wording = f"{utterance.client_id}:{utterance.text}" if utterance.is_edit else utterance.client_id
        key = (utterance.conversation_id, wording)
        known = self._emergencies.get(key)
        if known:
            return known
        language = utterance.language or utterance.preferred_language
        reply = Reply(
            text=self._protocol.card(finding.kind).reply[language],
            author="system",
            data={"protocol": finding.kind},
        )
        emergency = Emergency(utterance, finding, reply, handoff_id=new_id())
        self._emergencies[key] = emergency
        if len(self._emergencies) > 1_000:
            self._emergencies.popitem(last=False)
        return emergency

    async def _sound_unstored(self, emergency: Emergency) -> None:
        if emergency.was_sounded:
            return
        emergency.was_sounded = True
        self._reactions.publish(self._alarm(emergency, emergency.handoff_id, is_stored=False))
        utterance = emergency.utterance
        channel = self._channels[utterance.channel]
        await channel.show_state(utterance.conversation_id, State.WAITING.value)
        await channel.send(utterance.conversation_id, emergency.reply, self._clock())

    def _alarm(self, emergency: Emergency, handoff_id: str, is_stored: bool) -> CrisisRaised:
        finding = emergency.finding
        return CrisisRaised(
            conversation_id=emergency.utterance.conversation_id,
            handoff_id=handoff_id,
            kind=finding.kind or "",
            level=finding.level,
            text=emergency.utterance.text,
            clues=tuple(clue.text for clue in finding.clues),
            places=finding.places,
            contacts=finding.contacts,
            raised_at=self._clock(),
            is_stored=is_stored,
        )

    # --- record and route -------------------------------------------------------------------------------

    async def _record(self, utterance: Utterance, finding: Finding, emergency: Emergency | None) -> Receipt:
        store = self._storage.conversations
        done = Consequences()
        async with self._storage.transaction() as tx:
            known = await store.find_by_client_id(tx, utterance.conversation_id, utterance.client_id)
            if known and not utterance.is_edit:
                return Receipt(known.id, is_repeat=True)
            conversation = await store.open_for(tx, utterance)
            noted = finding.to_json() if finding.level != "none" else None
            if known:
                if known.text == utterance.text:
                    return Receipt(known.id, is_repeat=True)
                utterance = replace(utterance, id=known.id)
                is_new = await self._hearing.correct(tx, conversation, known, utterance.text, noted, done)
                if emergency:
                    emergency.utterance = utterance
                    await self._raise_crisis(tx, conversation, emergency, done)
                elif is_new and conversation.state is State.BOT:
                    await self._begin_turn(tx, conversation, utterance, finding, done)
            else:
                utterance = await self._understood(tx, conversation, utterance)
                entry = await store.add_utterance(tx, utterance, noted)
                done.events.append(EntryAdded(conversation.id, entry.for_staff()))
                await self._hearing.take_files(tx, utterance, done)
                await self._route(tx, conversation, utterance, finding, emergency, done)
            if conversation.is_unreachable:
                done.jobs.append(await self._delivery.reach_again(tx, conversation))
        metrics.UTTERANCES.labels(channel=utterance.channel).inc()
        if utterance.payload == FORGET_ME:
            self._recent.forget(conversation.id)
        self._commit.carry_out(done)
        if known:
            self._worker.wake()
        channel = self._channels[utterance.channel]
        await channel.echo(conversation.id, utterance.id, utterance.client_id, utterance.text, utterance.said_at)
        return Receipt(known.id if known else utterance.id, is_repeat=False)

    async def _understood(self, tx: AsyncConnection, conversation: Conversation, utterance: Utterance) -> Utterance:
        """The utterance with what stands behind it: a button that was shown, a command, a place.

        A payload counts only when this conversation was shown that button; any other slash is just text.
        """
        if utterance.command:
            return replace(utterance, payload=PAYLOADS.get(utterance.command))
        if utterance.text.startswith("/"):
            button = await self._storage.conversations.shown_button(tx, utterance.conversation_id, utterance.text)
            if button is None:
                return utterance
            utterance = replace(utterance, text=button.title, payload=button.payload, language="")
        if utterance.place or file_of(utterance.payload):
            return await self._hearing.placed(tx, conversation, utterance, file_of(utterance.payload))
        return utterance

    async def _route(
        self,
        tx: AsyncConnection,
        conversation: Conversation,
        utterance: Utterance,
        finding: Finding,
        emergency: Emergency | None,
        done: Consequences,
    ) -> None:
        if emergency:
            await self._raise_crisis(tx, conversation, emergency, done)
        elif await self._commands.carry_out(tx, conversation, utterance, done) or conversation.state is State.HUMAN:
            return
        elif conversation.state is State.WAITING:
            if utterance.payload == RESUME or self._is_word(utterance, "desk.resume_words"):
                await self._resume(tx, conversation, done)
            else:
                await self._hearing.acknowledge(tx, conversation, utterance, done)
        elif utterance.command == "human" or self._is_word(utterance, "desk.person_words"):
            await self._commit.hand_over(tx, conversation, Reason.REQUESTED, done)
        else:
            await self._hearing.acknowledge(tx, conversation, utterance, done)
            if utterance.payload or (utterance.text and utterance.answer_key not in WORDLESS):
                await self._begin_turn(tx, conversation, utterance, finding, done)

    async def _resume(self, tx: AsyncConnection, conversation: Conversation, done: Consequences) -> None:
        closed = await self._desk.withdraw(tx, conversation)
        if closed:
            done.events.append(HandoffChanged(conversation.id, closed.to_json()))
            self._worker.wake()

    async def _begin_turn(
        self,
        tx: AsyncConnection,
        conversation: Conversation,
        utterance: Utterance,
        finding: Finding,
        done: Consequences,
    ) -> None:
        if finding.concern and not conversation.is_flagged:
            await self._storage.conversations.change(tx, conversation, is_flagged=True)
        now = self._clock()
        payload = {"entry_id": utterance.id, "concern": finding.concern}
        if utterance.command == "new":
            payload["instead"] = "commands.new"
        done.jobs.append(await self._storage.outbox.enqueue(tx, "turn", conversation.id, payload, now, lease_from=now))

    def _is_word(self, utterance: Utterance, key: str) -> bool:
        said = utterance.text.strip(" 。.!！?？\"“”'").casefold()
        return any(said in self._city.texts[language][key].split("|") for language in ("zh", "en"))

    async def _raise_crisis(
        self, tx: AsyncConnection, conversation: Conversation, emergency: Emergency, done: Consequences
    ) -> None:
        finding = emergency.finding
        handoff, changed = await self._desk.request(
            tx, conversation, Reason.CRISIS, finding.to_json(), emergency.handoff_id
        )
        done.events.append(self._alarm(emergency, handoff.id, is_stored=True))
        if changed:
            metrics.CRISES.labels(kind=finding.kind, level=finding.level).inc()
        done.events.append(HandoffChanged(conversation.id, handoff.to_json()))
        if not await self._has_said_protocol(tx, conversation.id, handoff, finding.kind):
            await self._commit.say(tx, conversation.id, [emergency.reply], done, priority=10)
        if finding.kind in GRIEVANCE_KINDS:
            now = self._clock()
            await self._storage.outbox.enqueue(
                tx, "grievance", conversation.id, {"entry_id": emergency.utterance.id}, now
            )

    async def _has_said_protocol(
        self, tx: AsyncConnection, conversation_id: str, handoff: Handoff, kind: str | None
    ) -> bool:
        recent = await self._storage.conversations.transcript(tx, conversation_id, limit=50)
        return any(
            entry.at >= handoff.created_at and entry.details.get("data", {}).get("protocol") == kind for entry in recent
        )

    # --- what residents' pages ask for ------------------------------------------------------------------

    async def history(self, conversation_id: str, before: str | None = None) -> dict[str, Any]:
        """The transcript as the resident may see it, oldest first, and who answers now."""
        async with self._storage.reading() as tx:
            conversation = await self._storage.conversations.get(tx, conversation_id)
            first = await self._storage.conversations.get_entry(tx, before) if before else None
            entries = await self._storage.conversations.transcript(
                tx, conversation_id, before=first.position if first else None
            )
            handoff = await self._storage.desk.open_of(tx, conversation_id)
        return {
            "entries": [entry.for_resident() for entry in entries if entry.author != "note"],
            "language": conversation.chosen_language if conversation else None,
            "state": conversation.state.value if conversation else State.BOT.value,
            "operator": handoff.claimed_by if handoff else None,
        }
