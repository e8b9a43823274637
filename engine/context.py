"""Inside a form, an utterance that answers the question just asked is an answer, whatever it sounds like.

"No. 5 Heping Road, since Monday, you never do anything" is an address and a time to the question "where?",
not anger. The classifier knows nothing of the question; this component does. Outside a form it does nothing.
"""

from __future__ import annotations

import re
from typing import Any, Dict, FrozenSet, List, Set, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

ANSWER, CORRECTION = "inform", "correct_item"

CONTROL: FrozenSet[Text] = frozenset({"request_human", "cancel"})
"""Leave the form at any time, even from an answer, when they are clear."""

ASIDES: FrozenSet[Text] = frozenset({"ask_policy", "check_ticket_status", "ask_bot_identity", "greet", "thank"})
"""Answered in the middle of the form, which then goes on."""

TYPED_COMMAND = "／"
"""How the gateway hands over a slash that a resident typed: no answer to anything."""

ASKED_AGAIN = "greet"
"""The aside that says nothing: the form just asks again."""

DECISIONS: FrozenSet[Text] = frozenset({"affirm", "deny"})

CLEAR = 0.55
"""Confidence from which an interruption is believed where no answer was recognised."""

CLEAR_QUESTION = 0.35
"""Confidence that is enough when the utterance is a question."""

_QUESTION = re.compile(
    r"[?？]\s*$|吗|怎么|多少|多久|什么|哪里|^(what|how|where|when|who|which|can|do|does|is|are)\b", re.I
)

_SEND_A_CREW = re.compile(
    r"派个?(?:人|师傅|工人|车)(?!.{0,4}[跟和同与]我)|[叫喊让]个?(?:师傅|工人|车)(?:来|过来|去|上门)|\bsend (?:some(?:one|body)|a (?:man|crew|team|worker|plumber|truck|car|repair\w*))\b(?! (?:to|i can) (?:talk|speak))",
    re.I,
)

_TAKES_BACK = re.compile(
    r"取消|撤[销回掉]|作废|不(?:用|要|想)?(?:再)?(?:报|投诉|提交|登记|反映|弄|办)了|\b(?:cancel|withdraw|forget (?:it|about)|call it off|drop)\b",
    re.I,
)

CLEAR_AGAINST_ANSWER = 0.85
"""Confidence that an interruption needs when the utterance also holds what was asked for."""

ANONYMOUS = "anonymous"

ANSWERS_TO: Dict[Text, Set[Text]] = {
    "location": {"location"},
    "occurred_at": {"occurred_at"},
    "contact": {"contact", ANONYMOUS},
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormContext(GraphComponent):
    """Reads `active_loop` and `requested_slot` from the message's metadata (`engine/channel.py` puts them there)."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """No options."""
        return {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FormContext:
        """Rasa's factory."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Put the intent right for messages that were said inside a form."""
        for message in messages:
            metadata, text = message.get("metadata") or {}, message.get(TEXT) or ""
            if not metadata.get("active_loop") or text.startswith("/"):
                continue
            intent = message.get(INTENT) or {}
            found = {entity["entity"] for entity in message.get(ENTITIES) or []}
            name = in_form(
                metadata.get("requested_slot"),
                intent.get("name"),
                float(intent.get("confidence") or 0),
                found,
                text,
                bool(metadata.get("concern")),
            )
            if name != intent.get("name"):
                message.set(INTENT, {"name": name, "confidence": 1.0}, add_to_output=True)
        return messages


def in_form(asked: Any, intent: Any, confidence: float, found: Set[Text], text: Text, is_concern: bool = False) -> Text:
    """The intent of an utterance inside the complaint form.

    `asked` is the slot asked for last, `found` the entities in the utterance, `confidence` from 0 to 1; `is_concern`:
    the gateway heard despair in it.
    """
    # "Not to wake up would do" gives up on much, but not on the complaint.
    if text.startswith(TYPED_COMMAND) or (is_concern and intent == "cancel"):
        return ASKED_AGAIN
    answers, is_question = bool(found & ANSWERS_TO.get(asked, set())), bool(_QUESTION.search(text))
    limit = CLEAR_AGAINST_ANSWER if answers else CLEAR_QUESTION if is_question else CLEAR
    if asked == "confirmed" and intent == "cancel" and "contact" in found and not _TAKES_BACK.search(text):
        # "I thought about it, better leave a number, 139..."
        return CORRECTION
    if intent == "request_human" and _SEND_A_CREW.search(text):
        # "Why so many questions, can't you just send somebody?" wants the matter done, not to talk.
        return ANSWER
    if intent in CONTROL and confidence >= limit:
        return str(intent)
    if intent == CORRECTION:
        return CORRECTION
    if asked == "contact" and intent in ASIDES and answers and (ANONYMOUS in found or not is_question):
        # "The same number as for the other one, 139..." is a number and no question; "可以匿名吗" is both.
        return ANSWER
    if intent in ASIDES and confidence >= limit and not _is_telling(asked, intent, text):
        return str(intent)
    if asked == "confirmed":
        if found & {"location", "occurred_at", "contact", ANONYMOUS} and intent != "affirm":
            return CORRECTION
        if intent in DECISIONS:
            return str(intent)
    elif intent in DECISIONS and not answers:
        return str(intent)
    return ANSWER


def _is_telling(asked: Any, intent: Any, text: Text) -> bool:
    """Whether a long text without a question mark, asked for a description, is one after all."""
    return asked == "description" and intent == "ask_policy" and len(text) > 30 and text.rstrip()[-1:] not in "?？"
