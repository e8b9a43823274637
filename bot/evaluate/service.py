"""A service to measure: one that runs already, or one that is started on free ports with data of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.app import engine_token
from bot.errors import Misconfigured
from bot.settings import ROOT, Settings
from bot.supervise import parts
from bot.training import ensure_trained

START_WITHIN_S = 150

OWN_PORTS = range(10_000, 32_000)
"""Below the range of ports that systems give to outgoing connections (Linux: from 32768; others: from 49152)."""


@dataclass(frozen=True)
class Service:
    """A running service and an administrator of its staff API."""

    url: str
    user: str
    password: str


def free_port() -> int:
    """A port on loopback that nobody has now, and none that the system hands out to a connection the moment after."""
    while True:
        port = secrets.choice(OWN_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def running_service(settings: Settings, url: str, extra: Mapping[str, str] | None = None) -> Iterator[Service]:
    """The service at `url`, or one of our own for the time of the block, with an empty database.

    `extra` are variables for the environment of one of our own.

    For a service at `url`, HOTLINE_ADMIN_USER and HOTLINE_ADMIN_PASSWORD must name an administrator.
    Raises Misconfigured when ours is not ready in time.
    """
    if url:
        yield Service(url.rstrip("/"), settings.admin_user, settings.admin_password)
        return
    model = ensure_trained(settings)
    with tempfile.TemporaryDirectory(prefix="hotline-evaluate-") as folder:
        own = Settings(
            city_dir=settings.city_dir,
            model_dir=settings.model_dir,
            var_dir=Path(folder),
            database_url=f"sqlite:///{folder}/hotline.db",
            port=free_port(),
            engine_port=free_port(),
            actions_port=free_port(),
            admin_password=secrets.token_urlsafe(12),
        )
        environment = {
            **os.environ,
            "HOTLINE_CITY_DIR": str(own.city_dir),
            "HOTLINE_MODEL_DIR": str(own.model_dir),
            "HOTLINE_VAR_DIR": folder,
            "HOTLINE_DATABASE_URL": own.database_url,
            "HOTLINE_PORT": str(own.port),
            "HOTLINE_ENGINE_PORT": str(own.engine_port),
            "HOTLINE_ACTIONS_PORT": str(own.actions_port),
            "HOTLINE_ADMIN_PASSWORD": own.admin_password,
            "HOTLINE_ENGINE_URL": "",
            **(extra or {}),
        }
        address = f"http://127.0.0.1:{own.port}"
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "run"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
            try:
                _wait(process, f"{address}/readyz", {}, lambda: log.read_text(errors="replace"))
                yield Service(address, own.admin_user, own.admin_password)
            finally:
                _stop(process)
    assert model.exists()


@contextmanager
def engine_for(settings: Settings) -> Iterator[tuple[str, str]]:
    """The address and token of an engine: the configured one when it answers, else one started for the block."""
    token = engine_token(settings)
    with httpx.Client(timeout=2.0) as client:
        try:
            if client.get(f"{settings.resolved_engine_url}/status", params={"token": token}).status_code == 200:
                yield settings.resolved_engine_url, token
                return
        except httpx.HTTPError:
            pass
    model = ensure_trained(settings)
    with tempfile.TemporaryDirectory(prefix="hotline-engine-") as folder:
        own = settings.model_copy(
            update={"engine_port": free_port(), "var_dir": Path(folder), "secret_key": settings.key}
        )
        engine = next(part for part in parts(own, token, model) if part.name == "engine")
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                engine.command, cwd=ROOT, env=dict(engine.environment), stdout=output, stderr=output
            )
            try:
                url = f"http://127.0.0.1:{own.engine_port}"
                _wait(process, f"{url}/status", {"token": token}, lambda: log.read_text(errors="replace"))
                yield url, token
            finally:
                _stop(process)


def _wait(process: subprocess.Popen[bytes], url: str, params: dict[str, str], read_log: Callable[[], str]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    with httpx.Client(timeout=3.0) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise Misconfigured(f"The service under test stopped at once:\n{read_log()[-2000:]}")
            try:
                if client.get(url, params=params).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
    raise Misconfigured(f"The service under test was not ready in {START_WITHIN_S} s:\n{read_log()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
