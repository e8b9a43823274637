"""Filing once, gapless numbers, who may look, and what each move writes; on both databases."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.city import load_city
from bot.encoder import shared_encoder
from bot.errors import NotFound, Refused
from bot.storage.tickets import TicketStore
from bot.storage.unit import Storage
from bot.tickets.router import Router
from bot.tickets.service import CODE_ALPHABET, CODE_LENGTH, TicketService
from bot.tickets.ticket import Draft, Ticket, TicketStatus
from tests.conftest import KEY
from tests.fakes import FakeClock

ROOT = Path(__file__).resolve().parents[2]


def a_draft(**fields: object) -> Draft:
    values = {
        "conversation_id": "c1",
        "channel": "webchat",
        "language": "zh",
        "description": "建设路的路灯坏了三天。晚上很黑。",
        "category": "street_light",
        "location": "建设路28号",
        "contact": "13912345678",
    }
    return Draft(**{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def service(storage: Storage, clock: FakeClock) -> TicketService:
    return TicketService(TicketStore(storage.database), storage, load_city(), clock)


async def notices(storage: Storage, clock: FakeClock) -> list[dict]:
    async with storage.transaction() as tx:
        return [job.payload for job in await storage.outbox.claim(tx, clock(), 100) if job.kind == "notice"]


async def resolved(service: TicketService) -> Ticket:
    ticket = await service.file(a_draft(), "k1")
    await service.accept(ticket.number, by="7")
    return await service.resolve(ticket.number, text="三盏灯已修好。", by="7")


async def test_the_citys_history_decides_where_it_is_sure(storage: Storage, clock: FakeClock) -> None:
    history = [(text, "housing") for text in ("路灯坏了", "小区路灯不亮", "楼下的灯坏了很久")]
    history += [(text, "water") for text in ("停水了", "水管爆了", "自来水发黄")]
    texts, labels = zip(*(history * 5), strict=True)
    router = Router.train(
        texts, [{"housing": "housing_construction"}.get(one, one) for one in labels], shared_encoder()
    )
    service = TicketService(TicketStore(storage.database), storage, load_city(), clock, router)
    assert (await service.file(a_draft(), "k1")).department == "housing_construction"
    unsure = await service.file(a_draft(description="有件事想反映"), "k2")
    assert unsure.department == "urban_management"


async def test_a_ticket_holds_what_was_said_and_who_has_to_answer(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    assert ticket.number == "20261124-000001"
    assert (ticket.department, ticket.status) == ("urban_management", TicketStatus.FILED)
    assert (ticket.location, ticket.contact) == ("建设路28号", "13912345678")
    assert ticket.summary == "建设路的路灯坏了三天"
    assert ticket.due_at.isoformat() == "2026-12-15T10:00:00+00:00"
    assert [entry.action for entry in ticket.history] == ["file"]
    assert len(ticket.access_code) == CODE_LENGTH
    assert set(ticket.access_code) <= set(CODE_ALPHABET)


async def test_the_number_bears_the_citys_date(service: TicketService, clock: FakeClock) -> None:
    clock.now = clock.now.replace(hour=17)  # the 25th in the city
    assert (await service.file(a_draft(), "k1")).number == "20261125-000001"


async def test_the_same_key_files_once(service: TicketService) -> None:
    first = await service.file(a_draft(), "k1")
    again = await service.file(a_draft(description="另一句"), "k1")
    other = await service.file(a_draft(), "k2")
    assert again == first
    assert other.number == "20261124-000002"


async def test_one_key_from_many_tasks_at_once_files_once(service: TicketService) -> None:
    filed = await asyncio.gather(*(service.file(a_draft(), "k1") for _ in range(20)))
    assert {ticket.number for ticket in filed} == {"20261124-000001"}


async def test_a_hundred_at_once_get_a_hundred_numbers_without_a_gap(service: TicketService) -> None:
    filed = await asyncio.gather(*(service.file(a_draft(), f"k{row}") for row in range(100)))
    assert sorted(ticket.number for ticket in filed) == [f"20261124-{row:06d}" for row in range(1, 101)]


async def test_the_counter_begins_anew_each_day(service: TicketService, clock: FakeClock) -> None:
    await service.file(a_draft(), "k1")
    clock.advance(timedelta(days=1))
    assert (await service.file(a_draft(), "k2")).number == "20261125-000001"


async def test_personal_words_are_not_readable_in_the_database(service: TicketService, storage: Storage) -> None:
    await service.file(a_draft(), "k1")
    async with storage.reading() as tx:
        row = (await tx.exec_driver_sql("SELECT description, location, contact, access_code FROM tickets")).one()
    assert not any("建设路" in str(value) or "139" in str(value)[:3] for value in row)
    assert all(str(value).startswith("gAAAA") for value in row)


async def test_the_own_conversation_needs_no_code_and_another_needs_the_right_one(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    assert (await service.look_up(ticket.number, "c1")).number == ticket.number
    assert (await service.look_up(ticket.number, "c2", ticket.access_code.lower())).number == ticket.number
    with pytest.raises(NotFound):
        await service.look_up(ticket.number, "c2")
    with pytest.raises(NotFound):
        await service.look_up(ticket.number, "c2", "222222")


async def test_a_wrong_code_and_a_number_that_is_not_there_sound_the_same(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    said = []
    for number in (ticket.number, "20261124-999999"):
        with pytest.raises(NotFound) as caught:
            await service.look_up(number, "c2", "222222")
        said.append((caught.value.key, caught.value.fields, str(caught.value)))
    assert said[0] == said[1]


async def test_after_five_wrong_codes_even_the_right_one_waits_an_hour(
    service: TicketService, clock: FakeClock
) -> None:
    ticket = await service.file(a_draft(), "k1")
    for _ in range(5):
        with pytest.raises(NotFound):
            await service.look_up(ticket.number, "c2", "222222")
    with pytest.raises(Refused):
        await service.look_up(ticket.number, "c2", ticket.access_code)
    assert await service.look_up(ticket.number, "c1")
    clock.advance(timedelta(minutes=61))
    assert await service.look_up(ticket.number, "c2", ticket.access_code)


async def test_from_filing_to_the_residents_word(service: TicketService, storage: Storage, clock: FakeClock) -> None:
    ticket = await resolved(service)
    assert ticket.status is TicketStatus.RESOLVED
    confirmed = await service.confirm(ticket.number)
    assert confirmed.status is TicketStatus.CONFIRMED
    assert [entry.action for entry in confirmed.history] == ["file", "accept", "resolve", "confirm"]
    assert [entry.by for entry in confirmed.history[1:]] == ["7", "7", "resident"]
    (first,) = await notices(storage, clock)  # one lane a conversation: the next follows when this is done
    assert first["key"] == "tickets.notice.accepted"
    assert first["fields"]["department"] == {"zh": "城市管理局", "en": "Urban Management Bureau"}


async def test_who_objects_gets_it_opened_again(service: TicketService) -> None:
    ticket = await resolved(service)
    assert (await service.reopen(ticket.number, partly=True)).status is TicketStatus.REOPENED
    assert (await service.accept(ticket.number, by="7")).status is TicketStatus.ACCEPTED


async def test_a_return_goes_to_the_better_owner_and_the_second_to_a_supervisor(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    first = await service.return_(ticket.number, reason="是公路灯", department="transport", by="7")
    assert (first.status, first.department, first.returns) == (TicketStatus.FILED, "transport", 1)
    second = await service.return_(ticket.number, reason="不是公路", department="urban_management", by="8")
    assert (second.status, second.department) == (TicketStatus.ARBITRATION, "transport")
    assert (await service.assign(ticket.number, department="water", by="1")).department == "water"


async def test_a_move_out_of_turn_or_without_words_changes_nothing(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    with pytest.raises(Refused):
        await service.resolve(ticket.number, text="好了", by="7")
    with pytest.raises(Refused):
        await service.return_(ticket.number, reason=" ", department="transport", by="7")
    with pytest.raises(Refused):
        await service.return_(ticket.number, reason="不归我管", department="nobody", by="7")
    with pytest.raises(Refused):
        await service.note(ticket.number, text="", by="7")
    with pytest.raises(NotFound):
        await service.accept("20261124-999999", by="7")
    assert await service.find(ticket.number) == ticket


async def test_two_officers_who_accept_at_once_do_it_once(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    done = await asyncio.gather(
        *(service.accept(ticket.number, by=str(row)) for row in range(2)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["Refused", "Ticket"]
    assert [entry.action for entry in (await service.find(ticket.number)).history] == ["file", "accept"]


async def test_notes_are_for_the_staff(service: TicketService) -> None:
    ticket = await service.file(a_draft(), "k1")
    await service.note(ticket.number, text="居民很着急", by="7")
    await service.accept(ticket.number, by="7")
    found = await service.find(ticket.number)
    assert "居民很着急" in [entry.text for entry in found.history]
    for language in ("zh", "en"):
        told = service.history_text(found, language)
        assert "居民很着急" not in told
        assert len(told.splitlines()) == 2


async def test_lists_are_filtered_and_latest_first(service: TicketService) -> None:
    for row, category in enumerate(("street_light", "garbage", "water_supply")):
        await service.file(a_draft(category=category, conversation_id=f"c{row % 2}"), f"k{row}")
    assert [ticket.category for ticket in await service.list()] == ["water_supply", "garbage", "street_light"]
    assert [ticket.category for ticket in await service.list(department="water")] == ["water_supply"]
    assert [ticket.category for ticket in await service.list(category="garbage", status="filed")] == ["garbage"]
    assert await service.list(status="confirmed") == []
    assert [ticket.category for ticket in await service.of_conversation("c0")] == ["water_supply", "street_light"]
    assert await service.count_by_status() == {"filed": 3}


_FILE_ONCE = """
import asyncio, sys
from datetime import UTC, datetime
from bot.city import load_city
from bot.storage.database import Database, use_key
from bot.storage.tickets import TicketStore
from bot.storage.unit import Storage
from bot.tickets.service import TicketService
from bot.tickets.ticket import Draft

async def main(url, key):
    use_key(key)
    storage = Storage(Database(url))
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    service = TicketService(TicketStore(storage.database), storage, load_city(), lambda: now)
    draft = Draft("c1", "webchat", "zh", "路灯坏了", "street_light")
    shared = [(await service.file(draft, f"same{row}")).number for row in range(10)]
    print(",".join(shared))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_that_file_with_the_same_keys_file_once(service: TicketService, storage: Storage) -> None:
    command = [sys.executable, "-c", _FILE_ONCE, storage.database.url, KEY]
    # Both run at once; popen and wait in threads, because the database of this process is idle meanwhile.
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: ASYNC220
        for _ in range(2)
    ]
    answers = [await asyncio.to_thread(process.communicate, timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert answers[0][0] == answers[1][0]
    assert answers[0][0].strip() == ",".join(f"20261124-{row:06d}" for row in range(1, 11))
    assert len(await service.list()) == 10
