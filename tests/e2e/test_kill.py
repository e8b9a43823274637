"""Kill any part at the worst moment: nothing is lost, nothing happens twice."""

import asyncio
import json
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import socketio

from bot.evaluate.dialogues import Resident
from tests.e2e.conftest import Running, a_resident
from tests.e2e.test_main_job import NUMBER

pytestmark = pytest.mark.slow

FULL = "幸福路{}号门口的路灯坏了，昨天晚上开始不亮，我的电话13912345678"


async def history_of(running: Running, session_id: str, until: int, within_s: float = 60) -> list[dict]:
    """The transcript as a page that comes back sees it, once it has `until` entries."""
    deadline = time.monotonic() + within_s
    entries: list[dict] = []
    while time.monotonic() < deadline:
        client = socketio.AsyncClient(reconnection=False)
        got = asyncio.get_running_loop().create_future()
        client.on("history", lambda history, got=got: got.done() or got.set_result(history))
        try:
            await client.connect(running.url, transports=["websocket"])
            await client.emit("session_request", {"session_id": session_id})
            entries = (await asyncio.wait_for(got, 5))["entries"]
        except (socketio.exceptions.ConnectionError, TimeoutError):
            await asyncio.sleep(0.2)
        finally:
            await client.disconnect()
        if len(entries) >= until:
            return entries
    raise AssertionError(f"only {entries}")


async def test_the_gateway_dies_between_store_and_reply(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        session_id = resident.session_id
        healthy.signal("engine", signal.SIGSTOP)
        receipt = await resident.acknowledged("您好")
        assert receipt["recorded"]
        healthy.kill("gateway")
    healthy.signal("engine", signal.SIGCONT)
    healthy.wait_until_ready()
    entries = await history_of(healthy, session_id, until=2)
    assert [entry["author"] for entry in entries] == ["resident", "bot"]
    assert "12345" in entries[1]["text"]


async def test_the_engine_dies_in_mid_turn(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say(FULL.format(11))
        session_id = resident.session_id
        healthy.signal("engine", signal.SIGSTOP)
        await resident.acknowledged("对，提交")
        healthy.kill("engine")
        async with asyncio.timeout(90):
            while not any(NUMBER.search(bubble) for bubble in resident.bubbles):
                await asyncio.sleep(0.1)
        assert sum(bool(NUMBER.search(bubble)) for bubble in resident.bubbles) == 1
    with healthy.staff() as staff:
        conversation_id = session_id.partition(".")[0]
        assert len(staff.get("/tickets", params={"conversation_id": conversation_id}).json()) == 1


async def test_the_actions_die_and_the_form_goes_on_afterwards(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say(FULL.format(12))
        healthy.signal("actions", signal.SIGSTOP)
        await resident.acknowledged("对，提交")
        healthy.kill("actions")
        async with asyncio.timeout(60):
            while not any(NUMBER.search(bubble) for bubble in resident.bubbles):
                await asyncio.sleep(0.1)
        conversation_id = resident.session_id.partition(".")[0]
    with healthy.staff() as staff:
        assert len(staff.get("/tickets", params={"conversation_id": conversation_id}).json()) == 1


@asynccontextmanager
async def an_open_console(running: Running) -> AsyncIterator[AsyncIterator[str]]:
    """The lines that an operator's page is sent, from the moment it is connected."""
    async with httpx.AsyncClient(base_url=running.url, timeout=30, follow_redirects=True) as operator:
        form = {"username": running.service.user, "password": running.service.password}
        await operator.post("/console/sign-in", data=form)
        async with operator.stream("GET", "/console/events") as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ": connected"
            yield lines


async def alarm(lines: AsyncIterator[str], resident: Resident) -> dict:
    """The next crisis event of that resident's conversation."""
    async for line in lines:
        if line == "event: crisis":
            event = json.loads((await anext(lines)).removeprefix("data: "))
            if event["conversation_id"] == resident.session_id.partition(".")[0]:
                return event
    raise AssertionError("no alarm")


async def alarm_after(running: Running, cry: str) -> tuple[float, dict]:
    """Seconds from the resident's cry to the event on an operator's open page, and the event."""
    async with an_open_console(running) as lines, a_resident(running) as resident:
        started = time.monotonic()
        saying = asyncio.create_task(resident.acknowledged(cry))
        event = await alarm(lines, resident)
        seconds = time.monotonic() - started
        assert (await saying)["recorded"]
        return seconds, event


CRY = "我不想活了，我现在就站在幸福大厦楼顶"


async def test_the_alarm_sounds_within_a_second_while_twenty_residents_chat(healthy: Running) -> None:
    stop = asyncio.Event()

    async def chat(number: int) -> None:
        async with a_resident(healthy) as resident:
            while not stop.is_set():
                await resident.say(f"居住证怎么办 {number}")

    chatting = [asyncio.create_task(chat(number)) for number in range(20)]
    await asyncio.sleep(2)
    seconds, event = await alarm_after(healthy, CRY)
    stop.set()
    await asyncio.gather(*chatting)
    assert event["kind"] == "suicide_self_harm"
    assert seconds < 1


@pytest.mark.parametrize("part", ["engine", "actions"])
async def test_the_alarm_sounds_with_a_part_stopped(healthy: Running, part: str) -> None:
    healthy.signal(part, signal.SIGSTOP)
    try:
        seconds, _ = await alarm_after(healthy, CRY)
    finally:
        healthy.signal(part, signal.SIGCONT)
    assert seconds < 1


async def test_the_alarm_sounds_with_the_database_locked(healthy: Running) -> None:
    path = healthy.environment("gateway")["HOTLINE_DATABASE_URL"].removeprefix("sqlite:///")
    # The operator signs in before the lock: a lock of minutes is another matter.
    async with an_open_console(healthy) as lines, a_resident(healthy) as resident:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        saying = asyncio.create_task(resident.acknowledged(CRY))
        event = await alarm(lines, resident)
        seconds = time.monotonic() - started
        async with asyncio.timeout(2):
            while not resident.bubbles:
                await asyncio.sleep(0.01)
        other.execute("ROLLBACK")
        other.close()
        assert (await saying)["recorded"]
    assert seconds < 1
    assert "12356" in resident.bubbles[0]
    assert event["text"] == CRY
    assert not event["is_stored"]
