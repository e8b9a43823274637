"""Scripted residents: each dialogue is spoken over the web-chat protocol, as a widget does, and then judged by
what stands in the service: tickets and handoffs over the staff API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import httpx
import socketio

from bot.evaluate.cases import Case
from bot.evaluate.figures import rate
from bot.evaluate.service import Service
from bot.messages import new_id

QUIET_S = 0.5
"""After the last bubble the assistant is done when nothing more comes for this long."""

ANSWER_WITHIN_S = 15.0

Failure = dict[str, Any]


class Resident:
    """One web chat. `bubbles` collects everything that was said to the resident."""

    def __init__(self, url: str, language: str) -> None:
        self._url = url
        self._language = language
        self._client = socketio.AsyncClient(reconnection=False)
        self._confirmed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._heard = asyncio.Event()
        self.bubbles: list[str] = []
        self.state = "bot"
        self._client.on("session_confirm", self._on_confirm)
        self._client.on("bot_uttered", self._on_bubble)
        self._client.on("handoff_state", self._on_state)

    async def _on_confirm(self, session_id: str) -> None:
        if not self._confirmed.done():
            self._confirmed.set_result(session_id)

    async def _on_bubble(self, bubble: dict[str, Any]) -> None:
        self.bubbles.append(str(bubble.get("text") or ""))
        self._heard.set()

    async def _on_state(self, state: dict[str, Any]) -> None:
        self.state = state["state"]

    async def arrive(self) -> str:
        """Open the chat; the session id."""
        await self._client.connect(self._url, transports=["websocket"])
        await self._client.emit("session_request", {"session_id": None})
        return await asyncio.wait_for(self._confirmed, ANSWER_WITHIN_S)

    @property
    def session_id(self) -> str:
        """The signed id to come back with."""
        return self._confirmed.result()

    async def mentioned(self, text: str, file_ids: Sequence[str]) -> dict[str, Any]:
        """Say one thing with files that were uploaded before; the acknowledgement."""
        return await self.acknowledged(text, files=file_ids)

    async def acknowledged(self, text: str, client_id: str | None = None, files: Sequence[str] = ()) -> dict[str, Any]:
        """Say one thing and wait only until it is stored; the acknowledgement."""
        metadata = {"client_id": client_id or new_id(), "language": self._language, "files": list(files)}
        receipt: dict[str, Any] = await self._client.call(
            "user_uttered",
            {"message": text, "session_id": self.session_id, "metadata": metadata},
            timeout=ANSWER_WITHIN_S,
        )
        return receipt

    async def say(self, text: str) -> dict[str, Any]:
        """Say one thing and wait for the whole answer; the acknowledgement."""
        self._heard.clear()
        receipt = await self.acknowledged(text)
        try:
            # With a person in the conversation the assistant is silent: nothing to wait for.
            patience = QUIET_S if self.state != "bot" else ANSWER_WITHIN_S
            async with asyncio.timeout(patience):
                await self._heard.wait()
            while True:
                self._heard.clear()
                async with asyncio.timeout(QUIET_S):
                    await self._heard.wait()
        except TimeoutError:
            pass
        return receipt

    async def leave(self) -> None:
        """Close the chat."""
        await self._client.disconnect()


class Speaker(Protocol):
    """A resident on some channel."""

    bubbles: list[str]

    async def arrive(self) -> str:
        """Begin; the channel's own id of the conversation."""

    async def say(self, text: str) -> object:
        """Say one thing and wait for the whole answer."""

    async def leave(self) -> None:
        """Go."""


MakeSpeaker = Callable[[Case, httpx.AsyncClient], Speaker]
"""Gives the resident of a case; the client speaks to the staff API."""


async def run_dialogues(
    service: Service, cases: Sequence[Case], channel: str = "webchat", make: MakeSpeaker | None = None
) -> tuple[dict[str, Any], list[tuple[Case, Any]]]:
    """Speak every dialogue, four at a time; the figures, and those that failed with what was expected.

    Without `make` the residents come by web chat.
    """
    async with httpx.AsyncClient(base_url=f"{service.url}/api/v1", timeout=20.0) as staff:
        login = await staff.post("/login", json={"username": service.user, "password": service.password})
        login.raise_for_status()
        staff.headers["Authorization"] = f"Bearer {login.json()['token']}"
        gate = asyncio.Semaphore(4)

        async def one(case: Case) -> list[Failure]:
            async with gate:
                resident = make(case, staff) if make else Resident(service.url, case["lang"])
                return await _speak(resident, channel, staff, case)

        results = await asyncio.gather(*(one(case) for case in cases))
    wrong: list[tuple[Case, Any]] = [
        (case, failures) for case, failures in zip(cases, results, strict=True) if failures
    ]
    figures: dict[str, Any] = {
        "cases": len(cases),
        "passed": len(cases) - len(wrong),
        "failed": len(wrong),
        "failures": [{"id": case["id"], "failures": failures} for case, failures in wrong],
    }
    for language in ("zh", "en"):
        rows = [failures for case, failures in zip(cases, results, strict=True) if case["lang"] == language]
        figures[language] = {"passed": rate(sum(not failures for failures in rows), len(rows))}
    return figures, wrong


async def _speak(resident: Speaker, channel: str, staff: httpx.AsyncClient, case: Case) -> list[Failure]:
    external_id = await resident.arrive()
    forbidden = case["expect"].get("never_says", ())
    failures: list[Failure] = []
    try:
        for number, turn in enumerate(case["turns"], start=1):
            before = len(resident.bubbles)
            await resident.say(str(turn))
            said = resident.bubbles[before:]
            failures += [
                {"turn": number, "expected": f"never says {words!r}", "got": said}
                for words in forbidden
                if any(words in bubble for bubble in said)
            ]
        found = (await staff.get("/conversations", params={"channel": channel, "external_id": external_id})).json()
        failures += await _judge(staff, found[0], case["expect"], len(case["turns"]))
    finally:
        await resident.leave()
    if failures:
        failures.append({"turn": len(case["turns"]), "expected": "", "got": resident.bubbles})
    return failures


async def _judge(staff: httpx.AsyncClient, conversation: dict[str, Any], expect: Case, last: int) -> list[Failure]:
    conversation_id = conversation["id"]
    listed = (await staff.get("/tickets", params={"conversation_id": conversation_id})).json()
    tickets = [(await staff.get(f"/tickets/{ticket['number']}")).json() for ticket in listed]
    handoffs = [
        handoff
        for handoff in (await staff.get("/handoffs", params={"conversation_id": conversation_id})).json()
        if handoff["conversation_id"] == conversation_id
    ]
    failures: list[Failure] = []

    def must(holds: bool, expected: Any, got: Any) -> None:
        if not holds:
            failures.append({"turn": last, "expected": expected, "got": got})

    wanted = [*expect.get("tickets", ()), *([expect["ticket"]] if "ticket" in expect else ())]
    for want in wanted:
        must(any(_fits(ticket, want) for ticket in tickets), {"ticket": want}, tickets)
    if expect.get("no_ticket"):
        must(not tickets, "no ticket", tickets)
    if "ticket_count" in expect:
        must(len(tickets) == expect["ticket_count"], {"ticket_count": expect["ticket_count"]}, len(tickets))
    if "handoff" in expect:
        reasons = [handoff["reason"] for handoff in handoffs]
        must(expect["handoff"]["reason"] in reasons, expect["handoff"], reasons)
    if "final_state" in expect:
        state = "bot" if conversation["state"] == "bot" else "human"
        must(state == expect["final_state"], {"final_state": expect["final_state"]}, conversation["state"])
    return failures


def _fits(ticket: dict[str, Any], want: dict[str, Any]) -> bool:
    category = not want.get("category") or ticket["category"] in {want["category"], *want.get("also_ok", ())}
    place = want.get("location_contains", "") in (ticket["location"] or "")
    contact = _plain(want.get("contact_contains", "")) in _plain(ticket["contact"] or "")
    return category and place and contact


def _plain(contact: str) -> str:
    return contact.replace(" ", "").replace("-", "").casefold()
