import pytest

from bot.conversation.rasa import parse_replies
from bot.conversation.turn import judge
from bot.events import Reason
from bot.messages import Button, Reply
from tests.builders import a_conversation

LOST = Reply("没弄明白", data={"outcome": "not_understood"})
UNKNOWN = Reply("没有可靠的答案", data={"outcome": "not_known"})


@pytest.mark.parametrize(
    ("failures", "replies", "expected"),
    [
        (0, [Reply("好的")], (1, 0, None)),
        (2, [Reply("好的")], (1, 0, None)),
        (0, [LOST], (1, 1, None)),
        (1, [LOST], (1, 2, None)),
        (2, [LOST], (0, 3, Reason.REPEATED_FAILURE)),
        (0, [UNKNOWN], (1, 0, None)),
        (1, [UNKNOWN], (1, 2, None)),
        (2, [UNKNOWN], (0, 3, Reason.REPEATED_FAILURE)),
        (0, [Reply("", data={"handoff": "requested"})], (0, 0, Reason.REQUESTED)),
        (2, [LOST, Reply("", data={"handoff": "requested"})], (1, 3, Reason.REQUESTED)),
    ],
)
def test_what_a_turn_comes_to(failures: int, replies: list[Reply], expected: tuple) -> None:
    outcome = judge(a_conversation(failures=failures), replies)
    assert (len(outcome.replies), outcome.failures, outcome.handoff) == expected


def test_facts_stand_with_the_words_before_them() -> None:
    (reply,) = parse_replies(
        [
            {"text": "已登记", "buttons": [{"title": "好", "payload": "/affirm"}]},
            {"custom": {"ticket": "20261124-000001"}},
        ]
    )
    assert reply.text == "已登记"
    assert reply.buttons == (Button("好", "/affirm"),)
    assert reply.data == {"ticket": "20261124-000001"}


def test_facts_alone_are_a_reply_without_words() -> None:
    (reply,) = parse_replies([{"custom": {"handoff": "requested"}}])
    assert (reply.text, reply.data) == ("", {"handoff": "requested"})


@pytest.mark.parametrize("items", [[], [{}], [{"text": ""}], [{"recipient_id": "a"}]])
def test_nothing_said_is_no_reply(items: list) -> None:
    assert parse_replies(items) == []
