"""The evaluation cases: well formed, many enough, and none stands in the training data."""

from pathlib import Path

import pytest

from bot.city import load_city
from bot.evaluate.cases import normal_form, read_cases, texts_of, training_texts

CASES = Path(__file__).resolve().parents[1] / "cases"
SUITES = {"crisis": 400, "intents": 300, "policies": 250, "complaints": 250, "remit": 80, "dialogues": 40}
CITY = load_city()
INTENTS = {
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "ask_policy",
    "file_complaint",
    "check_ticket_status",
    "request_human",
    "cancel",
    "express_anger",
    "ask_bot_identity",
    "out_of_scope",
    "praise",
    "suggest",
}


def cases_of(suite: str) -> list[dict]:
    return read_cases(CASES / f"{suite}.{'yml' if suite == 'dialogues' else 'jsonl'}")


@pytest.mark.parametrize(("suite", "least"), SUITES.items())
def test_there_are_enough_in_both_languages(suite: str, least: int) -> None:
    cases = cases_of(suite)
    assert len(cases) >= least
    assert len({case["id"] for case in cases}) == len(cases)
    for language in ("zh", "en"):
        assert sum(case["lang"] == language for case in cases) >= least // 3


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite != "dialogues"])
def test_no_case_stands_in_the_training_data(suite: str) -> None:
    trained = {normal_form(text) for text in training_texts()}
    assert len(trained) > 5_000
    known = [text for case in cases_of(suite) for text in texts_of(case) if normal_form(text) in trained]
    assert not known


def test_ids_are_those_of_the_taxonomy() -> None:
    for case in cases_of("crisis"):
        assert case["level"] in {"imminent", "high", "concern", "none"}
        assert (case["kind"] is None) == (case["level"] == "none")
        assert case["kind"] is None or case["kind"] in CITY.crisis_kinds
    for case in cases_of("complaints"):
        assert {case["category"], *case["also_ok"]} <= set(CITY.categories)
        assert all(case[item] is None or case[item] in case["text"] for item in ("location", "when", "contact"))
    assert {case["intent"] for case in cases_of("intents")} == INTENTS
    assert {case["kind"] for case in cases_of("remit")} == {*CITY.doors, None}
