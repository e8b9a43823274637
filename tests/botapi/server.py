"""The emulated Bot API over HTTP: `/bot<token>/<method>`, `/file/bot<token>/<path>`, webhook calls, faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.botapi.methods import Methods
from tests.botapi.rules import MAX_UPLOAD, Refused
from tests.botapi.world import Fault, World

WEBHOOK_RETRY_S = 0.05


class BotApi:
    """The server. `world` is what tests look at and act in."""

    def __init__(self) -> None:
        self.world = World()
        self.methods = Methods(self.world)
        self.app = web.Application(client_max_size=MAX_UPLOAD + 2**20)
        self.app.router.add_route("*", "/bot{token}/{method}", self._method)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        self._pusher: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self, port: int = 0) -> None:
        """Listen on loopback, on a free port by default."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._pusher = asyncio.create_task(self._push())

    async def stop(self) -> None:
        """Close everything."""
        if self._pusher:
            self._pusher.cancel()
            with suppress(asyncio.CancelledError):
                await self._pusher
        await self._runner.cleanup()

    # --- calls ------------------------------------------------------------------------------------------

    async def _method(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.world.token:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        if request.method not in {"GET", "POST"}:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        params, files = await self._read(request)
        name = request.match_info["method"]
        try:
            chat_id = int(params["chat_id"]) if "chat_id" in params else None
            fault = self._fault(name, chat_id)
            result = await self.methods.call(name, params, files)
        except Refused as refused:
            return web.json_response(refused.body, status=refused.code)
        except (KeyError, ValueError) as error:
            body = {"ok": False, "error_code": 400, "description": f"Bad Request: {error} is wrong or missing"}
            return web.json_response(body, status=400)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "lost" and request.transport:
            # It was done, and nobody will ever hear of it.
            request.transport.close()
        return web.json_response({"ok": True, "result": result})

    def _fault(self, name: str, chat_id: int | None) -> Fault | None:
        """The fault to apply after the call. Raises Refused for those that prevent it."""
        world = self.world
        if chat_id is not None and name != "sendChatAction":
            left = world.refused_until.get(chat_id, 0) - time.monotonic()
            if left > 0:
                raise _too_many(left)
        fault = world.fault_for(name, chat_id)
        if fault is None or fault.kind in {"slow", "lost"}:
            return fault
        if fault.kind == "429":
            world.refused_until[chat_id or 0] = time.monotonic() + fault.seconds
            raise _too_many(fault.seconds)
        reason = {"502": "Bad Gateway"}.get(fault.kind, "Internal Server Error")
        raise Refused(int(fault.kind), reason)

    async def _read(self, request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
        params: dict[str, Any] = dict(request.query)
        files: dict[str, bytes] = {}
        if request.content_type == "application/json":
            params |= await request.json()
        elif request.method == "POST":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = value.file.read()
                else:
                    params[name] = value
        return params, files

    async def _file(self, request: web.Request) -> web.Response:
        content = self.world.files.get(request.match_info["path"].rpartition("/")[2])
        if request.match_info["token"] != self.world.token or content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="application/octet-stream")

    # --- webhook ----------------------------------------------------------------------------------------

    async def _push(self) -> None:
        """Call the webhook with each update, in order, again and again until it is taken."""
        async with ClientSession(timeout=ClientTimeout(total=30)) as session:
            while True:
                webhook, changed = self.world.webhook, self.world.changed
                if not webhook or not self.world.updates:
                    await changed.wait()
                    continue
                update = self.world.updates[0]
                headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"]} if webhook["secret"] else {}
                try:
                    async with session.post(webhook["url"], json=update, headers=headers) as answer:
                        is_taken = 200 <= answer.status < 300
                except (ClientError, TimeoutError):
                    is_taken = False
                if is_taken:
                    with suppress(ValueError):
                        self.world.updates.remove(update)
                    self.world.confirmed = max(self.world.confirmed, update["update_id"])
                    self.world.touch()
                else:
                    await asyncio.sleep(WEBHOOK_RETRY_S)


def _too_many(seconds: float) -> Refused:
    wait = max(1, round(seconds + 0.49))
    return Refused(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})


@asynccontextmanager
async def a_bot_api(port: int = 0) -> AsyncIterator[BotApi]:
    """A running server."""
    api = BotApi()
    await api.start(port)
    try:
        yield api
    finally:
        await api.stop()
