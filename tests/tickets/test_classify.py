"""Classifiers of complaints on a small set, with an encoder that knows nothing: what they promise, not how well."""

from pathlib import Path

import numpy as np
import pytest

from bot.city import load_city
from bot.errors import Misconfigured
from bot.linear import LinearModel, train_linear
from bot.tickets.classify import CategoryClassifier
from bot.tickets.homophones import Homophones
from bot.tickets.remit import RemitClassifier, door

NO_HOMOPHONES = Homophones({}, frozenset())
TEXTS = {
    "street_light": ["路灯坏了", "路灯不亮", "街上路灯灭了", "路灯一直闪", "路灯杆倒了", "the street light is out"],
    "garbage": ["垃圾没人收", "垃圾堆成山", "垃圾桶满了", "垃圾太臭", "垃圾站没人管", "garbage piles up"],
    "unpaid_wages": ["老板拖欠工资", "工资不发", "欠我三个月工资", "工资少发", "讨要工资", "my wages are unpaid"],
}


class BlindEncoder:
    """Every text is the same to it: what is learned comes from the characters."""

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.full((len(texts), 512), 512**-0.5, dtype=np.float32)


def trained(labels: dict[str, list[str]]) -> LinearModel:
    texts = [text for examples in labels.values() for text in examples]
    names = [name for name, examples in labels.items() for _ in examples]
    return train_linear(texts, names, BlindEncoder().encode(texts))[0]


@pytest.fixture(scope="module")
def categories() -> CategoryClassifier:
    return CategoryClassifier(load_city(), BlindEncoder(), trained(TEXTS), NO_HOMOPHONES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "category"), [("那边路灯都坏了", "street_light"), ("楼下垃圾", "garbage"), ("不给工资", "unpaid_wages")]
)
def test_the_likeliest_category_stands_first(categories: CategoryClassifier, text: str, category: str) -> None:
    candidates = categories.candidates(text)
    assert candidates[0][0] == category
    assert sum(share for _, share in candidates) == pytest.approx(1.0, abs=1e-4)
    assert [share for _, share in candidates] == sorted((share for _, share in candidates), reverse=True)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("大气污染异味那个", "air_pollution"),
        ("停电。", "power_outage"),
        ("air pollution & smells", "air_pollution"),
        ("Air Pollution and Smells category", "air_pollution"),
    ],
)
def test_the_name_of_a_category_is_that_category(categories: CategoryClassifier, text: str, category: str) -> None:
    assert categories.candidates(text) == [(category, 1.0)]


@pytest.mark.parametrize("text", ["公共厕所门口的路灯坏了", "不是停电，路灯坏了"])
def test_the_name_of_one_within_another_matter_decides_nothing(categories: CategoryClassifier, text: str) -> None:
    assert categories.candidates(text)[0][0] == "street_light"


@pytest.mark.parametrize("text", ["", "？？？", "👍", "123"])
def test_a_text_without_words_is_about_anything_else(categories: CategoryClassifier, text: str) -> None:
    assert categories.candidates(text)[0][0] == "other"


@pytest.mark.parametrize(
    ("candidates", "is_sure"),
    [([("garbage", 0.9)], True), ([("garbage", 0.4), ("other", 0.3)], False), ([("other", 0.99)], False), ([], False)],
)
def test_it_asks_when_in_doubt(categories: CategoryClassifier, candidates: list, is_sure: bool) -> None:
    assert categories.is_sure(candidates) is is_sure


def test_it_is_certain_of_a_category_and_never_of_other() -> None:
    model = trained({"other": ["月球灰尘"] * 6, "garbage": ["垃圾没人收"] * 6, "street_light": ["路灯不亮"] * 6})
    classifier = CategoryClassifier(load_city(), BlindEncoder(), model, NO_HOMOPHONES)  # type: ignore[arg-type]
    assert classifier.certainty("垃圾没人收") == classifier.candidates("垃圾没人收")[0][1] > 0.4
    assert classifier.certainty("月球灰尘") == 0.0


def test_a_category_that_the_city_does_not_have_is_not_offered() -> None:
    model = trained({"moon_dust": ["月球灰尘"] * 6, "garbage": ["垃圾没人收"] * 6})
    classifier = CategoryClassifier(load_city(), BlindEncoder(), model, NO_HOMOPHONES)  # type: ignore[arg-type]
    assert [name for name, _ in classifier.candidates("月球灰尘")] == ["garbage"]


def test_what_was_saved_answers_the_same(tmp_path: Path) -> None:
    model = trained(TEXTS)
    model.save(tmp_path / "deep" / "categories.npz")
    loaded = LinearModel.load(tmp_path / "deep" / "categories.npz")
    before, after = (dict(each.probabilities("路灯坏了", BlindEncoder())) for each in (model, loaded))  # type: ignore[arg-type]
    assert after == pytest.approx(before, abs=0.01)


def test_a_missing_or_broken_model_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"not a model")
    for name in ("missing", "broken"):
        with pytest.raises(Misconfigured, match="hotline train"):
            LinearModel.load(tmp_path / f"{name}.npz")


KINDS = {
    "judicial_ruling": [
        "法院判得不公",
        "不服判决",
        "法院判错了",
        "法官乱判",
        "判决不公平",
        "the court ruling is wrong",
    ],
    "private_debt": [
        "朋友借钱不还",
        "借条在他不还钱",
        "借出去的钱要不回",
        "同学借钱不还",
        "欠钱不还的朋友",
        "he owes me money",
    ],
    "none": [
        "路灯坏了",
        "垃圾没人收",
        "老板拖欠工资",
        "小区停水",
        "公交不来",
        "路面有坑",
        "the lamp is out",
        "no water",
    ],
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [("法院的判决不公", "judicial_ruling"), ("借钱不还", "private_debt"), ("路灯坏", None), ("？", None)],
)
def test_a_matter_outside_is_recognised_and_one_inside_is_not(text: str, kind: str | None) -> None:
    classifier = RemitClassifier(load_city(), BlindEncoder(), trained(KINDS))  # type: ignore[arg-type]
    assert classifier.kind(text) == kind


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_has_a_door_with_its_numbers(language: str) -> None:
    city = load_city()
    for kind, entry in city.doors.items():
        said = door(kind, language, city).text
        for number in (part for part in entry.also.split(" / ") if part.isdigit()):
            assert number in said, (kind, number)
