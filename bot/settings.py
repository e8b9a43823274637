"""Every setting of the service: a `HOTLINE_…` variable, its type, unit and default.

tests/test_docs.py fails when one is missing in docs/run.md.
"""

from __future__ import annotations

import secrets
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read once by `app`, from the environment; every field has a default that works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="ignore")

    city_dir: Path = Field(ROOT / "city", description="The city's folder: articles, clues, texts, taxonomy.")
    var_dir: Path = Field(ROOT / "var", description="Where the service keeps its database, key and caches.")
    model_dir: Path = Field(ROOT / "models", description="Where trained models are kept.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in `var_dir`.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the gateway on 127.0.0.1.")
    engine_port: int = Field(5005, ge=1, le=65535, description="Port of the Rasa engine on 127.0.0.1.")
    actions_port: int = Field(5055, ge=1, le=65535, description="Port of the action server on 127.0.0.1.")
    engine_url: str = Field("", description="Where the engine is; empty: 127.0.0.1 at `engine_port`.")
    secret_key: str = Field("", description="Fernet key for data at rest and signatures; empty: made in `var_dir`.")
    engine_token: str = Field("", description="Token of the engine's HTTP API; empty: derived from the secret key.")
    turn_deadline_s: float = Field(8.0, gt=0, description="Seconds that one turn of the assistant may take.")
    public_url: str = Field("", description="The address residents see; empty: 127.0.0.1 at `port`.")
    admin_user: str = Field("admin", description="User name of the first administrator.")
    admin_password: str = Field("", description="Password of the first administrator; empty: random, printed once.")
    allowed_origins: str = Field(
        "", description="Origins of other sites whose pages may embed the widget, comma-separated; * for any."
    )
    telegram_token: str = Field("", description="The bot's token from @BotFather; empty: no Telegram.")
    telegram_base_url: str = Field("", description="A local Bot API server; empty: Telegram's own.")
    telegram_webhook: bool = Field(False, description="Let Telegram call us at `public_url`, instead of polling.")
    telegram_webhook_secret: str = Field(
        "", pattern=r"^[A-Za-z0-9_-]{0,256}$", description="Proves that Telegram calls; empty: derived from the key."
    )
    telegram_messages_per_s: float = Field(30.0, gt=0, description="Messages a second that the bot may send.")
    files_dir: Path | None = Field(None, description="Where files are kept; empty: `files` in `var_dir`.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def resolved_database_url(self) -> str:
        """The database to use, with an asynchronous driver named."""
        url = self.database_url or f"sqlite:///{self.var_dir / 'hotline.db'}"
        for plain, driver in (
            ("sqlite://", "sqlite+aiosqlite://"),
            ("postgresql://", "postgresql+asyncpg://"),
        ):
            if url.startswith(plain):
                return driver + url[len(plain) :]
        return url

    @property
    def resolved_engine_url(self) -> str:
        """Where the engine answers."""
        return self.engine_url.rstrip("/") or f"http://127.0.0.1:{self.engine_port}"

    @property
    def resolved_files_dir(self) -> Path:
        """Where files are kept."""
        return self.files_dir or self.var_dir / "files"

    @property
    def resolved_public_url(self) -> str:
        """The service's own address, as people see it."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @cached_property
    def key(self) -> str:
        """The secret key: the setting's, else the one kept in `var_dir`, made at first start (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        path = self.var_dir / "secret.key"
        if not path.exists():
            self.var_dir.mkdir(parents=True, exist_ok=True)
            # Exclusive creation: of two processes that start at once, one makes the key and both read it.
            draft = path.with_suffix(f".{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_bytes(Fernet.generate_key())
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text(encoding="ascii").strip()


def spans_model(settings: Settings) -> Path:
    """Where the tagger of places and times is kept; `engine/extractor.py` looks for it by the same name."""
    return settings.model_dir / "spans.npz"


def routing_model(settings: Settings) -> Path:
    """Where `hotline train routing` keeps what it learned."""
    return settings.model_dir / "routing.npz"


def load_settings() -> Settings:
    """The settings of this process.

    Raises Misconfigured with one sentence that names the variable that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = "HOTLINE_" + "_".join(str(part) for part in fault["loc"]).upper()
        raise Misconfigured(f"{name} is wrong: {fault['msg'].lower()} (it is {fault['input']!r}).") from None
