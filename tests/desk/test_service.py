"""The desk on both databases: who may do what to a handoff, and what the resident is told."""

import asyncio
from datetime import timedelta

import pytest

from bot.desk.queue import HandoffStatus, in_order
from bot.desk.service import DeskService, Operator
from bot.errors import NotFound, Refused
from bot.events import Reason
from bot.storage.unit import Storage
from tests.builders import an_utterance
from tests.fakes import FakeClock

ANNA, BO = Operator("a", 1), Operator("b", 2)
HIGH = {"kind": "abuse", "level": "high", "clues": [{"text": "他打我", "start": 0, "end": 3}]}
IMMINENT = {**HIGH, "level": "imminent"}


@pytest.fixture
def desk(storage: Storage, clock: FakeClock) -> DeskService:
    return DeskService(storage, clock)


async def requested(storage: Storage, desk: DeskService, reason: Reason, finding=None, conversation_id="c1"):
    async with storage.transaction() as tx:
        conversation = await storage.conversations.open_for(tx, an_utterance(conversation_id=conversation_id))
        return await desk.request(tx, conversation, reason, finding)


async def state_of(storage: Storage) -> str:
    async with storage.reading() as tx:
        conversation = await storage.conversations.get(tx, "c1")
    assert conversation
    return conversation.state.value


async def test_a_request_makes_the_conversation_wait(storage: Storage, desk: DeskService) -> None:
    handoff, changed = await requested(storage, desk, Reason.REQUESTED)
    assert changed
    assert handoff.status is HandoffStatus.WAITING
    assert await state_of(storage) == "waiting"


async def test_a_second_request_changes_nothing(storage: Storage, desk: DeskService) -> None:
    first, _ = await requested(storage, desk, Reason.REQUESTED)
    second, changed = await requested(storage, desk, Reason.REQUESTED)
    assert (second.id, changed) == (first.id, False)


async def test_danger_raises_a_request_that_waits(storage: Storage, desk: DeskService) -> None:
    first, _ = await requested(storage, desk, Reason.REQUESTED)
    raised, changed = await requested(storage, desk, Reason.CRISIS, HIGH)
    assert (raised.id, changed, raised.reason) == (first.id, True, Reason.CRISIS)
    worse, changed = await requested(storage, desk, Reason.CRISIS, IMMINENT)
    assert (worse.level, changed) == ("imminent", True)
    milder, changed = await requested(storage, desk, Reason.CRISIS, HIGH)
    assert (milder.level, changed) == ("imminent", False)


async def test_of_two_operators_one_gets_it(storage: Storage, desk: DeskService) -> None:
    handoff, _ = await requested(storage, desk, Reason.REQUESTED)

    async def claim(operator: Operator) -> bool:
        try:
            async with storage.transaction() as tx:
                await desk.claim(tx, handoff.id, operator)
        except Refused as refusal:
            assert refusal.key == "handoff_taken"
            return False
        return True

    for _ in range(1):
        assert sorted(await asyncio.gather(claim(ANNA), claim(BO))) == [False, True]
    assert await state_of(storage) == "human"


async def test_only_who_claimed_it_may_answer_and_end_it(storage: Storage, desk: DeskService) -> None:
    handoff, _ = await requested(storage, desk, Reason.REQUESTED)
    async with storage.transaction() as tx:
        await desk.claim(tx, handoff.id, ANNA)
        reply = await desk.reply(tx, "c1", ANNA, "您好，我是1号")
        assert reply.author == "operator"
        jobs = await storage.outbox.claim(tx, desk._clock(), 10)
        assert "deliver" in {job.kind for job in jobs}, "a worker finds the operator's words at once"
        for act in (desk.reply(tx, "c1", BO, "我也在"), desk.give_back(tx, handoff.id, BO)):
            with pytest.raises(Refused, match="only who claimed"):
                await act
        with pytest.raises(Refused, match="needs words"):
            await desk.reply(tx, "c1", ANNA, "   ")
        await desk.give_back(tx, handoff.id, ANNA)
    assert await state_of(storage) == "bot"


async def test_nobody_answers_a_conversation_that_waits(storage: Storage, desk: DeskService) -> None:
    await requested(storage, desk, Reason.REQUESTED)
    async with storage.transaction() as tx:
        with pytest.raises(Refused):
            await desk.reply(tx, "c1", ANNA, "您好")


async def test_a_handoff_that_does_not_exist(storage: Storage, desk: DeskService) -> None:
    async with storage.transaction() as tx:
        with pytest.raises(NotFound):
            await desk.claim(tx, "nothing", ANNA)


async def test_a_resident_can_stop_waiting_but_not_out_of_danger(storage: Storage, desk: DeskService) -> None:
    await requested(storage, desk, Reason.REQUESTED)
    async with storage.transaction() as tx:
        conversation = await storage.conversations.get(tx, "c1")
        assert conversation
        assert await desk.withdraw(tx, conversation)
    assert await state_of(storage) == "bot"
    await requested(storage, desk, Reason.CRISIS, HIGH)
    async with storage.transaction() as tx:
        conversation = await storage.conversations.get(tx, "c1")
        assert conversation
        assert await desk.withdraw(tx, conversation) is None


async def test_a_crisis_is_raised_again_until_somebody_comes(
    storage: Storage, desk: DeskService, clock: FakeClock
) -> None:
    handoff, _ = await requested(storage, desk, Reason.CRISIS, IMMINENT)
    clock.advance(timedelta(seconds=60))
    async with storage.transaction() as tx:
        (first,) = await storage.outbox.claim(tx, clock(), 10)
        assert first.payload == {"handoff_id": handoff.id, "step": 1}
        await desk.claim(tx, handoff.id, ANNA)
        assert await desk.escalate(tx, handoff.id, 1) is None
        clock.advance(timedelta(minutes=5))
        kinds = [job.kind for job in await storage.outbox.claim(tx, clock(), 10)]
    assert "escalate" not in kinds


async def test_the_queue_shows_danger_first_then_who_waits_longest(
    storage: Storage, desk: DeskService, clock: FakeClock
) -> None:
    for conversation_id, reason, finding in (
        ("asked", Reason.REQUESTED, None),
        ("failed", Reason.REPEATED_FAILURE, None),
        ("high", Reason.CRISIS, HIGH),
        ("imminent", Reason.CRISIS, IMMINENT),
    ):
        await requested(storage, desk, reason, finding, conversation_id)
        clock.advance(timedelta(seconds=10))
    async with storage.reading() as tx:
        queue = in_order(await storage.desk.search(tx, HandoffStatus.WAITING))
    assert [handoff.conversation_id for handoff in queue] == ["imminent", "high", "asked", "failed"]
