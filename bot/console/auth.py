"""Staff accounts: passwords (argon2id), sessions in the database, CSRF tokens, login limits, the audit trail."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.desk.service import Operator
from bot.errors import Forbidden, Refused
from bot.messages import new_id

if TYPE_CHECKING:
    from bot.storage.accounts import Account
    from bot.storage.unit import Storage

SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
TOUCH_EVERY = timedelta(minutes=1)
"""A session's last use is written at most this often: a look at a page must not cost a write."""

LOGIN_TRIES = 10
LOGIN_WINDOW = timedelta(minutes=10)
SHORTEST_PASSWORD = 10


class Role(StrEnum):
    """What somebody may do."""

    OPERATOR = "operator"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    ADMIN = "admin"


DESK_ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN})
TICKET_ROLES = frozenset({Role.OPERATOR, Role.OFFICER, Role.SUPERVISOR, Role.ADMIN})


@dataclass(frozen=True)
class SignedIn:
    """Who makes this request, and the CSRF token that their forms must carry."""

    account: Account
    csrf: str
    token_hash: str

    @property
    def operator(self) -> Operator:
        """As the desk knows them."""
        return Operator(self.account.id, self.account.number)

    def require(self, roles: frozenset[Role]) -> None:
        """Raises Forbidden when the account's role is not among them."""
        if Role(self.account.role) not in roles:
            raise Forbidden("forbidden", "the role does not allow it")


class Accounts:
    """Signs staff in and out."""

    def __init__(self, storage: Storage, key: str, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._key = key
        self._clock = clock
        self._hasher = PasswordHasher()
        # A hash to compare with when there is no such account, so that the answer takes as long.
        self._nobody = self._hasher.hash(secrets.token_hex(8))
        self._tries: dict[str, deque[datetime]] = {}

    async def ensure_first_admin(self, username: str, password: str) -> str | None:
        """Make the first administrator if there is no account; the random password when one was made up."""
        async with self._storage.transaction() as tx:
            if await self._storage.accounts.next_number(tx) > 1:
                return None
            given = password or secrets.token_urlsafe(12)
            account = self._new(username, given, Role.ADMIN, 1, must_change=not password)
            await self._storage.accounts.add(tx, account)
        return None if password else given

    async def create(self, username: str, password: str, role: Role, department: str | None = None) -> Account:
        """A new account. Raises Refused when the name is taken or the password too short."""
        _check_password(password)
        async with self._storage.transaction() as tx:
            if await self._storage.accounts.by_username(tx, username):
                raise Refused("username_taken", "the user name is taken")
            number = await self._storage.accounts.next_number(tx)
            account = self._new(username, password, role, number, must_change=False, department=department)
            await self._storage.accounts.add(tx, account)
        return account

    async def sign_in(self, username: str, password: str, address: str) -> tuple[str, SignedIn]:
        """A session's token, which is not kept here, and who signed in.

        Raises Forbidden, with one sentence for a wrong name and a wrong password, Refused after too many tries.
        """
        self._check_limit(f"{username}|{address}")
        async with self._storage.reading() as tx:
            account = await self._storage.accounts.by_username(tx, username)
        if not self._fits(account, password) or account is None or not account.is_active:
            raise Forbidden("wrong_password", "wrong user name or password")
        self._tries.pop(f"{username}|{address}", None)
        token, now = secrets.token_urlsafe(32), self._clock()
        csrf = secrets.token_urlsafe(24)
        async with self._storage.transaction() as tx:
            await self._storage.accounts.open_session(
                tx, self._storage.accounts.Session(_hashed(token), account.id, csrf, now, now)
            )
        return token, SignedIn(account, csrf, _hashed(token))

    async def who(self, token: str | None) -> SignedIn | None:
        """Whose session this is; None without one, or when it has run out."""
        if not token:
            return None
        now = self._clock()
        async with self._storage.reading() as tx:
            session = await self._storage.accounts.session(tx, _hashed(token))
            account = await self._storage.accounts.by_id(tx, session.account_id) if session else None
        if not session or not account or not account.is_active:
            return None
        if now - session.created_at > SESSION_LASTS or now - session.used_at > SESSION_IDLE:
            return None
        if now - session.used_at > TOUCH_EVERY:
            async with self._storage.transaction() as tx:
                await self._storage.accounts.touch_session(tx, session.token_hash, now)
        return SignedIn(account, session.csrf, session.token_hash)

    async def sign_out(self, signed_in: SignedIn) -> None:
        """End the session."""
        async with self._storage.transaction() as tx:
            await self._storage.accounts.close_session(tx, signed_in.token_hash)

    async def change_password(self, signed_in: SignedIn, old: str, new: str) -> None:
        """Change it and end every session. Raises Forbidden when `old` is wrong, Refused when `new` is too short."""
        if not self._fits(signed_in.account, old):
            raise Forbidden("wrong_password", "the old password is wrong")
        _check_password(new)
        async with self._storage.transaction() as tx:
            await self._storage.accounts.change(
                tx, signed_in.account.id, password_hash=self._hasher.hash(new), must_change_password=False
            )
            await self._storage.accounts.close_sessions_of(tx, signed_in.account.id)

    async def change_language(self, signed_in: SignedIn, language: str) -> None:
        """Show the console in that language; anything but en is Chinese."""
        async with self._storage.transaction() as tx:
            await self._storage.accounts.change(tx, signed_in.account.id, language="en" if language == "en" else "zh")

    async def trace(self, signed_in: SignedIn, action: str, object_id: str) -> None:
        """Write a look or an act into the audit trail."""
        async with self._storage.transaction() as tx:
            await self._storage.audit.add(
                tx, self._storage.audit.Trace(signed_in.account.id, action, object_id, self._clock())
            )

    def is_own_form(self, signed_in: SignedIn, csrf: str | None) -> bool:
        """Whether a form carries this session's CSRF token."""
        return hmac.compare_digest(signed_in.csrf, csrf or "")

    def _new(
        self,
        username: str,
        password: str,
        role: Role,
        number: int,
        must_change: bool,
        department: str | None = None,
    ) -> Account:
        return self._storage.accounts.Account(
            id=new_id(),
            username=username,
            number=number,
            role=role.value,
            department=department,
            password_hash=self._hasher.hash(password),
            must_change_password=must_change,
            language="zh",
            is_active=True,
            created_at=self._clock(),
        )

    def _fits(self, account: Account | None, password: str) -> bool:
        try:
            return self._hasher.verify(account.password_hash if account else self._nobody, password)
        except VerificationError:
            return False

    def _check_limit(self, who: str) -> None:
        now = self._clock()
        if len(self._tries) > 10_000:
            self._tries.clear()
        tries = self._tries.setdefault(who, deque(maxlen=LOGIN_TRIES))
        if len(tries) == LOGIN_TRIES and now - tries[0] < LOGIN_WINDOW:
            raise Refused("too_many_tries", "too many failed sign-ins")
        tries.append(now)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("short_password", "the password is too short", least=SHORTEST_PASSWORD)
