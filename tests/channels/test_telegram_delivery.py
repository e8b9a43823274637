"""What goes wrong on the way: limits, faults, lost answers, repeats. Nothing is lost, nothing said twice."""

import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.botapi.world import Chaos, Fault, Person
from tests.channels.conftest import House, a_house, served
from tests.channels.test_telegram import DANGER, zh

SENDS = "sendMessage"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("429", SENDS, seconds=1),
        Fault("500", SENDS, times=2),
        Fault("502", SENDS),
        Fault("lost", SENDS),
        Fault("lost", SENDS, times=2),
        Fault("slow", SENDS, seconds=0.3),
    ],
    ids=lambda fault: f"{fault.kind}x{fault.times}",
)
async def test_a_reply_arrives_once_whatever_the_network_does(house: House, fault: Fault) -> None:
    resident = house.person()
    house.world.faults.append(fault)
    for number in range(3):
        resident.says(f"第{number}句")
    await house.hears(resident, "第2句")
    await house.idle()
    assert resident.texts == [f"答：第{number}句" for number in range(3)]


async def test_each_part_of_a_long_reply_arrives_once(house: House) -> None:
    house.engine.answer = lambda text: [{"text": "这是一句话。" * 1_500}]
    house.world.faults += [Fault("slow", SENDS, seconds=0), Fault("lost", SENDS), Fault("500", SENDS)]
    resident = house.person()
    resident.says("居住证怎么办")
    await house.idle()
    assert "".join(resident.texts) == "这是一句话。" * 1_500


async def test_a_wait_that_telegram_asks_for_is_kept(house: House) -> None:
    resident = house.person()
    house.world.faults.append(Fault("429", SENDS, seconds=1))
    resident.says("路灯坏了")
    await house.hears(resident, "答：")
    sends = [name for name, _ in house.world.calls if name == SENDS]
    assert len(sends) == 1, "a call inside the wait would have been refused before it was made"


async def test_one_chat_that_must_wait_does_not_hold_up_another(house: House) -> None:
    slow, quick = house.person(701), house.person(702)
    house.world.faults.append(Fault("429", SENDS, chat_id=701, seconds=3))
    slow.says("路灯坏了")
    await house.world.until(lambda: not house.world.faults[0].times)
    quick.says("垃圾没人收")
    await house.hears(quick, "答：")
    assert slow.texts == []


async def test_danger_does_not_wait_behind_a_reply_that_is_stuck(house: House) -> None:
    resident = house.person()
    house.world.faults.append(Fault("500", SENDS, times=4))
    resident.says("路灯坏了")
    await house.world.until(lambda: house.world.faults[0].times < 4)
    house.world.faults.clear()
    resident.says(DANGER)
    await house.hears(resident, "12356")
    await house.idle()
    assert sum("12356" in text for text in resident.texts) == 1


async def test_danger_is_answered_with_the_database_locked_and_only_once(house: House) -> None:
    resident = house.person()
    resident.says("您好")
    await house.hears(resident, "答：您好")
    await house.idle()
    path = house.app.settings.var_dir / "hotline.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    resident.says(DANGER)
    await house.hears(resident, "12356")
    assert house.world.updates, "what is not stored is not confirmed"
    other.execute("ROLLBACK")
    other.close()
    await house.idle()
    assert sum("12356" in text for text in resident.texts) == 1
    assert (await house.conversation(resident)).state == "waiting"


async def test_a_repeated_update_is_answered_once(house: House) -> None:
    resident = house.person()
    message = resident.says("路灯坏了")
    house.world.put({"message": message})
    resident.says("在幸福路")
    house.world.put({"message": message})
    await house.hears(resident, "在幸福路")
    await house.idle()
    assert resident.texts == ["答：路灯坏了", "答：在幸福路"]


async def test_a_batch_out_of_order_is_taken_in_order(tmp_path: Path, models: None) -> None:
    async with a_house(tmp_path) as house:
        resident = house.person()
        messages = [resident.sends({"text": f"第{number}句"}, deliver=False) for number in range(3)]
        updates = [{"update_id": 10 + number, "message": message} for number, message in enumerate(messages)]
        house.world.updates += [updates[2], updates[0], updates[1]]
        house.world.touch()
        await house.hears(resident, "第2句")
        assert resident.texts == ["答：第0句", "答：第1句", "答：第2句"]


async def test_an_update_that_could_not_be_stored_is_not_confirmed_and_comes_again(house: House) -> None:
    resident = house.person()
    resident.says("您好")
    await house.hears(resident, "答：您好")
    await house.idle()
    confirmed = house.world.confirmed
    database = house.app.storage.database
    transaction, tries = database.transaction, []

    def broken() -> object:
        tries.append(1)
        raise OSError("the disk is full")

    database.transaction = broken  # type: ignore[method-assign, assignment]
    resident.says("路灯坏了")
    await house.world.until(lambda: len(tries) > 3)
    assert house.world.confirmed == confirmed
    database.transaction = transaction  # type: ignore[method-assign]
    await house.hears(resident, "答：路灯坏了")
    await house.idle()
    assert house.world.confirmed > confirmed
    assert resident.texts == ["答：您好", "答：路灯坏了"]


async def test_a_restart_goes_on_where_it_was(tmp_path: Path, models: None) -> None:
    async with a_house(tmp_path) as house:
        resident = house.person()
        house.engine.gate.clear()
        resident.says("路灯坏了")
        await house.world.until(lambda: not house.world.updates)
        await house.app.telegram.stop()
        resident.says("在幸福路")
        house.engine.gate.set()
        settings = house.app.settings
        from bot.app import build_app
        from bot.evaluate.service import free_port

        again = build_app(settings.model_copy(update={"port": free_port()}))
        async with served(again):
            await house.hears(resident, "在幸福路")
        assert resident.texts == ["答：路灯坏了", "答：在幸福路"]


# --- the way in --------------------------------------------------------------------------------------------


async def test_without_a_token_the_channel_is_off(tmp_path: Path, models: None) -> None:
    async with a_house(tmp_path, telegram_token="") as house, httpx.AsyncClient(base_url=house.url) as web:
        assert (await web.get("/readyz")).json()["parts"]["telegram"] == "off"
        assert (await web.post("/telegram/webhook", json={})).status_code == 404


async def test_a_wrong_token_is_one_clear_line_and_the_rest_runs(
    tmp_path: Path, models: None, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_house(tmp_path, telegram_token="1:wrong") as house, httpx.AsyncClient(base_url=house.url) as web:
        await house.world.until(lambda: house.app.telegram and house.app.telegram.state == "wrong token")
        assert (await web.get("/readyz")).json()["parts"]["telegram"] == "wrong token"
        assert (await web.get("/")).status_code == 200
    said = capsys.readouterr()
    lines = [line for line in (said.out + said.err).splitlines() if "telegram" in line]
    assert len(lines) == 1
    assert "HOTLINE_TELEGRAM_TOKEN" in lines[0]


async def test_only_telegram_may_call_the_webhook(tmp_path: Path, models: None) -> None:
    async with a_house(tmp_path, "webhook") as house, httpx.AsyncClient(base_url=house.url) as web:
        await house.world.until(lambda: house.world.webhook)
        update = {"update_id": 1, "message": house.person().sends({"text": "假的"}, deliver=False)}
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}):
            assert (await web.post("/telegram/webhook", json=update, headers=headers)).status_code == 403
        await house.idle()
        assert house.engine.asked == []


# --- a flood -----------------------------------------------------------------------------------------------

RESIDENTS, TURNS = 200, 3


@pytest.mark.slow
async def test_two_hundred_chats_at_once_lose_nothing_and_double_nothing(house: House) -> None:
    house.world.chaos = Chaos(too_many=0.05, broken=0.05, lost=0.03)
    house.engine.answer = lambda text: [{"text": f"一{text}"}, {"text": f"二{text}"}]
    people = [Person(house.world, 1_000 + number) for number in range(RESIDENTS)]
    for turn in range(TURNS):
        for person in people:
            person.says(f"第{turn}句")
    expected = [f"{part}第{turn}句" for turn in range(TURNS) for part in ("一", "二")]
    await house.world.until(lambda: all(len(person.texts) >= len(expected) for person in people), within_s=180)
    await house.idle()
    assert [person.texts for person in people if person.texts != expected] == []
    assert zh("gateway.assistant_down") not in {text for person in people for text in person.texts}
