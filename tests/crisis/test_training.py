"""What the learned score is taught, and how its thresholds keep to the budget of false alarms."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot.city import load_city
from bot.crisis.classifier import threshold_name
from bot.crisis.clues import load_clues
from bot.crisis.examples import complaint_examples, everyday_examples, grievance_examples, own_examples
from bot.crisis.training import (
    CALLED,
    FALSE_ALARMS,
    LONG_FALSE_ALARMS,
    NOTED,
    Sounded,
    set_thresholds,
    train_kinds,
)
from bot.language import LANGUAGES
from bot.linear import LinearModel, Wording
from bot.settings import ROOT

CITY = load_city()


def test_there_are_many_of_every_kind_and_level_and_as_many_near_misses() -> None:
    labels = [label for _, label in own_examples(ROOT / "data" / "crisis")]
    dangers = [label for label in labels if label != "none"]
    for kind in CITY.crisis_kinds:
        for level in ("imminent", "high", "concern"):
            assert labels.count(f"{level}/{kind}") >= 40, (level, kind)
    assert {label.partition("/")[2] for label in dangers} == set(CITY.crisis_kinds)
    assert labels.count("none") > len(dangers)


def test_no_utterance_has_two_labels() -> None:
    labels: dict[str, set[str]] = {}
    for text, label in own_examples(ROOT / "data" / "crisis"):
        labels.setdefault(text, set()).add(label)
    assert [text for text, found in labels.items() if len(found) > 1] == []


def test_a_complaint_that_tells_of_danger_is_not_called_harmless(tmp_path: Path) -> None:
    (tmp_path / "few.yml").write_text(
        "nlu:\n- intent: file_complaint\n  examples: |\n    - 路灯坏了\n    - 楼下着火了，电梯也坏了\n"
        "- intent: express_crisis\n  metadata: {kind: abuse}\n  examples: |\n    - 他又打我\n",
        encoding="utf-8",
    )
    assert list(everyday_examples(tmp_path, load_clues(CITY))) == [("路灯坏了", "none"), ("他又打我", "high/abuse")]


def test_what_was_written_to_hold_no_danger_is_harmless_whatever_words_it_has(tmp_path: Path) -> None:
    (tmp_path / "letters.yml").write_text(
        "nlu:\n- intent: file_complaint\n  metadata: {category: other, danger: none}\n  examples: |\n"
        "    - 那年楼下着火了，到今天也没人赔我\n",
        encoding="utf-8",
    )
    assert list(everyday_examples(tmp_path, load_clues(CITY))) == [("那年楼下着火了，到今天也没人赔我", "none")]


def test_a_marked_complaint_is_harmless_unless_it_holds_a_clue(tmp_path: Path) -> None:
    (tmp_path / "few.txt").write_text(
        "[昨天中午十二点多](time)路灯坏了\n[幸福里3号楼](place)着火了\n", encoding="utf-8"
    )
    assert list(complaint_examples(tmp_path, load_clues(CITY))) == [("昨天中午十二点多路灯坏了", "none")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_long", [False, True])
def test_thresholds_let_through_no_more_near_misses_than_the_budget(language: str, is_long: bool) -> None:
    budget = (LONG_FALSE_ALARMS if is_long else FALSE_ALARMS)[language]
    near = [sounded("none", score, score + 0.1) for score in np.linspace(0, 0.5, 200)]
    dangers = [sounded("high/abuse", 0.6, 0.8), sounded("concern/abuse", 0.05, 0.75), sounded("high/abuse", 0.01, 0.11)]
    model = _model()
    figures = set_thresholds(model, language, is_long, [*near, *dangers])
    call = model.thresholds[threshold_name("urgent", language, is_long)]
    assert budget - 0.01 < np.mean([each.urgent > call for each in near]) <= budget
    assert figures["recall_urgent"] == 0.5
    assert figures["recall_concern"] == 1.0


def test_thresholds_keep_everyday_messages_to_their_budget_too() -> None:
    near = [sounded("none", score, score) for score in np.linspace(0, 0.5, 8)]
    plain = [sounded("none", score, score, is_own=False) for score in np.linspace(0, 1, 101)]
    model = _model()
    figures = set_thresholds(model, "en", False, [*near, sounded("high/abuse", 0.5, 0.5), *plain])
    assert figures["recall_urgent"] == 0.0
    assert model.thresholds == pytest.approx({"urgent_en_short": 1 - CALLED, "concern_en_short": 1 - NOTED})


def test_where_nothing_harmless_was_held_out_nobody_is_called() -> None:
    model = _model()
    set_thresholds(model, "zh", True, [sounded("high/abuse", 0.9, 0.9)])
    assert set(model.thresholds.values()) == {1.0}


def sounded(label: str, urgent: float, danger: float, is_own: bool = True) -> Sounded:
    return Sounded(label, is_own, False, urgent, danger)


def _model() -> LinearModel:
    return LinearModel(["concern", "none", "urgent"], Wording(np.zeros(0), np.zeros(0)), np.zeros((3, 0)), np.zeros(3))


def test_bitter_grievances_are_no_danger() -> None:
    found = dict(grievance_examples(ROOT / "data" / "remit.yml"))
    assert len(found) > 2_000
    assert set(found.values()) == {"none"}


def test_the_kind_is_learned_from_the_dangers_alone(tmp_path: Path) -> None:
    words = {"abuse": "he hits me", "missing_person": "my son is gone", "urgent_need": "no food left"}
    lines = {kind: [f"{text}, night {number}" for number in range(40)] for kind, text in words.items()}
    (tmp_path / "crisis").mkdir()
    few = {"high": lines, "none": {"quarrel": ["he hits me in this game"]}}
    (tmp_path / "crisis" / "few.yml").write_text(json.dumps(few), encoding="utf-8")
    figures = train_kinds(tmp_path, CITY, tmp_path / "kinds.npz")
    model = LinearModel.load(tmp_path / "kinds.npz")
    assert figures["texts"] == 120
    assert model.labels == sorted(words)
    assert [model.labels[row] for row in model.chances(list(words.values())).argmax(axis=1)] == list(words)
    assert figures["kind_accuracy"] == 1.0
