"""Fixtures that many tests share: databases of both kinds, storage, a clock that tests move."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from cryptography.fernet import Fernet

from bot.messages import new_id
from bot.settings import Settings, load_settings
from bot.storage.database import Database, metadata, use_key
from bot.storage.unit import Storage
from bot.training import ensure_trained
from tests.fakes import FakeClock

KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _key() -> None:
    use_key(KEY)


@pytest.fixture(scope="session")
def trained() -> Settings:
    """The settings, with every model of our own and the engine's made if it was not there."""
    settings = load_settings()
    ensure_trained(settings)
    return settings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def postgres_url() -> str:
    """The server that scripts/test_services.sh started; a missing one fails the test."""
    url = os.environ.get("HOTLINE_TEST_POSTGRES")
    assert url, "PostgreSQL is missing: run the tests with `make test`"
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with every table, once on SQLite and once on PostgreSQL."""
    import bot.storage.tables  # noqa: F401  # registers every table

    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
        drop = None
    else:
        drop = f"test_{new_id()}"
        server = await asyncpg.connect(f"{postgres_url()}/postgres")
        await server.execute(f"CREATE DATABASE {drop}")
        await server.close()
        url = f"{postgres_url()}/{drop}".replace("postgresql://", "postgresql+asyncpg://")
        database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await database.close()
    if drop:
        server = await asyncpg.connect(f"{postgres_url()}/postgres")
        await server.execute(f"DROP DATABASE {drop} WITH (FORCE)")
        await server.close()


@pytest.fixture
def storage(database: Database) -> Storage:
    return Storage(database)
