"""Tokens of Chinese, English and mixed text: jieba's words, English words, no white space."""

from __future__ import annotations

import logging
import re
from typing import Any, Dict, List, Optional, Text

import jieba
from opencc import OpenCC
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

jieba.setLogLevel(logging.WARNING)

_WORD = re.compile(r"[A-Za-z0-9]+(?:['’.\-][A-Za-z0-9]+)*|[^\sA-Za-z0-9]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(Tokenizer):
    """Admits any language: `zh` and `en` stand in one model."""

    @staticmethod
    def supported_languages() -> Optional[List[Text]]:
        """None: every language."""
        return None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The options that Rasa's base class reads."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> List[Text]:
        """What must be installed."""
        return ["jieba"]

    def __init__(self, config: Dict[Text, Any]) -> None:
        """Load the table of traditional characters."""
        super().__init__(config)
        self._to_simplified = OpenCC("t2s")

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BilingualTokenizer:
        """Rasa's factory."""
        return cls(config)

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """The tokens of that attribute; offsets point into the text as it was written."""
        text = message.get(attribute)
        tokens = []
        for run in _WORD.finditer(text):
            if run.group()[0].isascii() and run.group()[0].isalnum():
                tokens.append(Token(run.group().lower(), run.start(), run.end()))
                continue
            simplified = self._to_simplified.convert(run.group())
            if len(simplified) != len(run.group()):
                # A phrase changed its length: offsets would slip, so the words stay as they were written.
                simplified = run.group()
            for word, start, end in jieba.tokenize(simplified):
                tokens.append(Token(word, run.start() + start, run.start() + end))
        return self._apply_token_pattern(tokens)
