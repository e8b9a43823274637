"""The router on a small history of a city's own."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.city import load_city
from bot.encoder import DIMENSIONS, shared_encoder
from bot.errors import Misconfigured
from bot.linear import LinearModel, Wording
from bot.tickets.router import Router, departments_of, read_history

WATER = ["家里停水三天了", "水管爆了没人修", "自来水发黄有味道", "水压太低洗不了澡", "小区又停水了", "水费算错了"]
ROADS = ["路面有个大坑", "井盖不见了", "人行道塌了一块", "马路坑坑洼洼", "路上的坑扎破轮胎", "道路破损严重"]
HISTORY = [(text, "水务") for text in WATER] + [(text, "道路") for text in ROADS]


def a_router() -> Router:
    texts, labels = zip(*(HISTORY * 3), strict=True)
    return Router.train(texts, labels, shared_encoder())


@pytest.mark.parametrize(("text", "label"), [("楼里停水两天了", "水务"), ("门口路面有坑", "道路")])
def test_an_unseen_complaint_goes_where_its_like_went(text: str, label: str) -> None:
    assert a_router().label(text) == label


def test_three_labels_and_their_probabilities() -> None:
    history = [*HISTORY, *((text, "供暖") for text in ("暖气不热", "供暖停了", "家里暖气片冰凉"))] * 3
    texts, labels = zip(*history, strict=True)
    label, chance = Router.train(texts, labels, shared_encoder()).likeliest("暖气片不热")
    assert label == "供暖"
    assert 1 / 3 < chance <= 1


def test_what_was_saved_decides_alike(tmp_path: Path) -> None:
    router = a_router()
    router.save(tmp_path / "routing.npz")
    again = Router.load(tmp_path / "routing.npz", shared_encoder())
    assert again.likeliest("楼里停水两天了")[1] == pytest.approx(router.likeliest("楼里停水两天了")[1], abs=0.01)


class CountingEncoder:
    """Vectors that say nothing, and how many were asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return np.zeros((len(texts), DIMENSIONS), dtype=np.float32)


def test_the_meaning_is_asked_only_where_the_wording_is_not_sure() -> None:
    encoder = CountingEncoder()
    texts, labels = zip(
        *((f"{text}，第{number}次", label) for text, label in HISTORY for number in range(40)), strict=True
    )
    router = Router.train(texts, labels, encoder)
    encoder.texts.clear()
    router.label("家里停水三天了，第3次")
    assert encoder.texts == []
    router.label("有件事想反映")
    assert encoder.texts == ["有件事想反映"]


def test_what_is_meant_decides_where_the_words_are_new() -> None:
    texts, labels = zip(
        *(
            (f"{text}{end}", label)
            for text, label in HISTORY
            for end in (f"，{day}号{hour}点" for day in range(1, 9) for hour in (6, 9, 13, 18, 22))
        ),
        strict=True,
    )
    router = Router.train(texts, labels, shared_encoder())
    assert router.label("the tap has been dry since Monday") == "水务"
    assert router.label("a pothole burst my tyre") == "道路"


def test_a_router_of_an_older_make_is_refused(tmp_path: Path) -> None:
    nothing = Wording(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    LinearModel(["a", "b"], nothing, np.zeros((2, 0)), np.zeros(2)).save(tmp_path / "routing.npz")
    with pytest.raises(Misconfigured, match="train routing"):
        Router.load(tmp_path / "routing.npz", shared_encoder())


def test_labels_name_departments_or_categories() -> None:
    city = load_city()
    category = city.categories["street_light"]
    name = city.departments[category.department]
    labels = [category.id, category.name.zh, category.name.en, category.department, name.zh, name.en]
    assert departments_of(labels, city) == [category.department] * 6
    with pytest.raises(Misconfigured, match=r"2 labels .*: 火星, 金星\."):
        departments_of(["火星", "金星", "火星"], city)


@pytest.mark.parametrize(
    ("content", "advice"),
    [("a,b\n1,2\n", "text,label"), ("text,label\n", "text,label"), ("text,label\nx,y\nz,y\n", "one label only")],
)
def test_a_history_that_teaches_nothing_is_refused(tmp_path: Path, content: str, advice: str) -> None:
    path = tmp_path / "history.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Misconfigured, match=advice):
        read_history(path)


def test_a_missing_history_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_history(tmp_path / "none.csv")


def test_a_history_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *HISTORY])
    texts, labels = read_history(path)
    assert (texts[0], labels[0]) == HISTORY[0]
