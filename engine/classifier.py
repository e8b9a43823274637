"""The intent classifier: `bot/linear.py` on the dense sentence feature and the wording, as a Rasa component.

Rasa's own logistic regression reads dense features only and fixes its regularisation; DIET is as sure when it is
wrong as when it is right, so that no threshold means anything (docs/understanding.md has the figures).
"""

from __future__ import annotations

import re
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

from bot.again import asks_again
from bot.encoder import shared_encoder
from bot.linear import LinearModel, train_linear
from bot.opening import after_greeting, first_sentence, is_announced, last_sentence

Ranking = List[Dict[Text, Any]]
"""Intents with their confidence, likeliest first."""

FILE = "intents.npz"
RANKED = 5
"""How many intents the ranking holds."""

GREETING = "greet"

TELLING = ("file_complaint", "ask_policy", "check_ticket_status", "express_crisis")
TELLS = 0.6
"""How likely what stands behind a greeting must be one of those, together, to count more than the greeting. "您好，路灯不亮"
sounds like a greeting, for few words greet more; "hello, anybody there" is one."""

COMPLAINT, ANSWER = "file_complaint", "inform"

BEYOND_WORDS = 0.8
"""Confidence below which a clause such as "我要投诉" says more than the whole: "my number first, 139..., before we are cut off"
sounds like cancelling. What sounds like an answer ("我要投诉。我姓胡，电话150...") it opens in any case."""

PERSON = "request_human"

CLEAR_WISH, NAMED_WISH = 0.84, 0.7
"""Confidence from which a person is fetched, and where the words name one. Of the wishes that strangers wrote for our cases
one has less than 0.84, and names one; of what they wrote for other reasons ten have more than 0.7, and eight of them name
none: "then who can help me", "I'll print this for the foreman"."""

_NAMES_A_PERSON = re.compile(
    r"人工|真人|活人|客服|接线员|话务员|工作人员|值班|专员|\b(?:human|operator|agent|representative|staff|real person|real people)\b",
    re.IGNORECASE,
)

SURE_WISH = 0.95
"""The same behind a greeting: "good evening, is anybody on duty?" greets; and of a first sentence with others behind it."""

MAYBE_WISH = 0.1
"""How likely the whole must be a wish for a person, for its first and last sentence to be read by themselves: "I would like
to speak with a member of staff. My question about a permit is too tangled" sounds like a complaint."""

QUESTION = "ask_policy"

IN_DOUBT = 0.9
"""Confidence below which an utterance that first asks after another person or case, and then tells of it, is a question:
"And my wife? She has worked 3 years" sounds like a trouble."""

_ASKS_AFTER = re.compile(
    r"\W*(?:and|but|so|what about|how about|what if it'?s?) (?:(?:about|for|with|of) )?(?:\w+(?:'s)? ?){1,3}\?$|(?:那么?|要是|如果|换成?|[我他她])(?!人呢|我的[单结回]).{1,8}呢[？?]$",
    re.IGNORECASE,
)

_NOBODY = re.compile(
    r"(?:不用|不必|别|不需要|用不着|无需)(?:再|给我|帮我|麻烦)?(?:找|叫|转|派|请|喊)(?:人|真人|人工|客服|谁|工作人员)"
    r"|^\W*(?:那|那么)?个人(?:的)?(?:呢|怎么|多少|要|可以)"
    r"|\b(?:no need to|don'?t|do not|you needn'?t) (?:call|fetch|get|bring|send|ask|connect me to|put me through to)(?: in)? (?:any(?:one|body)|some(?:one|body)|a (?:person|human)|people)\b"
    r"|\b(?:don'?t|do not) (?:need|want) (?:any(?:one|body)|a (?:real )?(?:person|human))\b",
    re.IGNORECASE,
)


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
            ranking = self._in_doubt(message, ranking)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _in_doubt(self, message: Message, ranking: Ranking) -> Ranking:
        """The ranking where a rule knows better: a greeting that opens more, a complaint announced in so many words, a
        person who may not have been asked for."""
        first = ranking[0]
        enough = NAMED_WISH if _NAMES_A_PERSON.search(message.get(TEXT)) else CLEAR_WISH
        is_wish = first["name"] == PERSON and first["confidence"] >= enough
        if asks_again(message.get(TEXT)):
            # Where nothing else is made of what seems to be an answer, the last words are said again.
            ranking = [{"name": ANSWER, "confidence": 1.0}]
        elif first["name"] == GREETING:
            ranking = self._behind_greeting(message.get(TEXT)) or ranking
        elif not is_wish and self._begins_or_ends_with_wish(message.get(TEXT), ranking):
            ranking = [{"name": PERSON, "confidence": 1.0}]
        elif (first["confidence"] < BEYOND_WORDS or first["name"] == ANSWER) and _announces(message):
            ranking = [{"name": COMPLAINT, "confidence": 1.0}]
        elif first["confidence"] < IN_DOUBT and _asks_on(message):
            ranking = [{"name": QUESTION, "confidence": 1.0}]
        elif first["name"] == PERSON and (not is_wish or _NOBODY.search(message.get(TEXT))):
            ranking = _without_first(ranking)
        return ranking

    def _begins_or_ends_with_wish(self, text: Text, ranking: Ranking) -> bool:
        assert self._model
        chance = next((found["confidence"] for found in ranking if found["name"] == PERSON), 0.0)
        if chance < MAYBE_WISH:
            return False
        parts = [part for part in (first_sentence(text), last_sentence(text)) if part]
        return any(dict(self._model.probabilities(part, shared_encoder()))[PERSON] >= SURE_WISH for part in parts)

    def _behind_greeting(self, text: Text) -> Ranking:
        """The intent of what a greeting only opens; none where the greeting is all that was said."""
        assert self._model
        words = after_greeting(text)
        if not words:
            return []
        chances = dict(self._model.probabilities(words, shared_encoder()))
        if chances[PERSON] >= SURE_WISH:
            return [{"name": PERSON, "confidence": chances[PERSON]}]
        together = sum(chances[name] for name in TELLING)
        name = max(TELLING, key=lambda name: chances[name])
        return [{"name": name, "confidence": together}] if together >= TELLS else []

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in the pipeline learns from intents."""
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to go wrong."""


def _without_first(ranking: Ranking) -> Ranking:
    """The others, as likely as they are when the first is known not to be meant."""
    rest = 1.0 - ranking[0]["confidence"]
    return [{**found, "confidence": found["confidence"] / rest} for found in ranking[1:]] if rest > 0 else ranking[1:]


def _announces(message: Message) -> bool:
    """Whether a clause of it says that somebody wants to complain; inside a form that says yes to the summary, if anything."""
    in_form = (message.get("metadata") or {}).get("active_loop")
    return not in_form and is_announced(message.get(TEXT))


def _asks_on(message: Message) -> bool:
    """Whether it first asks after another person or case, outside a form."""
    in_form = (message.get("metadata") or {}).get("active_loop")
    return not in_form and bool(_ASKS_AFTER.match(first_sentence(message.get(TEXT))))


def _vectors(messages: List[Message]) -> np.ndarray:
    return np.stack([message.get_dense_features(TEXT)[1].features[0] for message in messages])
