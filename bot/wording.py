"""What a text is worded with: its pieces of Chinese and its English words, alone and in pairs and threes.

Sentence vectors carry what is meant, across languages; wording carries what they blur: hyperbole, negation, the
very thing that is broken. Pure; Python 3.10, because the engine's classifier counts the same pieces.
"""

from __future__ import annotations

import re

from bot.text import simplified

LONGEST_HAN = 4
LONGEST_PHRASE = 3
WORD_PIECES = (3, 4)
"""Lengths of the letter groups that let a misspelt or inflected English word be known again."""

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9']+")
_GAP = ""


def pieces(text: str) -> list[str]:
    """Groups of 1 to 4 Chinese characters, phrases of 1 to 3 other words, letter groups; repeats are kept."""
    found: list[str] = []
    words: list[str] = []
    for run in _RUN.findall(simplified(text).lower()):
        if run[0] >= "\u3400":
            found += _groups(run, 1, LONGEST_HAN)
            words.append(_GAP)
        else:
            words.append(run)
            found += [f"~{group}" for group in _groups(f"<{run}>", *WORD_PIECES)]
    for length in range(1, LONGEST_PHRASE + 1):
        phrases = (words[start : start + length] for start in range(len(words) - length + 1))
        found += [" ".join(["_", *phrase]) for phrase in phrases if _GAP not in phrase]
    return found


def _groups(run: str, shortest: int, longest: int) -> list[str]:
    return [
        run[start : start + length] for length in range(shortest, longest + 1) for start in range(len(run) - length + 1)
    ]
