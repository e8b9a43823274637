"""kill -9 in the middle of a flood, twice: the gateway as a process of its own, between the two doubles."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import ROOT, load_settings
from tests.botapi.server import BotApi, a_bot_api
from tests.botapi.world import Chaos, Person
from tests.channels.conftest import MODES, FakeEngine, a_fake_engine, settings_for

pytestmark = pytest.mark.slow

RESIDENTS, TURNS = 200, 3


class Gateway:
    """The gateway's process."""

    def __init__(self, folder: Path, api: BotApi, engine: FakeEngine, mode: str) -> None:
        settings = settings_for(folder)
        self.log = folder / "log"
        self.environment = {
            **os.environ,
            "HOTLINE_SECRET_KEY": settings.secret_key,
            "HOTLINE_VAR_DIR": str(folder),
            "HOTLINE_MODEL_DIR": str(load_settings().model_dir),
            "HOTLINE_DATABASE_URL": settings.database_url,
            "HOTLINE_PORT": str(settings.port),
            "HOTLINE_ENGINE_URL": engine.url,
            "HOTLINE_TELEGRAM_TOKEN": api.world.token,
            "HOTLINE_TELEGRAM_BASE_URL": api.url,
            "HOTLINE_TELEGRAM_WEBHOOK": str(mode == "webhook"),
            "HOTLINE_TELEGRAM_MESSAGES_PER_S": "1000",
        }

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            arguments = [sys.executable, "-m", "bot.cli", *command]
            return subprocess.Popen(arguments, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[subprocess.Popen[bytes]]:
        """Runs for the block, then dies without a word."""
        process = self.run("serve")
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.wait)


@pytest.mark.parametrize("mode", MODES)
async def test_killed_in_mid_flood_it_loses_nothing_and_doubles_nothing(
    tmp_path: Path, models: None, mode: str
) -> None:
    async with a_bot_api() as api, a_fake_engine() as engine:
        world = api.world
        gateway = Gateway(tmp_path, api, engine, mode)
        assert await asyncio.to_thread(gateway.run("migrate").wait) == 0
        engine.answer = lambda text: [{"text": f"一{text}"}, {"text": f"二{text}"}]
        world.chaos = Chaos(too_many=0.03, broken=0.03, lost=0.02)
        people = [Person(world, 1_000 + number) for number in range(RESIDENTS)]
        for turn in range(TURNS):
            for person in people:
                person.says(f"第{turn}句")
        expected = [f"{part}第{turn}句" for turn in range(TURNS) for part in ("一", "二")]

        def sent() -> int:
            return sum(len(person.texts) for person in people)

        for stop_at in (300, 700):
            async with gateway.serving():
                await world.until(lambda stop_at=stop_at: sent() >= stop_at, within_s=120)
        async with gateway.serving():
            await world.until(lambda: all(len(person.texts) >= len(expected) for person in people), within_s=240)
            await world.until(lambda: not world.updates)
            # Whatever would be said twice is said within a lease and a poll.
            before = sent()
            with pytest.raises(TimeoutError):
                await world.until(lambda: sent() > before, within_s=8)
        wrong = [person.texts for person in people if person.texts != expected]
        assert wrong == []
        words = gateway.log.read_text(encoding="utf-8")
        assert "句" not in words, "no word of a resident in a log"
        assert world.token not in words
