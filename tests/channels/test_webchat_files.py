"""Files of the web chat: uploaded, checked, mentioned once, and fetched by those who were given the address."""

import httpx
import pytest

from bot.evaluate.dialogues import Resident
from tests.channels.conftest import House, a_house
from tests.channels.samples import EXE, HTML, PDF, photo
from tests.channels.test_telegram import zh


@pytest.fixture
async def web(tmp_path, models: None):
    async with a_house(tmp_path, telegram_token="") as house, httpx.AsyncClient(base_url=house.url) as client:
        yield house, client


async def uploaded(client: httpx.AsyncClient, session_id: str, content: bytes, name: str = "a.jpg") -> httpx.Response:
    return await client.post("/files", content=content, headers={"X-Session": session_id, "X-Name": name})


async def test_a_photo_is_uploaded_mentioned_and_kept_without_its_place(web: tuple[House, httpx.AsyncClient]) -> None:
    house, client = web
    resident = Resident(house.url, "zh")
    session_id = await resident.arrive()
    shown = (await uploaded(client, session_id, photo((31.2, 121.4)), "%E8%B7%AF%E7%81%AF.jpg")).json()
    assert (shown["name"], shown["kind"]) == ("路灯.jpg", "photo")
    receipt = await resident.mentioned("路灯坏了", [shown["id"]])
    assert receipt["recorded"]
    await house.world.until(lambda: len(resident.bubbles) == 3)
    assert resident.bubbles[0] == zh("files.kept")
    got = await client.get(shown["url"])
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert b"SecretCamera" not in got.content
    await resident.leave()


@pytest.mark.parametrize(("content", "key"), [(EXE, "file_type"), (HTML, "file_type"), (b"", "file_empty")])
async def test_what_is_not_taken_is_said(web: tuple[House, httpx.AsyncClient], content: bytes, key: str) -> None:
    house, client = web
    resident = Resident(house.url, "zh")
    answer = await uploaded(client, await resident.arrive(), content)
    assert (answer.status_code, answer.json()["error"]["key"]) == (422, key)
    await resident.leave()


async def test_more_than_twenty_megabytes_are_refused(web: tuple[House, httpx.AsyncClient]) -> None:
    house, client = web
    resident = Resident(house.url, "zh")
    answer = await uploaded(client, await resident.arrive(), PDF + b" " * (20 * 2**20))
    assert answer.json()["error"]["key"] == "file_too_large"
    await resident.leave()


async def test_without_a_signed_session_nothing_is_taken(web: tuple[House, httpx.AsyncClient]) -> None:
    _, client = web
    for session_id in ("", "guess", "a" * 32 + ".x"):
        assert (await uploaded(client, session_id, photo())).status_code == 403


async def test_nobody_mentions_or_fetches_the_file_of_another(web: tuple[House, httpx.AsyncClient]) -> None:
    house, client = web
    owner, thief = Resident(house.url, "zh"), Resident(house.url, "zh")
    shown = (await uploaded(client, await owner.arrive(), photo())).json()
    await thief.arrive()
    receipt = await thief.mentioned("", [shown["id"]])
    assert receipt["recorded"] is False
    assert (await client.get(f"/files/{shown['id']}")).status_code == 404
    assert (await client.get(f"/files/{shown['id']}?key=a.b")).status_code == 404
    assert (await client.get("/files/..%2f..%2fsecret.key?key=a.b")).status_code == 404
    await owner.leave()
    await thief.leave()


async def test_a_page_that_comes_back_sees_its_files(web: tuple[House, httpx.AsyncClient]) -> None:
    house, client = web
    resident = Resident(house.url, "zh")
    session_id = await resident.arrive()
    shown = (await uploaded(client, session_id, PDF, "a.pdf")).json()
    await resident.mentioned("", [shown["id"]])
    history = await house.app.gateway.history(session_id.partition(".")[0])
    assert [file["name"] for file in history["entries"][0]["attachments"]] == ["a.pdf"]
    await resident.leave()
