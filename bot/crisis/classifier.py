"""The learned score of danger: how likely each kind and level is, by what the words mean and by the words themselves.

The encoder's own layers for danger read what is meant; linear models read the wording, with the clues and vetoes
that the rules found in it. The first is right more often, the second where the first is led astray by a topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.encoder import NONE, SentenceEncoder
from bot.language import LANGUAGES, detect
from bot.linear import LinearModel, counted

IMMINENT, HIGH, CONCERN = "imminent", "high", "concern"
URGENT = "urgent"
"""What the wording model calls imminent and high together."""

WORDING_WEIGHT = 0.5
"""What the log odds of the wording weigh beside those of the encoder."""

KIND_WEIGHT = 0.6
"""The same, for the log probability of the kind. Of the held-out dangers of data/crisis 0.83 get their kind without the
wording, 0.86 with it; between 0.5 and 0.8 the weight hardly matters."""

BEYOND_DOUBT = 0.01
"""Where the wording finds any danger less likely than this, the meaning is not read: of the held-out utterances a third
of the near misses and of the everyday messages, and none of the dangers that are found by reading it."""

SUSPICIOUS = 0.2
"""Where the wording finds a clause, by itself, so likely to be danger, the text is read all the same: among harmless words
its own hardly count."""

BEYOND_DOUBT_BESIDE = 0.05
"""The same for a part of a long text beside one that is read: of 324 long dangers none lies in such a part alone, and a
quarter of the reading falls away."""

LONG_TOKENS = 45
"""About how many tokens make a text long: it has thresholds of its own, because its dangers sound surer and its harmless
ones more dangerous."""

LEVELS_FILE, KINDS_FILE = "crisis.npz", "crisis_kinds.npz"
"""What the two wording models are called in the folder of models."""

CLAUSE = re.compile(r"(?:[^，,。！？；!?;\n….]|\.(?! |$))+")
"""A piece of a normal text between stops."""

_SMALLEST = 1e-4


@dataclass(frozen=True)
class Thresholds:
    """The score from which somebody is called, and the one from which an utterance is flagged; from 0 to 1."""

    urgent: float = 1.0
    concern: float = 1.0


@dataclass(frozen=True)
class Scored:
    """The most suspicious of some texts, by its row: how likely somebody has to come at once, how likely it is any
    danger at all, both from 0 to 1, with the thresholds of its language; and the likeliest urgent level, and kind,
    None where both are under their thresholds."""

    urgent: float = 0.0
    danger: float = 0.0
    thresholds: Thresholds = Thresholds()
    kind: str | None = None
    level: str = HIGH
    row: int = 0


class CrisisClassifier:
    """`wording` is a model of the labels `none`, `concern` and `urgent`, with the thresholds of each language and length,
    named by `threshold_name`. `kinds` is one of the kinds of danger; without it no kind is told."""

    def __init__(self, wording: LinearModel, kinds: LinearModel | None, encoder: SentenceEncoder) -> None:
        self._wording = wording
        self._kinds = kinds
        self._encoder = encoder
        self._thresholds = {
            (language, is_long): Thresholds(
                *(wording.thresholds[threshold_name(level, language, is_long)] for level in (URGENT, CONCERN))
            )
            for language in LANGUAGES
            for is_long in (False, True)
        }
        self._labels = DangerLabels(encoder.danger_labels)

    @classmethod
    def load(cls, folder: Path, encoder: SentenceEncoder) -> CrisisClassifier | None:
        """Read what training wrote; None where nothing has been trained yet."""
        levels, kinds = folder / LEVELS_FILE, folder / KINDS_FILE
        if not (levels.exists() and kinds.exists()):
            return None
        return cls(LinearModel.load(levels), LinearModel.load(kinds), encoder)

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        """The worst of the texts, which are one utterance or the parts of a long one; `marks` are the clues and vetoes
        in each.

        Likeliest first by their wording, and no further once somebody has to come; none is read for its meaning whose
        wording is harmless beyond doubt, and a score of 0 says so.
        """
        counts = counted(texts, marks)
        worded = self._wording.chances_of(counts)
        is_long = counts_as_long(texts)
        worst = Scored()
        for row in self._to_be_read(texts, worded):
            thresholds = self._thresholds[detect(texts[row]), is_long]
            scored = self._scored(row, texts[row], counts, worded[[row]], thresholds)
            worst = max(worst, scored, key=lambda each: each.urgent + each.danger)
            if worst.urgent >= worst.thresholds.urgent:
                break
        return worst

    def _to_be_read(self, texts: Sequence[str], worded: np.ndarray) -> list[int]:
        """The rows that their wording does not show to be harmless, likeliest danger first."""
        doubts = self._doubts(worded)
        first, *others = (int(row) for row in np.argsort(-doubts, kind="stable"))
        if doubts[first] >= BEYOND_DOUBT:
            return [first, *(row for row in others if doubts[row] >= BEYOND_DOUBT_BESIDE)]
        clauses = [(row, found.group()) for row, text in enumerate(texts) for found in CLAUSE.finditer(text)]
        if len(clauses) <= len(texts):
            return []
        of_clauses = self._doubts(self._wording.chances_of(counted([clause for _, clause in clauses])))
        worst = int(of_clauses.argmax())
        return [clauses[worst][0]] if of_clauses[worst] >= SUSPICIOUS else []

    def _doubts(self, worded: np.ndarray) -> np.ndarray:
        """How likely each is any danger, by its wording."""
        return np.asarray(1.0 - worded[:, self._wording.labels.index(NONE)])

    def worst_worded(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> tuple[int, float]:
        """The row of the text that its wording makes likeliest urgent, and how likely."""
        worded = self._wording.chances_of(counted(texts, marks))[:, self._wording.labels.index(URGENT)]
        row = int(worded.argmax())
        return row, float(worded[row])

    def _scored(self, row: int, text: str, counts: csr_matrix, worded: np.ndarray, thresholds: Thresholds) -> Scored:
        meant = self._encoder.danger([text])
        urgent, danger = (float(chances[0]) for chances in scores(self._labels, meant, self._wording.labels, worded))
        is_danger = urgent >= thresholds.urgent or danger >= thresholds.concern
        kind = self._kind(self._kinds, meant[0], counts[row]) if is_danger and self._kinds else None
        return Scored(urgent, danger, thresholds, kind, self._labels.level(meant[0]), row)

    def _kind(self, kinds: LinearModel, meant: np.ndarray, counts: csr_matrix) -> str:
        names = kinds.labels
        worded = kinds.chances_of(counts)[0]
        together = np.log(self._labels.kinds(meant, names) + _SMALLEST) + KIND_WEIGHT * np.log(worded + _SMALLEST)
        return names[int(together.argmax())]


def threshold_name(level: str, language: str, is_long: bool) -> str:
    """What a threshold is called in the model of the wording."""
    return f"{level}_{language}_{'long' if is_long else 'short'}"


def counts_as_long(texts: Sequence[str]) -> bool:
    """Whether an utterance, read in these parts, has the thresholds of a long one."""
    return len(texts) > 1 or about_tokens(texts[0]) > LONG_TOKENS


def about_tokens(text: str) -> float:
    """About how many tokens the encoder makes of it: two for three Chinese characters, one for four letters."""
    letters = sum(char < "\u0250" for char in text)
    return letters / 4 + (len(text) - letters) / 1.5


class DangerLabels:
    """Reads danger from the probabilities of the labels `none` and `level/kind`."""

    def __init__(self, labels: Sequence[str]) -> None:
        levels = np.array([label.partition("/")[0] for label in labels])
        self._kinds = np.array([label.partition("/")[2] for label in labels])
        self._is_urgent = np.isin(levels, [IMMINENT, HIGH])
        self._is_imminent = levels == IMMINENT
        self._is_danger = levels != NONE

    def urgent(self, chances: np.ndarray) -> np.ndarray:
        """For each row how likely somebody has to come at once."""
        return np.asarray(chances[:, self._is_urgent].sum(axis=1))

    def danger(self, chances: np.ndarray) -> np.ndarray:
        """For each row how likely it is danger of any level."""
        return np.asarray(chances[:, self._is_danger].sum(axis=1))

    def kinds(self, chances: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """How likely each of those kinds is, all levels together; shape (len(names),)."""
        return np.array([chances[self._kinds == kind].sum() for kind in names])

    def level(self, chances: np.ndarray) -> str:
        """Whether it is rather imminent or high, if it is urgent."""
        return IMMINENT if chances[self._is_imminent].sum() > chances[self._is_urgent].sum() / 2 else HIGH


def scores(
    labels: DangerLabels, meant: np.ndarray, word_labels: Sequence[str], worded: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each row how likely somebody has to come at once, and how likely it is any danger: both readings as one."""
    urgent = _joined(labels.urgent(meant), worded[:, list(word_labels).index(URGENT)])
    danger = _joined(labels.danger(meant), 1.0 - worded[:, list(word_labels).index(NONE)])
    return urgent, danger


def _joined(meant: np.ndarray, worded: np.ndarray) -> np.ndarray:
    together = _log_odds(meant) + WORDING_WEIGHT * _log_odds(worded)
    return np.asarray(1.0 / (1.0 + np.exp(-together)))


def _log_odds(chances: np.ndarray) -> np.ndarray:
    bounded = np.clip(chances, _SMALLEST, 1.0 - _SMALLEST)
    return np.asarray(np.log(bounded / (1.0 - bounded)))
