"""The bytes of files: encrypted, under random names, in a folder that no web server serves."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from bot.errors import NotFound


class Vault:
    """A folder of encrypted files. `key` is the Fernet key of the service."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._key = key

    async def put(self, file_id: str, content: bytes) -> None:
        """Keep a file; the same id again replaces it. After this it is on the disk."""
        await asyncio.to_thread(self._write, file_id, content)

    async def get(self, file_id: str) -> bytes:
        """The file's bytes. Raises NotFound when they are not here, or were written under another key."""
        try:
            return await asyncio.to_thread(self._read, file_id)
        except (FileNotFoundError, InvalidToken):
            raise NotFound("no_such_file", "the file is not in the vault") from None

    async def remove(self, file_id: str) -> None:
        """Delete a file; nothing when it is not here."""
        await asyncio.to_thread(self._path(file_id).unlink, True)

    def _path(self, file_id: str) -> Path:
        # An id is ours, 32 hexadecimal digits; anything else must not become part of a path.
        if not (len(file_id) == 32 and file_id.isalnum()):
            raise NotFound("no_such_file", "not an id of a file")
        return self._folder / file_id[:2] / file_id

    def _write(self, file_id: str, content: bytes) -> None:
        path = self._path(file_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as output:
            output.write(Fernet(self._key.encode()).encrypt(content))
            output.flush()
            os.fsync(output.fileno())
        draft.replace(path)

    def _read(self, file_id: str) -> bytes:
        return Fernet(self._key.encode()).decrypt(self._path(file_id).read_bytes())
