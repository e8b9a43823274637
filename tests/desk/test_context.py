from datetime import UTC, datetime

import pytest

from bot.desk.context import context_card, highlighted
from bot.desk.queue import Handoff, HandoffStatus
from bot.events import Reason


def a_handoff(**fields: object) -> Handoff:
    values = {
        "id": "h1",
        "conversation_id": "c1",
        "reason": Reason.CRISIS,
        "kind": "abuse",
        "level": "high",
        "finding": {
            "clues": [{"text": "他打我", "start": 0, "end": 3}],
            "places": ["幸福路8号"],
            "contacts": [],
        },
        "status": HandoffStatus.WAITING,
        "escalation": 0,
        "created_at": datetime(2026, 11, 24, tzinfo=UTC),
        "claimed_at": None,
        "claimed_by": None,
        "closed_at": None,
    }
    return Handoff(**{**values, **fields})  # type: ignore[arg-type]


def test_the_card_gathers_what_was_found_in_every_utterance_once() -> None:
    later = {"clues": [{"text": "他打我", "start": 2, "end": 5}], "contacts": ["13900000000"]}
    card = context_card(a_handoff(), [later])
    assert card
    assert card.words == ("他打我",)
    assert card.places == ("幸福路8号",)
    assert card.contacts == ("13900000000",)


def test_without_a_handoff_there_is_no_card() -> None:
    assert context_card(None, []) is None


@pytest.mark.parametrize(
    ("text", "spans", "pieces"),
    [
        ("救命他打我", [(2, 5)], [("救命", False), ("他打我", True)]),
        ("他打我", [(0, 3)], [("他打我", True)]),
        ("abcdef", [(1, 4), (3, 5)], [("a", False), ("bcd", True), ("e", True), ("f", False)]),
        ("abc", [(0, 2), (0, 2)], [("ab", True), ("c", False)]),
        ("<b>", [], [("<b>", False)]),
        ("", [], []),
    ],
)
def test_clues_are_marked_and_no_letter_is_lost(text: str, spans: list, pieces: list) -> None:
    finding = {"clues": [{"text": text[start:end], "start": start, "end": end} for start, end in spans]}
    assert highlighted(text, finding) == pieces
    assert "".join(piece for piece, _ in highlighted(text, finding)) == text
