"""Whether somebody asks to be told once more what was just said. Pure; Python 3.10, because the engine's classifier reads
it too."""

from __future__ import annotations

import re

LONGEST = {True: 90, False: 35}
"""Characters, of a text in ASCII and of another, up to which that is all that was said."""

_AGAIN = re.compile(
    r"(?:再|重新?)(?:给我|跟我|帮我)?(?:说|讲|发|念|写)(?:一?[遍次下]|个)|重复一[下遍次]|[没沒](?:听|看)清楚?(?:你|您)?(?:说|讲|写)?(?:的|啥|什么)?\W*(?:$|再)"
    r"|刚才(?:你|您)?(?:说|讲|写)的?(?:啥|什么|是什么|是啥)"
    r"|\b(?:say|tell me|repeat|write|send|explain)(?: (?:that|it|this|me))?(?: once)? (?:again|one more time|once more)\b(?! (?:what|how|when|where|who|which|why|if|about|the))|\brepeat (?:that|it|please|pls|the last)\b"
    r"|\bsay once more\b|\bcome again\?|\b(?:i )?beg your pardon\b|^\W*pardon( me)?\W*$|\bwhat did you (?:just )?say\b",
    re.IGNORECASE,
)


def asks_again(text: str) -> bool:
    """Whether the words ask that the last answer be said again: "再说一遍，字太小了", "say again pls"."""
    return len(text) <= LONGEST[text.isascii()] and bool(_AGAIN.search(text))
