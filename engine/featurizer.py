"""Sentence vectors as Rasa features: one dense sentence feature per message."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import shared_encoder
from bot.vectors import KeptVectors

BATCH = 256


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Multilingual sentence vectors of `bot/encoder.py`, of length 1."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Any tokenizer: Rasa's other components expect tokens."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Rasa's own options of a dense featurizer."""
        return DenseFeaturizer.get_default_config()

    def __init__(self, config: Dict[Text, Any], name: Text) -> None:
        """Keep the options, and load the encoder now: the first resident must not wait for it."""
        super().__init__(name, config)
        self._encoder = shared_encoder()

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Rasa's factory."""
        return cls(config, execution_context.node_name)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the feature to each message that has text."""
        with_text = [message for message in messages if message.get(TEXT)]
        for begin in range(0, len(with_text), BATCH):
            batch = with_text[begin : begin + BATCH]
            vectors = self._encoder.encode([message.get(TEXT) for message in batch])
            for message, vector in zip(batch, vectors):
                message.add_features(self._features(vector))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples, whose vectors `hotline train` has made before."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        kept = KeptVectors(self._encoder, Path(os.environ.get("HOTLINE_MODEL_DIR", "models")), "training")
        for example, vector in zip(examples, kept.look_up([example.get(TEXT) for example in examples])):
            example.add_features(self._features(vector))
        return training_data

    def _features(self, vector: np.ndarray) -> Features:
        return Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._config[FEATURIZER_CLASS_ALIAS])

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to go wrong."""
