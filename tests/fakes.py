"""Test doubles: a clock, a channel that records, an assistant that answers what it is told to, a score of danger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot.city import City
from bot.crisis.classifier import CrisisClassifier, Scored, Thresholds
from bot.crisis.clues import load_clues
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import CrisisRecogniser
from bot.errors import Retry
from bot.messages import Reply, new_id


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class FakeChannel:
    """Takes everything and remembers it; nobody is there while `is_present` is False."""

    name = "webchat"

    def __init__(self) -> None:
        self.is_present = True
        self.sent: list[tuple[str, Reply]] = []
        self.states: list[tuple[str, str, int | None]] = []
        self.typing: list[bool] = []
        self.files: dict[str, bytes] = {}

    async def send(self, conversation_id: str, reply: Reply, at: datetime, operator: int | None = None) -> bool:
        if self.is_present:
            self.sent.append((conversation_id, reply))
        return self.is_present

    async def show_typing(self, conversation_id: str, on: bool) -> None:
        self.typing.append(on)

    async def show_state(self, conversation_id: str, state: str, operator: int | None = None) -> None:
        self.states.append((conversation_id, state, operator))

    async def echo(self, conversation_id: str, message_id: str, client_id: str, text: str, at: datetime) -> None:
        pass

    async def fetch(self, source: str) -> bytes:
        return self.files[source]

    @property
    def texts(self) -> list[str]:
        return [reply.text for _, reply in self.sent]


class FakeRasa:
    """Answers with `answers`, one list of replies a turn, the last again and again; raises Retry while it is down."""

    def __init__(self, *answers: list[Reply]) -> None:
        self.answers = list(answers) or [[Reply("好的。")]]
        self.is_down = False
        self.asked: list[tuple[str, str]] = []
        self.of_despair: list[str] = []

    async def turn(
        self, conversation_id: str, text: str, message_id: str, language: str, now: datetime, is_despair: bool
    ) -> list[Reply]:
        if self.is_down:
            raise Retry("assistant_down")
        self.asked.append((message_id, text))
        self.of_despair += [text] if is_despair else []
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        # A reply is said once, by its id: each turn says something new.
        return [replace(reply, id=new_id()) for reply in answer]

    async def is_ready(self) -> bool:
        return not self.is_down


class _Sounding:
    """A learned score that finds in everything a danger so likely, but none where that word stands."""

    def __init__(self, urgent: float, kind: str, harmless: str) -> None:
        self._urgent, self._kind, self._harmless = urgent, kind, harmless

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        if self._harmless and any(self._harmless in text for text in texts):
            return Scored(0.0, 0.0, Thresholds(urgent=0.15, concern=0.13))
        return Scored(self._urgent, 0.9, Thresholds(urgent=0.15, concern=0.13), self._kind, "high")


def a_recogniser(
    city: City, urgent: float, certainty: float, kind: str = "life_hazard", harmless: str = ""
) -> CrisisRecogniser:
    """One to which every text sounds so dangerous, and so surely like a complaint; but for those with a harmless word."""
    sounding = cast(CrisisClassifier, _Sounding(urgent, kind, harmless))
    return CrisisRecogniser(load_clues(city), load_vetoes(city), sounding, lambda _: certainty)
