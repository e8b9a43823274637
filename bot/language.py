"""Which of the two languages an utterance is in. Pure; Python 3.10, because the engine reads it too."""

from __future__ import annotations

import re

LANGUAGES = ("zh", "en")

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_LATIN = re.compile(r"[A-Za-z]")
_COMMAND = re.compile(r"\s*[/／][A-Za-z_]+\s*")


def detect(text: str, default: str = "zh") -> str:
    """zh or en. `default` when the text is in neither: numbers, emoji, a typed command, nothing.

    A Chinese sentence with English names stays Chinese: one Han character weighs as much as an English word,
    so English wins only when its words outnumber the characters three to one.
    """
    if _COMMAND.fullmatch(text):
        return default
    han = len(_HAN.findall(text))
    words = len(_LATIN_WORD.findall(text))
    if han == 0 and words == 0:
        return default
    return "en" if words > 3 * han else "zh"


def languages_in(text: str) -> set[str]:
    """The languages that a text has letters of: patterns of another need not be looked for."""
    return {language for language, letter in zip(LANGUAGES, (_HAN, _LATIN), strict=True) if letter.search(text)}
