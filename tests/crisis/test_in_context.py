"""`in_context.jsonl`: what was said before, and what was said then, dangerous or only sounding so; by four writers who saw
nothing of the recogniser. Its trained models read them, alone and one behind the other."""

import json
from pathlib import Path

import pytest

from bot.app import build_recogniser
from bot.city import load_city
from bot.crisis.recogniser import CrisisRecogniser
from bot.settings import load_settings

PAIRS = [
    json.loads(line) for line in Path(__file__).with_name("in_context.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def recogniser() -> CrisisRecogniser:
    return build_recogniser(load_settings(), load_city())


def test_what_was_said_before_explains_alarms_away_and_hardly_a_danger(recogniser: CrisisRecogniser) -> None:
    calls = {
        (is_danger, with_before): sum(
            recogniser.assess(pair["text"], pair["before"] if with_before else "").is_urgent
            for pair in PAIRS
            if pair["danger"] is is_danger
        )
        for is_danger in (True, False)
        for with_before in (True, False)
    }
    dangers = sum(pair["danger"] for pair in PAIRS)
    assert calls[True, True] >= 0.95 * dangers
    assert calls[True, True] >= 0.98 * calls[True, False]
    assert calls[False, True] <= 0.75 * calls[False, False]
