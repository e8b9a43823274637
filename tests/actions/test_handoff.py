"""Who asks for a person, and who only asks which door is the right one."""

from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import handoff
from actions.handoff import RequestPerson
from bot.tickets.remit import asks_for_door


@pytest.fixture(autouse=True)
def _services(monkeypatch: pytest.MonkeyPatch) -> None:
    def kind_before(text: str, before: str) -> str | None:
        return "private_debt" if asks_for_door(text) and "借" in before else None

    city = SimpleNamespace(text=lambda key, language: f"{key} {language}")
    services = SimpleNamespace(clock=lambda: None, remit=SimpleNamespace(kind_before=kind_before), city=city)
    monkeypatch.setattr(handoff, "services", lambda: services)


@pytest.mark.parametrize(
    ("text", "slots", "is_shown"),
    [
        ("那我找谁", {"question": "朋友借钱不还"}, True),
        ("那我找谁", {"question": "路灯不亮"}, False),
        ("那我找谁", {}, False),
        ("转人工", {"question": "朋友借钱不还"}, False),
    ],
)
async def test_who_was_shown_a_door_and_asks_for_it_again_gets_no_person(
    text: str, slots: dict[str, Any], is_shown: bool
) -> None:
    latest = {"text": text, "intent": {"name": "request_human"}, "entities": [], "metadata": {}}
    dispatcher = CollectingDispatcher()
    await RequestPerson().run(dispatcher, Tracker("c1", slots, latest, [], False, None, {}, "action_listen"), {})
    (message,) = dispatcher.messages
    assert (message["text"] == "tickets.remit.private_debt zh") is is_shown
    assert (message["custom"] == {"handoff": "requested"}) is not is_shown
