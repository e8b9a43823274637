"""What belongs together of the words that a tracker holds."""

from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.tracker import heard, matter_before, not_answered_before, said_of
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
        (("路灯不亮", "幸福路88号二楼，叫路灯小馆"), "路灯不亮"),
        (("路灯不亮", "幸福路88号，叫了三回路灯也没人修"), None),
        (("路灯不亮", "谢谢"), None),
        (("路灯不亮", "烦死了", "幸福路88号旁边"), "路灯不亮"),
        (("路灯归谁管？", "哦", "幸福路88号旁边"), None),
        (("路灯不亮", "唉", "唉", "唉", "幸福路88号旁边"), None),
        (("路灯不亮", "/cancel", "幸福路88号旁边"), None),
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


def test_who_was_not_understood_goes_on_without_a_place() -> None:
    tracker = tracker_of("路灯嘛", "没人来看，黑得要死")
    assert said_of(tracker, heard(tracker, NOW), CATEGORIES).text == "没人来看，黑得要死"
    tracker.events.insert(1, {"event": "bot", "metadata": {"utter_action": "utter_not_understood"}})
    assert said_of(tracker, heard(tracker, NOW), CATEGORIES).text == "路灯嘛\n没人来看，黑得要死"


def test_who_announces_a_complaint_with_a_number_has_told_no_trouble() -> None:
    def candidates(text: str) -> list[tuple[str, float]]:
        return [("unanswered_petition", 0.9 if "反映" in text else 0.3)]

    categories: Any = SimpleNamespace(candidates=candidates, is_sure=lambda found: found[0][1] > 0.6)
    tracker = tracker_of("我要反映个事，你先记下我电话，13900005678", "幸福路88号")
    assert matter_before(tracker, heard(tracker, NOW), categories) is None


@pytest.mark.parametrize("question", ["路灯费不交行不行", "路灯能自己修不", "路灯是谁修的呢"])
def test_what_was_asked_before_is_no_trouble_told(question: str) -> None:
    tracker = tracker_of(question, "谢谢", "幸福路88号")
    assert matter_before(tracker, heard(tracker, NOW), CATEGORIES) is None


@pytest.mark.parametrize(("where", "place"), [("我住幸福路88号", "幸福路88号"), ("幸福路88号旁边", "幸福路88号旁边")])
def test_of_where_somebody_lives_the_place_is_kept(where: str, place: str) -> None:
    tracker = tracker_of("路灯不亮", where)
    found = said_of(tracker, heard(tracker, NOW), CATEGORIES).first("place")
    assert found and found.text == place


def test_who_was_met_as_angry_goes_on() -> None:
    tracker = tracker_of("路灯嘛 没人管！", "黑得要死，四天了")
    tracker.events.insert(1, {"event": "bot", "metadata": {"utter_action": "utter_anger"}})
    assert said_of(tracker, heard(tracker, NOW), CATEGORIES).text == "路灯嘛 没人管！\n黑得要死，四天了"


def test_scolding_is_the_trouble_only_where_nothing_else_was_told() -> None:
    def candidates(text: str) -> list[tuple[str, float]]:
        return [("street_light" if "路灯" in text else "official_conduct", 0.9)]

    categories: Any = SimpleNamespace(candidates=candidates, is_sure=lambda _: True)
    for said, matter in (
        (("路灯不亮", "你们就是不管事", "幸福路88号"), ("路灯不亮", "street_light")),
        (("你们就是不管事", "幸福路88号"), ("你们就是不管事", "official_conduct")),
    ):
        tracker = tracker_of(*said)
        assert matter_before(tracker, heard(tracker, NOW), categories) == matter


def test_what_was_filed_is_not_told_once_more() -> None:
    tracker = tracker_of("路灯不亮", "幸福路88号旁边")
    tracker.events.insert(1, {"event": "action", "name": "action_file_ticket"})
    assert matter_before(tracker, heard(tracker, NOW), CATEGORIES) is None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (("13900005678 这我电话", "路灯不亮"), "13900005678"),
        (("先留个电话吧，13900005678，我姓叶，白天晚上都能接的", "路灯不亮"), "13900005678"),
        (("修路灯的13900005678没人接", "路灯不亮"), None),
        (("路灯的事 我电话13900005678 有个事要反应", "路灯不亮"), "13900005678"),
        (("13900005678", "路灯不亮，打13800001234"), "13800001234"),
        (("上回说路灯断线了，我的号码是13900005678", "路灯不亮"), "13900005678"),
        (("我要反映路灯的事，你先记下我电话，13900005678", "幸福路88号旁边"), "13900005678"),
    ],
)
def test_a_number_that_was_given_before_the_matter_is_the_contact(said: tuple[str, ...], number: str | None) -> None:
    tracker = tracker_of(*said)
    contact = said_of(tracker, heard(tracker, NOW), CATEGORIES).first("contact")
    assert (contact and contact.text) == number


def test_the_name_beside_that_number_is_kept() -> None:
    tracker = tracker_of("先留个电话吧，13900005678，我姓叶", "路灯不亮")
    name = said_of(tracker, heard(tracker, NOW), CATEGORIES).first("name")
    assert name and name.text == "叶"


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


@pytest.mark.parametrize(
    ("said", "slots", "question"),
    [
        (("桂花树归谁管", "要几个人签字"), {"question": "桂花树归谁管"}, "桂花树归谁管"),
        (("桂花树归谁管", "谢谢", "要几个人签字"), {"question": "桂花树归谁管"}, ""),
        (("居住证几天", "要几个人签字"), {"question": "居住证几天", "topic_answered": "residence_permit"}, ""),
        (("要几个人签字",), {}, ""),
    ],
)
def test_only_the_question_right_before_counts_as_not_answered(
    said: tuple[str, ...], slots: dict[str, str], question: str
) -> None:
    tracker = tracker_of(*said)
    tracker.slots.update(slots)
    assert not_answered_before(tracker) == question
