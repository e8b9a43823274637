"""Reading evaluation cases, and refusing those that stand in the training data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.city import read_yaml
from bot.errors import Misconfigured
from bot.settings import ROOT
from bot.spans.training import examples as marked_utterances

Case = dict[str, Any]

_NOISE = re.compile(r"[\W_]+")


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON Lines or YAML file.

    Raises Misconfigured, naming the line, when one cannot be read.
    """
    if not path.exists():
        raise Misconfigured(f"{path} does not exist.")
    if path.suffix in {".yml", ".yaml"}:
        return list(yaml.safe_load(path.read_text(encoding="utf-8")))
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            cases.append(json.loads(line))
        except ValueError as error:
            raise Misconfigured(f"{path}, line {number}: {error}.") from None
    return cases


def normal_form(text: str) -> str:
    """The text without case, punctuation and white space: what makes two utterances the same."""
    return _NOISE.sub("", text).casefold()


def training_texts(root: Path = ROOT) -> Iterator[str]:
    """Every utterance that something is trained on or indexed by: data/, city/unanswered.yml, the articles' `asked_as`."""
    for path in [*sorted((root / "data").rglob("*.yml")), root / "city" / "unanswered.yml"]:
        yield from _strings(read_yaml(path))
    yield from (text for text, _ in marked_utterances(root / "data" / "spans"))
    for path in sorted((root / "city" / "articles").glob("*.md")):
        front = path.read_text(encoding="utf-8").split("---")[1]
        yield from _strings(yaml.safe_load(front).get("asked_as"))


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        for line in tree.splitlines():
            yield line.removeprefix("- ").strip()
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _strings(value)
    elif isinstance(tree, Iterable):
        for value in tree:
            yield from _strings(value)


def texts_of(case: Case) -> list[str]:
    """What a resident says in a case."""
    return [case["text"]] if "text" in case else [str(turn) for turn in case.get("turns", ())]
