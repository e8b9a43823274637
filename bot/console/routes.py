"""The console's pages: sign in, queue, conversation, tickets. HTMX swaps fragments; live_events.py says when."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.templating import Jinja2Templates

from bot.app import App
from bot.console.api import Move, move_ticket
from bot.console.auth import DESK_ROLES, TICKET_ROLES, Role, SignedIn
from bot.console.files import file_for, is_on_case, read_upload
from bot.console.live_events import event_stream
from bot.console.masking import masked
from bot.desk.context import context_card, highlighted
from bot.desk.queue import HandoffStatus
from bot.errors import Forbidden, HotlineError, NotFound
from bot.messages import new_id
from bot.storage.files import KEPT
from bot.tickets.ticket import Ticket

COOKIE = "hotline_session"
TEMPLATES = Path(__file__).parent / "templates"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class SignInFirst(Exception):
    """Raised for a page that needs a session; the application answers with the sign-in page."""


class Pages:
    """Renders templates in the reader's language."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._templates = Jinja2Templates(directory=TEMPLATES)

    def show(self, request: Request, name: str, who: SignedIn | None, status: int = 200, **context: Any) -> Response:
        """A page or fragment."""
        language = who.account.language if who else language_of(request)
        city = self._app.city

        def text(key: str, **fields: object) -> str:
            return city.text(f"console.{key}", language, **fields)

        return self._templates.TemplateResponse(
            request,
            name,
            {
                "t": text,
                "lang": language,
                "who": who,
                "city": city,
                "masked": masked,
                "kinds_json": {kind: name.in_(language) for kind, name in city.crisis_kinds.items()},
                **context,
            },
            status_code=status,
            headers=HEADERS,
        )


def language_of(request: Request) -> str:
    """What the browser asks for before anybody has signed in."""
    return "en" if request.headers.get("accept-language", "").startswith("en") else "zh"


def router(app: App) -> APIRouter:
    """Every page of the console, to be mounted at /console."""
    pages = Pages(app)
    routes = APIRouter(include_in_schema=False)

    async def signed_in(request: Request) -> SignedIn:
        who = await app.accounts.who(request.cookies.get(COOKIE))
        if who is None:
            raise SignInFirst
        if request.method == "POST":
            sent = request.headers.get("x-csrf-token") or (await _form_field(request, "csrf"))
            if not app.accounts.is_own_form(who, sent):
                raise Forbidden("forbidden", "no or wrong CSRF token")
        return who

    Staff = Annotated[SignedIn, Depends(signed_in)]
    _add_sessions(routes, app, pages, Staff)
    _add_desk(routes, app, pages, Staff)
    _add_tickets(routes, app, pages, Staff)
    return routes


async def _form_field(request: Request, name: str) -> str | None:
    """One field of a posted form. Starlette keeps the form, so that the route reads it too."""
    value = (await request.form()).get(name)
    return value if isinstance(value, str) else None


def _add_sessions(routes: APIRouter, app: App, pages: Pages, Staff: Any) -> None:
    @routes.get("/")
    async def home() -> Response:
        return RedirectResponse("/console/queue", 303)

    @routes.get("/sign-in", response_class=HTMLResponse)
    async def sign_in_page(request: Request) -> Response:
        return pages.show(request, "sign_in.html", None, error="")

    @routes.post("/sign-in")
    async def sign_in(
        request: Request,
        username: Annotated[str, Form(max_length=64)],
        password: Annotated[str, Form(max_length=256)],
    ) -> Response:
        address = request.client.host if request.client else ""
        try:
            token, who = await app.accounts.sign_in(username, password, address)
        except HotlineError as error:
            sentence = app.city.text(f"errors.{error.key}", language_of(request), **error.fields)
            return pages.show(request, "sign_in.html", None, status=error.status, error=sentence)
        target = "/console/password" if who.account.must_change_password else "/console/queue"
        response = RedirectResponse(target, 303)
        response.set_cookie(
            COOKIE,
            token,
            httponly=True,
            samesite="lax",
            secure=app.settings.resolved_public_url.startswith("https"),
            path="/console",
        )
        return response

    @routes.post("/sign-out")
    async def sign_out(who: Staff) -> Response:
        await app.accounts.sign_out(who)
        response = RedirectResponse("/console/sign-in", 303)
        response.delete_cookie(COOKIE, path="/console")
        return response

    @routes.get("/password", response_class=HTMLResponse)
    async def password_page(request: Request, who: Staff) -> Response:
        return pages.show(request, "password.html", who, error="")

    @routes.post("/password")
    async def change_password(
        request: Request,
        who: Staff,
        old: Annotated[str, Form(max_length=256)],
        new: Annotated[str, Form(max_length=256)],
    ) -> Response:
        try:
            await app.accounts.change_password(who, old, new)
        except HotlineError as error:
            sentence = app.city.text(f"errors.{error.key}", who.account.language, **error.fields)
            return pages.show(request, "password.html", who, status=error.status, error=sentence)
        return RedirectResponse("/console/sign-in", 303)

    @routes.post("/language")
    async def change_language(who: Staff, language: Annotated[str, Form()]) -> Response:
        await app.accounts.change_language(who, language)
        return RedirectResponse("/console/queue", 303)


def _add_desk(routes: APIRouter, app: App, pages: Pages, Staff: Any) -> None:
    store = app.storage.conversations

    async def waiting_and_claimed() -> dict[str, Any]:
        handoffs = [
            *await app.front_desk.queue(HandoffStatus.WAITING),
            *await app.front_desk.queue(HandoffStatus.CLAIMED),
        ]
        previews = {}
        async with app.storage.reading() as tx:
            for handoff in handoffs:
                entries = await store.transcript(tx, handoff.conversation_id, limit=20)
                said = [entry.text for entry in entries if entry.author == "resident"]
                previews[handoff.id] = said[-1][:80] if said else ""
        return {"handoffs": handoffs, "previews": previews}

    @routes.get("/queue", response_class=HTMLResponse)
    async def queue(request: Request, who: Staff) -> Response:
        if who.account.must_change_password:
            return RedirectResponse("/console/password", 303)
        if who.account.role == "officer":
            return RedirectResponse("/console/tickets", 303)
        who.require(DESK_ROLES)
        return pages.show(request, "queue.html", who, **await waiting_and_claimed())

    @routes.get("/queue/list", response_class=HTMLResponse)
    async def queue_list(request: Request, who: Staff) -> Response:
        who.require(DESK_ROLES)
        return pages.show(request, "_queue.html", who, **await waiting_and_claimed())

    async def story(who: SignedIn, conversation_id: str) -> dict[str, Any]:
        async with app.storage.reading() as tx:
            conversation = await store.get(tx, conversation_id)
            entries = await store.transcript(tx, conversation_id, limit=500)
            handoff = await app.storage.desk.open_of(tx, conversation_id)
            files = await app.storage.files.of_conversation(tx, conversation_id)
        if conversation is None:
            raise NotFound("no_such_conversation", "no such conversation")
        findings = [entry.details["finding"] for entry in entries if entry.details.get("finding")]
        card = context_card(handoff, findings)
        return {
            "conversation": conversation,
            "entries": [(entry, highlighted(entry.text, entry.details.get("finding"))) for entry in entries],
            "handoff": handoff,
            "card": card,
            "steps": app.protocol.card(card.kind).steps if card and card.kind else {},
            "tickets": await app.tickets.of_conversation(conversation_id),
            "kept": {file.id for file in files if file.status == KEPT},
            "is_on_case": await is_on_case(app, who, conversation_id),
        }

    @routes.get("/conversations/{conversation_id}", response_class=HTMLResponse)
    async def conversation(request: Request, who: Staff, conversation_id: str) -> Response:
        who.require(DESK_ROLES)
        told = await story(who, conversation_id)
        await app.accounts.trace(who, "look", conversation_id)
        return pages.show(request, "conversation.html", who, reply_id=new_id(), **told)

    @routes.get("/conversations/{conversation_id}/transcript", response_class=HTMLResponse)
    async def transcript(request: Request, who: Staff, conversation_id: str) -> Response:
        who.require(DESK_ROLES)
        return pages.show(request, "_transcript.html", who, **await story(who, conversation_id))

    @routes.get("/conversations/{conversation_id}/side", response_class=HTMLResponse)
    async def side(request: Request, who: Staff, conversation_id: str) -> Response:
        who.require(DESK_ROLES)
        return pages.show(request, "_side.html", who, reply_id=new_id(), **await story(who, conversation_id))

    @routes.post("/conversations/{conversation_id}/reply")
    async def reply(
        request: Request,
        who: Staff,
        conversation_id: str,
        reply_id: Annotated[str, Form(max_length=64)],
        text: Annotated[str, Form(max_length=10_000)] = "",
        files: Annotated[list[UploadFile] | None, File()] = None,
    ) -> Response:
        who.require(DESK_ROLES)
        # A browser sends a file field that nobody filled as one file without a name.
        contents = [await read_upload(file) for file in files or () if file.filename]
        await app.front_desk.reply(conversation_id, who.operator, text, reply_id, contents)
        await app.accounts.trace(who, "reply", conversation_id)
        return pages.show(request, "_reply.html", who, reply_id=new_id(), **await story(who, conversation_id))

    @routes.post("/handoffs/{handoff_id}/{move}")
    async def move(who: Staff, handoff_id: str, move: str) -> Response:
        who.require(DESK_ROLES)
        moves = {
            "claim": app.front_desk.claim,
            "give-back": app.front_desk.give_back,
            "close": app.front_desk.close,
        }
        if move not in moves:
            raise NotFound("not_found", "no such move")
        handoff = await moves[move](handoff_id, who.operator)
        await app.accounts.trace(who, move.replace("-", "_"), handoff.conversation_id)
        target = f"conversations/{handoff.conversation_id}" if move == "claim" else "queue"
        return RedirectResponse(f"/console/{target}", 303)

    @routes.get("/articles", response_class=HTMLResponse)
    async def articles(
        request: Request, who: Staff, q: Annotated[str, Query(max_length=300)] = "", language: str = "zh"
    ) -> Response:
        found = app.knowledge.search(q, language, None).candidates[:3] if q.strip() else ()
        return pages.show(request, "_articles.html", who, found=found, in_language=language)

    @routes.get("/files/{file_id}")
    async def file(who: Staff, file_id: str) -> Response:
        return await file_for(app, who, file_id)

    @routes.get("/events")
    async def events(request: Request, who: Staff) -> Response:
        who.require(DESK_ROLES)
        return StreamingResponse(
            event_stream(app.live, request.is_disconnected),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )


def _add_tickets(routes: APIRouter, app: App, pages: Pages, Staff: Any) -> None:
    @routes.get("/tickets", response_class=HTMLResponse)
    async def tickets(
        request: Request, who: Staff, status: str = "", department: str = "", category: str = ""
    ) -> Response:
        who.require(TICKET_ROLES)
        if who.account.role == "officer":
            department = who.account.department or ""
        found = await app.tickets.list(status=status or None, department=department or None, category=category or None)
        chosen = {"status": status, "department": department, "category": category}
        return pages.show(request, "tickets.html", who, tickets=found, chosen=chosen)

    async def theirs(who: SignedIn, number: str) -> Any:
        who.require(TICKET_ROLES)
        ticket = await app.tickets.find(number)
        if who.account.role == "officer" and ticket.department != who.account.department:
            raise NotFound("no_such_ticket", "not this officer's department")
        return ticket

    async def details(who: SignedIn, ticket: Ticket) -> dict[str, Any]:
        evidence = await app.files.evidence(ticket.number)
        is_officer = who.account.role == Role.OFFICER
        return {
            "ticket": ticket,
            "history": app.tickets.history_text(ticket, who.account.language),
            "evidence": [file.attachment for file in evidence],
            "kept": {file.id for file in evidence if file.status == KEPT},
            "is_on_case": is_officer or await is_on_case(app, who, ticket.conversation_id),
        }

    @routes.get("/tickets/{number}", response_class=HTMLResponse)
    async def ticket(request: Request, who: Staff, number: str) -> Response:
        found = await theirs(who, number)
        await app.accounts.trace(who, "look", number)
        return pages.show(
            request,
            "ticket.html",
            who,
            error="",
            **await details(who, found),
        )

    @routes.post("/tickets/{number}/{move}")
    async def move(
        request: Request,
        who: Staff,
        number: str,
        move: str,
        text: Annotated[str, Form(max_length=10_000)] = "",
        department: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        found = await theirs(who, number)
        try:
            await move_ticket(app, who, number, move, Move(text=text, reason=text, department=department))
        except HotlineError as error:
            sentence = app.city.text(f"errors.{error.key}", who.account.language, **error.fields)
            return pages.show(
                request,
                "ticket.html",
                who,
                status=error.status,
                error=sentence,
                **await details(who, found),
            )
        app.worker.wake()
        return RedirectResponse(f"/console/tickets/{number}", 303)
