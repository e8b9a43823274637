"""Trains the classifiers of complaints: categories, remit and what is said to the summary. Under a minute each on one core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.encoder import Encoder
from bot.examples import confirmation_examples, metadata_of, nlu_examples, remit_examples
from bot.language import LANGUAGES, detect
from bot.linear import HeldOut, train_linear
from bot.tickets.confirmation import AGREE, SURE_TO_AGREE
from bot.tickets.homophones import Homophones
from bot.tickets.remit import LIKELY, NONE

Figures = dict[str, Any]


def read_complaints(nlu: Path) -> tuple[list[str], list[str]]:
    """Texts and categories of `complaints_*.yml`: blocks of file_complaint whose metadata name a category."""
    texts, categories = [], []
    for block, text in nlu_examples(nlu, "complaints_*.yml"):
        category = metadata_of(block, "category")
        if category:
            texts.append(text)
            categories.append(category)
    return texts, categories


def read_remit(path: Path) -> tuple[list[str], list[str]]:
    """Texts and kinds of `data/remit.yml`; what the city can act on is `none`."""
    examples = list(remit_examples(path))
    return [text for text, _ in examples], [kind for _, kind in examples]


def train_categories(nlu: Path, encoder: Encoder, output: Path) -> Figures:
    """Train on the complaints in `nlu`; figures on those held out: category at 1 and at 3, by language."""
    texts, categories = read_complaints(nlu)
    model, held_out = train_linear(texts, categories, encoder.encode(texts))
    model.save(output)
    return {"texts": len(texts), **_at_ranks(held_out, model.labels)}


def train_homophones(nlu: Path, output: Path) -> Figures:
    """Learn the words of the complaints in `nlu` by their sound, and write them."""
    texts, _ = read_complaints(nlu)
    homophones = Homophones.of(texts)
    homophones.save(output)
    return {"texts": len(texts), "words": len(homophones)}


def _at_ranks(held_out: HeldOut, labels: Sequence[str]) -> Figures:
    order = np.argsort(-held_out.chances, axis=1)
    truth = np.array([labels.index(category) for category in held_out.labels])
    first, third = order[:, 0] == truth, (order[:, :3] == truth[:, None]).any(axis=1)
    languages = np.array([detect(text) for text in held_out.texts])
    return {
        language: {
            "category_at_1": round(float(first[languages == language].mean()), 3),
            "category_at_3": round(float(third[languages == language].mean()), 3),
        }
        for language in LANGUAGES
        if (languages == language).any()
    }


def train_remit(source: Path, encoder: Encoder, output: Path) -> Figures:
    """Train on `source`, with the complaints and the questions of policy beside it as matters that the city can act on;
    figures on what was held out."""
    texts, kinds = read_remit(source)
    own = set(texts)
    complaints, _ = read_complaints(source.parent / "nlu")
    # How long one has to appeal is a question that is answered, not a ruling that shall be changed.
    questions = [text for block, text in nlu_examples(source.parent / "nlu") if block["intent"] == "ask_policy"]
    ours = [*complaints, *questions]
    texts, kinds = [*texts, *ours], [*kinds, *[NONE] * len(ours)]
    model, held_out = train_linear(texts, kinds, encoder.encode(texts))
    model.save(output)
    said = 1.0 - held_out.chances[:, model.labels.index(NONE)] >= LIKELY
    outside = np.array([kind != NONE for kind in held_out.labels])
    theirs = np.array([text in own for text in held_out.texts])
    return {
        "texts": len(texts),
        "recall": round(float(said[outside].mean()), 3),
        "precision": round(float(outside[said & theirs].mean()), 3),
        "ours_called_outside": round(float(said[~theirs].mean()), 4),
    }


def train_confirmation(source: Path, encoder: Encoder, output: Path) -> Figures:
    """Train on `source`; of what was held out the share that is told, and of what is no yes the share taken for one."""
    examples = dict(confirmation_examples(source))
    texts = list(examples)
    model, held_out = train_linear(texts, list(examples.values()), encoder.encode(texts))
    model.save(output)
    told = np.array([model.labels[row] for row in held_out.chances.argmax(axis=1)])
    labels = np.array(held_out.labels)
    sounds_like_yes = held_out.chances[:, model.labels.index(AGREE)] >= SURE_TO_AGREE
    return {
        "texts": len(texts),
        "accuracy": round(float((told == labels).mean()), 3),
        "yes_found": round(float(sounds_like_yes[labels == AGREE].mean()), 3),
        "others_taken_for_yes": round(float(sounds_like_yes[labels != AGREE].mean()), 3),
    }
