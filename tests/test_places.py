"""A shared place as the form takes it."""

import json

import pytest

from bot.city import load_city
from bot.messages import Place
from bot.places import label, with_place
from tests.builders import an_utterance

TEXTS = load_city().texts


@pytest.mark.parametrize(
    ("place", "language", "said"),
    [
        (Place(31.2304, 121.4737), "zh", "地图上的位置（31.23040, 121.47370）"),
        (Place(31.2304, 121.4737), "en", "Point on the map (31.23040, 121.47370)"),
        (Place(31.2, 121.4, "幸福公园，\n幸福路88号"), "zh", "幸福公园， 幸福路88号"),
        (Place(31.2, 121.4, '{"x"}'), "zh", '("x")'),
    ],
)
def test_a_place_has_a_name_that_fits_a_slot(place: Place, language: str, said: str) -> None:
    assert label(place, TEXTS[language]) == said


def test_the_payload_is_one_that_rasa_reads() -> None:
    said = with_place(an_utterance("", place=Place(31.2, 121.4, '"引号" 广场')), TEXTS["zh"])
    assert said.payload
    intent, _, entities = said.payload.partition("{")
    assert intent == "/file_complaint"
    assert json.loads("{" + entities) == {"location": '"引号" 广场'}
    assert said.text == '"引号" 广场'
