"""The real gateway, in this process, between an emulated Telegram and an assistant that answers what it is told to."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

import bot.storage.tables  # noqa: F401  # registers every table
from bot.app import App, build_app
from bot.city import DEFAULT_CITY, load_city
from bot.encoder import shared_encoder
from bot.evaluate.service import free_port
from bot.knowledge.article import load_articles
from bot.knowledge.search import Index
from bot.settings import Settings, load_settings
from bot.storage.database import metadata
from bot.training import ensure_trained
from bot.vectors import KeptVectors
from bot.web import build_asgi
from tests.botapi.server import BotApi, a_bot_api
from tests.botapi.world import Person, World
from tests.conftest import KEY
from tests.serving import serving

MODES = ("polling", "webhook")
PASSWORD = "a long password"


@dataclass
class FakeEngine:
    """The engine's HTTP side: `answer` gives the messages to a text; it is silent while `is_down`."""

    answer: Callable[[str], list[dict[str, Any]]] = lambda text: [{"text": f"答：{text}"}]
    asked: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    is_down: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    answered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.gate.set()

    async def handle(self, request: web.Request) -> web.Response:
        if self.is_down:
            return web.json_response({}, status=503)
        body = await request.json()
        key = body["metadata"]["message_id"]
        await self.gate.wait()
        if key not in self.answered:
            self.asked.append(body["message"])
            self.languages.append(body["metadata"]["language"])
            self.answered[key] = self.answer(body["message"])
        return web.json_response(self.answered[key])

    async def forget(self, request: web.Request) -> web.Response:
        if self.is_down:
            return web.json_response({}, status=503)
        self.forgotten.append(request.match_info["sender"])
        return web.Response(status=204)


@asynccontextmanager
async def a_fake_engine() -> AsyncIterator[FakeEngine]:
    engine = FakeEngine()
    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", engine.handle)
    app.router.add_delete("/webhooks/rest/conversations/{sender}", engine.forget)
    app.router.add_get("/status", lambda _: _ok())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    engine.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield engine
    engine.gate.set()
    await runner.cleanup()


async def _ok() -> web.Response:
    return web.json_response({})


@dataclass
class House:
    """A running gateway with its Telegram, its engine and its staff."""

    app: App
    api: BotApi
    engine: FakeEngine
    url: str

    @property
    def world(self) -> World:
        return self.api.world

    def person(self, chat_id: int = 501, language: str = "zh", kind: str = "private") -> Person:
        return Person(self.world, chat_id, language, kind)

    async def hears(self, person: Person, words: str) -> None:
        """Wait until the bot has said something with those words."""
        await self.world.until(lambda: any(words in text for text in person.texts))

    async def idle(self) -> None:
        """Wait until every update is confirmed and no work that is due now is left."""
        await self.world.until(lambda: not self.world.updates)

        async def left() -> int:
            async with self.app.storage.reading() as tx:
                rows = await tx.exec_driver_sql("SELECT count(*) FROM outbox WHERE kind != 'escalate'")
                return int(rows.scalar() or 0)

        async with asyncio.timeout(20):
            while await left():
                await asyncio.sleep(0.01)

    async def conversation(self, person: Person) -> Any:
        async with self.app.storage.reading() as tx:
            (found,) = await self.app.storage.conversations.find(tx, "telegram", str(person.chat.id))
        return found

    async def entries(self, person: Person) -> list[Any]:
        conversation = await self.conversation(person)
        async with self.app.storage.reading() as tx:
            return await self.app.storage.conversations.transcript(tx, conversation.id)

    @asynccontextmanager
    async def staff(self) -> AsyncIterator[httpx.AsyncClient]:
        """The staff API as the administrator."""
        await self.app.accounts.ensure_first_admin("admin", PASSWORD)
        async with httpx.AsyncClient(base_url=f"{self.url}/api/v1", timeout=20) as client:
            login = await client.post("/login", json={"username": "admin", "password": PASSWORD})
            client.headers["Authorization"] = f"Bearer {login.json()['token']}"
            yield client


def settings_for(folder: Path, **fields: Any) -> Settings:
    return Settings(
        secret_key=KEY,
        var_dir=folder,
        model_dir=load_settings().model_dir,
        database_url=f"sqlite:///{folder / 'hotline.db'}",
        telegram_messages_per_s=1_000,
        port=free_port(),
        **fields,
    )


def served(app: App) -> AbstractAsyncContextManager[None]:
    """The gateway over HTTP."""
    return serving(build_asgi(app), app.settings.port, ws="websockets-sansio")


@asynccontextmanager
async def a_house(folder: Path, mode: str = "polling", **fields: Any) -> AsyncIterator[House]:
    async with a_bot_api() as api, a_fake_engine() as engine:
        settings = settings_for(
            folder,
            engine_url=engine.url,
            telegram_token=fields.pop("telegram_token", api.world.token),
            telegram_base_url=api.url,
            telegram_webhook=mode == "webhook",
            **fields,
        )
        app = build_app(settings)
        async with app.storage.database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        async with served(app):
            yield House(app, api, engine, f"http://127.0.0.1:{settings.port}")


@pytest.fixture(scope="package")
def models() -> Iterator[None]:
    """Trained models; and the city's files and articles, which no house changes, read once for all of them."""
    settings = load_settings()
    ensure_trained(settings)
    articles = load_articles(DEFAULT_CITY / "articles", load_city())
    index = Index(articles, (), shared_encoder(), KeptVectors(shared_encoder(), settings.model_dir, "articles"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.app.load_city", functools.cache(load_city))
        patch.setattr("bot.knowledge.index.load_articles", lambda directory, city: articles)
        patch.setattr("bot.knowledge.index.Index", lambda articles, unanswered, encoder, kept: index)
        yield


@pytest.fixture(params=MODES)
async def house(request: pytest.FixtureRequest, tmp_path: Path, models: None) -> AsyncIterator[House]:
    """The gateway with its bot, once by polling and once by webhook."""
    async with a_house(tmp_path, request.param) as house:
        await house.world.until(lambda: house.app.telegram and house.app.telegram.state == "up")
        yield house
