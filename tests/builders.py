"""Values that are valid by default; a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any

from bot.conversation.state import Conversation, State
from bot.messages import Utterance, new_id

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def an_utterance(text: str = "路灯坏了", **fields: Any) -> Utterance:
    values: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": "c1",
        "channel": "webchat",
        "client_id": new_id(),
        "text": text,
        "language": "zh",
        "said_at": AT,
    }
    return Utterance(**{**values, **fields})


def a_conversation(**fields: Any) -> Conversation:
    values: dict[str, Any] = {
        "id": "c1",
        "channel": "webchat",
        "external_id": "c1",
        "language": "zh",
        "state": State.BOT,
        "failures": 0,
        "is_flagged": False,
        "created_at": AT,
        "last_at": AT,
    }
    return Conversation(**{**values, **fields})
