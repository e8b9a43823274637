"""What belongs together of the words that a tracker holds."""

from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.tracker import heard, matter_before, said_of
from bot.extract import extract
from tests.fakes import FakeClock

NOW = FakeClock()()
CATEGORIES: Any = SimpleNamespace(
    candidates=lambda text: [("street_light", 0.9 if "路灯" in text else 0.1)], is_sure=lambda found: found[0][1] > 0.5
)


def tracker_of(*said: str) -> Tracker:
    """A conversation without a form, in which the resident said that."""
    entities = [
        {
            "entity": {"place": "location"}.get(span.kind, span.kind),
            "value": span.value,
            "text": span.text,
            "start": span.start,
            "end": span.end,
            "extractor": "SpanExtractor",
        }
        for span in extract(said[-1], NOW)
    ]
    latest: dict[str, Any] = {"text": said[-1], "intent": {"name": "inform"}, "entities": entities, "metadata": {}}
    events = [{"event": "user", "text": text} for text in said]
    return Tracker("c1", {}, latest, events, False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("said", "matter"),
    [
        (("路灯从上周一就不亮了，打13900005678", "幸福路88号旁边"), "路灯从上周一就不亮了，打13900005678"),
        (("居住证怎么办", "幸福路88号旁边"), None),
        (("幸福路88号旁边",), None),
        (("/greet", "幸福路88号旁边"), None),
        (("路灯不亮", "幸福路88号路灯不亮"), None),
        (("路灯不亮", "谢谢"), None),
    ],
)
def test_a_place_alone_belongs_to_the_trouble_told_before_it(said: tuple[str, ...], matter: str | None) -> None:
    tracker = tracker_of(*said)
    found = matter_before(tracker, heard(tracker, NOW), CATEGORIES)
    assert found == (None if matter is None else (matter, "street_light"))


def test_the_complaint_holds_what_was_said_before_and_all_of_the_place() -> None:
    tracker = tracker_of("路灯从上周一就不亮了，打13900005678", "幸福路88号旁边，靠菜场那头")
    said = said_of(tracker, heard(tracker, NOW), CATEGORIES)
    assert (said.text, said.category) == ("路灯从上周一就不亮了，打13900005678", "street_light")
    assert {span.kind: span.text for span in said.spans} == {
        "place": "幸福路88号旁边，靠菜场那头",
        "time": "从上周一",
        "contact": "13900005678",
    }


@pytest.mark.parametrize(
    ("before", "latest", "matter"),
    [
        (
            "路灯不亮，晚上摸黑走",
            "幸福路88号，我们是后面的租户",
            "路灯不亮，晚上摸黑走\n幸福路88号，我们是后面的租户",
        ),
        ("路灯不亮归谁管？", "幸福路88号，我们是后面的租户", "幸福路88号，我们是后面的租户"),
        ("路灯不亮", "我们是三个租户，都交了钱", "我们是三个租户，都交了钱"),
        ("路灯不亮", "幸福路88号门口的路灯也坏了三盏，没人来", "幸福路88号门口的路灯也坏了三盏，没人来"),
        ("居住证办了三个月", "幸福路88号，我们是后面的租户", "幸福路88号，我们是后面的租户"),
    ],
)
def test_what_is_clear_only_with_the_trouble_told_before_belongs_to_it(before: str, latest: str, matter: str) -> None:
    tracker = tracker_of(before, latest)
    assert said_of(tracker, heard(tracker, NOW), CATEGORIES).text == matter
