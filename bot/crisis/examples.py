"""The utterances that teach what danger is and what is none, with their label: `none` or `level/kind`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.city import read_yaml
from bot.crisis.clues import ClueRule
from bot.encoder import NONE
from bot.text import normalise

EXPRESSED = "high"
"""The level of express_crisis in data/nlu, which names none."""


def own_examples(folder: Path) -> Iterator[tuple[str, str]]:
    """The utterances of data/crisis with their label: `none` or `level/kind`."""
    for path in sorted(folder.glob("*.yml")):
        for level, groups in read_yaml(path).items():
            for group, texts in groups.items():
                for text in texts:
                    yield str(text), NONE if level == NONE else f"{level}/{group}"


def everyday_examples(folder: Path, clues: Sequence[ClueRule]) -> Iterator[tuple[str, str]]:
    """The utterances of data/nlu, which are harmless but for express_crisis. One with an urgent clue is left out:
    a complaint may tell of danger in passing ("the insulin is in the fridge")."""
    urgent = [clue.pattern for clue in clues if clue.level != "concern"]
    for path in sorted(folder.glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            kind = (block.get("metadata") or {}).get("kind") if block["intent"] == "express_crisis" else None
            for line in str(block["examples"]).splitlines():
                text = line.strip().removeprefix("- ").strip()
                if kind:
                    yield text, f"{EXPRESSED}/{kind}"
                elif text and not any(pattern.search(normalise(text).text) for pattern in urgent):
                    yield text, NONE


def grievance_examples(path: Path) -> Iterator[tuple[str, str]]:
    """The utterances of data/remit.yml: quarrels, debts, rulings, which are bitter and no danger."""
    content = read_yaml(path)
    for by_language in [*content["kinds"].values(), content["none"]]:
        for texts in by_language.values():
            yield from ((str(text), NONE) for text in texts)
