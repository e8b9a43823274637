"""Rows of tickets on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.storage.database import Database
from bot.storage.tickets import TicketStore
from bot.tickets.ticket import HistoryEntry, TicketStatus
from tests.builders import AT
from tests.tickets.test_ticket import a_ticket


@pytest.fixture
def store(database: Database) -> TicketStore:
    return TicketStore(database)


async def test_a_ticket_comes_back_as_it_was_written(store: TicketStore) -> None:
    entry = HistoryEntry(AT, "file", TicketStatus.FILED, "urban_management", "", "resident")
    ticket = replace(a_ticket(), coordinates=(30.25, 120.17), occurred_at=AT, contact="13912345678", history=(entry,))
    async with store.transaction() as tx:
        await store.add(tx, ticket, "k1")
        await store.note(tx, ticket.number, entry)
    async with store.reading() as tx:
        assert await store.by_number(tx, ticket.number) == ticket
        assert await store.by_key(tx, "k1") == ticket
        assert await store.by_number(tx, "20261124-000002") is None
        assert await store.by_key(tx, "k2") is None


async def test_a_number_is_given_back_with_its_transaction(store: TicketStore) -> None:
    async with store.transaction() as tx:
        assert await store.next_in_day(tx, "20261124") == 1

    async def fail() -> None:
        async with store.transaction() as tx:
            assert await store.next_in_day(tx, "20261124") == 2
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with store.transaction() as tx:
        assert await store.next_in_day(tx, "20261124") == 2
        assert await store.next_in_day(tx, "20261125") == 1


async def test_a_change_from_another_state_writes_nothing(store: TicketStore) -> None:
    async with store.transaction() as tx:
        await store.add(tx, a_ticket(), "k1")
        assert not await store.change(tx, "20261124-000001", TicketStatus.ACCEPTED, status="resolved")
        assert await store.change(tx, "20261124-000001", TicketStatus.FILED, status="accepted")
    async with store.reading() as tx:
        found = await store.by_number(tx, "20261124-000001")
    assert found
    assert found.status is TicketStatus.ACCEPTED


async def test_wrong_tries_are_counted_by_number_and_forgotten(store: TicketStore) -> None:
    async with store.transaction() as tx:
        for number in ("20261124-000001", "20261124-000001", "20261124-000002"):
            await store.add_wrong_try(tx, number, AT)
        assert await store.wrong_tries(tx, "20261124-000001", AT - timedelta(hours=1)) == 2
        assert await store.wrong_tries(tx, "20261124-000001", AT + timedelta(hours=1)) == 0
        await store.forget_tries(tx, AT + timedelta(seconds=1))
        assert await store.wrong_tries(tx, "20261124-000002", AT - timedelta(hours=1)) == 0
