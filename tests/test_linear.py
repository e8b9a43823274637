"""The linear model: learns, calibrates on what it has not seen, is kept and read again."""

from pathlib import Path

import numpy as np
import pytest

from bot.errors import Misconfigured
from bot.linear import LinearModel, counted, is_held_out, train_linear

WORDS = {"light": "路灯", "trash": "垃圾", "wages": "工资"}
TEXTS = [f"{word}{ending}{number}" for word in WORDS.values() for ending in ("坏了", "没人管") for number in range(12)]
LABELS = [label for label in WORDS for _ in range(24)]
VECTORS = np.eye(3, 4, dtype=np.float32)[[list(WORDS).index(label) for label in LABELS]]


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return train_linear(TEXTS, LABELS, VECTORS)[0]


def test_wording_decides_where_meaning_is_silent(model: LinearModel) -> None:
    chances = model.chances(["垃圾桶满了"], np.zeros((1, 4), dtype=np.float32))[0]
    assert model.labels[int(chances.argmax())] == "trash"
    assert chances.sum() == pytest.approx(1)


def test_meaning_decides_where_wording_is_unknown(model: LinearModel) -> None:
    chances = model.chances(["unpaid"], np.eye(3, 4, dtype=np.float32)[2:])[0]
    assert model.labels[int(chances.argmax())] == "wages"


def test_what_was_held_out_comes_back_with_what_the_model_says_of_it() -> None:
    _, held_out = train_linear(TEXTS, LABELS, VECTORS)
    assert held_out.texts == [text for text in TEXTS if is_held_out(text)]
    assert held_out.chances.shape == (len(held_out.texts), 3)
    assert 0 < len(held_out.texts) < len(TEXTS) / 3


def test_marks_count_as_words_do() -> None:
    marks = [["!rule"] if label == "wages" else [] for label in LABELS]
    model, _ = train_linear(TEXTS, LABELS, np.zeros_like(VECTORS), marks=marks)
    nothing = np.zeros((1, 4), dtype=np.float32)
    with_mark, without = (model.chances(["没说过的话"], nothing, [found])[0] for found in (["!rule"], []))
    wages = model.labels.index("wages")
    assert with_mark[wages] > without[wages] + 0.2


def test_texts_are_counted_once_for_two_models(model: LinearModel) -> None:
    vectors = np.zeros((len(TEXTS), 4), dtype=np.float32)
    assert model.chances_of(counted(TEXTS), vectors) == pytest.approx(model.chances(TEXTS, vectors))
    assert counted(["停水停水"], [["!rule"]]).nnz == counted(["停水停水"]).nnz + 1


def test_a_kept_model_says_the_same(model: LinearModel, tmp_path: Path) -> None:
    model.thresholds = {"urgent": 0.25}
    model.save(tmp_path / "model.npz")
    again = LinearModel.load(tmp_path / "model.npz")
    assert again.thresholds == {"urgent": 0.25}
    assert again.chances(TEXTS, VECTORS) == pytest.approx(model.chances(TEXTS, VECTORS), abs=1e-2)


@pytest.mark.parametrize("content", [None, b"", b"not a model"])
def test_a_model_that_cannot_be_read_is_one_clear_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured, match="hotline train"):
        LinearModel.load(path)
