"""Files at the desk: who is on the case may open them, and may send some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import UploadFile
from fastapi.responses import Response

from bot.console.auth import TICKET_ROLES, Role, SignedIn
from bot.errors import Forbidden, NotFound, Refused
from bot.fileroutes import file_response
from bot.files.check import MAX_BYTES

if TYPE_CHECKING:
    from bot.app import App

EVERY_CASE = frozenset({Role.SUPERVISOR, Role.ADMIN})


async def is_on_case(app: App, who: SignedIn, conversation_id: str) -> bool:
    """Whether somebody works on the conversation now, or answers for those who do."""
    if Role(who.account.role) in EVERY_CASE:
        return True
    async with app.storage.reading() as tx:
        held = await app.storage.desk.open_of(tx, conversation_id)
    return held is not None and held.claimed_by == who.account.number


async def file_for(app: App, who: SignedIn, file_id: str) -> Response:
    """The file; the look is written into the audit trail. Raises NotFound, or Forbidden off the case."""
    who.require(TICKET_ROLES)
    file, content = await app.files.read(file_id)
    if who.account.role == Role.OFFICER:
        ticket = await app.tickets.find(file.ticket_number) if file.ticket_number else None
        if ticket is None or ticket.department != who.account.department:
            raise NotFound("no_such_file", "not this officer's department")
    elif not await is_on_case(app, who, file.conversation_id):
        raise Forbidden("file_closed", "not on the case")
    await app.accounts.trace(who, "look", file.id)
    return file_response(file, content)


async def read_upload(file: UploadFile) -> tuple[str, bytes]:
    """Name and content of an uploaded file. Raises Refused when it is too large."""
    content = await file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Refused("file_too_large", "more than 20 MB")
    return file.filename or "", content
