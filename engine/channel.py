"""The engine's one input channel, for the gateway alone: `POST /webhooks/rest/webhook` takes a turn,
`DELETE /webhooks/rest/conversations/ID` forgets a conversation.

A turn is all or nothing, and harmless when it is sent twice: the same message id is answered from the
tracker. Anything that went wrong is answered with 503, and nothing of the turn is saved.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text, Tuple

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from engine.turn import Turn, TurnFailed, current_turn

logger = logging.getLogger(__name__)

Messages = List[Dict[Text, Any]]

_ANSWERS = {"action_answer_policy", "action_choose_article"}
"""The actions that answer a question of policy."""


class TurnInput(InputChannel):
    """Takes turns. Named `rest`, so that the address is Rasa's own."""

    def __init__(self) -> None:
        """Read the token that the gateway must show; none when it is not set."""
        self._token = os.environ.get("HOTLINE_ENGINE_TOKEN", "")
        self._running: Dict[Tuple[Text, Text], asyncio.Task] = {}

    @classmethod
    def name(cls) -> Text:
        """The channel's name in Rasa's addresses."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. `on_new_message` is not used: the turn needs the tracker before Rasa reads the message."""
        webhook = Blueprint("engine_channel", "engine.channel")

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._may(request):
                return response.json({"error": "forbidden"}, status=403)
            body = request.json if isinstance(request.json, dict) else {}
            sender, text = body.get("sender"), body.get("message")
            metadata = body.get("metadata") or {}
            if not all(isinstance(value, str) and value for value in (sender, text, metadata.get("message_id"))):
                return response.json({"error": "sender, message and metadata.message_id are needed"}, status=400)
            try:
                return response.json(await self._once(request.app.ctx.agent, sender, text, metadata))
            except TurnFailed as error:
                logger.warning("Turn failed: %s", error)
                return response.json({"error": str(error)}, status=503)

        @webhook.route("/conversations/<sender:str>", methods=["DELETE"])
        async def forget(request: Request, sender: Text) -> HTTPResponse:
            if not self._may(request):
                return response.json({"error": "forbidden"}, status=403)
            agent = request.app.ctx.agent
            async with agent.lock_store.lock(sender):
                await agent.tracker_store.forget(sender)
            return response.empty()

        return webhook

    def _may(self, request: Request) -> bool:
        return not self._token or hmac.compare_digest(request.headers.get("x-engine-token", ""), self._token)

    async def _once(self, agent: Any, sender: Text, text: Text, metadata: Dict[Text, Any]) -> Messages:
        """The turn's messages; a repeat that comes while it runs waits for the same turn."""
        key = (sender, metadata["message_id"])
        task = self._running.get(key)
        if task is None:
            # A task of its own: a caller that hangs up must not stop a turn half way.
            task = asyncio.ensure_future(self._take(agent, sender, text, metadata))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return await asyncio.shield(task)

    async def _take(self, agent: Any, sender: Text, text: Text, metadata: Dict[Text, Any]) -> Messages:
        turn = Turn()
        current_turn.set(turn)
        try:
            async with agent.lock_store.lock(sender):
                tracker = await agent.processor.get_tracker(sender)
                said = answer_of(tracker, metadata["message_id"])
                if said is not None:
                    return said
                collector = CollectingOutputChannel()
                message = UserMessage(
                    text,
                    collector,
                    sender,
                    input_channel=self.name(),
                    metadata={**metadata, **form_state(tracker)},
                )
                await agent.processor.handle_message(message)
        except TurnFailed:
            raise
        except Exception as error:  # Rasa raises anything; the kind is enough, the words may be personal
            raise TurnFailed(type(error).__name__) from error
        if turn.failure or not collector.messages:
            raise TurnFailed(turn.failure or "no answer")
        return collector.messages


def form_state(tracker: DialogueStateTracker) -> Dict[Text, Any]:
    """Which form is running and what it asked for last, that one was left just now, or that a question of policy was just
    answered: `engine/context.py` reads what is said in that light."""
    if not tracker.active_loop_name:
        if _has_just_cancelled(tracker):
            return {"set_aside": True}
        return {"answered": True} if _has_just_answered(tracker) else {}
    return {"active_loop": tracker.active_loop_name, "requested_slot": tracker.get_slot("requested_slot")}


def _has_just_cancelled(tracker: DialogueStateTracker) -> bool:
    said = next((event for event in reversed(tracker.events) if isinstance(event, BotUttered)), None)
    is_last = said is not None and (said.metadata or {}).get("utter_action") == "utter_complaint_cancelled"
    return is_last and tracker.get_slot("set_aside") is not None


def _has_just_answered(tracker: DialogueStateTracker) -> bool:
    done = (event for event in reversed(tracker.events) if isinstance(event, ActionExecuted))
    return next((event.action_name for event in done if event.action_name != ACTION_LISTEN_NAME), None) in _ANSWERS


def answer_of(tracker: DialogueStateTracker, message_id: Text) -> Optional[Messages]:
    """What was said to that message, when it is among those the tracker holds; else None."""
    answer: Optional[Messages] = None
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if answer is not None:
                break
            if (event.metadata or {}).get("message_id") == message_id:
                answer = []
        elif isinstance(event, BotUttered) and answer is not None:
            answer.extend(_as_messages(tracker.sender_id, event))
    return answer


def _as_messages(sender: Text, event: BotUttered) -> Messages:
    data = event.data or {}
    messages: Messages = []
    if event.text:
        said: Dict[Text, Any] = {"recipient_id": sender, "text": event.text}
        if data.get("buttons"):
            said["buttons"] = data["buttons"]
        messages.append(said)
    if data.get("custom"):
        messages.append({"recipient_id": sender, "custom": data["custom"]})
    return messages
