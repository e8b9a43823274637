"""Sentence vectors, Chinese and English in one space, and how likely a text tells of danger: `bot/weights` behind one
small class.

The weights are multilingual-e5-small (Wang et al. 2024, MIT), its vocabulary cut to our two languages (`words.onnx`),
its upper layers (`vectors.onnx`, above `lower.onnx`) taught by the utterances of data/ and the articles. Beside them
stand layers that were taught danger alone (`danger.onnx`), fewer, because it must be fast, and above the words at once.
scripts/encoder makes them, docs/understanding.md tells how. Python 3.10, because the engine's featurizer uses it too.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.text import simplified

DIMENSIONS = 384

READ_CHARACTERS = 600
READ_TOKENS = 96
"""A text is cut here before it is encoded: time grows with length. A token is about one and a half characters of
Chinese, or one English word."""

DANGER_TOKENS = 110
"""So much of a text is read for danger at once: a longer one is read in parts."""

STATE_TOKENS = 128
"""So much of a text is read at once for the states of its words."""

BATCH = 32

WEIGHTS = Path(__file__).resolve().parent / "weights"
LAYERS = WORDS, LOWER, VECTORS, DANGER = "words.onnx", "lower.onnx", "vectors.onnx", "danger.onnx"

NONE = "none"
"""The label of danger that stands for none."""

_SLOWER = "SkipLayerNormFusion"
"""What the runtime (1.32) does to make a file faster and makes slower by a tenth: an addition and a normalisation as
one."""

_BEGIN, _PAD, _END = 0, 1, 2

Tokens = Sequence[Sequence[int]]
"""The tokens of some texts, each with its begin and end."""


class Encoder(Protocol):
    """What turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """A row of unit length a text; zeros for an empty one."""


class SentenceEncoder:
    """Texts in, unit vectors of 384 float32 out, on one core; many texts on `threads` of them where nobody waits for
    another. Each core then reads its own batches: two that share one batch wait for each other half of the time."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        # Loaded here, not at import of this module.
        import onnxruntime
        from tokenizers import Tokenizer

        # Its threads would hold both cores of a small machine, and its fork warning is not for residents' logs.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
        options.log_severity_level = 3
        self._words, self._lower, self._vectors, self._danger = (
            onnxruntime.InferenceSession(
                str(weights / name), options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOWER]
            )
            for name in LAYERS
        )
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._weights = weights
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    @cached_property
    def fingerprint(self) -> str:
        """A name for the weights of `encode`: 12 hexadecimal digits. Vectors of other weights are another language."""
        layers = hashlib.sha256()
        for name in (WORDS, LOWER, VECTORS):
            layers.update((self._weights / name).read_bytes())
        return layers.hexdigest()[:12]

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of shape (len(texts), 384), each of length 1; an empty text gives a zero vector."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)

        def meaning(batch: Tokens) -> np.ndarray:
            hidden, mask = self._read(batch)
            return np.asarray(self._vectors.run(None, {"hidden": hidden, "mask": mask})[0])

        self._fill(vectors, meaning, texts, READ_TOKENS)
        return vectors

    def wordings(self, texts: Sequence[str]) -> np.ndarray:
        """The mean of what the lower layers make of each text's tokens, shape (len(texts), 384). It tells statements on
        one matter apart, which the layers above were taught to bring together; zeros for an empty text."""

        def mean(batch: Tokens) -> np.ndarray:
            states, mask = self._read(batch)
            # Without begin and end, which look alike in every text.
            words = mask[:, 2:, np.newaxis]
            return np.asarray((states[:, 1:-1] * words).sum(axis=1) / np.maximum(words.sum(axis=1), 1))

        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        self._fill(rows, mean, texts, READ_TOKENS)
        return rows

    @cached_property
    def danger_labels(self) -> list[str]:
        """The labels of danger: `none`, and `level/kind`."""
        labels: list[str] = json.loads((self._weights / "danger.json").read_text(encoding="utf-8"))
        return labels

    def danger(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of each label of danger, shape (len(texts), len(danger_labels)); `none` for an empty text."""
        chances = np.zeros((len(texts), len(self.danger_labels)), dtype=np.float32)
        chances[:, self.danger_labels.index(NONE)] = 1.0

        def danger(batch: Tokens) -> np.ndarray:
            words, mask = self._words_of(batch)
            return np.asarray(self._danger.run(None, {"words": words, "mask": mask})[0])

        self._fill(chances, danger, texts, DANGER_TOKENS)
        return chances

    def states(self, texts: Sequence[str], places: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """For each text what the lower layers make of the tokens at those of its characters, shape (len(places), 384);
        zeros where no token stands. The whole text is read, in pieces of STATE_TOKENS."""
        found = [np.zeros((len(wanted), DIMENSIONS), dtype=np.float32) for wanted in places]
        pieces: list[tuple[int, list[int], np.ndarray]] = []
        for row, text in enumerate(texts):
            plain = simplified(text)
            # A phrase may change its length: the places would slip, so the words stay as they were written.
            encoded = self._tokenizer.encode(plain if len(plain) == len(text) else text)
            spans = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)
            for begin in range(0, len(spans), STATE_TOKENS):
                part = slice(begin, begin + STATE_TOKENS)
                pieces.append((row, [_BEGIN, *encoded.ids[part], _END], spans[part]))
        tokens = {number: ids for number, (_, ids, _) in enumerate(pieces)}
        for number, states in self._in_batches(lambda batch: self._read(batch)[0], tokens):
            row, _, spans = pieces[number]
            wanted = np.asarray(places[row])
            token = np.searchsorted(spans[:, 0], wanted, side="right") - 1
            inside = (token >= 0) & (wanted < spans[token, 1])
            found[row][inside] = states[1 + token[inside]]
        return found

    def _fill(self, rows: np.ndarray, read: Callable[[Tokens], np.ndarray], texts: Sequence[str], most: int) -> None:
        tokens = {row: self._tokens(text, most) for row, text in enumerate(texts) if text.strip()}
        for row, result in self._in_batches(read, tokens):
            rows[row] = result

    def _in_batches(
        self, read: Callable[[Tokens], np.ndarray], tokens: Mapping[int, Sequence[int]]
    ) -> Iterator[tuple[int, np.ndarray]]:
        """What `read` makes of each row. Texts of like length go together: padding costs as much as words."""
        ordered = sorted(tokens, key=lambda row: len(tokens[row]))
        batches = [ordered[begin : begin + BATCH] for begin in range(0, len(ordered), BATCH)]
        spread = self._pool.map if self._pool else map
        found = spread(lambda batch: read([tokens[row] for row in batch]), batches)
        for batch, results in zip(batches, found, strict=True):
            yield from zip(batch, results, strict=True)

    def _tokens(self, text: str, most: int) -> list[int]:
        words: list[int] = self._tokenizer.encode(simplified(text[:READ_CHARACTERS])).ids[:most]
        return [_BEGIN, *words, _END]

    def _read(self, batch: Tokens) -> tuple[np.ndarray, np.ndarray]:
        """The states of the lower layers, shape (len(batch), longest, 384), and which of them are no padding."""
        words, mask = self._words_of(batch)
        return self._lower.run(None, {"words": words, "mask": mask})[0], mask

    def _words_of(self, batch: Tokens) -> tuple[np.ndarray, np.ndarray]:
        """The tokens below all layers, as `_read` returns their states."""
        longest = max(map(len, batch))
        ids = np.full((len(batch), longest), _PAD, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
        return self._words.run(None, {"ids": ids})[0], mask


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """The one encoder of this process, loaded on first use."""
    return SentenceEncoder()
