"""Deadlines in working days of the city. Pure.

Chinese public holidays and make-up days come from chinesecalendar, which knows them as far as the State
Council has published them; later years count Monday to Friday.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

from bot.city import City

END_OF_DAY = time(18, 0)
"""When a working day ends: a deadline is never at night."""


def is_workday(day: date) -> bool:
    """Whether offices work that day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_working_days(start: date, days: int) -> date:
    """The day that many working days after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_workday(day)
    return day


def deadline(city: City, category: str, filed_at: datetime) -> datetime:
    """When a ticket of that category has to be answered: hours for urgent ones, else the end of a working day."""
    if category in city.sla.urgent_categories:
        return filed_at + city.sla.urgent
    zone = ZoneInfo(city.timezone)
    day = add_working_days(filed_at.astimezone(zone).date(), city.sla.complaint_working_days)
    return datetime.combine(day, END_OF_DAY, zone)
