"""A no, anger and what is no matter of the city, where nothing was asked."""

from types import SimpleNamespace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import smalltalk
from actions.smalltalk import TAKEN_FOR_NO, MeetAnger, MeetNo, MeetOutOfScope
from actions.tracker import NOT_UNDERSTOOD
from tests.fakes import FakeClock


@pytest.fixture(autouse=True)
def _services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smalltalk, "services", lambda: SimpleNamespace(clock=FakeClock(), categories=None))


def after(said: str | None, text: str) -> Tracker:
    """A conversation in which the assistant gave that response, and then the resident said that."""
    bot = [{"event": "bot", "text": "…", "metadata": {"utter_action": said}}] if said else []
    latest = {"text": text, "intent": {"name": "deny"}, "entities": [], "metadata": {}}
    return Tracker("c1", {}, latest, [*bot, {"event": "user", **latest}], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("said", "text", "response"),
    [
        (None, "不是", TAKEN_FOR_NO),
        ("utter_anger", "不是", TAKEN_FOR_NO),
        (NOT_UNDERSTOOD, "都不是，你没弄对", NOT_UNDERSTOOD),
        (NOT_UNDERSTOOD, "still wrong", NOT_UNDERSTOOD),
        (TAKEN_FOR_NO, "又不对", NOT_UNDERSTOOD),
        (TAKEN_FOR_NO, "not this one either", NOT_UNDERSTOOD),
        (TAKEN_FOR_NO, "不用了", TAKEN_FOR_NO),
        (TAKEN_FOR_NO, "no thanks", TAKEN_FOR_NO),
    ],
)
async def test_a_no_to_what_was_not_understood_is_not_understood_either(
    said: str | None, text: str, response: str
) -> None:
    dispatcher = CollectingDispatcher()
    await MeetNo().run(dispatcher, after(said, text), {})
    assert [message["response"] for message in dispatcher.messages] == [response]


@pytest.mark.parametrize(("said", "counts"), [(None, False), ("utter_greet", False), (NOT_UNDERSTOOD, True)])
async def test_anger_about_not_being_understood_counts(said: str | None, counts: bool) -> None:
    dispatcher = CollectingDispatcher()
    await MeetAnger().run(dispatcher, after(said, "你听不懂人话吗"), {})
    assert dispatcher.messages[0]["response"] == "utter_anger"
    assert [message["custom"] for message in dispatcher.messages[1:]] == [{"outcome": "not_understood"}] * counts


@pytest.mark.parametrize("goes_on", [True, False])
async def test_what_goes_on_from_a_trouble_is_within_scope(monkeypatch: pytest.MonkeyPatch, goes_on: bool) -> None:
    monkeypatch.setattr(smalltalk, "opens_complaint", lambda *_: goes_on)
    dispatcher = CollectingDispatcher()
    following = await MeetOutOfScope().run(dispatcher, after(None, "金莲饭店，人民路61号"), {})
    assert [event["name"] for event in following] == ["complaint_form"] * goes_on
    assert [message["response"] for message in dispatcher.messages] == ["utter_out_of_scope"] * (not goes_on)
