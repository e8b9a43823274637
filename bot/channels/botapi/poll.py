"""Long polling that confirms an update only after it is stored.

PTB's own Updater confirms what it has fetched before anybody has handled it: a kill in between loses it. Here
the offset moves past an update when `take` says that it is stored; what was not is fetched again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

POLL_S = 25
"""How long Telegram holds an empty answer back."""

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0

log = structlog.get_logger()


class Poller:
    """Fetches updates until it is cancelled. `take` stores one and says whether it is stored."""

    def __init__(self, bot: Bot, allowed: list[str], take: Callable[[Update], Awaitable[bool]]) -> None:
        self._bot = bot
        self._allowed = allowed
        self._take = take
        self._offset = 0
        self.is_up = True

    async def run(self) -> None:
        """Raises InvalidToken when the token is no longer good."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                updates = await self._bot.get_updates(
                    offset=self._offset,
                    timeout=timedelta(seconds=POLL_S),
                    allowed_updates=self._allowed,
                    read_timeout=POLL_S + 10,
                )
                self.is_up = True
                is_all_stored = await self._store(updates)
            except InvalidToken:
                raise
            except TelegramError as error:
                self.is_up = isinstance(error, RetryAfter | Conflict)
                log.warning("telegram_poll_failed", error=type(error).__name__)
                is_all_stored = False
                pause = max(pause, _wanted_pause(error))
            if is_all_stored:
                pause = FIRST_PAUSE_S
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _store(self, updates: tuple[Update, ...]) -> bool:
        # A batch may come out of order; the offset is a number, so it must be walked in the order of numbers.
        for update in sorted(updates, key=lambda update: update.update_id):
            if not await self._take(update):
                return False
            self._offset = max(self._offset, update.update_id + 1)
        return True


def _wanted_pause(error: TelegramError) -> float:
    """Seconds that Telegram asks for; another poller in its place is tried again after a while."""
    if isinstance(error, RetryAfter):
        wanted = error.retry_after
        return wanted.total_seconds() if isinstance(wanted, timedelta) else float(wanted)
    return 3.0 if isinstance(error, Conflict) else 0.0
