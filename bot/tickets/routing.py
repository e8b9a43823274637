"""Which department a ticket goes to."""

from __future__ import annotations

from bot.city import City
from bot.errors import Refused

FALLBACK = "other"
"""The category whose department takes what no other does."""

MAX_RETURNS = 1
"""Returns after which a supervisor decides: no ping-pong between departments."""


def department_of(category: str, city: City) -> str:
    """The department that a category goes to by default; an unknown category goes where `other` goes."""
    return city.categories.get(category, city.categories[FALLBACK]).department


def check_department(department: str, city: City) -> None:
    """Raises Refused when the city has no such department."""
    if department not in city.departments:
        raise Refused("no_such_department", "unknown department")


def move_on_return(returns: int) -> str:
    """What a return means, given how often the ticket was returned before: `return`, or `arbitrate`."""
    return "return" if returns < MAX_RETURNS else "arbitrate"
