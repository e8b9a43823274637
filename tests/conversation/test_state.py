import pytest

from bot.conversation.state import State, move
from bot.errors import Refused


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (State.BOT, State.WAITING),
        (State.WAITING, State.HUMAN),
        (State.WAITING, State.BOT),
        (State.HUMAN, State.BOT),
        (State.BOT, State.BOT),
    ],
)
def test_the_moves_there_are(state: State, to: State) -> None:
    assert move(state, to) is to


def test_the_bot_is_never_a_person_without_a_handoff() -> None:
    with pytest.raises(Refused):
        move(State.BOT, State.HUMAN)
