from pathlib import Path

import pytest

from bot.city import load_city
from bot.crisis.protocol import load_protocol
from bot.errors import Misconfigured

CITY = load_city()
PROTOCOL = load_protocol(CITY)


@pytest.mark.parametrize("kind", CITY.crisis_kinds)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_card_names_a_number_and_asks_one_thing(kind: str, language: str) -> None:
    card = PROTOCOL.card(kind)
    assert any(number in card.reply[language] for number in card.numbers)
    assert "!" not in card.reply[language]
    assert "！" not in card.reply[language]
    assert card.steps[language]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_threat_is_met_without_presuming_whose_it_is(language: str) -> None:
    # "He is at my door with a knife" comes under this card as "I will stab him" does.
    reply = PROTOCOL.card("violence_threat").reply[language]
    assert not [word for word in ("愤", "生气", "angry", "you feel") if word in reply]


def test_an_unknown_kind_is_met_as_danger_to_life() -> None:
    assert PROTOCOL.card(None) == PROTOCOL.card("life_hazard")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_is_a_word_for_each_step_of_waiting(language: str) -> None:
    notices = [PROTOCOL.waiting_notice(step, language) for step in (1, 2, 3)]
    assert len(set(notices)) == 3
    assert PROTOCOL.waiting_notice(9, language) == notices[-1]


def test_a_missing_card_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "crisis").mkdir()
    (tmp_path / "crisis" / "protocol.yml").write_text("cards: {}\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match="has no card for"):
        load_protocol(load_city(tmp_path))
