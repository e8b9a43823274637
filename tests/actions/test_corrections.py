"""What an edit does to a complaint in the making."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from actions import corrections
from actions.corrections import put_right
from bot.tickets.form import Intake
from tests.fakes import FakeClock

FORMER = "幸福路88号的路灯坏了，电话13912345678"


@pytest.fixture(autouse=True)
def _services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "services", lambda: SimpleNamespace(clock=FakeClock()))


def an_intake(**fields: object) -> Intake:
    intake = Intake(description=FORMER, category="street_light", location="幸福路88号", contact="13912345678")
    return replace(intake, **fields)  # type: ignore[arg-type]


def test_items_are_read_out_of_the_new_words() -> None:
    after = put_right(an_intake(), FORMER, "幸福路8号的路灯坏了，电话13912345679")
    assert after.description == "幸福路8号的路灯坏了，电话13912345679"
    assert (after.location, after.contact) == ("幸福路8号", "13912345679")


def test_a_whole_answer_is_replaced_as_it_is() -> None:
    assert put_right(an_intake(location="学校对门"), "学校对门", "学校后门").location == "学校后门"


@pytest.mark.parametrize(("former", "text"), [("", "幸福路8号"), ("别的话", "幸福路8号"), (FORMER, FORMER + "，快修")])
def test_what_the_edit_is_not_about_stays(former: str, text: str) -> None:
    after = put_right(an_intake(), former, text)
    assert (after.location, after.contact) == ("幸福路88号", "13912345678")


def test_the_same_edit_twice_changes_nothing_more() -> None:
    new = "幸福路8号的路灯坏了，电话13912345679"
    once = put_right(an_intake(), FORMER, new)
    assert put_right(once, FORMER, new) == once
