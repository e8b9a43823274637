"""The widget against a small Socket.IO server that speaks the protocol and does what each test tells it to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.evaluate.service import free_port
from tests.serving import serving

WIDGET = Path(__file__).resolve().parents[2] / "bot" / "channels" / "widget"


class Desk:
    """The server's side: what was uttered, and what to answer."""

    def __init__(self, url: str, server: socketio.AsyncServer) -> None:
        self.url = url
        self.server = server
        self.heard: list[dict[str, Any]] = []
        self.sessions: list[str | None] = []
        self.acknowledges = True
        self.uploads: list[tuple[str, str, bytes]] = []
        self.refuses = ""
        self.languages: list[str] = []
        self.history: dict[str, Any] = {"entries": [], "state": "bot", "operator": None}

    async def say(self, text: str, message_id: str = "m1", **fields: Any) -> None:
        metadata = {"message_id": message_id, "author": fields.pop("author", "bot"), "at": "2026-11-24T02:00:00+00:00"}
        if "operator" in fields:
            metadata["operator"] = fields.pop("operator")
        await self.server.emit("bot_uttered", {"text": text, "metadata": metadata, **fields})

    async def until(self, holds: Any) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.02)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[])
    port = free_port()
    desk = Desk(f"http://127.0.0.1:{port}", server)

    @server.on("session_request")
    async def session_request(sid: str, data: dict[str, Any]) -> None:
        desk.sessions.append(data["session_id"])
        await server.emit("session_confirm", data["session_id"] or "s1.sig", to=sid)
        if data["session_id"]:
            await server.emit("history", desk.history, to=sid)

    @server.on("language_set")
    async def language_set(sid: str, data: dict[str, Any]) -> None:
        desk.languages.append(data["language"])

    @server.on("user_uttered")
    async def user_uttered(sid: str, data: dict[str, Any]) -> dict[str, Any] | None:
        desk.heard.append(data)
        if not desk.acknowledges:
            await asyncio.Event().wait()
        return {"message_id": f"u{len(desk.heard)}", "recorded": True}

    async def page(_: Any) -> FileResponse:
        return FileResponse(WIDGET / "demo.html")

    async def upload(request: Request) -> JSONResponse:
        desk.uploads.append((request.headers["x-session"], request.headers["x-name"], await request.body()))
        if desk.refuses:
            return JSONResponse({"error": {"key": "file_type", "text": desk.refuses}}, status_code=422)
        return JSONResponse({"id": "f1", "name": "路灯.png", "kind": "photo", "url": "/widget/demo.css?file"})

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/files", upload, methods=["POST"]),
            Mount("/widget", StaticFiles(directory=WIDGET)),
        ]
    )
    async with serving(socketio.ASGIApp(server, app), port):
        yield desk
