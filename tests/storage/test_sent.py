"""Parts of replies: noted before the call, completed after it."""

from bot.ledger import Ledger
from bot.storage.unit import Storage


async def test_a_part_is_begun_completed_and_known_again(storage: Storage) -> None:
    ledger = Ledger(storage)
    await ledger.begin("r1", 0, "c1", 100, True)
    assert (await ledger.parts("r1"))[0].external_id is None
    await ledger.begin("r1", 0, "c1", 120, True)
    assert (await ledger.parts("r1"))[0].after_id == 120
    await ledger.complete("r1", 0, 125)
    assert (await ledger.parts("r1"))[0].external_id == 125
    assert await ledger.highest() == 125
    assert await ledger.highest("c2") == 0


async def test_a_note_is_taken_back(storage: Storage) -> None:
    ledger = Ledger(storage)
    await ledger.begin("r1", 0, "c1", 100, False)
    await ledger.withdraw("r1", 0)
    assert await ledger.parts("r1") == {}


async def test_keyboards_are_those_that_were_sent_and_not_closed(storage: Storage) -> None:
    ledger = Ledger(storage)
    for number, (entry_id, has_keyboard) in enumerate((("r1", True), ("r2", False), ("r3", True))):
        await ledger.begin(entry_id, 0, "c1", 100, has_keyboard)
        await ledger.complete(entry_id, 0, 101 + number)
    await ledger.begin("r4", 0, "c1", 100, True)
    shown = await ledger.keyboards("c1")
    assert sorted(part.entry_id for part in shown) == ["r1", "r3"]
    await ledger.close_keyboards([part for part in shown if part.entry_id == "r1"])
    assert [part.entry_id for part in await ledger.keyboards("c1")] == ["r3"]
