"""Accounts and sessions on both databases."""

from datetime import timedelta

import pytest

from bot.console.auth import DESK_ROLES, Accounts, Role
from bot.console.masking import masked
from bot.errors import Forbidden, Refused
from bot.storage.unit import Storage
from tests.fakes import FakeClock

GOOD = "correct horse battery"


@pytest.fixture
def accounts(storage: Storage, clock: FakeClock) -> Accounts:
    return Accounts(storage, "key", clock)


async def test_the_first_administrator_gets_a_password_that_works_once(accounts: Accounts) -> None:
    password = await accounts.ensure_first_admin("admin", "")
    assert password
    assert await accounts.ensure_first_admin("admin", "") is None
    _, who = await accounts.sign_in("admin", password, "127.0.0.1")
    assert who.account.must_change_password
    await accounts.change_password(who, password, GOOD)
    _, again = await accounts.sign_in("admin", GOOD, "127.0.0.1")
    assert not again.account.must_change_password


async def test_a_given_password_is_not_told_again(accounts: Accounts) -> None:
    assert await accounts.ensure_first_admin("admin", GOOD) is None
    _, who = await accounts.sign_in("admin", GOOD, "127.0.0.1")
    assert not who.account.must_change_password


async def test_a_wrong_name_and_a_wrong_password_look_the_same(accounts: Accounts) -> None:
    await accounts.create("anna", GOOD, Role.OPERATOR)
    for name, password in (("anna", "wrong password"), ("nobody", GOOD)):
        with pytest.raises(Forbidden) as refusal:
            await accounts.sign_in(name, password, "127.0.0.1")
        assert refusal.value.key == "wrong_password"


async def test_too_many_tries_are_refused_for_ten_minutes(accounts: Accounts, clock: FakeClock) -> None:
    await accounts.create("anna", GOOD, Role.OPERATOR)
    for _ in range(10):
        with pytest.raises(Forbidden):
            await accounts.sign_in("anna", "wrong password", "127.0.0.1")
    with pytest.raises(Refused):
        await accounts.sign_in("anna", GOOD, "127.0.0.1")
    clock.advance(timedelta(minutes=10))
    assert await accounts.sign_in("anna", GOOD, "127.0.0.1")


async def test_a_session_ends_by_sign_out_by_idleness_and_by_age(accounts: Accounts, clock: FakeClock) -> None:
    await accounts.create("anna", GOOD, Role.OPERATOR)
    token, who = await accounts.sign_in("anna", GOOD, "a")
    await accounts.sign_out(who)
    assert await accounts.who(token) is None
    token, _ = await accounts.sign_in("anna", GOOD, "a")
    clock.advance(timedelta(hours=2, minutes=1))
    assert await accounts.who(token) is None
    token, _ = await accounts.sign_in("anna", GOOD, "a")
    for _ in range(12):
        clock.advance(timedelta(minutes=59))
        assert await accounts.who(token)
    clock.advance(timedelta(minutes=30))
    assert await accounts.who(token) is None


@pytest.mark.parametrize("token", [None, "", "made up"])
async def test_no_session_without_its_token(accounts: Accounts, token: str | None) -> None:
    assert await accounts.who(token) is None


async def test_a_new_password_ends_every_session(accounts: Accounts) -> None:
    await accounts.create("anna", GOOD, Role.OPERATOR)
    token, who = await accounts.sign_in("anna", GOOD, "a")
    with pytest.raises(Forbidden):
        await accounts.change_password(who, "wrong password", GOOD + "2")
    with pytest.raises(Refused):
        await accounts.change_password(who, GOOD, "short")
    await accounts.change_password(who, GOOD, GOOD + "2")
    assert await accounts.who(token) is None


async def test_a_form_must_carry_its_own_token(accounts: Accounts) -> None:
    await accounts.create("anna", GOOD, Role.OPERATOR)
    await accounts.create("bo", GOOD, Role.OPERATOR)
    _, anna = await accounts.sign_in("anna", GOOD, "a")
    _, bo = await accounts.sign_in("bo", GOOD, "a")
    assert accounts.is_own_form(anna, anna.csrf)
    assert not accounts.is_own_form(anna, bo.csrf)
    assert not accounts.is_own_form(anna, None)


async def test_names_are_unique_and_numbers_count_up(accounts: Accounts) -> None:
    first = await accounts.create("anna", GOOD, Role.OPERATOR)
    second = await accounts.create("bo", GOOD, Role.OFFICER, "transport")
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(Refused):
        await accounts.create("anna", GOOD, Role.OPERATOR)


async def test_a_role_may_only_what_is_its_own(accounts: Accounts) -> None:
    await accounts.create("bo", GOOD, Role.OFFICER, "transport")
    _, who = await accounts.sign_in("bo", GOOD, "a")
    with pytest.raises(Forbidden):
        who.require(DESK_ROLES)


async def test_looks_and_acts_are_written_down(accounts: Accounts, storage: Storage) -> None:
    await accounts.create("anna", GOOD, Role.OPERATOR)
    _, who = await accounts.sign_in("anna", GOOD, "a")
    await accounts.trace(who, "look", "c1")
    await accounts.trace(who, "reply", "c1")
    async with storage.reading() as tx:
        trail = await storage.audit.of(tx, "c1")
    assert [(trace.account_id, trace.action) for trace in trail] == [
        (who.account.id, "look"),
        (who.account.id, "reply"),
    ]


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("13912345678", "139****5678"),
        ("a@b.cn", "a*****"),
        (None, None),
        ("", ""),
        ("王先生 13912345678", "王先生****5678"),
    ],
)
def test_contacts_are_masked(contact: str | None, shown: str | None) -> None:
    assert masked(contact) == shown
