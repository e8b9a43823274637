"""The errors of the service, sorted by what the caller does next.

HotlineError
 ├── Retry       the same call may go through later: a busy database, a slow engine
 ├── Unreachable the channel will not take anything for this resident: note it and stop trying
 ├── Refused     the call breaks a rule of the service and never will go through
 ├── NotFound    there is no such thing, or not for this caller
 ├── Forbidden   the caller may not do this
 └── Misconfigured   a setting or a file of the city is wrong: say which and stop

Each carries a text key of `city/texts` with fields, so that it can be said in both languages.
"""

from __future__ import annotations

from typing import Any


class HotlineError(Exception):
    """Base of all errors that the service raises on purpose.

    `key` names the sentence in `city/texts` (`errors.<key>`), `fields` fill it. The exception's own
    message is for logs and must hold no personal data.
    """

    status = 400

    def __init__(self, key: str, message: str = "", **fields: Any) -> None:
        super().__init__(message or key)
        self.key = key
        self.fields = fields


class Retry(HotlineError):
    """Something outside was busy or down; try the same again later, not before `after_s` seconds when it is set."""

    status = 503

    def __init__(self, key: str, message: str = "", *, after_s: float | None = None, **fields: Any) -> None:
        super().__init__(key, message, **fields)
        self.after_s = after_s


class Unreachable(HotlineError):
    """The resident cannot be reached on this channel: the bot is blocked, the account is gone."""

    status = 410


class Refused(HotlineError):
    """The rules of the service do not allow it in this state."""

    status = 409


class NotFound(HotlineError):
    """There is no such thing, or this caller may not know of it."""

    status = 404


class Forbidden(HotlineError):
    """The caller is not allowed to do this."""

    status = 403


class Misconfigured(HotlineError):
    """A setting or a file of the city is wrong. The message is one plain sentence for the engineer."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__("misconfigured", message)
