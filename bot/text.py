"""Text as the recogniser of danger reads it, with the way back to the text as it was written.

Full width becomes half width, traditional simplified, capitals small; zero-width signs, emoji and signs that
somebody put between the characters of a word fall away (自·杀, 自 杀, k.y.s). Pure; Python 3.10.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
"""What each Chinese digit says."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_BETWEEN_HAN = set(" \t·.*-_~`'’^+=|/\\…、")
_SPELLED = re.compile(r"(?<![a-z])[a-z](?:[ .\-*_·]{1,2}[a-z]){2,}(?![a-z])")
_RUN = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True)
class Normal:
    """The normal text; `origins[i]` is where its character `i` stands in the original of length `length`."""

    text: str
    origins: tuple[int, ...]
    length: int

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the normal text stands in the original."""
        if start >= end or start >= len(self.origins):
            return self.length, self.length
        return self.origins[start], self.origins[end - 1] + 1


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _simple(char: str) -> str:
    """A traditional character as its simplified one; every other as it is."""
    if not _HAN.match(char):
        return char
    simple = _converter().convert(char)
    return simple if len(simple) == 1 else char


def simplified(text: str) -> str:
    """The text with simplified characters, character by character."""
    return "".join(map(_simple, text))


@lru_cache(maxsize=20_000)
def _plain(char: str) -> str:
    """One character in its plain form: empty when it says nothing, never more than one character."""
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me", "So", "Sk", "Co", "Cs"}:
        return ""
    narrow = unicodedata.normalize("NFKC", char)
    if len(narrow) != 1:
        narrow = char
    if _HAN.match(narrow):
        return _simple(narrow)
    if narrow == "’":
        return "'"
    return narrow.lower()[:1]


def normalise(text: str) -> Normal:
    """The normal form of a text, in time that grows with its length."""
    kept = [(plain, index) for index, char in enumerate(text) if (plain := _plain(char))]
    kept = _without_signs_inside_words(kept)
    kept = _without_letters_spelled_out(kept)
    return Normal("".join(char for char, _ in kept), tuple(index for _, index in kept), len(text))


Kept = list[tuple[str, int]]


def _without_signs_inside_words(kept: Kept) -> Kept:
    result: Kept = []
    position = 0
    while position < len(kept):
        char, _ = kept[position]
        if char in _BETWEEN_HAN and result and _HAN.match(result[-1][0]):
            ahead = position
            while ahead < len(kept) and kept[ahead][0] in _BETWEEN_HAN:
                ahead += 1
            # A sign or two between two Chinese characters hides a word; more is a gap that somebody meant.
            if ahead < len(kept) and ahead - position <= 2 and _HAN.match(kept[ahead][0]):
                position = ahead
                continue
        result.append(kept[position])
        position += 1
    return result


def _without_letters_spelled_out(kept: Kept) -> Kept:
    text = "".join(char for char, _ in kept)
    dropped: set[int] = set()
    for spelled in _SPELLED.finditer(text):
        dropped.update(i for i in range(spelled.start(), spelled.end()) if not text[i].isalpha())
    for run in _RUN.finditer(text):
        dropped.update(range(run.start() + 1, run.end()))
    return [pair for i, pair in enumerate(kept) if i not in dropped] if dropped else kept
