"""The outbox on both databases: order within a lane, leases, retries."""

from datetime import timedelta

from bot.storage import outbox
from bot.storage.unit import Storage
from tests.fakes import FakeClock


async def put(storage: Storage, clock: FakeClock, lane: str, **fields: object) -> None:
    async with storage.transaction() as tx:
        await outbox.enqueue(tx, "turn", "c1", {"lane": lane}, clock(), lane=lane, **fields)  # type: ignore[arg-type]


async def claim(storage: Storage, clock: FakeClock, limit: int = 10) -> list[outbox.Job]:
    async with storage.transaction() as tx:
        return await outbox.claim(tx, clock(), limit)


async def test_only_the_first_of_a_lane_is_claimed(storage: Storage, clock: FakeClock) -> None:
    for lane in ("a", "a", "b"):
        await put(storage, clock, lane)
    assert [job.lane for job in await claim(storage, clock)] == ["a", "b"]
    assert await claim(storage, clock) == []


async def test_finishing_hands_over_the_next_of_the_lane(storage: Storage, clock: FakeClock) -> None:
    await put(storage, clock, "a")
    await put(storage, clock, "a")
    (first,) = await claim(storage, clock)
    async with storage.transaction() as tx:
        second = await outbox.finish(tx, first, clock())
    assert second
    assert second.id > first.id
    async with storage.transaction() as tx:
        assert await outbox.finish(tx, second, clock()) is None


async def test_a_postponed_job_holds_its_lane_back_until_it_is_due(storage: Storage, clock: FakeClock) -> None:
    await put(storage, clock, "a")
    await put(storage, clock, "a")
    (first,) = await claim(storage, clock)
    async with storage.transaction() as tx:
        await outbox.postpone(tx, first, clock() + timedelta(seconds=5))
    assert await claim(storage, clock) == []
    clock.advance(timedelta(seconds=5))
    (again,) = await claim(storage, clock)
    assert (again.id, again.attempts) == (first.id, 1)


async def test_a_lease_of_a_dead_worker_runs_out(storage: Storage, clock: FakeClock) -> None:
    await put(storage, clock, "a")
    (first,) = await claim(storage, clock)
    clock.advance(outbox.LEASE)
    assert [job.id for job in await claim(storage, clock)] == [first.id]


async def test_urgent_jobs_come_first(storage: Storage, clock: FakeClock) -> None:
    await put(storage, clock, "plain")
    await put(storage, clock, "urgent", priority=10)
    assert [job.lane for job in await claim(storage, clock, limit=1)] == ["urgent"]


async def test_a_job_that_is_not_due_waits(storage: Storage, clock: FakeClock) -> None:
    async with storage.transaction() as tx:
        await outbox.enqueue(tx, "escalate", "c1", {}, clock() + timedelta(seconds=15))
        assert not await outbox.is_due(tx, clock())
    assert await claim(storage, clock) == []


async def test_leasing_while_writing_takes_only_an_empty_lane(storage: Storage, clock: FakeClock) -> None:
    async with storage.transaction() as tx:
        first = await outbox.enqueue(tx, "turn", "c1", {}, clock(), lease_from=clock())
        second = await outbox.enqueue(tx, "turn", "c1", {}, clock(), lease_from=clock())
    assert first is not None
    assert second is None
    assert await claim(storage, clock) == []


async def test_a_cancelled_lane_is_gone(storage: Storage, clock: FakeClock) -> None:
    await put(storage, clock, "a")
    async with storage.transaction() as tx:
        await outbox.cancel_lane(tx, "a")
    assert await claim(storage, clock) == []


async def test_two_workers_never_get_the_same_job(storage: Storage, clock: FakeClock) -> None:
    import asyncio

    for number in range(20):
        await put(storage, clock, f"lane{number}")
    claimed = await asyncio.gather(*(claim(storage, clock, limit=5) for _ in range(6)))
    ids = [job.id for jobs in claimed for job in jobs]
    assert len(ids) == len(set(ids)) == 20
