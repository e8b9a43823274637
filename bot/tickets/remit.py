"""Matters that the city cannot act on: recognised, and answered with the right door. Nobody is turned away."""

from __future__ import annotations

import re
from pathlib import Path

from bot.city import City
from bot.encoder import SentenceEncoder
from bot.linear import LinearModel
from bot.messages import Reply

NONE = "none"

_ASKS_FOR_DOOR = re.compile(
    r"(找谁|找哪|问谁|打哪|去哪|哪里(能|可以|管)|哪儿(能|可以|管)|谁(能|可以|来)?(管|帮|评理)|归谁|哪个(部门|单位|电话)|什么(部门|电话|地方)|有没有.{0,6}(电话|地方|部门))"
    r"|\b(who (else )?(can|could|do|does|should|will|would|is there)|where (else )?(can|could|do|should|else)"
    r"|which (office|number|department|place)|(any|a|what|the) ((phone )?number|office|department|service)"
    r"|what (can|should|do) i do)\b",
    re.IGNORECASE,
)
_ASKS_FOR_PERSON = re.compile(
    r"人工|真人|客服|接线员|值班|工作人员|活人|\b(human|person|operator|agent|staff|talk to|speak (to|with)|real)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"那|我们|我|你们|该|应该|应当|可以|能|管|到底|究竟|所以|还|就|得|要|想|是|的|了|这(个|种|些|样)?|种|事(情|儿)?|情况|问题|呢|啊|呀|吧|嘛|么|吗|帮忙?|评理|投诉|反映|他们?|她|个|电话|地方|打|找|去"
    r"|\b(so|then|ok|okay|but|well|and|or|just|now|please|else|here|there|where|actually|really|i|we|me|us|my|our|you|this|that|it"
    r"|these|some(one|body)|any(one|body)"
    r"|for|to|about|with|on|at|in|of|do|does|is|are|can|could|should|would|will|have|be|go|call|ask|contact|turn|help|helps"
    r"|handle|handles|deals?|talk|case|problem|thing|matter|situation|kind|one|right|place)\b|\W",
    re.IGNORECASE,
)
"""What a question may hold beside the asking without naming a matter."""

MATTER = 2
"""Characters that name one."""

SHORT_QUESTION = {True: 24, False: 80}
"""Characters up to which a Chinese question, and another, may be about what was asked before."""

LIKELY = 0.4
"""Probability of all kinds together from which a matter counts as outside. A wrong "not ours" turns a resident away: of
the held-out ones of data/remit.yml that were called so, 96 in a hundred were right."""


class RemitClassifier:
    """A trained classifier of out-of-remit kinds."""

    def __init__(self, city: City, encoder: SentenceEncoder, model: LinearModel) -> None:
        self._city = city
        self._encoder = encoder
        self._model = model

    @classmethod
    def load(cls, city: City, encoder: SentenceEncoder, path: Path) -> RemitClassifier:
        """Read the trained model. Raises Misconfigured when it is missing or cannot be read."""
        return cls(city, encoder, LinearModel.load(path))

    def kind(self, text: str) -> str | None:
        """The kind of `out_of_remit` in the taxonomy, or None: the city can act, or it is not clear."""
        if not any(char.isalpha() for char in text):
            return None
        shares = dict(self._model.probabilities(text, self._encoder))
        inside = shares.pop(NONE, 0.0)
        if 1.0 - inside < LIKELY:
            return None
        kind = max(shares, key=lambda name: shares[name])
        return kind if kind in self._city.doors else None

    def kind_before(self, text: str, previous_question: str) -> str | None:
        """The kind of the question before, where this one only asks who helps then."""
        return self.kind(previous_question) if asks_for_door(text) else None


def asks_for_door(text: str) -> bool:
    """Whether a short question wants to know who helps, without saying with what: "那我该找谁", "so who can help me?".
    Who names a person to talk to ("人工") does not ask for a door, nor who names another matter ("离婚找谁")."""
    if len(text) > SHORT_QUESTION[not text.isascii()] or _ASKS_FOR_PERSON.search(text):
        return False
    others, asked = _ASKS_FOR_DOOR.subn(" ", text)
    return bool(asked) and len(_SAYS_NOTHING.sub("", others)) < MATTER


def door(kind: str, language: str, city: City) -> Reply:
    """What is said: that it is heard, that the city cannot act, and who can, with the number."""
    return Reply(city.text(f"tickets.remit.{kind}", language), data={"remit": kind})
