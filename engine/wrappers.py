"""The few places where Rasa's own behaviour would lose or slow a turn, wrapped at start. Never a fork.

Each wrapper is checked by tests/engine: it fails when a new Rasa changes what it relies on.
"""

from __future__ import annotations

from typing import Any, Dict, Text

import aiohttp
import rasa.core.actions.action as actions
import rasa.core.agent as agent
from jsonschema import Draft7Validator
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.tracker_store import TrackerStore
from rasa.engine.training.hooks import TrainingHook
from rasa.utils.endpoints import EndpointConfig

from engine.turn import TurnFailed, current_turn, fail_turn

ACTION_TIMEOUT_S = 6.0
"""Rasa's own is 300 s; the gateway waits 8 s for a whole turn."""


def install() -> None:
    """Put every wrapper in place; once, before the server starts."""
    _fail_turns_of_failed_actions()
    _compile_action_schema_once()
    _keep_action_connection()
    _keep_the_tracker_store_honest()
    _take_no_fingerprints()


def _fail_turns_of_failed_actions() -> None:
    """Rasa logs a failed action and goes on without its events; here the whole turn fails."""
    run = RemoteAction.run

    async def run_or_fail(self: RemoteAction, *arguments: Any, **named: Any) -> Any:
        turn = current_turn.get()
        if turn and turn.failure:
            # The turn is lost already: an action that acts on half of it could file what nobody confirmed.
            raise TurnFailed(turn.failure)
        try:
            return await run(self, *arguments, **named)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            fail_turn(f"{self.name()}: {type(error).__name__}")
            raise

    RemoteAction.run = run_or_fail  # type: ignore[method-assign]


def _compile_action_schema_once() -> None:
    """Rasa checks its schema itself anew for each answer of the action server: half of an action's time."""
    validator = Draft7Validator(RemoteAction.action_response_format_spec())

    def validate(_: RemoteAction, result: Dict[Text, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]


def _keep_action_connection() -> None:
    """One HTTP session to the action server instead of a new one for each call, with our time limit."""
    actions.DEFAULT_REQUEST_TIMEOUT = ACTION_TIMEOUT_S  # type: ignore[assignment]
    sessions: Dict[int, aiohttp.ClientSession] = {}

    def session(self: EndpointConfig) -> Any:
        kept = sessions.get(id(self))
        if kept is None or kept.closed:
            kept = aiohttp.ClientSession(headers=self.headers)
            sessions[id(self)] = kept
        return _Borrowed(kept)

    EndpointConfig.session = session  # type: ignore[method-assign]


class _Borrowed:
    """A session that stays open when Rasa's `async with` ends."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_: Any) -> None:
        return None


def _keep_the_tracker_store_honest() -> None:
    """Rasa falls back to memory when the tracker store fails; a turn that is not stored must fail instead."""

    def plain(store: TrackerStore) -> TrackerStore:
        return store

    agent.FailSafeTrackerStore = plain  # type: ignore[misc,assignment]


def _take_no_fingerprints() -> None:
    """Rasa takes fingerprints of all that goes through training, for a cache that `hotline train` switches off."""

    def before(*_: Any, **__: Any) -> Dict[Text, Any]:
        return {}

    def after(*_: Any, **__: Any) -> None:
        return None

    TrainingHook.on_before_node = before  # type: ignore[method-assign]
    TrainingHook.on_after_node = after  # type: ignore[method-assign]
