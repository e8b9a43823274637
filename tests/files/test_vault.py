"""Bytes at rest: encrypted, and only under ids of ours."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import NotFound
from bot.files.vault import Vault
from bot.messages import new_id

KEY = Fernet.generate_key().decode()


async def test_what_is_put_comes_back_and_is_not_readable_on_the_disk(tmp_path: Path) -> None:
    vault, file_id = Vault(tmp_path, KEY), new_id()
    await vault.put(file_id, b"evidence")
    assert await vault.get(file_id) == b"evidence"
    assert all(b"evidence" not in content for content in contents(tmp_path))


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_what_is_removed_is_gone(tmp_path: Path) -> None:
    vault, file_id = Vault(tmp_path, KEY), new_id()
    await vault.put(file_id, b"evidence")
    await vault.remove(file_id)
    await vault.remove(file_id)
    with pytest.raises(NotFound):
        await vault.get(file_id)


async def test_another_key_reads_nothing(tmp_path: Path) -> None:
    file_id = new_id()
    await Vault(tmp_path, KEY).put(file_id, b"evidence")
    with pytest.raises(NotFound):
        await Vault(tmp_path, Fernet.generate_key().decode()).get(file_id)


@pytest.mark.parametrize("file_id", ["../../etc/passwd", "", "a" * 31, "/" * 32, "..%2f" + "a" * 27])
async def test_an_id_is_never_a_path(tmp_path: Path, file_id: str) -> None:
    with pytest.raises(NotFound):
        await Vault(tmp_path, KEY).get(file_id)
