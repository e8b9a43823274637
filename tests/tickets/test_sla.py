"""Deadlines in working days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.city import load_city
from bot.tickets.sla import add_working_days, deadline, is_workday


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 2, 14), True),  # a Saturday worked in exchange for the Spring Festival
        (date(2090, 1, 2), True),  # a Monday beyond the calendar
        (date(2090, 1, 1), False),  # a Sunday beyond the calendar
    ],
)
def test_which_days_are_worked(day: date, expected: bool) -> None:
    assert is_workday(day) is expected


def test_the_first_day_does_not_count_and_weekends_are_left_out() -> None:
    assert add_working_days(date(2026, 11, 24), 1) == date(2026, 11, 25)
    assert add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)


def test_a_complaint_is_due_at_the_end_of_the_fifteenth_working_day() -> None:
    due = deadline(load_city(), "street_light", datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    assert due.isoformat() == "2026-12-15T18:00:00+08:00"


def test_the_day_of_filing_is_the_citys_not_utc() -> None:
    due = deadline(load_city(), "street_light", datetime(2026, 11, 24, 17, 0, tzinfo=UTC))  # the 25th in the city
    assert due.date() == date(2026, 12, 16)


def test_an_urgent_category_has_a_day_whatever_day_it_is() -> None:
    filed_at = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
    assert deadline(load_city(), "water_supply", filed_at) - filed_at == timedelta(hours=24)
