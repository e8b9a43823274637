"""Personal data as lists show it: enough to tell two cases apart, too little to call."""

from __future__ import annotations


def masked(contact: str | None) -> str | None:
    """The contact with its middle hidden: 138****1234; a short one is hidden but for its first character."""
    if not contact:
        return contact
    if len(contact) < 8:
        return contact[0] + "*" * (len(contact) - 1)
    return f"{contact[:3]}****{contact[-4:]}"
