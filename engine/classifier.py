"""The intent classifier: `bot/linear.py` on the dense sentence feature and the wording, as a Rasa component.

Rasa's own logistic regression reads dense features only and fixes its regularisation; DIET is as sure when it is
wrong as when it is right, so that no threshold means anything (docs/understanding.md has the figures).
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.linear import LinearModel, train_linear

FILE = "intents.npz"
RANKED = 5
"""How many intents the ranking holds."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(IntentClassifier, GraphComponent):
    """One linear model of all intents; its confidences are calibrated on utterances that it was not taught."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """A featurizer that gives one dense sentence vector."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """No options: the scales of the features stand in `bot/linear.py`."""
        return {}

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: Optional[LinearModel] = None) -> None:
        """A classifier; without a model, one to be trained."""
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearClassifier:
        """Rasa's factory."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT) and example.get(INTENT)]
        texts, intents = [[example.get(name) for example in examples] for name in (TEXT, INTENT)]
        self._model, _ = train_linear(texts, intents, _vectors(examples), balanced=True)
        with self._model_storage.write_to(self._resource) as directory:
            self._model.save(directory / FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearClassifier:
        """Load what `train` kept."""
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, LinearModel.load(directory / FILE))

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the likeliest intent and the ranking of each message."""
        assert self._model, "Rasa loads or trains a component before it is used"
        for message in messages:
            if not message.get(TEXT):
                continue
            chances = self._model.chances([message.get(TEXT)], _vectors([message]))[0]
            order = np.argsort(-chances)[:RANKED]
            ranking = [{"name": self._model.labels[row], "confidence": float(chances[row])} for row in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in the pipeline learns from intents."""
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to go wrong."""


def _vectors(messages: List[Message]) -> np.ndarray:
    return np.stack([message.get_dense_features(TEXT)[1].features[0] for message in messages])
