"""What the form takes for an answer, and what it leaves to a rule."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import complaint
from actions.complaint import AskConfirmed, DiscardComplaint, ResumeComplaint, ValidateComplaintForm, asks_too
from bot.tickets.confirmation import Reply
from bot.tickets.form import Intake
from tests.fakes import FakeClock

NUMBER = "13900005678"


@pytest.fixture(autouse=True)
def _services(monkeypatch: pytest.MonkeyPatch) -> None:
    categories = SimpleNamespace(candidates=lambda _: [("street_light", 0.9)], is_sure=lambda _: True)
    remit = SimpleNamespace(kind=lambda _: None, kind_before=lambda text, _: "private_debt" if "找谁" in text else None)
    names = {
        name: SimpleNamespace(id=name, name=SimpleNamespace(in_=lambda _, name=name: name))
        for name in ("street_light", "road_damage")
    }
    city = SimpleNamespace(
        text=lambda key, language, **fields: " ".join([key, language, *map(str, fields.values())]),
        sla=SimpleNamespace(complaint_working_days=15),
        categories=names,
        departments={"transport": SimpleNamespace(in_=lambda _: "transport")},
    )
    tickets = SimpleNamespace(department_for=lambda *_: "transport")
    services = SimpleNamespace(clock=FakeClock(), categories=categories, remit=remit, city=city, tickets=tickets)
    monkeypatch.setattr(complaint, "services", lambda: services)


def said(intent: str, text: str) -> Tracker:
    """The form has asked when, and the resident said that."""
    start = text.find(NUMBER)
    contact = {
        "entity": "contact",
        "value": NUMBER,
        "start": start,
        "end": start + len(NUMBER),
        "extractor": "SpanExtractor",
    }
    latest: dict[str, Any] = {"text": text, "intent": {"name": intent}, "entities": [contact], "metadata": {}}
    return Tracker("c1", {"requested_slot": "occurred_at"}, latest, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("intent", "text", "is_answer"),
    [
        ("inform", NUMBER, True),
        ("check_ticket_status", f"what became of the case that I filed in spring with {NUMBER}", False),
        ("request_human", f"让人工打{NUMBER}", False),
        ("cancel", f"不报了 {NUMBER}", False),
    ],
)
async def test_a_number_is_an_answer_unless_something_else_is_wanted(intent: str, text: str, is_answer: bool) -> None:
    assert bool(await ValidateComplaintForm().run(CollectingDispatcher(), said(intent, text), {})) is is_answer


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("你们会告诉物业是我投诉的吗", "commands.privacy zh"),
        ("投诉要花钱吗", "practical.cost zh 15"),
        (f"你们会告诉物业是我投诉的吗，我电话{NUMBER}", None),
        ("上周一晚上", None),
    ],
)
async def test_who_asks_about_complaining_itself_is_told_and_asked_again(text: str, answered: str | None) -> None:
    dispatcher, tracker = CollectingDispatcher(), said("request_human" if answered else "inform", text)
    if NUMBER not in text:
        tracker.latest_message["entities"] = []
    slots = await ValidateComplaintForm().run(dispatcher, tracker, {})
    assert [message["text"] for message in dispatcher.messages] == ([answered] if answered else [])
    assert slots


async def test_who_asks_for_the_right_door_once_more_is_shown_it_and_no_person() -> None:
    dispatcher, tracker = CollectingDispatcher(), said("request_human", "那我找谁")
    tracker.latest_message["entities"] = []
    slots = await ValidateComplaintForm().run(dispatcher, tracker, {})
    assert [message["text"] for message in dispatcher.messages] == ["tickets.remit.private_debt zh"]
    assert slots


BEGUN = Intake(description="有个坑", category="street_light", contact=NUMBER, read="1")


@pytest.mark.parametrize(("category", "is_resumed"), [("street_light", True), ("road_damage", False)])
async def test_what_was_cancelled_by_mistake_is_taken_up_again(category: str, is_resumed: bool) -> None:
    latest: dict[str, Any] = {"text": "取消", "intent": {"name": "cancel"}, "entities": [], "metadata": {}}
    intake = replace(BEGUN, category=category)
    slots = {"intake": intake.to_json(), "requested_slot": "location"}
    tracker = Tracker("c1", slots, latest, [], False, None, {}, "action_listen")
    slots = slots_after(await DiscardComplaint().run(CollectingDispatcher(), tracker, {}))
    assert (slots["intake"], slots["description"]) == (None, None)
    place = {"entity": "location", "value": "南门", "start": 0, "end": 2, "extractor": "SpanExtractor"}
    latest = {**latest, "text": "南门的路灯", "intent": {"name": "resume_complaint"}, "entities": [place]}
    tracker = Tracker("c1", slots, latest, [], False, None, {}, "action_listen")
    slots = slots_after(await ResumeComplaint().run(CollectingDispatcher(), tracker, {}))
    # The words are surely of a street light: of another kind than what was cancelled they begin anew.
    assert slots.get("description") == ("有个坑" if is_resumed else None)
    assert slots.get("requested_slot") == ("location" if is_resumed else None)
    assert slots["set_aside"] is None


async def test_who_says_only_go_on_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def as_it_is(intake: Intake, _: str) -> Intake:
        return intake

    monkeypatch.setattr(complaint, "corrected", as_it_is)
    latest: dict[str, Any] = {"text": "继续", "intent": {"name": "resume_complaint"}, "entities": [], "metadata": {}}
    slots = {"intake": BEGUN.to_json(), "requested_slot": "location"}
    tracker = Tracker("c1", slots, latest, [], False, None, {}, "action_listen")
    after = slots_after(await ValidateComplaintForm().run(CollectingDispatcher(), tracker, {}))
    assert (after["location"], after["description"], after["contact"]) == (None, "有个坑", NUMBER)


def slots_after(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that the events set."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


@pytest.mark.parametrize(
    ("candidates", "kind", "choices"),
    [
        ((), "street_light", []),
        (
            ("street_light", "road_damage", "other"),
            "tickets.unsure_kind zh street_light",
            [("tickets.other_kind zh road_damage", '/choose_category{"category": "road_damage"}')],
        ),
    ],
)
async def test_the_summary_offers_the_categories_that_it_may_be_instead(
    candidates: tuple[str, ...], kind: str, choices: list[tuple[str, str]]
) -> None:
    intake = Intake(description="有个坑", category="street_light", candidates=candidates, read="1")
    latest: dict[str, Any] = {"text": "", "intent": {"name": "inform"}, "entities": [], "metadata": {}}
    dispatcher = CollectingDispatcher()
    tracker = Tracker("c1", {"intake": intake.to_json()}, latest, [], False, None, {}, "action_listen")
    await AskConfirmed().run(dispatcher, tracker, {})
    (message,) = dispatcher.messages
    assert message["category"] == kind
    assert [(button["title"], button["payload"]) for button in message["buttons"]] == choices


@pytest.mark.parametrize(
    ("text", "policy", "asks"),
    [
        ("夜里几点必须停工？幸福路88号还在打桩，我要投诉", 0.3, True),
        ("夜里几点必须停工？幸福路88号还在打桩，我要投诉", 0.1, False),
        ("幸福路88号夜里还在打桩，我要投诉", 0.3, False),
    ],
)
def test_a_question_in_the_first_words_is_heard_too(text: str, policy: float, asks: bool) -> None:
    ranking = [{"name": "file_complaint", "confidence": 0.6}, {"name": "ask_policy", "confidence": policy}]
    latest = {"text": text, "intent": ranking[0], "intent_ranking": ranking, "entities": [], "metadata": {}}
    assert asks_too(Tracker("c1", {}, latest, [], False, None, {}, "action_listen")) is asks


@pytest.mark.parametrize(
    ("intent", "heard", "is_taken_in"),
    [
        ("cancel", Reply("agree", is_sure=False, may_cancel=False), True),
        ("cancel", Reply("add", is_sure=True, may_cancel=True), False),
        ("ask_policy", Reply("agree", is_sure=True, may_cancel=False), True),
        ("ask_policy", Reply("ask", is_sure=True, may_cancel=False), False),
        ("ask_policy", Reply("cancel", is_sure=True, may_cancel=True), True),
        ("request_human", Reply("cancel", is_sure=True, may_cancel=True), False),
    ],
)
async def test_what_is_said_to_the_summary_goes_before_what_it_sounds_like_elsewhere(
    monkeypatch: pytest.MonkeyPatch, intent: str, heard: Reply, is_taken_in: bool
) -> None:
    async def as_it_is(intake: Intake, _: str) -> Intake:
        return intake

    monkeypatch.setattr(complaint, "corrected", as_it_is)
    services = complaint.services()
    services.confirmation = SimpleNamespace(heard_as=lambda _: heard)
    monkeypatch.setattr(complaint, "services", lambda: services)
    latest: dict[str, Any] = {"text": "Leave it as is", "intent": {"name": intent}, "entities": [], "metadata": {}}
    slots = {"intake": BEGUN.to_json(), "requested_slot": "confirmed"}
    tracker = Tracker("c1", slots, latest, [], False, None, {}, "action_listen")
    assert bool(await ValidateComplaintForm().run(CollectingDispatcher(), tracker, {})) is is_taken_in
