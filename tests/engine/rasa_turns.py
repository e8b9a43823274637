"""Turns, tracker store and wrappers on Rasa's own classes (run by test_engine.py in the engine's environment)."""

import asyncio
import os
import sqlite3
import unittest

import rasa.core.actions.action as actions
import rasa.core.agent
from rasa.core.actions.action import RemoteAction
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from engine.channel import answer_of, form_state
from engine.tracker_store import EventStore
from engine.turn import Turn, TurnFailed, current_turn
from engine.wrappers import ACTION_TIMEOUT_S, install

CUSTOM = {"type": "any", "mappings": [{"type": "custom"}]}
DOMAIN = Domain.from_dict({"slots": {"place": {**CUSTOM, "type": "text"}, "set_aside": CUSTOM}})


def run(coroutine):
    return asyncio.new_event_loop().run_until_complete(coroutine)


class Store(unittest.TestCase):
    def setUp(self):
        self.store = EventStore(DOMAIN)

    def test_a_tracker_comes_back_with_its_slots(self):
        async def walk():
            tracker = await self.store.get_or_create_tracker("a")
            tracker.update(UserUttered("幸福路", metadata={"message_id": "1"}))
            tracker.update(SlotSet("place", "幸福路"))
            await self.store.save(tracker)
            again = await EventStore(DOMAIN).retrieve("a")
            self.assertEqual(again.get_slot("place"), "幸福路")
            self.assertEqual(len(again.events), len(tracker.events))
            again.update(SlotSet("place", "和平路"))
            await self.store.save(again)
            self.assertEqual((await self.store.retrieve("a")).get_slot("place"), "和平路")

        run(walk())

    def test_words_are_not_readable_in_the_file(self):
        async def walk():
            tracker = await self.store.get_or_create_tracker("b")
            tracker.update(UserUttered("我叫王小明"))
            await self.store.save(tracker)

        run(walk())
        rows = sqlite3.connect(os.environ["HOTLINE_ENGINE_DB"]).execute("SELECT event FROM tracker_events").fetchall()
        self.assertTrue(rows)
        self.assertFalse(any("王小明".encode() in bytes(row[0]) for row in rows))

    def test_only_the_latest_session_is_read(self):
        async def walk():
            tracker = await self.store.get_or_create_tracker("c")
            for _ in range(2):
                tracker.update(ActionExecuted("action_session_start"))
                tracker.update(SessionStarted())
                tracker.update(UserUttered("x"))
            await self.store.save(tracker)
            events = [type(event) for event in (await self.store.retrieve("c")).events]
            self.assertEqual(events.count(UserUttered), 1)

        run(walk())

    def test_a_forgotten_conversation_is_gone_and_others_stay(self):
        async def walk():
            for sender in ("e", "f"):
                tracker = await self.store.get_or_create_tracker(sender)
                tracker.update(UserUttered("x"))
                await self.store.save(tracker)
            await self.store.forget("e")
            self.assertIsNone(await self.store.retrieve("e"))
            self.assertIsNotNone(await self.store.retrieve("f"))
            self.assertNotIn("e", await self.store.keys())

        run(walk())

    def test_a_failed_turn_is_not_saved(self):
        async def walk():
            tracker = await self.store.get_or_create_tracker("d")
            before = len((await self.store.retrieve("d")).events)
            turn = Turn()
            current_turn.set(turn)
            turn.fail("action_file_ticket: RasaException")
            tracker.update(UserUttered("x"))
            with self.assertRaises(TurnFailed):
                await self.store.save(tracker)
            self.assertEqual(len((await self.store.retrieve("d")).events), before)

        run(walk())

    def test_an_unusable_file_stops_the_start(self):
        os.environ["HOTLINE_ENGINE_DB"], kept = "/proc/nothing/engine.db", os.environ["HOTLINE_ENGINE_DB"]
        try:
            with self.assertRaises(SystemExit):
                EventStore(DOMAIN)
        finally:
            os.environ["HOTLINE_ENGINE_DB"] = kept


class Repeats(unittest.TestCase):
    def tracker(self):
        tracker = InMemoryTrackerStore(DOMAIN).init_tracker("a")
        for number in ("1", "2"):
            tracker.update(UserUttered("x", metadata={"message_id": number}))
            tracker.update(BotUttered(f"answer {number}", {"buttons": [{"title": "t", "payload": "/p"}]}))
            tracker.update(BotUttered(None, {"custom": {"ticket": number}}))
        return tracker

    def test_what_was_said_to_a_message_is_found_again(self):
        said = answer_of(self.tracker(), "1")
        self.assertEqual([message.get("text") for message in said], ["answer 1", None])
        self.assertEqual(said[0]["buttons"], [{"title": "t", "payload": "/p"}])
        self.assertEqual(said[1]["custom"], {"ticket": "1"})

    def test_a_new_message_has_no_answer_yet(self):
        self.assertIsNone(answer_of(self.tracker(), "3"))

    def test_right_after_an_answer_the_state_says_so(self):
        tracker = self.tracker()
        tracker.update(ActionExecuted("action_answer_policy"))
        tracker.update(ActionExecuted("action_listen"))
        self.assertEqual(form_state(tracker), {"answered": True})
        tracker.update(ActionExecuted("utter_greet"))
        tracker.update(ActionExecuted("action_listen"))
        self.assertEqual(form_state(tracker), {})

    def test_outside_a_form_there_is_no_form_state(self):
        self.assertEqual(form_state(self.tracker()), {})

    def test_what_was_cancelled_can_be_taken_up_by_the_next_message_only(self):
        tracker = self.tracker()
        tracker.update(SlotSet("set_aside", {"asked": "location"}))
        tracker.update(BotUttered("cancelled", metadata={"utter_action": "utter_complaint_cancelled"}))
        tracker.update(UserUttered("继续"))
        self.assertEqual(form_state(tracker), {"set_aside": True})
        tracker.update(BotUttered("welcome", metadata={"utter_action": "utter_welcome"}))
        self.assertEqual(form_state(tracker), {})


class Wrappers(unittest.TestCase):
    """Each fails when a new Rasa changes what a wrapper relies on."""

    @classmethod
    def setUpClass(cls):
        install()

    def test_an_action_that_fails_fails_the_turn_and_stops_the_next(self):
        async def walk():
            turn = Turn()
            current_turn.set(turn)
            action = RemoteAction("action_file_ticket", EndpointConfig("http://127.0.0.1:9/webhook"))
            tracker = InMemoryTrackerStore(DOMAIN).init_tracker("a")
            with self.assertRaises(Exception):
                await action.run(None, None, tracker, DOMAIN)
            self.assertIn("action_file_ticket", turn.failure)
            with self.assertRaises(TurnFailed):
                await action.run(None, None, tracker, DOMAIN)

        run(walk())

    def test_answers_of_the_action_server_are_still_checked(self):
        action = RemoteAction("a", None)
        self.assertTrue(action._validate_action_result({"events": [], "responses": []}))
        with self.assertRaises(Exception):
            action._validate_action_result({"events": "no list"})

    def test_training_takes_no_fingerprints(self):
        hook = TrainingHook(cache=None, model_storage=None, pruned_schema=None)
        data = hook.on_before_node("a", None, {}, {"training_data": object()})
        self.assertIsNone(hook.on_after_node("a", None, {}, object(), data))

    def test_the_time_limit_is_ours(self):
        self.assertEqual(actions.DEFAULT_REQUEST_TIMEOUT, ACTION_TIMEOUT_S)

    def test_one_session_serves_all_calls(self):
        async def walk():
            endpoint = EndpointConfig("http://127.0.0.1:9")
            async with endpoint.session() as first:
                pass
            async with endpoint.session() as second:
                self.assertIs(first, second)
                self.assertFalse(second.closed)
            await first.close()

        run(walk())

    def test_the_tracker_store_is_not_wrapped_in_a_fallback(self):
        store = InMemoryTrackerStore(DOMAIN)
        self.assertIs(rasa.core.agent.Agent._create_tracker_store(store, DOMAIN), store)


if __name__ == "__main__":
    unittest.main()
