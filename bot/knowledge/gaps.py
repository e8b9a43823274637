"""Questions that no article answered: the editors' list of what to write next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.messages import new_id

if TYPE_CHECKING:
    from bot.encoder import SentenceEncoder
    from bot.storage.gaps import GapStore

SAME = 0.75
"""Cosine from which two questions are taken for one."""


@dataclass(frozen=True)
class Gap:
    """One question. `reason` is none (no article was near enough) or not_helped (the resident said so)."""

    id: str
    text: str
    language: str
    asked_at: datetime
    conversation_id: str
    nearest_topic: str | None
    score: float
    reason: str


class Gaps:
    """The list of gaps."""

    def __init__(self, store: GapStore, encoder: SentenceEncoder, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._encoder = encoder
        self._clock = clock

    async def record(
        self, *, text: str, language: str, conversation_id: str, nearest_topic: str | None, score: float, reason: str
    ) -> None:
        """Note a question; nothing is noted of an empty one."""
        if text.strip():
            await self._store.add(
                Gap(new_id(), text, language, self._clock(), conversation_id, nearest_topic, float(score), reason)
            )

    async def grouped(self) -> list[list[Gap]]:
        """The latest gaps, those that ask the same together, the largest group first."""
        gaps = await self._store.latest()
        vectors = self._encoder.encode([gap.text for gap in gaps])
        groups: list[list[int]] = []
        for row in range(len(gaps)):
            near = next((group for group in groups if float(vectors[group[0]] @ vectors[row]) >= SAME), None)
            if near is None:
                groups.append([row])
            else:
                near.append(row)
        return [[gaps[row] for row in group] for group in sorted(groups, key=len, reverse=True)]
