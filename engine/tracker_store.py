"""Rasa's tracker events, append-only, encrypted, in an SQLite file of the engine's own.

One thread does the writing, so that the event loop never waits for the disk. A turn that failed is not saved.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterable, List, Optional, Text, Tuple

from cryptography.fernet import Fernet
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from engine.turn import TurnFailed, current_turn

MAX_EVENTS = 2_000
"""Events of one session that are read back. A session has about 15 a turn and ends after an hour of silence."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tracker_events (
    sender_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    starts_session INTEGER NOT NULL,
    event BLOB NOT NULL,
    PRIMARY KEY (sender_id, position)
) WITHOUT ROWID
"""


class EventStore(TrackerStore):
    """The tracker store named in endpoints.yml. HOTLINE_ENGINE_DB is its file, HOTLINE_SECRET_KEY its key.

    Raises SystemExit at start when the file cannot be used: Rasa would fall back to memory and lose everything.
    """

    def __init__(self, domain: Optional[Domain], event_broker: Optional[EventBroker] = None, **kwargs: Any) -> None:
        """Open the file."""
        super().__init__(domain, event_broker)
        path = Path(os.environ.get("HOTLINE_ENGINE_DB", "var/engine.db"))
        try:
            self._cipher = Fernet(os.environ["HOTLINE_SECRET_KEY"].encode())
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            # What is deleted is overwritten, not only left out of the index.
            self._connection.execute("PRAGMA secure_delete=ON")
            self._connection.execute(_SCHEMA)
        except (sqlite3.Error, OSError, KeyError, ValueError) as error:
            raise SystemExit(f"The engine's tracker store {path} cannot be used: {type(error).__name__}.") from None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracker-store")

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new since the tracker was read.

        Raises TurnFailed when the running turn failed: it is taken again as if it had never been.
        """
        turn = current_turn.get()
        if turn and turn.failure:
            raise TurnFailed(turn.failure)
        first, known = getattr(tracker, "stored", (0, 0))
        events = list(tracker.events)
        rows = [
            (
                tracker.sender_id,
                first + position,
                isinstance(events[position], SessionStarted),
                self._cipher.encrypt(json.dumps(events[position].as_dict(), ensure_ascii=False).encode()),
            )
            for position in range(known, len(events))
        ]
        await self._in_thread(self._append, rows)
        tracker.stored = (first, len(events))  # type: ignore[attr-defined]

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The tracker of the latest session, or None."""
        rows = await self._in_thread(self._read, sender_id)
        if not rows:
            return None
        events: List[Event] = []
        for _, event in rows:
            parsed = Event.from_parameters(json.loads(self._cipher.decrypt(event)))
            if parsed is not None:
                events.append(parsed)
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots, domain=self.domain)
        tracker.stored = (rows[-1][0] + 1 - len(events), len(events))  # type: ignore[attr-defined]
        return tracker

    async def forget(self, sender_id: Text) -> None:
        """Delete all that was said in a conversation, and all that is remembered of it."""
        await self._in_thread(self._delete, sender_id)

    async def keys(self) -> Iterable[Text]:
        """Every conversation's id."""
        rows = await self._in_thread(self._senders)
        return [row[0] for row in rows]

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _append(self, rows: List[Tuple[Text, int, bool, bytes]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT INTO tracker_events VALUES (?, ?, ?, ?)", rows)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _read(self, sender_id: Text) -> List[Tuple[int, bytes]]:
        started = self._connection.execute(
            "SELECT max(position) FROM tracker_events WHERE sender_id = ? AND starts_session", (sender_id,)
        ).fetchone()[0]
        # Rasa writes `action_session_start` itself right before the session: it belongs to it.
        rows = self._connection.execute(
            "SELECT position, event FROM tracker_events WHERE sender_id = ? AND position >= ? "
            "ORDER BY position DESC LIMIT ?",
            (sender_id, max(0, (started or 0) - 1), MAX_EVENTS),
        ).fetchall()
        return rows[::-1]

    def _delete(self, sender_id: Text) -> None:
        self._connection.execute("DELETE FROM tracker_events WHERE sender_id = ?", (sender_id,))

    def _senders(self) -> List[Tuple[Text]]:
        return self._connection.execute("SELECT DISTINCT sender_id FROM tracker_events").fetchall()
