"""What was said just before in each conversation, for the recogniser of danger: in memory alone, and not for long."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Utterance

FRESH = timedelta(minutes=30)
"""After so long a message is not heard as going on from the one before it."""

MOST = 10_000
"""Conversations that are remembered; beyond them the one that has been silent longest is forgotten."""


@dataclass(frozen=True)
class _Words:
    client_id: str
    text: str
    before: str
    said_at: datetime


class RecentWords:
    """Remembers the last words of each conversation. Of what it forgot, nothing was said before."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, _Words] = OrderedDict()

    def before(self, utterance: Utterance) -> str:
        """What was said before these words, which are remembered from now on; empty where nothing is known. A message
        that comes again, or is edited, has the same words before it as the first time; a button's are nobody's."""
        last = self._last.get(utterance.conversation_id)
        is_last = last is not None and last.client_id == utterance.client_id
        if utterance.is_edit and not is_last:
            return ""
        if last is None or (not is_last and utterance.said_at - last.said_at > FRESH):
            before = ""
        else:
            before = last.before if is_last else last.text
        if utterance.text.strip() and not utterance.text.startswith("/"):
            self._remember(utterance, before)
        return before

    def forget(self, conversation_id: str) -> None:
        """Nothing was said there any more."""
        self._last.pop(conversation_id, None)

    def _remember(self, utterance: Utterance, before: str) -> None:
        words = _Words(utterance.client_id, utterance.text, before, utterance.said_at)
        self._last[utterance.conversation_id] = words
        self._last.move_to_end(utterance.conversation_id)
        if len(self._last) > MOST:
            self._last.popitem(last=False)
