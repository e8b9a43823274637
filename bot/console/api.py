"""The staff API (`/api/v1`): what the console does, for other programs. Bearer token from `POST /login`.

Annotations are evaluated here, not postponed: FastAPI reads `Staff` from the function it is built in.
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, File, Form, Header, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from bot.app import App
from bot.console.auth import DESK_ROLES, TICKET_ROLES, SignedIn
from bot.console.files import file_for, read_upload
from bot.console.masking import masked
from bot.conversation.state import Conversation
from bot.desk.queue import HandoffStatus
from bot.errors import Forbidden, HotlineError, NotFound
from bot.tickets.ticket import Ticket

Json = dict[str, Any]


class Login(BaseModel):
    """User name and password."""

    username: str = Field(max_length=64)
    password: str = Field(max_length=256)
    otp: str | None = None


class Words(BaseModel):
    """What an operator says. `reply_id` makes a repeated call harmless."""

    text: str = Field(max_length=10_000)
    reply_id: str | None = Field(None, max_length=64)


class Move(BaseModel):
    """What a ticket's move needs: a text for resolve and note, a reason and a department for return and assign."""

    text: str = Field("", max_length=10_000)
    reason: str = Field("", max_length=2_000)
    department: str = Field("", max_length=64)


def build_api(app: App) -> FastAPI:
    """The API as an application of its own, so that it has its own OpenAPI description."""
    api = FastAPI(title="12345 staff API", version="1", openapi_url="/openapi.json", docs_url=None, redoc_url=None)

    async def signed_in(authorization: Annotated[str, Header()] = "") -> SignedIn:
        scheme, _, token = authorization.partition(" ")
        who = await app.accounts.who(token if scheme.casefold() == "bearer" else None)
        if who is None:
            raise Forbidden("signed_out", "no valid bearer token")
        return who

    Staff = Annotated[SignedIn, Depends(signed_in)]

    @api.exception_handler(HotlineError)
    async def say_error(request: Request, error: HotlineError) -> Response:
        status = 401 if error.key in {"signed_out", "wrong_password"} else error.status
        text = app.city.text(f"errors.{error.key}", _language(request), **error.fields)
        return JSONResponse({"error": {"key": error.key, "text": text}}, status_code=status)

    @api.exception_handler(RequestValidationError)
    async def say_invalid(request: Request, error: RequestValidationError) -> Response:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        text = app.city.text("errors.invalid_request", _language(request), where=where)
        return JSONResponse({"error": {"key": "invalid_request", "text": text}}, status_code=422)

    @api.post("/login")
    async def login(body: Login, request: Request) -> Json:
        """Sign in; the token lasts 12 hours, 2 without use."""
        address = request.client.host if request.client else ""
        token, who = await app.accounts.sign_in(body.username, body.password, address)
        return {"token": token, "number": who.account.number, "role": who.account.role}

    @api.post("/logout", status_code=204)
    async def logout(who: Staff) -> None:
        """End the session."""
        await app.accounts.sign_out(who)

    _add_handoffs(api, app, Staff)
    _add_conversations(api, app, Staff)
    _add_tickets(api, app, Staff)

    @api.get("/articles/search")
    async def search_articles(who: Staff, q: Annotated[str, Query(max_length=500)], language: str = "zh") -> list[Json]:
        """Articles for a question, best first."""
        found = app.knowledge.search(q, "en" if language == "en" else "zh", None)
        return [
            {
                "topic": candidate.article.topic,
                "title": {"zh": candidate.article.title.zh, "en": candidate.article.title.en},
                "department": candidate.article.department,
                "score": round(float(candidate.score), 4),
            }
            for candidate in found.candidates
        ]

    @api.get("/figures")
    async def figures(who: Staff) -> Json:
        """How many handoffs wait, and how many tickets stand in each status."""
        waiting = await app.front_desk.queue(HandoffStatus.WAITING)
        return {"handoffs_waiting": len(waiting), "tickets": await app.tickets.count_by_status()}

    return api


def _add_handoffs(api: FastAPI, app: App, Staff: Any) -> None:
    @api.get("/handoffs")
    async def handoffs(
        who: Staff, status: HandoffStatus | None = None, conversation_id: str | None = None
    ) -> list[Json]:
        """Handoffs, most urgent first."""
        who.require(DESK_ROLES)
        return [handoff.to_json() for handoff in await app.front_desk.queue(status, conversation_id)]

    @api.post("/handoffs/{handoff_id}/claim")
    async def claim(who: Staff, handoff_id: str) -> Json:
        """Take a waiting handoff; 409 when another was quicker."""
        who.require(DESK_ROLES)
        handoff = await app.front_desk.claim(handoff_id, who.operator)
        await app.accounts.trace(who, "claim", handoff.conversation_id)
        return handoff.to_json()

    @api.post("/handoffs/{handoff_id}/give-back")
    async def give_back(who: Staff, handoff_id: str) -> Json:
        """Let the assistant go on."""
        who.require(DESK_ROLES)
        handoff = await app.front_desk.give_back(handoff_id, who.operator)
        await app.accounts.trace(who, "give_back", handoff.conversation_id)
        return handoff.to_json()

    @api.post("/handoffs/{handoff_id}/close")
    async def close(who: Staff, handoff_id: str) -> Json:
        """End the handoff."""
        who.require(DESK_ROLES)
        handoff = await app.front_desk.close(handoff_id, who.operator)
        await app.accounts.trace(who, "close", handoff.conversation_id)
        return handoff.to_json()


def _add_conversations(api: FastAPI, app: App, Staff: Any) -> None:
    store = app.storage.conversations

    async def known(conversation_id: str) -> Conversation:
        async with app.storage.reading() as tx:
            found = await store.get(tx, conversation_id)
        if found is None:
            raise NotFound("no_such_conversation", "no such conversation")
        return found

    @api.get("/conversations")
    async def conversations(who: Staff, channel: str | None = None, external_id: str | None = None) -> list[Json]:
        """Conversations, latest first. For the web chat `external_id` may be the signed session id."""
        who.require(DESK_ROLES)
        if external_id and channel == app.webchat.name:
            external_id = external_id.partition(".")[0]
        async with app.storage.reading() as tx:
            return [_conversation(found) for found in await store.find(tx, channel, external_id)]

    @api.get("/conversations/{conversation_id}")
    async def conversation(who: Staff, conversation_id: str) -> Json:
        """One conversation."""
        who.require(DESK_ROLES)
        found = await known(conversation_id)
        await app.accounts.trace(who, "look", conversation_id)
        return _conversation(found)

    @api.get("/conversations/{conversation_id}/messages")
    async def messages(who: Staff, conversation_id: str) -> list[Json]:
        """The transcript, oldest first."""
        who.require(DESK_ROLES)
        await known(conversation_id)
        await app.accounts.trace(who, "look", conversation_id)
        async with app.storage.reading() as tx:
            return [entry.for_staff() for entry in await store.transcript(tx, conversation_id, limit=1_000)]

    @api.post("/conversations/{conversation_id}/messages")
    async def reply(who: Staff, conversation_id: str, body: Words) -> Json:
        """Answer the resident; only who claimed the conversation may."""
        who.require(DESK_ROLES)
        await known(conversation_id)
        entry = await app.front_desk.reply(conversation_id, who.operator, body.text, body.reply_id)
        await app.accounts.trace(who, "reply", conversation_id)
        return entry.for_staff()

    @api.post("/conversations/{conversation_id}/files")
    async def send_file(
        who: Staff,
        conversation_id: str,
        file: Annotated[UploadFile, File(description="At most 20 MB.")],
        text: Annotated[str, Form(max_length=10_000)] = "",
        reply_id: Annotated[str | None, Form(max_length=64)] = None,
    ) -> Json:
        """Send the resident a file, with words when there are any; only who claimed the conversation may."""
        who.require(DESK_ROLES)
        await known(conversation_id)
        content = await read_upload(file)
        entry = await app.front_desk.reply(conversation_id, who.operator, text, reply_id, [content])
        await app.accounts.trace(who, "reply", conversation_id)
        return entry.for_staff()

    @api.get("/files/{file_id}", response_class=Response)
    async def file(who: Staff, file_id: str) -> Response:
        """A file, for those on its case: who claimed the conversation, its ticket's department, supervisors."""
        return await file_for(app, who, file_id)


def _add_tickets(api: FastAPI, app: App, Staff: Any) -> None:
    @api.get("/tickets")
    async def tickets(
        who: Staff,
        status: str | None = None,
        department: str | None = None,
        category: str | None = None,
        conversation_id: str | None = None,
    ) -> list[Json]:
        """Tickets, latest first; contacts are masked. An officer sees those of their department."""
        who.require(TICKET_ROLES)
        if who.account.role == "officer":
            department = who.account.department
        found = await app.tickets.list(
            status=status, department=department, category=category, conversation_id=conversation_id
        )
        return [ticket_json(ticket) | {"contact": masked(ticket.contact)} for ticket in found]

    async def theirs(who: SignedIn, number: str) -> Ticket:
        who.require(TICKET_ROLES)
        ticket = await app.tickets.find(number)
        if who.account.role == "officer" and ticket.department != who.account.department:
            raise NotFound("no_such_ticket", "not this officer's department")
        return ticket

    @api.get("/tickets/{number}")
    async def ticket(who: Staff, number: str) -> Json:
        """One ticket with its history."""
        found = await theirs(who, number)
        await app.accounts.trace(who, "look", number)
        evidence = [file.attachment.to_json() for file in await app.files.evidence(number)]
        return {**ticket_json(found), "evidence": evidence}

    @api.post("/tickets/{number}/{move}")
    async def move(who: Staff, number: str, move: str, body: Move | None = None) -> Json:
        """Move a ticket: accept, return, resolve, note or assign."""
        await theirs(who, number)
        moved = await move_ticket(app, who, number, move, body or Move())
        app.worker.wake()
        return ticket_json(moved)


async def move_ticket(app: App, who: SignedIn, number: str, move: str, body: Move) -> Ticket:
    """Do one of a ticket's moves and write it into the audit trail. Raises NotFound for an unknown move."""
    by = str(who.account.number)
    if move == "accept":
        ticket = await app.tickets.accept(number, by=by)
    elif move == "return":
        ticket = await app.tickets.return_(number, reason=body.reason, department=body.department, by=by)
    elif move == "resolve":
        ticket = await app.tickets.resolve(number, text=body.text, by=by)
    elif move == "note":
        ticket = await app.tickets.note(number, text=body.text, by=by)
    elif move == "assign":
        ticket = await app.tickets.assign(number, department=body.department, by=by)
    else:
        raise NotFound("not_found", "no such move")
    await app.accounts.trace(who, move, number)
    return ticket


def ticket_json(ticket: Ticket) -> Json:
    """A ticket as the API shows it; its access code is the resident's alone."""
    shown = ticket.to_json()
    shown.pop("access_code", None)
    return shown


def _conversation(conversation: Conversation) -> Json:
    return {
        **vars(conversation),
        "state": conversation.state.value,
        "created_at": conversation.created_at.isoformat(),
        "last_at": conversation.last_at.isoformat(),
    }


def _language(request: Request) -> str:
    return "en" if request.headers.get("accept-language", "").startswith("en") else "zh"
