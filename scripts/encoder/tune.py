"""Teaches the upper layers of the encoder by the utterances of data/ and the articles."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
import yaml
from model import FROZEN, Encoder
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.linear import is_held_out  # noqa: E402
from bot.text import simplified  # noqa: E402
from bot.tickets.training import read_complaints, read_remit  # noqa: E402

KEPT = Path(__file__).with_name("kept.pt")
BATCH, TOKENS, TOPICS = 32, 96, 20
WEIGHTS = {"intent": 1.0, "category": 1.0, "topic": 0.7, "remit": 0.5}
CONTRAST_EVERY, TEMPERATURE = 6, 0.05
SMOOTHING = 0.05

Labels = dict[str, dict[str, str]]


def utterances() -> Labels:
    """Each utterance with its label in every task that it has one in."""
    found: Labels = {}

    def add(task: str, pairs: Iterator[tuple[str, str]]) -> None:
        for text, label in pairs:
            found.setdefault(text, {})[task] = label

    data = ROOT / "data"
    for path in sorted((data / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line.strip().removeprefix("- ").strip() for line in block["examples"].splitlines()]
            add("intent", ((line, block["intent"]) for line in lines if line))
    add("category", zip(*read_complaints(data / "nlu"), strict=True))
    add("remit", zip(*read_remit(data / "remit.yml"), strict=True))
    unanswered = yaml.safe_load((ROOT / "city" / "unanswered.yml").read_text(encoding="utf-8"))
    add("topic", ((text, "none") for texts in unanswered.values() for text in texts))
    for topic, front, _ in articles():
        add("topic", ((text, topic) for texts in front["asked_as"].values() for text in texts))
    return found


def articles() -> Iterator[tuple[str, dict, list[str]]]:
    """Topic, front matter, and the titles and facts of each article."""
    for path in sorted((ROOT / "city" / "articles").glob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---", 2)
        head = yaml.safe_load(front)
        facts = [line[2:].strip() for line in body.splitlines() if line.startswith("- ")]
        yield head["topic"], head, [head["title"]["zh"], head["title"]["en"], *facts]


class Lessons:
    """Texts as the frozen layers see them, computed once, in batches of like length."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._tokenizer = Tokenizer.from_file(str(ROOT / "bot" / "weights" / "tokenizer.json"))
        self._hidden: dict[str, Tensor] = {}

    def tokens(self, text: str) -> list[int]:
        """Begin, at most 96 pieces, end."""
        return [0, *self._tokenizer.encode(simplified(text)).ids[:TOKENS], 2]

    def prepare(self, texts: Sequence[str]) -> None:
        """Run the frozen layers on every text."""
        self._encoder.eval()
        ordered = sorted(set(texts), key=lambda text: len(self.tokens(text)))
        with torch.no_grad():
            for start in range(0, len(ordered), 64):
                batch = ordered[start : start + 64]
                rows = [torch.tensor(self.tokens(text)) for text in batch]
                ids = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=1)
                mask = nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
                hidden = self._encoder.lower(ids, mask)
                for text, row, length in zip(batch, hidden, map(len, rows), strict=True):
                    self._hidden[text] = row[:length].half().clone()

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Through the layers that learn, with gradients."""
        rows = [self._hidden[text].float() for text in texts]
        hidden = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = nn.utils.rnn.pad_sequence([torch.ones(len(row), dtype=torch.long) for row in rows], batch_first=True)
        return self._encoder.upper(hidden, mask)

    def batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Without end, in random order, texts of like length together."""
        while True:
            shuffled = random.sample(texts, len(texts))
            for start in range(0, len(shuffled), BATCH * 40):
                near = sorted(shuffled[start : start + BATCH * 40], key=lambda text: len(self._hidden[text]))
                groups = [near[row : row + BATCH] for row in range(0, len(near), BATCH)]
                yield from random.sample(groups, len(groups))


def main(epochs: float, rate: float, continues: bool) -> None:
    """Teach, and keep what was learned beside this file."""
    random.seed(0)
    torch.manual_seed(0)
    encoder, labels = Encoder(), utterances()
    if continues:
        encoder.load_state_dict(torch.load(KEPT)["encoder"])
    for part in (encoder.word, encoder.pos, encoder.ln, *encoder.layers[:FROZEN]):
        part.requires_grad_(False)
    facts = {topic: texts for topic, _, texts in articles()}
    lessons = Lessons(encoder)
    taught = [text for text in labels if not is_held_out(text)]
    lessons.prepare([*taught, *(text for texts in facts.values() for text in texts)])
    names = {task: sorted({found[task] for found in labels.values() if task in found}) for task in WEIGHTS}
    heads = nn.ModuleDict({task: nn.Linear(encoder.word.embedding_dim, len(found)) for task, found in names.items()})
    asked: dict[str, list[str]] = {topic: [] for topic in facts}
    for text in taught:
        asked.get(labels[text].get("topic", ""), []).append(text)
    steps = int(epochs * len(taught) / BATCH)
    learning = [part for part in encoder.parameters() if part.requires_grad]
    optimizer = torch.optim.AdamW([{"params": learning, "lr": rate}, {"params": heads.parameters(), "lr": 2e-3}])
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
    )
    encoder.train()
    for step, batch in zip(range(steps), lessons.batches(taught), strict=False):
        loss = _task_loss(lessons.vectors(batch), batch, labels, names, heads)
        if step % CONTRAST_EVERY == 0:
            loss = loss + 0.5 * _contrast(lessons, asked, facts)
        loss.backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            sys.stdout.write(f"{step} of {steps}: {float(loss.detach()):.3f}\n")
    torch.save({"encoder": encoder.state_dict()}, KEPT)


def _task_loss(
    vectors: Tensor, batch: Sequence[str], labels: Labels, names: dict[str, list[str]], heads: nn.ModuleDict
) -> Tensor:
    vectors = functional.dropout(vectors, 0.1)
    loss = torch.zeros(())
    for task, weight in WEIGHTS.items():
        rows = [row for row, text in enumerate(batch) if task in labels[text]]
        if rows:
            wanted = torch.tensor([names[task].index(labels[batch[row]][task]) for row in rows])
            scores = heads[task](vectors[rows])
            summed = functional.cross_entropy(scores, wanted, label_smoothing=SMOOTHING, reduction="sum")
            loss = loss + weight * summed / BATCH
    return loss


def _contrast(lessons: Lessons, asked: dict[str, list[str]], facts: dict[str, list[str]]) -> Tensor:
    """Questions near to facts, or other questions, of their own article; far from those of others."""
    topics = random.sample([topic for topic, texts in asked.items() if texts], TOPICS)
    questions = [random.choice(asked[topic]) for topic in topics]
    others = [random.choice(facts[topic] if random.random() < 0.6 else asked[topic]) for topic in topics]
    vectors = functional.normalize(lessons.vectors([*questions, *others]), dim=1)
    near = vectors[:TOPICS] @ vectors[TOPICS:].T / TEMPERATURE
    own = torch.arange(TOPICS)
    return functional.cross_entropy(near, own) + functional.cross_entropy(near.T, own)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--continue-from", action="store_true", help="go on from what was kept")
    given = parser.parse_args()
    main(given.epochs, given.rate, given.continue_from)
