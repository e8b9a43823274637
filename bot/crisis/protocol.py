"""What is said in danger, and what the operator does: the protocol cards of `city/crisis/protocol.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.city import City, read_yaml
from bot.crisis.finding import COMPLAINT, DESPAIR
from bot.errors import Misconfigured
from bot.language import LANGUAGES


@dataclass(frozen=True)
class Card:
    """One kind's card: numbers that help, the reply to the resident, the operator's steps, in both languages."""

    kind: str
    numbers: tuple[str, ...]
    reply: Mapping[str, str]
    steps: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Protocol:
    """All cards, what is said while nobody has come, and the line that follows an answer when there is concern, for each
    `Finding.concern`."""

    cards: Mapping[str, Card]
    waiting: Mapping[str, Sequence[str]]
    beside: Mapping[str, Mapping[str, str]]

    def card(self, kind: str | None) -> Card:
        """The card of a kind; an unknown one is met as danger to life."""
        return self.cards.get(kind or "", self.cards["life_hazard"])

    def waiting_notice(self, step: int, language: str) -> str:
        """What the resident is told at escalation `step`, from 1 to 3."""
        notices = self.waiting[language]
        return notices[min(step, len(notices)) - 1]


def load_protocol(city: City) -> Protocol:
    """Read the cards. Raises Misconfigured when a kind or a language is missing."""
    path = city.file("crisis/protocol.yml")
    content = read_yaml(path)
    try:
        cards = {
            kind: Card(
                kind=kind,
                numbers=tuple(str(number) for number in card["numbers"]),
                reply={language: card["reply"][language].strip() for language in LANGUAGES},
                steps={language: tuple(card["steps"][language]) for language in LANGUAGES},
            )
            for kind, card in content["cards"].items()
        }
        missing = set(city.crisis_kinds) - set(cards)
        if missing:
            raise Misconfigured(f"{path} has no card for: {', '.join(sorted(missing))}.")
        return Protocol(
            cards=cards,
            waiting={language: tuple(content["waiting"][language]) for language in LANGUAGES},
            beside={
                concern: {language: content["beside"][concern][language].strip() for language in LANGUAGES}
                for concern in (DESPAIR, COMPLAINT)
            },
        )
    except KeyError as error:
        raise Misconfigured(f"{path}: {error} is missing in a card.") from None
