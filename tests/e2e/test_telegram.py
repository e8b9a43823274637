"""The whole service behind Telegram: a complaint with a shared place, a photo and an edit becomes a ticket."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from bot.evaluate.service import running_service
from bot.settings import load_settings
from tests.botapi.server import a_bot_api
from tests.botapi.world import Person, World
from tests.channels.samples import PDF, photo
from tests.e2e.test_main_job import NUMBER

pytestmark = pytest.mark.slow


@dataclass
class Service:
    world: World
    staff: httpx.AsyncClient

    async def hears(self, person: Person, words: str) -> None:
        await self.world.until(lambda: any(words in text for text in person.texts), within_s=30)

    async def ticket_of(self, person: Person) -> dict:
        await self.world.until(lambda: any(NUMBER.search(text) for text in person.texts), within_s=30)
        found = next(found for text in person.texts if (found := NUMBER.search(text)))
        return (await self.staff.get(f"/tickets/{found.group()}")).json()


@asynccontextmanager
async def a_service() -> AsyncIterator[Service]:
    async with a_bot_api() as api:
        extra = {
            "HOTLINE_TELEGRAM_TOKEN": api.world.token,
            "HOTLINE_TELEGRAM_BASE_URL": api.url,
            "HOTLINE_TELEGRAM_MESSAGES_PER_S": "1000",
        }
        running = running_service(load_settings(), "", extra)
        service = await asyncio.to_thread(running.__enter__)
        try:
            async with httpx.AsyncClient(base_url=f"{service.url}/api/v1", timeout=20) as staff:
                login = await staff.post("/login", json={"username": service.user, "password": service.password})
                staff.headers["Authorization"] = f"Bearer {login.json()['token']}"
                yield Service(api.world, staff)
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def test_a_resident_goes_all_the_way_on_telegram() -> None:
    assert "HOTLINE_TELEGRAM_TOKEN" not in os.environ
    async with a_service() as service:
        await asyncio.gather(
            a_place_and_a_photo_reach_the_ticket(service),
            an_edit_reaches_the_ticket(service),
            the_place_of_a_photo_is_taken(service),
            a_complaint_in_english(service),
        )


async def a_place_and_a_photo_reach_the_ticket(service: Service) -> None:
    resident = Person(service.world, 801)
    resident.sends({"location": {"latitude": 31.2304, "longitude": 121.4737}})
    await service.hears(resident, "什么")
    resident.says("这里的路灯坏了好几盏，昨天晚上开始不亮，我的电话13912345678")
    await service.hears(resident, "31.23040, 121.47370")
    resident.shows(photo(), media_group_id="m")
    resident.shows(photo(), media_group_id="m")
    await service.hears(resident, "一起保存")
    resident.says("对，提交")
    ticket = await service.ticket_of(resident)
    assert (ticket["category"], ticket["coordinates"]) == ("street_light", [31.2304, 121.4737])
    assert "31.23040" in ticket["location"]
    assert [file["content_type"] for file in ticket["evidence"]] == ["image/jpeg"] * 2
    resident.attaches("document", PDF, file_name="合同.pdf")
    await service.hears(resident, f"已附在工单{ticket['number']}上")
    resident.says("/status")
    await service.world.until(lambda: ticket["number"] in resident.texts[-1], within_s=30)


async def an_edit_reaches_the_ticket(service: Service) -> None:
    resident = Person(service.world, 802)
    message = resident.says("幸福路88号门口的路灯坏了，昨天晚上开始不亮，我的电话13912345678")
    await service.hears(resident, "幸福路88号")
    resident.edits(message, "幸福路8号门口的路灯坏了，昨天晚上开始不亮，我的电话13912345678")
    await service.hears(resident, "以改后的为准")
    resident.says("对，提交")
    ticket = await service.ticket_of(resident)
    assert "幸福路8号" in ticket["description"]
    assert "幸福路8号" in ticket["location"]


async def the_place_of_a_photo_is_taken(service: Service) -> None:
    resident = Person(service.world, 803)
    resident.says("我要投诉")
    await service.world.until(lambda: resident.texts, within_s=30)
    resident.says("路灯坏了好几盏，昨天晚上开始不亮，我的电话13912345678")
    await service.world.until(lambda: len(resident.texts) == 2, within_s=30)
    resident.attaches("document", photo((31.1, 121.3)), file_name="a.jpg")
    await service.hears(resident, "31.10000, 121.30000")
    resident.presses(resident.bubbles[-1], 0)
    await service.world.until(lambda: "路灯坏了好几盏" in resident.texts[-1], within_s=30)
    resident.says("对，提交")
    ticket = await service.ticket_of(resident)
    assert ticket["coordinates"] == [31.1, 121.3]


async def a_complaint_in_english(service: Service) -> None:
    resident = Person(service.world, 804, "en")
    resident.says("The street light in front of 88 Xingfu Road has been out since last night, call me on 13912345678")
    await service.hears(resident, "88 Xingfu Road")
    resident.says("yes, file it")
    ticket = await service.ticket_of(resident)
    assert (ticket["category"], ticket["language"], ticket["channel"]) == ("street_light", "en", "telegram")
