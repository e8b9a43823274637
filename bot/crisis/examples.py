"""The utterances that teach what danger is and what is none, with their label: `none` or `level/kind`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.city import read_yaml
from bot.crisis.classifier import CONCERN, HIGH
from bot.crisis.clues import ClueRule
from bot.encoder import NONE
from bot.examples import confirmation_examples, metadata_of, nlu_examples, remit_examples
from bot.spans.training import examples as marked_examples
from bot.text import normalise


def own_examples(folder: Path, files: Sequence[str] = ("*",)) -> Iterator[tuple[str, str]]:
    """The utterances of data/crisis with their label, `none` or `level/kind`; of those files alone, without suffix."""
    for path in sorted(path for file in files for path in folder.glob(f"{file}.yml")):
        for level, groups in read_yaml(path).items():
            for group, texts in groups.items():
                for text in texts:
                    yield str(text), NONE if level == NONE else f"{level}/{group}"


def ordinary_examples(data: Path, clues: Sequence[ClueRule]) -> Iterator[tuple[str, str]]:
    """What residents bring every day, in data/nlu, data/remit.yml, data/confirmation.yml and data/spans: mostly
    harmless."""
    yield from everyday_examples(data / "nlu", clues)
    yield from grievance_examples(data / "remit.yml")
    yield from reply_examples(data / "confirmation.yml", clues)
    yield from complaint_examples(data / "spans", clues)


def everyday_examples(folder: Path, clues: Sequence[ClueRule]) -> Iterator[tuple[str, str]]:
    """The utterances of data/nlu, which are harmless but for express_crisis. One with an urgent clue is left out:
    a complaint may tell of danger in passing ("the insulin is in the fridge"); not where its block says `danger: none`,
    because it was written, and read again, to hold none."""
    for block, text in nlu_examples(folder):
        kind = metadata_of(block, "kind") if block["intent"] == "express_crisis" else None
        if kind:
            # It names no level.
            yield text, f"{HIGH}/{kind}"
        elif metadata_of(block, "danger") == NONE or _without_urgent_clue(text, clues):
            yield text, NONE


def complaint_examples(folder: Path, clues: Sequence[ClueRule]) -> Iterator[tuple[str, str]]:
    """The utterances of data/spans, full of places and times, which by themselves are no plan; those with an urgent
    clue are left out."""
    yield from ((text, NONE) for text, _ in marked_examples(folder) if _without_urgent_clue(text, clues))


def grievance_examples(path: Path) -> Iterator[tuple[str, str]]:
    """The utterances of data/remit.yml: quarrels, debts, rulings, which are bitter and no danger."""
    yield from ((text, NONE) for text, _ in remit_examples(path))


def reply_examples(path: Path, clues: Sequence[ClueRule]) -> Iterator[tuple[str, str]]:
    """The utterances of data/confirmation.yml: impatience, sighs and curses, which are no danger; those with an urgent
    clue are left out."""
    yield from ((text, NONE) for text, _ in confirmation_examples(path) if _without_urgent_clue(text, clues))


def _without_urgent_clue(text: str, clues: Sequence[ClueRule]) -> bool:
    normal = normalise(text).text
    return not any(clue.level != CONCERN and clue.pattern.search(normal) for clue in clues)
