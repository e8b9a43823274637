"""The whole service as `make run` starts it, on free ports with an empty database: one for all tests of this folder."""

import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.evaluate.dialogues import Resident
from bot.evaluate.service import Service, running_service
from bot.settings import load_settings

PARTS = {"engine": "-m\0engine", "actions": "-m\0actions", "gateway": "bot.cli\0serve"}


@dataclass(frozen=True)
class Running:
    """A running service; `pid` finds the process of one of its parts."""

    service: Service

    @property
    def url(self) -> str:
        return self.service.url

    def pid(self, part: str) -> int:
        """The process of that part now; there is exactly one of this service."""
        port = self.url.rpartition(":")[2]
        for path in Path("/proc").iterdir():
            if not path.name.isdigit():
                continue
            try:
                command = (path / "cmdline").read_text()
                environment = (path / "environ").read_text()
            except OSError:
                continue
            if PARTS[part] in command and f"HOTLINE_PORT={port}\0" in environment:
                return int(path.name)
        raise AssertionError(f"the {part} does not run")

    def environment(self, part: str) -> dict[str, str]:
        pairs = Path(f"/proc/{self.pid(part)}/environ").read_text().split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def signal(self, part: str, number: int) -> None:
        os.kill(self.pid(part), number)

    def kill(self, part: str) -> None:
        """kill -9."""
        self.signal(part, signal.SIGKILL)

    def wait_until_ready(self, within_s: float = 120) -> None:
        """Until every part is up again."""
        self.wait(lambda: httpx.get(f"{self.url}/readyz", timeout=3).status_code == 200, within_s)

    def wait(self, holds: Callable[[], bool], within_s: float = 30) -> None:
        """Look again and again until it holds; a service that is not there yet counts as not."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                if holds():
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"it did not come true in {within_s} s")

    @contextmanager
    def staff(self) -> Iterator[httpx.Client]:
        """The staff API as the administrator."""
        with httpx.Client(base_url=f"{self.url}/api/v1", timeout=20) as client:
            login = client.post("/login", json={"username": self.service.user, "password": self.service.password})
            client.headers["Authorization"] = f"Bearer {login.json()['token']}"
            yield client


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with running_service(load_settings(), "") as service:
        yield Running(service)


@pytest.fixture
def healthy(running: Running) -> Running:
    """The service with every part up, whatever the test before did to it."""
    running.wait_until_ready()
    return running


@asynccontextmanager
async def a_resident(running: Running, language: str = "zh") -> AsyncIterator[Resident]:
    resident = Resident(running.url, language)
    await resident.arrive()
    yield resident
    await resident.leave()
