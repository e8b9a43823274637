"""The training utterances of data/nlu, data/remit.yml and data/confirmation.yml, as they stand in the files. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.city import read_yaml


def nlu_examples(folder: Path, names: str = "*.yml") -> Iterator[tuple[dict[str, Any], str]]:
    """Each utterance of Rasa's training files, after the block that it stands in (`intent`, `metadata`)."""
    for path in sorted(folder.glob(names)):
        for block in read_yaml(path)["nlu"]:
            for line in str(block["examples"]).splitlines():
                text = line.strip().removeprefix("- ").strip()
                if text:
                    yield block, text


def metadata_of(block: dict[str, Any], name: str) -> str | None:
    """What a block says of its utterances beside their intent; None when it says nothing."""
    return (block.get("metadata") or {}).get(name)


def remit_examples(path: Path) -> Iterator[tuple[str, str]]:
    """Each utterance of `data/remit.yml` with its kind; what the city can act on is `none`."""
    content = read_yaml(path)
    for kind, by_language in {**content["kinds"], "none": content.get("none", {})}.items():
        for texts in by_language.values():
            yield from ((str(text), kind) for text in texts)


def confirmation_examples(path: Path) -> Iterator[tuple[str, str]]:
    """Each utterance of `data/confirmation.yml` with what it says to the summary of a complaint."""
    for label, by_language in read_yaml(path).items():
        for texts in by_language.values():
            yield from ((str(text), label) for text in texts)
