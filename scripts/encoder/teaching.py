"""What the two lessons share: reading texts, batches of like length, the steps of learning, the command line."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.text import simplified  # noqa: E402

BATCH = 32
NEAR = 40
"""Batches among which texts are put in the order of their length."""

SMOOTHING = 0.05

Item = TypeVar("Item")


class Reader:
    """Texts as token numbers, at most `longest` of each between begin and end."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._tokenizer = Tokenizer.from_file(str(ROOT / "bot" / "weights" / "tokenizer.json"))

    def tokens(self, text: str) -> list[int]:
        """Those of one text."""
        return [0, *self._tokenizer.encode(simplified(text)).ids[: self._longest], 2]

    def padded(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Token numbers and mask, a row a text."""
        return padded([torch.tensor(self.tokens(text)) for text in texts], filler=1)


def padded(rows: Sequence[Tensor], filler: int = 0) -> tuple[Tensor, Tensor]:
    """Rows made equally long, and a mask with 1 where a row had something."""
    filled = nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=filler)
    there = [torch.ones(len(row), dtype=torch.long) for row in rows]
    return filled, nn.utils.rnn.pad_sequence(there, batch_first=True)


def batches(  # noqa: UP047  # the environment of torch may be older than 3.12
    epoch: Callable[[], list[Item]], length: Callable[[Item], float]
) -> Iterator[list[Item]]:
    """Without end, in random order, items of like length together; `epoch` gives those of the next epoch."""
    while True:
        items = epoch()
        random.shuffle(items)
        for start in range(0, len(items), BATCH * NEAR):
            near = sorted(items[start : start + BATCH * NEAR], key=length)
            groups = [near[row : row + BATCH] for row in range(0, len(near), BATCH)]
            yield from random.sample(groups, len(groups))


def learn(groups: list[dict[str, Any]], clipped: Iterable[Tensor], steps: int, losses: Iterator[Tensor]) -> None:
    """Take that many steps down the losses; the rate rises at first and then sinks to a fiftieth."""
    clipped = list(clipped)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
    )
    for step in range(steps):
        loss = next(losses)
        loss.backward()
        nn.utils.clip_grad_norm_(clipped, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            print(f"{step} of {steps}: {float(loss.detach()):.3f}", flush=True)


def command_line(description: str | None, rate: float) -> argparse.ArgumentParser:
    """Reads `epochs`, `rate` and `continue_from`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--continue-from", action="store_true", help="go on from what was kept")
    return parser
