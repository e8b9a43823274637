"""Vectors kept on disk: a start, an edited article, a second training encodes only what is new. Python 3.10."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.encoder import SentenceEncoder

MARK_BYTES = 16


class KeptVectors:
    """Encodes texts with `encoder` and keeps the vectors in `folder`, under their name and that of the weights."""

    def __init__(self, encoder: SentenceEncoder, folder: Path, name: str) -> None:
        self._encoder = encoder
        self._path = folder / f"{name}-{encoder.fingerprint}.npz"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As the encoder's `encode`. What is kept is then just these texts; a file that cannot be read is made anew."""
        marks, kept, is_new = self._filled(texts)
        if is_new or len(kept) > len(set(marks)):
            self._write({mark: kept[mark] for mark in marks})
        return np.array([kept[mark] for mark in marks], dtype=np.float32)

    def look_up(self, texts: Sequence[str]) -> np.ndarray:
        """As `encode`, but what is kept stays as it is."""
        marks, kept, _ = self._filled(texts)
        return np.array([kept[mark] for mark in marks], dtype=np.float32)

    def _filled(self, texts: Sequence[str]) -> tuple[list[bytes], dict[bytes, np.ndarray], bool]:
        """The mark of each text, what is kept and what was missing of them by mark, and whether any was."""
        marks = [hashlib.sha256(text.encode()).digest()[:MARK_BYTES] for text in texts]
        kept = self._read()
        new = {mark: text for mark, text in zip(marks, texts, strict=True) if mark not in kept}
        if new:
            kept |= dict(zip(new, self._encoder.encode(list(new.values())), strict=True))
        return marks, kept, bool(new)

    def _read(self) -> dict[bytes, np.ndarray]:
        try:
            with np.load(self._path, allow_pickle=False) as stored:
                marks, vectors = stored["marks"], stored["vectors"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}
        return {mark.tobytes(): vector for mark, vector in zip(marks, vectors, strict=True)}

    def _write(self, kept: dict[bytes, np.ndarray]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Gateway and actions may write at the same time: each its own draft, and a whole file takes the name.
        draft = self._path.with_suffix(f".{os.getpid()}.npz")
        marks = np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(len(kept), MARK_BYTES)
        np.savez(draft, marks=marks, vectors=np.array(list(kept.values()), dtype=np.float32))
        draft.replace(self._path)
