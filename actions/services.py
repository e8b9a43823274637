"""The services of this process, built once by `actions/__main__.py` before the server takes a call."""

from __future__ import annotations

from bot.app import Services

_services: Services | None = None


def use(services: Services) -> None:
    """Set the services that the actions call."""
    global _services
    _services = services


def services() -> Services:
    """The services. Raises RuntimeError before `use`."""
    if _services is None:
        raise RuntimeError("the action server builds its services before it starts")
    return _services
