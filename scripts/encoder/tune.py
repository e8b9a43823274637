"""Teaches the upper layers of the encoder by the utterances of data/ and the articles."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import torch
import yaml
from model import FROZEN, Encoder
from teaching import BATCH, ROOT, SMOOTHING, Reader, batches, command_line, learn, padded
from torch import Tensor, nn
from torch.nn import functional

from bot.city import read_yaml
from bot.examples import nlu_examples, remit_examples
from bot.linear import is_held_out
from bot.tickets.training import read_complaints

KEPT = Path(__file__).with_name("kept.pt")
TOKENS, TOPICS, UNANSWERED = 96, 24, 16
WEIGHTS = {"intent": 1.0, "category": 1.0, "topic": 0.7, "remit": 0.5}
CONTRAST_EVERY, TEMPERATURE = 6, 0.05

Labels = dict[str, dict[str, str]]


def utterances() -> Labels:
    """Each utterance with its label in every task that it has one in."""
    found: Labels = {}

    def add(task: str, pairs: Iterable[tuple[str, str]]) -> None:
        for text, label in pairs:
            found.setdefault(text, {})[task] = label

    data = ROOT / "data"
    add("intent", ((text, block["intent"]) for block, text in nlu_examples(data / "nlu")))
    add("category", zip(*read_complaints(data / "nlu"), strict=True))
    add("remit", remit_examples(data / "remit.yml"))
    unanswered = read_yaml(ROOT / "city" / "unanswered.yml")
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
    """Texts as the frozen layers see them, computed once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._reader = Reader(TOKENS)
        self._hidden: dict[str, Tensor] = {}

    def length(self, text: str) -> int:
        """Tokens of a text that was prepared."""
        return len(self._hidden[text])

    def prepare(self, texts: Sequence[str]) -> None:
        """Run the frozen layers on every text."""
        self._encoder.eval()
        ordered = sorted(set(texts), key=lambda text: len(self._reader.tokens(text)))
        with torch.no_grad():
            for start in range(0, len(ordered), 64):
                batch = ordered[start : start + 64]
                ids, mask = self._reader.padded(batch)
                hidden = self._encoder.lower(ids, mask)
                for text, row, length in zip(batch, hidden, mask.sum(1).tolist(), strict=True):
                    self._hidden[text] = row[:length].half().clone()

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Through the layers that learn, with gradients."""
        return self._encoder.upper(*padded([self._hidden[text].float() for text in texts]))


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
    asked: dict[str, list[str]] = {topic: [] for topic in (*facts, "none")}
    for text in taught:
        asked.get(labels[text].get("topic", ""), []).append(text)
    steps = int(epochs * len(taught) / BATCH)
    learning = [part for part in encoder.parameters() if part.requires_grad]

    def losses() -> Iterator[Tensor]:
        for step, batch in enumerate(batches(taught.copy, lessons.length)):
            loss = _task_loss(lessons.vectors(batch), batch, labels, names, heads)
            yield loss if step % CONTRAST_EVERY else loss + 0.5 * _contrast(lessons, asked, facts)

    encoder.train()
    learn([{"params": learning, "lr": rate}, {"params": heads.parameters(), "lr": 2e-3}], learning, steps, losses())
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
    """Questions near to facts, or other questions, of their own article; far from those of others, and what no article
    answers far from them all."""
    topics = random.sample([topic for topic in facts if asked[topic]], TOPICS)
    questions = [random.choice(asked[topic]) for topic in topics]
    others = [random.choice(facts[topic] if random.random() < 0.6 else asked[topic]) for topic in topics]
    unanswered = random.sample(asked["none"], UNANSWERED)
    vectors = functional.normalize(lessons.vectors([*questions, *others, *unanswered]), dim=1)
    questions_at, others_at, unanswered_at = vectors.split((TOPICS, TOPICS, UNANSWERED))
    own = torch.arange(TOPICS)
    from_questions = questions_at @ torch.cat([others_at, unanswered_at]).T / TEMPERATURE
    from_others = others_at @ torch.cat([questions_at, unanswered_at]).T / TEMPERATURE
    return functional.cross_entropy(from_questions, own) + functional.cross_entropy(from_others, own)


if __name__ == "__main__":
    given = command_line(__doc__, rate=1e-4).parse_args()
    main(given.epochs, given.rate, given.continue_from)
