"""The state machine of a ticket, every move from every state; and the summary."""

from dataclasses import replace

import pytest

from bot.errors import Refused
from bot.tickets.ticket import MOVES, Ticket, TicketStatus, after, summary
from tests.builders import AT

S = TicketStatus


def a_ticket(status: TicketStatus = S.FILED, returns: int = 0) -> Ticket:
    return Ticket(
        number="20261124-000001", access_code="K7RM3T", category="street_light", department="urban_management",
        status=status, description="路灯坏了", location=None, coordinates=None, occurred_at=None, occurred_text=None,
        contact=None, anonymous=True, language="zh", conversation_id="c1", channel="webchat", incident=None,
        returns=returns, filed_at=AT, due_at=AT,
    )  # fmt: skip


ALLOWED = {
    "accept": {S.FILED: S.ACCEPTED, S.REOPENED: S.ACCEPTED},
    "resolve": {S.ACCEPTED: S.RESOLVED},
    "confirm": {S.RESOLVED: S.CONFIRMED},
    "reopen": {S.RESOLVED: S.REOPENED, S.CLOSED_UNCONFIRMED: S.REOPENED},
}


@pytest.mark.parametrize("move", ALLOWED)
@pytest.mark.parametrize("status", list(TicketStatus))
def test_a_move_leads_on_from_its_states_and_is_refused_from_all_others(move: str, status: TicketStatus) -> None:
    if status in ALLOWED[move]:
        assert after(a_ticket(status), move) is ALLOWED[move][status]
    else:
        with pytest.raises(Refused):
            after(a_ticket(status), move)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("status", [S.CONFIRMED, S.WITHDRAWN, S.NO_POWER])
def test_what_is_over_moves_no_more(move: str, status: TicketStatus) -> None:
    with pytest.raises(Refused):
        after(a_ticket(status), move)


def test_the_second_return_goes_to_a_supervisor() -> None:
    assert after(a_ticket(), "return") is S.FILED
    assert after(a_ticket(returns=1), "return") is S.ARBITRATION
    assert after(replace(a_ticket(returns=2), status=S.ARBITRATION), "assign") is S.FILED


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("路灯坏了。已经三天了。", "路灯坏了"),
        ("路灯坏了\n很黑", "路灯坏了"),
        ("", ""),
        ("灯" * 70, "灯" * 59 + "…"),
        ("灯" * 60, "灯" * 60),
    ],
)
def test_the_summary_is_the_residents_first_sentence(description: str, expected: str) -> None:
    assert summary(description) == expected
