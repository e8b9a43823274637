"""The HTTP client of the engine: one turn in, Rasa's replies out.

The engine's channel makes a turn all or nothing (`engine/channel.py`), so that the same turn may be sent
again after any failure: it is answered from the tracker when it was done already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from bot.errors import Retry
from bot.messages import Button, Reply


class RasaClient:
    """Speaks to the engine at `url`; `deadline_s` bounds one turn."""

    def __init__(self, url: str, token: str, deadline_s: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"X-Engine-Token": token},
            timeout=httpx.Timeout(deadline_s, connect=1.0),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )
        self._token = token

    async def turn(
        self, conversation_id: str, text: str, message_id: str, language: str, now: datetime, is_despair: bool
    ) -> list[Reply]:
        """Rasa's replies to one utterance, in order; never empty. `is_despair`: despair was heard in it.

        Raises Retry when the engine is down, late, or answered nothing: the turn did not happen.
        """
        body = {
            "sender": conversation_id,
            "message": text,
            "metadata": {
                "message_id": message_id,
                "language": language,
                "now": now.isoformat(),
                "despair": is_despair,
            },
        }
        try:
            answer = await self._http.post("/webhooks/rest/webhook", json=body)
        except httpx.HTTPError as error:
            raise Retry("assistant_down", f"engine: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise Retry("assistant_down", f"engine answered {answer.status_code}")
        replies = parse_replies(answer.json())
        if not replies:
            raise Retry("assistant_down", "engine answered nothing")
        return replies

    async def forget(self, conversation_id: str) -> None:
        """Have the engine delete what it remembers of a conversation.

        Raises Retry when the engine is down.
        """
        try:
            answer = await self._http.delete(f"/webhooks/rest/conversations/{conversation_id}")
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Retry("assistant_down", f"engine: {type(error).__name__}") from error

    async def parse(self, text: str) -> dict[str, Any]:
        """What the trained model understands of one text: Rasa's own parse result.

        Raises Retry when the engine is down.
        """
        try:
            answer = await self._http.post("/model/parse", params={"token": self._token}, json={"text": text})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Retry("assistant_down", f"engine: {type(error).__name__}") from error
        return dict(answer.json())

    async def is_ready(self) -> bool:
        """Whether the engine has a model loaded and answers now."""
        try:
            answer = await self._http.get("/status", params={"token": self._token}, timeout=2.0)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def parse_replies(items: Sequence[dict[str, Any]]) -> list[Reply]:
    """Rasa's list of bot messages as replies; what has neither text nor facts is left out.

    Rasa sends facts as a message of their own right after the words: here they stand with those words again.
    """
    replies: list[Reply] = []
    for item in items:
        text, data = str(item.get("text") or ""), dict(item.get("custom") or {})
        buttons = tuple(
            Button(title=str(button["title"]), payload=str(button["payload"])) for button in item.get("buttons") or ()
        )
        if data and not text and replies:
            replies[-1] = replace(replies[-1], data={**replies[-1].data, **data})
        elif text or data:
            replies.append(Reply(text=text, buttons=buttons, data=data))
    return replies
