"""Vectors of articles are made once: a start, or an edited article, encodes only what is new."""

from pathlib import Path

import numpy as np
import pytest

from bot.vectors import KeptVectors


class CountingEncoder:
    """Gives each text a vector of its length, and remembers what it was asked."""

    fingerprint = "abc"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


def test_what_is_kept_is_not_encoded_again(encoder: CountingEncoder, tmp_path: Path) -> None:
    first = KeptVectors(encoder, tmp_path, "articles").encode(["路灯", "居住证", "路灯"])  # type: ignore[arg-type]
    again = KeptVectors(encoder, tmp_path, "articles").encode(["居住证", "路灯", "新的一条"])  # type: ignore[arg-type]
    assert encoder.asked == ["路灯", "居住证", "新的一条"]
    assert first.tolist() == [[2, 1], [3, 1], [2, 1]]
    assert again.tolist() == [[3, 1], [2, 1], [4, 1]]


def test_what_no_article_holds_any_more_is_dropped(encoder: CountingEncoder, tmp_path: Path) -> None:
    KeptVectors(encoder, tmp_path, "articles").encode(["一", "二"])  # type: ignore[arg-type]
    KeptVectors(encoder, tmp_path, "articles").encode(["一"])  # type: ignore[arg-type]
    (kept,) = tmp_path.glob("*.npz")
    assert len(np.load(kept)["marks"]) == 1


def test_other_weights_have_vectors_of_their_own(encoder: CountingEncoder, tmp_path: Path) -> None:
    KeptVectors(encoder, tmp_path, "articles").encode(["一"])  # type: ignore[arg-type]
    encoder.fingerprint = "def"
    KeptVectors(encoder, tmp_path, "articles").encode(["一"])  # type: ignore[arg-type]
    assert encoder.asked == ["一", "一"]


def test_a_broken_file_is_made_anew(encoder: CountingEncoder, tmp_path: Path) -> None:
    (tmp_path / "articles-abc.npz").write_bytes(b"PK\x03\x04 half a file")
    assert KeptVectors(encoder, tmp_path, "articles").encode(["一"]).tolist() == [[1, 1]]  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.glob("*.npz")] == ["articles-abc.npz"]


def test_looking_up_changes_nothing_that_is_kept(encoder: CountingEncoder, tmp_path: Path) -> None:
    kept = KeptVectors(encoder, tmp_path, "training")  # type: ignore[arg-type]
    kept.encode(["一", "二"])
    assert kept.look_up(["二", "三三"]).tolist() == [[1, 1], [2, 1]]
    assert encoder.asked == ["一", "二", "三三"]
    (path,) = tmp_path.glob("training-abc.npz")
    assert len(np.load(path)["marks"]) == 2
