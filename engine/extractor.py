"""Entities of place, time and contact, and the language of the utterance: `bot/extract.py` for Rasa."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.encoder import shared_encoder
from bot.extract import Span, SpanTagger, extract
from bot.language import detect

ENTITY_OF = {"place": "location", "time": "occurred_at"}
"""Kinds of spans that go by another name in Rasa; the rest keep theirs."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpanExtractor(GraphComponent):
    """Adds the spans of `bot/extract.py` as entities, and the entity `language` that fills the slot."""

    def __init__(self, tagger: SpanTagger) -> None:
        """`tagger` finds the places and times; `hotline train` makes it before Rasa is trained or run."""
        self._tagger = tagger

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
    ) -> SpanExtractor:
        """Rasa's factory. One extraction warms up the dictionaries, so that the first resident need not wait."""
        tagger = SpanTagger(Path(os.environ.get("HOTLINE_MODEL_DIR", "models")) / "spans.npz", shared_encoder())
        extract("昨天晚上 yesterday evening", datetime.now(timezone.utc), tagger)
        return cls(tagger)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities to each message."""
        for message in messages:
            text, metadata = message.get(TEXT) or "", message.get("metadata") or {}
            entities = list(message.get(ENTITIES) or [])
            if not text.startswith("/"):
                entities.extend(_entities(extract(text, _now(metadata), self._tagger)))
            language = metadata.get("language") or detect(text)
            entities.append({"entity": "language", "value": language, "start": 0, "end": 0, "extractor": "language"})
            message.set(ENTITIES, entities, add_to_output=True)
        return messages


def _now(metadata: Dict[Text, Any]) -> datetime:
    moment = metadata.get("now")
    return datetime.fromisoformat(moment) if moment else datetime.now(timezone.utc)


def _entities(spans: List[Span]) -> List[Dict[Text, Any]]:
    return [
        {
            "entity": ENTITY_OF.get(span.kind, span.kind),
            "value": span.value,
            "text": span.text,
            "start": span.start,
            "end": span.end,
            "extractor": "SpanExtractor",
        }
        for span in spans
    ]
