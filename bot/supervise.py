"""`hotline run`: engine, actions and gateway as three processes, watched; one line for everything that matters."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.errors import Misconfigured
from bot.settings import ROOT, Settings

ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"

READY_WITHIN_S = 180
CALM_AFTER_S = 60
"""A process that ran this long is restarted at once; one that dies sooner waits longer each time, up to 30 s."""


@dataclass(frozen=True)
class Part:
    """One process of the service."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    port: int


def parts(settings: Settings, token: str, model: Path) -> list[Part]:
    """The three processes, with what each needs in its environment."""
    common = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOTLINE_SECRET_KEY": settings.key,
        "HOTLINE_ENGINE_TOKEN": token,
        "HOTLINE_CITY_DIR": str(settings.city_dir),
        "HOTLINE_VAR_DIR": str(settings.var_dir),
        "HOTLINE_MODEL_DIR": str(settings.model_dir),
        "HOTLINE_ENGINE_PORT": str(settings.engine_port),
        "HOTLINE_ACTIONS_PORT": str(settings.actions_port),
        "HOTLINE_PORT": str(settings.port),
        "HOTLINE_ENGINE_DB": str(settings.var_dir / "engine.db"),
        "HOTLINE_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }
    python = sys.executable
    engine = [
        str(ENGINE_PYTHON),
        "-m",
        "engine",
        "run",
        "--model",
        str(model),
        "--port",
        str(settings.engine_port),
        "--interface",
        "127.0.0.1",
        "--endpoints",
        "endpoints.yml",
        "--credentials",
        "credentials.yml",
        "--enable-api",
        # In one word: a token may begin with "-", which would pass for another option.
        f"--auth-token={token}",
    ]
    return [
        Part("actions", [python, "-m", "actions"], common, settings.actions_port),
        Part("gateway", [python, "-m", "bot.cli", "serve"], common, settings.port),
        Part("engine", engine, common, settings.engine_port),
    ]


def check_ports(watched: Sequence[Part]) -> None:
    """Raises Misconfigured, naming the setting to change, when a port is taken."""
    settings = {"gateway": "HOTLINE_PORT", "engine": "HOTLINE_ENGINE_PORT", "actions": "HOTLINE_ACTIONS_PORT"}
    for part in watched:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", part.port))
            except OSError:
                raise Misconfigured(
                    f"Port {part.port} of the {part.name} is taken by another program: stop it, "
                    f"or choose another port with {settings[part.name]}."
                ) from None


class Supervisor:
    """Starts the parts, restarts what dies, stops all on Ctrl-C."""

    def __init__(self, watched: Sequence[Part], settings: Settings) -> None:
        self._parts = watched
        self._settings = settings
        self._stopping = asyncio.Event()

    async def run(self) -> int:
        """Run until Ctrl-C or SIGTERM; the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        keepers = [asyncio.create_task(self._keep(part)) for part in self._parts]
        announcing = asyncio.create_task(self._announce())
        await self._stopping.wait()
        print("Stopping.", flush=True)
        announcing.cancel()
        await asyncio.gather(*keepers, announcing, return_exceptions=True)
        return 0

    async def _keep(self, part: Part) -> None:
        quick_deaths = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *part.command, env=dict(part.environment), cwd=ROOT, start_new_session=True
            )
            died = asyncio.create_task(process.wait())
            stopped = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({died, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if self._stopping.is_set():
                await _end(process)
                return
            lived = time.monotonic() - started
            quick_deaths = 0 if lived > CALM_AFTER_S else quick_deaths + 1
            delay = min(30.0, 0.5 * 2**quick_deaths) if quick_deaths else 0.0
            print(
                f"The {part.name} stopped (exit {process.returncode}); it starts again in {delay:.0f} s.",
                flush=True,
            )
            try:
                async with asyncio.timeout(delay):
                    await self._stopping.wait()
            except TimeoutError:
                pass

    async def _announce(self) -> None:
        started = time.monotonic()
        url = f"http://127.0.0.1:{self._settings.port}"
        async with httpx.AsyncClient(timeout=3.0) as client:
            while True:
                try:
                    if (await client.get(f"{url}/readyz")).status_code == 200:
                        break
                except httpx.HTTPError:
                    pass
                if time.monotonic() - started > READY_WITHIN_S:
                    print(
                        f"Not ready after {READY_WITHIN_S} s; {url}/readyz tells which part is down.",
                        flush=True,
                    )
                    started = time.monotonic()
                await asyncio.sleep(0.25)
        print(
            f"Ready after {time.monotonic() - started:.0f} s.\n"
            f"  Residents: {url}/\n"
            f"  Console:   {url}/console/\n"
            f"  Ctrl-C stops the service.",
            flush=True,
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(10):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
