"""Brings a database to the newest alembic revision, in the caller's process."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from bot.errors import Misconfigured
from bot.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(url: str) -> Config:
    """Alembic's configuration for that database; no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(settings: Settings) -> None:
    """Raises Misconfigured, in one sentence, when the database cannot be reached."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    try:
        command.upgrade(alembic_config(settings.resolved_database_url), "head")
    except (DBAPIError, OSError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise Misconfigured(f"HOTLINE_DATABASE_URL: the database cannot be used ({reason}).") from None
