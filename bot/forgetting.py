"""The last part of `/forget`: what lies outside the database goes after the commit that took the words out of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.conversation.rasa import RasaClient
from bot.files.vault import Vault
from bot.storage.outbox import Job
from bot.storage.unit import Storage


class Forgetting:
    """Handles `erase` jobs: the bytes in the vault whose rows are gone, and what the engine remembers."""

    def __init__(self, storage: Storage, vault: Vault, rasa: RasaClient, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._vault = vault
        self._rasa = rasa
        self._clock = clock

    async def erase(self, job: Job) -> Job | None:
        """Delete both; each may be deleted twice. Raises Retry while the engine is down."""
        for file_id in job.payload["file_ids"]:
            await self._vault.remove(file_id)
        await self._rasa.forget(job.conversation_id)
        async with self._storage.transaction() as tx:
            return await self._storage.outbox.finish(tx, job, self._clock())
