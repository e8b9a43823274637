"""Dialogues over Telegram: an emulated Bot API (tests/botapi) in a process of its own, and residents who write there.

Needs a checkout with its development packages, as every evaluation does that starts a service of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bot.errors import Misconfigured
from bot.evaluate.cases import Case
from bot.evaluate.dialogues import ANSWER_WITHIN_S, QUIET_S
from bot.settings import ROOT

FIRST_CHAT = 5_000
LOOK_EVERY_S = 0.05


@contextmanager
def emulated_telegram() -> Iterator[tuple[str, str]]:
    """The address of an emulated Bot API and its bot's token, for the time of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.botapi"], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        url, _, token = process.stdout.readline().strip().partition(" ")
        if not token:
            raise Misconfigured("The emulated Bot API did not start: tests/botapi and its packages are needed.")
        yield url, token
    finally:
        process.terminate()
        process.wait()


class TelegramResident:
    """One private chat. `bubbles` collects everything that was said to the resident."""

    def __init__(self, api: httpx.AsyncClient, chat_id: int, language: str, state: Callable[[str], Any]) -> None:
        self._api = api
        self._chat_id = chat_id
        self._language = language
        self._state = state
        self.bubbles: list[str] = []

    async def arrive(self) -> str:
        """The chat's id."""
        return str(self._chat_id)

    async def say(self, text: str) -> None:
        """Write one thing and wait until the bot has said all it has to say."""
        said = {"chat": self._chat_id, "text": text, "language": self._language}
        (await self._api.post("/control/say", json=said)).raise_for_status()
        if await self._heard(ANSWER_WITHIN_S, until_stored=True):
            while await self._heard(QUIET_S):
                pass

    async def leave(self) -> None:
        """Nothing: a chat stays."""

    async def _heard(self, within_s: float, until_stored: bool = False) -> bool:
        """Wait for something new. With a person in the conversation the assistant is silent: then not for long."""
        quiet_from: float | None = None
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + within_s
        while loop.time() < ends_at:
            now = (await self._api.get("/control/said", params={"chat": self._chat_id})).json()
            if len(now["texts"]) > len(self.bubbles):
                self.bubbles = now["texts"]
                return True
            if (
                until_stored
                and not now["pending"]
                and quiet_from is None
                and await self._state(str(self._chat_id)) != "bot"
            ):
                quiet_from = loop.time()
            if quiet_from is not None and loop.time() - quiet_from > QUIET_S:
                return False
            await asyncio.sleep(LOOK_EVERY_S)
        return False


def residents(api: httpx.AsyncClient) -> Callable[[Case, httpx.AsyncClient], TelegramResident]:
    """Gives each case a chat of its own."""
    numbers = itertools.count(FIRST_CHAT)

    def make(case: Case, staff: httpx.AsyncClient) -> TelegramResident:
        async def state(external_id: str) -> str:
            query = {"channel": "telegram", "external_id": external_id}
            found = (await staff.get("/conversations", params=query)).json()
            return str(found[0]["state"]) if found else "bot"

        return TelegramResident(api, next(numbers), case["lang"], state)

    return make
