"""What an utterance says to the summary of a complaint: yes, what is to be changed, or something else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.encoder import SentenceEncoder
from bot.linear import LinearModel
from bot.tickets.correction import says_wrong

CONFIRMATION_FILE = "confirmation.npz"
"""What the model is called in the folder of models."""

AGREE, CHANGE, WRONG, ADD, CANCEL, ASK, OTHER = "agree", "change", "wrong", "add", "cancel", "ask", "other"
"""The labels of data/confirmation.yml."""

SURE = 0.6
"""Probability from which it is taken for what it sounds like."""

SURE_TO_AGREE = 0.75
"""The same for a yes, by which the complaint is filed. Of a writer whose lines were not learned, 0.84 are found at 0.7 and
0.04 of what is no yes is taken for one, half of it written to be mistaken; at 0.8, 0.78 and 0.03. Of 200 ordinary answers
of another, 0.96 and 0.92 of the yes are found, and one and none of the others is taken for one."""

SURE_AGAINST_ITS_WORDS = 0.95
"""The same for a yes in which a word says that something is wrong: "唔啱喎，你再睇下" had 0.77."""

MAY_CANCEL = 0.1
"""Probability from which an intent to cancel is believed."""


@dataclass(frozen=True)
class Reply:
    """The likeliest label, whether it surely is that, and whether the complaint may be called off by it."""

    label: str
    is_sure: bool
    may_cancel: bool

    @property
    def certain(self) -> str | None:
        """The label, where it surely is that."""
        return self.label if self.is_sure else None


class ConfirmationClassifier:
    """A trained classifier of what is said to the summary."""

    def __init__(self, encoder: SentenceEncoder, model: LinearModel) -> None:
        self._encoder = encoder
        self._model = model

    @classmethod
    def load(cls, encoder: SentenceEncoder, path: Path) -> ConfirmationClassifier:
        """Read the trained model. Raises Misconfigured when it is missing or cannot be read."""
        return cls(encoder, LinearModel.load(path))

    def heard_as(self, text: str) -> Reply:
        """What it sounds like."""
        if not text.strip():
            return Reply(OTHER, is_sure=False, may_cancel=False)
        shares = self._model.probabilities(text, self._encoder)
        label, share = shares[0]
        sure_to_agree = SURE_AGAINST_ITS_WORDS if says_wrong(text) else SURE_TO_AGREE
        is_sure = share >= (sure_to_agree if label == AGREE else SURE)
        return Reply(label, is_sure, may_cancel=dict(shares).get(CANCEL, 0.0) >= MAY_CANCEL)
