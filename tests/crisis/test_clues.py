"""Every clue of the city's files, held to the examples that stand beside it."""

from pathlib import Path

import pytest

from bot.city import load_city
from bot.crisis.clues import ClueRule, load_clues
from bot.crisis.recogniser import CrisisRecogniser
from bot.encoder import shared_encoder
from bot.errors import Misconfigured
from bot.language import languages_in
from bot.text import normalise

CITY = load_city()
RULES = load_clues(CITY)
WITHOUT_MODEL = CrisisRecogniser.load(CITY, None, shared_encoder())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_clue_finds_its_hits(rule: ClueRule) -> None:
    assert rule.hits
    for text in rule.hits:
        assert rule.pattern.search(normalise(text).text), text
        assert rule.language in languages_in(normalise(text).text), text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_its_misses_reach_nobody(rule: ClueRule) -> None:
    assert rule.misses
    for text in rule.misses:
        assert not WITHOUT_MODEL.assess(text).is_urgent, text


def test_every_kind_has_clues_in_both_languages() -> None:
    for language in ("zh", "en"):
        kinds = {rule.kind for rule in RULES if rule.language == language}
        assert kinds == set(CITY.crisis_kinds)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("clues: [{id: x, kind: abuse, level: high, pattern: '('}]", "clue x is broken"),
        ("clues: [{id: x, kind: nothing, level: high, pattern: 'a'}]", "needs a kind"),
        ("clues: [{id: x, kind: abuse, level: loud, pattern: 'a'}]", "needs a kind"),
        ("clues: [", "not valid YAML"),
    ],
)
def test_a_broken_clue_is_one_clear_line(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "crisis").mkdir()
    (tmp_path / "crisis" / "clues_zh.yml").write_text(content, encoding="utf-8")
    with pytest.raises(Misconfigured, match=said):
        load_clues(load_city(tmp_path))
