"""Codes that join two conversations: good once, for ten minutes, and not to be guessed."""

from datetime import timedelta

import pytest

from bot.errors import NotFound, Refused
from bot.linking import LASTS, Linking
from bot.storage.unit import Storage
from tests.builders import an_utterance
from tests.fakes import FakeClock


async def opened(storage: Storage, conversation_id: str):
    async with storage.transaction() as tx:
        return await storage.conversations.open_for(tx, an_utterance(conversation_id=conversation_id))


async def test_a_code_joins_two_and_a_third_joins_both(storage: Storage, clock: FakeClock) -> None:
    linking = Linking(storage, clock)
    one, two, three = [await opened(storage, name) for name in ("c1", "c2", "c3")]
    for owner, other in ((one, two), (two, three)):
        async with storage.transaction() as tx:
            owner = await storage.conversations.get(tx, owner.id)
            await linking.join(tx, other, await linking.new_code(tx, owner.id))
    async with storage.reading() as tx:
        persons = await storage.conversations.of_person(tx, one.id)
    assert {conversation.id for conversation in persons} == {"c1", "c2", "c3"}


@pytest.mark.parametrize("wait", [LASTS, timedelta(hours=1)])
async def test_a_code_runs_out(storage: Storage, clock: FakeClock, wait: timedelta) -> None:
    linking = Linking(storage, clock)
    one, two = await opened(storage, "c1"), await opened(storage, "c2")
    async with storage.transaction() as tx:
        code = await linking.new_code(tx, one.id)
    clock.advance(wait)
    async with storage.transaction() as tx:
        with pytest.raises(NotFound):
            await linking.join(tx, two, code)


async def test_one_does_not_join_with_oneself(storage: Storage, clock: FakeClock) -> None:
    linking, one = Linking(storage, clock), await opened(storage, "c1")
    async with storage.transaction() as tx:
        with pytest.raises(NotFound):
            await linking.join(tx, one, await linking.new_code(tx, one.id))


async def test_five_wrong_codes_are_enough_for_an_hour(storage: Storage, clock: FakeClock) -> None:
    linking, one = Linking(storage, clock), await opened(storage, "c1")
    for _ in range(5):
        async with storage.transaction() as tx:
            with pytest.raises(NotFound):
                await linking.join(tx, one, "AAAAAA")
    async with storage.transaction() as tx:
        with pytest.raises(Refused):
            await linking.join(tx, one, "AAAAAA")
    clock.advance(timedelta(hours=1))
    async with storage.transaction() as tx:
        with pytest.raises(NotFound):
            await linking.join(tx, one, "AAAAAA")
