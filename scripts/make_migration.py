"""Write an alembic revision for what changed in the tables, against an empty database at the last revision."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from bot.storage.migrate import alembic_config


def main(message: str) -> None:
    """Compare the tables with the revisions so far."""
    with tempfile.TemporaryDirectory() as folder:
        config = alembic_config(f"sqlite+aiosqlite:///{Path(folder) / 'empty.db'}")
        command.upgrade(config, "head")
        command.revision(config, message=message, autogenerate=True)


if __name__ == "__main__":
    main(sys.argv[1])
