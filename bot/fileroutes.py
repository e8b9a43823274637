"""Files over HTTP: a resident's page uploads and fetches its own, the staff fetches those of its cases.

Nothing is served from a folder: each answer is read out of the vault for somebody who may see it, under headers
that keep a browser from running it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from bot.errors import Forbidden, NotFound, Refused
from bot.files.check import MAX_BYTES
from bot.files.service import RESIDENT
from bot.storage.files import File

if TYPE_CHECKING:
    from bot.app import App

SHOWN = ("image/", "audio/", "video/")
"""Shown or played in the page; everything else is offered for download."""

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
"""The widget may stand on any page that the city allows; who may upload is told by the signed session, not a cookie."""


def file_response(file: File, content: bytes) -> Response:
    """The file, as something to look at or to save, never to run."""
    how = "inline" if file.content_type.startswith(SHOWN) else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin" if file.content_type.startswith(SHOWN) else "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=file.content_type, headers=headers)


async def read_body(request: Request) -> bytes:
    """The body, no longer than a file may be. Raises Refused as soon as it is."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BYTES:
            raise Refused("file_too_large", "a body of more than 20 MB")
    return bytes(content)


def add_file_routes(web: FastAPI, app: App) -> None:
    """The routes of the residents' page; those of the staff stand in `bot/console`."""

    @web.options("/files", include_in_schema=False)
    async def preflight() -> Response:
        allowed = {"Access-Control-Allow-Headers": "X-Session, X-Name, Content-Type", "Access-Control-Max-Age": "600"}
        return Response(status_code=204, headers={**ANY_ORIGIN, **allowed})

    @web.post("/files", include_in_schema=False)
    async def upload(request: Request) -> Response:
        """Keep a file for an utterance that is about to mention it."""
        conversation_id = app.webchat.conversation_of(request.headers.get("x-session", ""))
        if conversation_id is None:
            raise Forbidden("forbidden", "no signed session")
        name = unquote(request.headers.get("x-name", ""))
        try:
            content = await read_body(request)
            file = await app.files.upload(conversation_id, RESIDENT, name, content)
        except Refused as error:
            language = "en" if request.headers.get("accept-language", "").startswith("en") else "zh"
            said = {"key": error.key, "text": app.city.text(f"errors.{error.key}", language)}
            return JSONResponse({"error": said}, status_code=422, headers=ANY_ORIGIN)
        shown = {**file.attachment.to_json(), "url": app.webchat.file_address(file.id)}
        return JSONResponse(shown, headers=ANY_ORIGIN)

    @web.get("/files/{file_id}", include_in_schema=False)
    async def fetch(file_id: str, key: str = "") -> Response:
        """A file of one's own conversation, by the signed address that its page was given."""
        if not app.webchat.may_fetch(file_id, key):
            raise NotFound("no_such_file", "no such address, or too old")
        return file_response(*await app.files.read(file_id))
