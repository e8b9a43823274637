"""Teaches layers of their own, above the encoder's frozen ones, to tell danger, by the utterances of data/crisis."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import torch
from model import POSITIONS, Danger, Encoder
from teaching import BATCH, ROOT, SMOOTHING, Reader, batches, command_line, learn
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tune import KEPT

from bot.city import load_city
from bot.crisis.classifier import about_tokens
from bot.crisis.clues import load_clues
from bot.crisis.examples import ordinary_examples, own_examples
from bot.encoder import NONE
from bot.examples import nlu_examples
from bot.linear import is_held_out

KEPT_DANGER = Path(__file__).with_name("danger.pt")
TOKENS = POSITIONS - 2
"""A long text is read whole, and a longer danger not at all: what is dangerous in it may stand at its end."""

PART_CHARACTERS = {True: 150, False: 380}
"""About as much as the recogniser reads at once, of Chinese and of other text."""

BURIED, BARE, LOWERED = 0.14, 0.08, 0.06
"""Shares of the utterances that are read between harmless sentences, without punctuation, in small letters."""

CUT = 0.9
"""Share of the long harmless texts of which only a part is read."""

EVERYDAY = 0.5
"""Share of the everyday utterances that an epoch holds."""

BESIDE_NEW = 0.3
"""Where some of it is new: share of all that is not, everyday or of data/crisis, that an epoch holds."""

UNREAD = 0.08
"""Share of the pieces of a text that are hidden in learning, so that no single word is relied on."""

DECAY = 0.998
"""What is kept at the end is the mean of the weights over the last steps, which errs less on the unseen than the last
weights themselves (Izmailov et al. 2018)."""

AFTER = 0.7
"""Where lessons continue from what was learned: the share of the weights after them in what is kept, beside those before.
Some of each errs less than either on what is unlike the lesson (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
models"); and the mean of lessons with other seeds less than one of them, by whose chance some alarms come and go (Wortsman
et al. 2022, "Model soups")."""

_FIRST_PIECE, _UNKNOWN = 4, 3

_HAN = re.compile(r"[\u4e00-\u9fff]")
_STOP = re.compile(r"[。！？!?；;\n]|\. ")
_POINTS = re.compile(r"[，。！？,.!?；;：:、]")

Example = tuple[str, str]


def urgent(label: str) -> bool:
    """Whether the label calls for a person at once."""
    return label.startswith(("imminent", "high"))


class School:
    """The texts, as a resident might write them."""

    def __init__(self, own: dict[str, str], new: Collection[str], everyday: Sequence[str]) -> None:
        self._own = own
        self._new = {text for text in own if text in new}
        self._everyday = everyday
        self._new_everyday = [text for text in everyday if text in new]
        self._fillers = {
            True: [text for text in everyday if _HAN.search(text) and 12 < len(text) < 90],
            False: [text for text in everyday if not _HAN.search(text) and 25 < len(text) < 220],
        }

    def epoch(self) -> list[Example]:
        """All of data/crisis, each time worded a little differently, and EVERYDAY of the others. Where some of it is new,
        that twice, BESIDE_NEW of the rest, and twice more what is new of the everyday."""
        worded = [(self._varied(text, label), label) for text, label in self._dwelt_on()]
        share = BESIDE_NEW if self._new else EVERYDAY
        everyday = [*random.sample(self._everyday, int(share * len(self._everyday))), *self._new_everyday * 2]
        return [*worded, *((self._cut(text), NONE) for text in everyday)]

    def _dwelt_on(self) -> Iterator[Example]:
        for text, label in self._own.items():
            if text in self._new:
                yield from [(text, label)] * 2
            elif not self._new or random.random() < BESIDE_NEW:
                yield text, label

    def _varied(self, text: str, label: str) -> str:
        chance, is_chinese = random.random(), bool(_HAN.search(text))
        if label == NONE and (cut := self._cut(text)) != text:
            return cut
        if chance < BURIED:
            around = random.sample(self._fillers[is_chinese], random.choice((1, 1, 2)))
            around.insert(random.randrange(len(around) + 1), text)
            between = random.choice("，。！ ；") if is_chinese else random.choice((". ", ", ", " ", "! "))
            return between.join(piece.rstrip("。.！!") for piece in around)
        if chance < BURIED + BARE:
            return _POINTS.sub(" " if is_chinese else "", text)
        return text.lower() if chance < BURIED + BARE + LOWERED else text

    def _cut(self, text: str) -> str:
        """Of a long harmless text mostly a part: every one of it is as harmless. Of a danger nobody knows in which part it
        lies."""
        most = PART_CHARACTERS[bool(_HAN.search(text))]
        return _part(text, most) if len(text) > most and random.random() < CUT else text


def _texts_of(data: Path, name: str) -> list[str]:
    own = [text for text, _ in own_examples(data / "crisis", [name])]
    texts = own or [text for _, text in nlu_examples(data / "nlu", f"{name}.yml")]
    assert texts, f"neither data/crisis nor data/nlu has a file {name}.yml"
    return texts


def _part(text: str, characters: int) -> str:
    """Some sentences of it that follow each other, about so many characters."""
    starts = [0, *(stop.end() for stop in _STOP.finditer(text) if stop.end() < len(text) - characters // 2)]
    start = random.choice(starts)
    end = next((stop.end() for stop in _STOP.finditer(text, start + characters // 2)), len(text))
    return text[start : min(end, start + characters)].strip()


def main(epochs: float, rate: float, continues: bool, new: Sequence[str], seeds: Sequence[int]) -> None:
    """Teach, and keep what was learned beside this file. `new` are the files of data/crisis and data/nlu to dwell on,
    without suffix; each of the `seeds` begins a lesson from the same weights."""
    data = ROOT / "data"
    own = dict(own_examples(data / "crisis"))
    # What residents bring every day is mostly grievance: it must not sound like danger.
    ordinary = dict(ordinary_examples(data, load_clues(load_city())))
    everyday = [text for text, label in ordinary.items() if label == NONE and text not in own]
    labels = sorted(set(own.values()))
    longer = Reader(POSITIONS)
    school = School(
        {
            text: label
            for text, label in own.items()
            if not is_held_out(text) and (label == NONE or len(longer.tokens(text)) <= POSITIONS)
        },
        {text for name in new for text in _texts_of(data, name)},
        [text for text in everyday if not is_held_out(text)],
    )
    encoder = Encoder()
    encoder.load_state_dict(torch.load(KEPT)["encoder"])
    encoder.eval()
    danger = Danger(encoder, len(labels))
    if continues:
        kept = torch.load(KEPT_DANGER)
        assert kept["labels"] == labels, "the labels have changed: teach from the beginning"
        danger.fill(kept["danger"])
    before = copy.deepcopy(danger.state_dict())
    lessons = []
    for seed in seeds:
        random.seed(seed)
        torch.manual_seed(seed)
        danger.load_state_dict(before)
        lessons.append(_taught(encoder, danger, school, labels, epochs, rate))
    learned = {name: torch.stack([lesson[name] for lesson in lessons]).mean(0) for name in before}
    if continues:
        learned = {name: torch.lerp(before[name], after, AFTER) for name, after in learned.items()}
    danger.load_state_dict(learned)
    torch.save({"danger": learned, "labels": labels}, KEPT_DANGER)
    danger.eval()
    unseen = {text: label for text, label in own.items() if is_held_out(text)}
    print(_held_out(encoder, danger, Reader(TOKENS), unseen, _calls(labels)))


def _taught(
    encoder: Encoder, danger: Danger, school: School, labels: Sequence[str], epochs: float, rate: float
) -> dict[str, Tensor]:
    """The mean of the weights over the last steps of one lesson."""
    steps = int(epochs * len(school.epoch()) / BATCH)
    reader, calls = Reader(TOKENS), _calls(labels)
    averaged = AveragedModel(danger, multi_avg_fn=get_ema_multi_avg_fn(DECAY))

    def losses() -> Iterator[Tensor]:
        for batch in batches(school.epoch, lambda example: about_tokens(example[0])):
            ids, mask = reader.padded([text for text, _ in batch])
            hidden = (torch.rand(ids.shape) < UNREAD) & (ids >= _FIRST_PIECE)
            yield _loss(_scores(encoder, danger, (ids.masked_fill(hidden, _UNKNOWN), mask)), batch, labels, calls)
            averaged.update_parameters(danger)

    groups = [{"params": danger.layers.parameters(), "lr": rate}, {"params": danger.head.parameters(), "lr": 10 * rate}]
    danger.train()
    learn(groups, danger.parameters(), steps, losses())
    return {name: weights.clone() for name, weights in averaged.module.state_dict().items()}


def _calls(labels: Sequence[str]) -> Tensor:
    """1 for each label that calls for a person."""
    return torch.tensor([float(urgent(label)) for label in labels])


def _scores(encoder: Encoder, danger: Danger, padded: tuple[Tensor, Tensor]) -> Tensor:
    ids, mask = padded
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with torch.no_grad():
            words = encoder.words(ids)
        return danger(words, mask).float()


def _loss(scores: Tensor, batch: Sequence[Example], labels: Sequence[str], calls: Tensor) -> Tensor:
    """The label, and once more whether somebody must come: that mistake is the dear one."""
    wanted = torch.tensor([labels.index(label) for _, label in batch])
    chance = (functional.softmax(scores, 1) * calls).sum(1).clamp(1e-6, 1 - 1e-6)
    softened = calls[wanted] * (1 - SMOOTHING) + SMOOTHING / 2
    label_loss = functional.cross_entropy(scores, wanted, label_smoothing=SMOOTHING)
    return label_loss + functional.binary_cross_entropy(chance, softened)


def _held_out(encoder: Encoder, danger: Danger, reader: Reader, unseen: dict[str, str], calls: Tensor) -> str:
    """How much danger is found among unseen utterances when one near miss in fifty calls a person."""
    texts = sorted(unseen, key=len)
    with torch.no_grad():
        rows = [
            functional.softmax(_scores(encoder, danger, reader.padded(texts[start : start + 48])), 1) @ calls
            for start in range(0, len(texts), 48)
        ]
    chances = torch.cat(rows)
    harmless = torch.tensor([unseen[text] == NONE for text in texts])
    wanted = torch.tensor([urgent(unseen[text]) for text in texts])
    threshold = torch.quantile(chances[harmless], 0.98)
    found = (chances[wanted] > threshold).float().mean()
    return f"{len(texts)} held out: {float(found):.3f} of the urgent ones above {float(threshold):.3f}"


if __name__ == "__main__":
    parser = command_line(__doc__, rate=8e-5)
    parser.add_argument("--new", nargs="*", default=[], help="files of data/crisis and data/nlu to dwell on")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0], help="lessons whose mean is kept")
    given = parser.parse_args()
    main(given.epochs, given.rate, given.continue_from, given.new, given.seeds)
