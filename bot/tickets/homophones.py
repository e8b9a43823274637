"""Words that only sound like the right ones, put right before a complaint is classified: who dictates, or types by sound,
writes 电提 for 电梯 and 停睡 for 停水.

A word of two characters that complaints often hold takes the place of two characters that sound alike (without tone), that
no complaint holds so written, and that are no part of another word. What the resident wrote stays as it is everywhere else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import Misconfigured
from bot.text import simplified

COMMON = 8
"""How often a word must stand in the complaints of training to be meant by its sound."""

RARER = 10
"""How many times rarer than such a word two characters must be there to be taken for it."""

_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


class Homophones:
    """`words` by their sound, and the pairs of characters that sound like one of them and are `used` as they are."""

    def __init__(self, words: Mapping[str, str], used: frozenset[str]) -> None:
        self._words = words
        self._used = used

    def __len__(self) -> int:
        return len(self._words)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Homophones:
        """Learned from complaints."""
        counts = Counter(
            run[at : at + 2] for text in texts for run in _HAN.findall(simplified(text)) for at in range(len(run) - 1)
        )
        dictionary = _dictionary()
        by_sound: dict[str, list[str]] = {}
        for pair, _ in counts.most_common():
            by_sound.setdefault(_sound(pair), []).append(pair)
        words, used = {}, set()
        for sound, pairs in by_sound.items():
            word = next((pair for pair in pairs if dictionary.FREQ.get(pair) and counts[pair] >= COMMON), None)
            if word:
                words[sound] = word
                used |= {pair for pair in pairs if counts[pair] * RARER > counts[word]}
        return cls(words, frozenset(used))

    @classmethod
    def load(cls, path: Path) -> Homophones:
        """Read what `save` wrote. Raises Misconfigured when it is missing or cannot be read."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(kept["words"], frozenset(kept["used"]))
        except FileNotFoundError:
            raise Misconfigured(f"{path} is missing; run `hotline train`.") from None
        except (ValueError, KeyError, OSError):
            raise Misconfigured(f"{path} cannot be read; run `hotline train --force`.") from None

    def save(self, path: Path) -> None:
        """Write it."""
        kept = {"words": self._words, "used": sorted(self._used)}
        path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    def corrected(self, text: str) -> str:
        """The text, simplified, with the words in it that only sound like the right ones put right."""
        pieces: list[str] = []
        # Without guesses at unknown words: what is no word falls apart into its characters.
        for piece in _dictionary().cut(simplified(text), HMM=False):
            meant = self._meant(pieces[-1] + piece) if pieces and len(pieces[-1]) == len(piece) == 1 else None
            if meant:
                pieces[-1] = meant
            else:
                pieces.append(piece)
        return "".join(pieces)

    def _meant(self, pair: str) -> str | None:
        if not _HAN.fullmatch(pair) or pair in self._used:
            return None
        return self._words.get(_sound(pair))


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    """jieba's words. Loaded on first use, not at import of this module: it takes a second."""
    import jieba

    jieba.initialize()
    return jieba.dt


def _sound(pair: str) -> str:
    """The two syllables without their tones."""
    # Loaded here for the same reason.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(pair))
