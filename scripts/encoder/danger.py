"""Teaches layers of their own, above the encoder's frozen ones, to tell danger, by the utterances of data/crisis."""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from model import Danger, Encoder
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from tune import KEPT

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.city import load_city  # noqa: E402
from bot.crisis.clues import load_clues  # noqa: E402
from bot.crisis.examples import everyday_examples, grievance_examples, own_examples  # noqa: E402
from bot.linear import is_held_out  # noqa: E402
from bot.text import simplified  # noqa: E402

KEPT_DANGER = Path(__file__).with_name("danger.pt")
BATCH, TOKENS = 32, 110
BURIED, BARE, LOWERED = 0.14, 0.08, 0.06
"""Shares of the utterances that are read between harmless sentences, without punctuation, in small letters."""

SMOOTHING = 0.05

_HAN = re.compile(r"[\u4e00-\u9fff]")
_POINTS = re.compile(r"[，。！？,.!?；;：:、]")

Example = tuple[str, str]


def urgent(label: str) -> bool:
    """Whether the label calls for a person at once."""
    return label.startswith(("imminent", "high"))


class School:
    """The texts, as a resident might write them, in batches of like length."""

    def __init__(self, own: dict[str, str], everyday: Sequence[str]) -> None:
        self._own = own
        self._everyday = everyday
        self._tokenizer = Tokenizer.from_file(str(ROOT / "bot" / "weights" / "tokenizer.json"))
        self._fillers = {
            True: [text for text in everyday if _HAN.search(text) and 12 < len(text) < 90],
            False: [text for text in everyday if not _HAN.search(text) and 25 < len(text) < 220],
        }

    def padded(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Token numbers and mask."""
        rows = [torch.tensor([0, *self._tokenizer.encode(simplified(text)).ids[:TOKENS], 2]) for text in texts]
        ids = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=1)
        return ids, nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)

    def batches(self) -> Iterator[list[Example]]:
        """Without end, each epoch worded a little differently."""
        while True:
            lesson = [(self._varied(text), label) for text, label in self._own.items()]
            lesson += [(text, "none") for text in self._everyday]
            random.shuffle(lesson)
            for start in range(0, len(lesson), BATCH * 40):
                near = sorted(lesson[start : start + BATCH * 40], key=lambda example: len(example[0]))
                groups = [near[row : row + BATCH] for row in range(0, len(near), BATCH)]
                yield from random.sample(groups, len(groups))

    def _varied(self, text: str) -> str:
        chance, is_chinese = random.random(), bool(_HAN.search(text))
        if chance < BURIED:
            around = random.sample(self._fillers[is_chinese], random.choice((1, 1, 2)))
            around.insert(random.randrange(len(around) + 1), text)
            between = random.choice("，。！ ；") if is_chinese else random.choice((". ", ", ", " ", "! "))
            return between.join(piece.rstrip("。.！!") for piece in around)
        if chance < BURIED + BARE:
            return _POINTS.sub(" " if is_chinese else "", text)
        return text.lower() if chance < BURIED + BARE + LOWERED else text


def main(epochs: float, rate: float, continues: bool) -> None:
    """Teach, and keep what was learned beside this file."""
    random.seed(0)
    torch.manual_seed(0)
    data = ROOT / "data"
    own = dict(own_examples(data / "crisis"))
    # What residents bring every day is mostly grievance: it must not sound like danger.
    ordinary = dict(everyday_examples(data / "nlu", load_clues(load_city())))
    ordinary |= dict(grievance_examples(data / "remit.yml"))
    everyday = [text for text, label in ordinary.items() if label == "none" and text not in own]
    labels = sorted(set(own.values()))
    school = School(
        {text: label for text, label in own.items() if not is_held_out(text)},
        [text for text in everyday if not is_held_out(text)],
    )
    encoder = Encoder()
    encoder.load_state_dict(torch.load(KEPT)["encoder"])
    encoder.eval()
    danger = Danger(encoder, len(labels))
    if continues:
        kept = torch.load(KEPT_DANGER)
        assert kept["labels"] == labels, "the labels have changed: teach from the beginning"
        danger.load_state_dict(kept["danger"])
    steps = int(epochs * 0.9 * (len(own) + len(everyday)) / BATCH)
    parts = [{"params": danger.layers.parameters(), "lr": rate}, {"params": danger.head.parameters(), "lr": 10 * rate}]
    optimizer = torch.optim.AdamW(parts, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
    )
    calls = torch.tensor([float(urgent(label)) for label in labels])
    danger.train()
    for step, batch in zip(range(steps), school.batches(), strict=False):
        loss = _loss(_scores(encoder, danger, school.padded([text for text, _ in batch])), batch, labels, calls)
        loss.backward()
        nn.utils.clip_grad_norm_(danger.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 100 == 0:
            print(f"{step} of {steps}: {float(loss.detach()):.3f}", flush=True)
    torch.save({"danger": danger.state_dict(), "labels": labels}, KEPT_DANGER)
    danger.eval()
    print(_held_out(encoder, danger, school, {text: label for text, label in own.items() if is_held_out(text)}, calls))


def _scores(encoder: Encoder, danger: Danger, padded: tuple[Tensor, Tensor]) -> Tensor:
    ids, mask = padded
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with torch.no_grad():
            hidden = encoder.lower(ids, mask)
        return danger(hidden, mask).float()


def _loss(scores: Tensor, batch: Sequence[Example], labels: Sequence[str], calls: Tensor) -> Tensor:
    """The label, and once more whether somebody must come: that mistake is the dear one."""
    wanted = torch.tensor([labels.index(label) for _, label in batch])
    chance = (functional.softmax(scores, 1) * calls).sum(1).clamp(1e-6, 1 - 1e-6)
    softened = calls[wanted] * (1 - SMOOTHING) + SMOOTHING / 2
    label_loss = functional.cross_entropy(scores, wanted, label_smoothing=SMOOTHING)
    return label_loss + functional.binary_cross_entropy(chance, softened)


def _held_out(encoder: Encoder, danger: Danger, school: School, unseen: dict[str, str], calls: Tensor) -> str:
    """How much danger is found among unseen utterances when one near miss in fifty calls a person."""
    texts = sorted(unseen, key=len)
    with torch.no_grad():
        rows = [
            functional.softmax(_scores(encoder, danger, school.padded(texts[start : start + 48])), 1) @ calls
            for start in range(0, len(texts), 48)
        ]
    chances = torch.cat(rows)
    harmless = torch.tensor([unseen[text] == "none" for text in texts])
    wanted = torch.tensor([urgent(unseen[text]) for text in texts])
    threshold = torch.quantile(chances[harmless], 0.98)
    found = (chances[wanted] > threshold).float().mean()
    return f"{len(texts)} held out: {float(found):.3f} of the urgent ones above {float(threshold):.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--continue-from", action="store_true", help="go on from what was kept")
    given = parser.parse_args()
    main(given.epochs, given.rate, given.continue_from)
