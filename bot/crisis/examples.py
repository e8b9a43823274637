"""The utterances that teach what danger is and what is none, with their label: `none` or `level/kind`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.city import read_yaml
from bot.crisis.classifier import CONCERN, HIGH
from bot.crisis.clues import ClueRule
from bot.encoder import NONE
from bot.examples import metadata_of, nlu_examples, remit_examples
from bot.text import normalise


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
    urgent = [clue.pattern for clue in clues if clue.level != CONCERN]
    for block, text in nlu_examples(folder):
        kind = metadata_of(block, "kind") if block["intent"] == "express_crisis" else None
        if kind:
            # It names no level.
            yield text, f"{HIGH}/{kind}"
        else:
            normal = normalise(text).text
            if not any(pattern.search(normal) for pattern in urgent):
                yield text, NONE


def grievance_examples(path: Path) -> Iterator[tuple[str, str]]:
    """The utterances of data/remit.yml: quarrels, debts, rulings, which are bitter and no danger."""
    yield from ((text, NONE) for text, _ in remit_examples(path))
