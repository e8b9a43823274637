"""From the parts of a time as people say it to the moment that they mean.

The latest moment that fits and is not after now: a complaint is about what was. China has one time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

PART_HOURS = {
    "dawn": 3, "early": 6, "morning": 9, "noon": 12, "afternoon": 15,
    "dusk": 18, "evening": 20, "night": 22, "midnight": 0,
}  # fmt: skip
"""The hour that stands for a part of the day when no hour is named."""


@dataclass(frozen=True)
class Said:
    """What was said of a time. `back` is how long before now; `weekday` 0 is Monday; `part` a key of PART_HOURS."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    weeks_back: int = 0
    back: timedelta | None = None
    months_back: int | None = None
    years_back: int = 0
    hour: int | None = None
    minute: int = 0
    part: str | None = None
    is_pm: bool | None = None


def moment(said: Said, now: datetime) -> datetime:
    """The moment in China's time zone. What was not said is taken so that it lies in the past."""
    now = now.astimezone(CHINA)
    date = _date(said, now)
    if said.hour is None and said.part is None:
        has_date = date.date() != now.date()
        return date.replace(hour=0, minute=0, second=0, microsecond=0) if has_date else date.replace(microsecond=0)
    hour, next_day = _hour(said)
    result = date.replace(hour=hour, minute=said.minute, second=0, microsecond=0) + timedelta(days=next_day)
    if result > now and date.date() == now.date():
        result -= timedelta(days=1)
    return result


def _date(said: Said, now: datetime) -> datetime:
    if said.back is not None:
        return now - said.back
    if said.months_back is not None:
        return _months_before(now, said.months_back, said.day)
    if said.weekday is not None:
        days = now.weekday() - said.weekday
        return now - timedelta(days=days + 7 * said.weeks_back if said.weeks_back else days % 7)
    if said.years_back and said.month is None:
        return _months_before(now, 12 * said.years_back, said.day)
    if said.month is not None or said.day is not None or said.year is not None:
        return _named_date(said, now)
    return now


def _named_date(said: Said, now: datetime) -> datetime:
    month = said.month or (1 if said.year else now.month)
    date = _safe(now, (said.year or now.year) - said.years_back, month, said.day or 1)
    if said.year is None and date > now:
        return _safe(now, now.year - 1, month, said.day or 1) if said.month else _months_before(now, 1, said.day)
    return date


def _months_before(now: datetime, months: int, day: int | None) -> datetime:
    index = now.year * 12 + now.month - 1 - months
    return _safe(now, index // 12, index % 12 + 1, day or now.day)


def _safe(now: datetime, year: int, month: int, day: int) -> datetime:
    for last in (day, 30, 29, 28):
        try:
            return now.replace(year=year, month=month, day=min(day, last))
        except ValueError:
            continue
    return now


def _hour(said: Said) -> tuple[int, int]:
    """The hour of the day, and 1 when it belongs to the next day: "last night at one"."""
    if said.hour is None:
        hour = PART_HOURS[said.part or "morning"]
        return hour, 1 if said.part == "midnight" else 0
    hour = said.hour
    after_noon = said.is_pm or said.part in {"afternoon", "dusk", "evening", "night"}
    if said.part == "noon" and hour < 4:
        return hour + 12, 0
    if said.part in {"evening", "night", "midnight"} and (hour < 5 or hour in {12, 24}) and not said.is_pm:
        return (0 if hour in {12, 24} else hour), 1
    if after_noon and 1 <= hour < 12:
        return hour + 12, 0
    if said.is_pm is False and hour == 12:
        return 0, 0
    return hour % 24, 1 if hour == 24 else 0
