"""The gateway's web application: web chat, console, staff API, the residents' page, health and metrics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import socketio
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.app import App
from bot.channels.telegram import WEBHOOK_PATH
from bot.console.api import build_api
from bot.console.routes import SignInFirst
from bot.console.routes import router as console_router
from bot.errors import HotlineError
from bot.fileroutes import add_file_routes

WIDGET = Path(__file__).parent / "channels" / "widget"
CONSOLE_STATIC = Path(__file__).parent / "console" / "static"

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""Content security policy of the residents' page."""


class WidgetFiles(StaticFiles):
    """The widget's files, which pages of other sites may load: nothing in them is secret."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Allow any origin; no-cache makes a new release reach residents at once."""
        response = super().file_response(*args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "no-cache"
        return response


def build_asgi(app: App) -> Any:
    """The ASGI application: Socket.IO at /socket.io, everything else below."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await app.start()
        try:
            yield
        finally:
            await app.stop()

    web = FastAPI(title="12345", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    web.add_exception_handler(HotlineError, lambda request, error: _say_error(app, request, error))
    web.add_exception_handler(SignInFirst, _to_sign_in)
    _add_health(web, app)
    add_file_routes(web, app)
    _add_telegram(web, app)
    web.include_router(console_router(app), prefix="/console")
    web.mount("/console/static", StaticFiles(directory=CONSOLE_STATIC), name="console-static")
    web.mount("/api/v1", build_api(app))
    web.mount("/widget", WidgetFiles(directory=WIDGET), name="widget")

    @web.get("/", include_in_schema=False)
    async def residents_page() -> Response:
        return FileResponse(
            WIDGET / "demo.html",
            headers={
                "Content-Security-Policy": PAGE_POLICY,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "same-origin",
            },
        )

    return socketio.ASGIApp(app.webchat.server, other_asgi_app=web)


def _add_health(web: FastAPI, app: App) -> None:
    @web.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Alive: the event loop turns."""
        return {"status": "alive"}

    @web.get("/readyz")
    async def readyz() -> Response:
        """Each part and its state; 200 only when all that residents need is up."""
        parts = {
            "database": "up" if await app.storage.database.is_alive() else "down",
            "engine": "up" if await app.rasa.is_ready() else "down",
            "actions": "up" if await app.actions_are_ready() else "down",
            "telegram": _telegram_state(app),
        }
        status = 200 if "down" not in parts.values() else 503
        return JSONResponse({"ready": status == 200, "parts": parts}, status_code=status)

    @web.get("/metrics")
    async def metrics() -> Response:
        """Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _telegram_state(app: App) -> str:
    """As /readyz shows it. Residents on the web are served without it: it never makes the service unready."""
    if app.telegram is None:
        return "off"
    return {"down": "unreachable"}.get(app.telegram.state, app.telegram.state)


def _add_telegram(web: FastAPI, app: App) -> None:
    @web.post(WEBHOOK_PATH, include_in_schema=False)
    async def webhook(request: Request) -> Response:
        """Telegram's updates. Anything but 200 makes it send the update again."""
        secret = request.headers.get("x-telegram-bot-api-secret-token", "")
        if app.telegram is None:
            return Response(status_code=404)
        try:
            body = await request.json()
        except ValueError:
            return Response(status_code=400)
        is_stored = await app.telegram.take_webhook(secret, body)
        if is_stored is None:
            return Response(status_code=403)
        return Response(status_code=200 if is_stored else 503)


def _to_sign_in(request: Request, error: Exception) -> Response:
    if "hx-request" in request.headers:
        # A fragment cannot show the sign-in page: HTMX is told to load it.
        return Response(status_code=401, headers={"HX-Redirect": "/console/sign-in"})
    return RedirectResponse("/console/sign-in", 303)


def _say_error(app: App, request: Request, error: Exception) -> Response:
    assert isinstance(error, HotlineError)
    asked = request.headers.get("accept-language", "zh")
    language = "en" if asked.startswith("en") else "zh"
    text = app.city.text(f"errors.{error.key}", language, **error.fields)
    return JSONResponse({"error": {"key": error.key, "text": text}}, status_code=error.status)
