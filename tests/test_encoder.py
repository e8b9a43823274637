"""The encoder: one space for both languages, any text, vectors of length 1."""

import numpy as np
import pytest

from bot.city import load_city
from bot.encoder import DIMENSIONS, NONE, STATE_TOKENS, SentenceEncoder, shared_encoder


def near(left: str, right: str) -> float:
    vectors = shared_encoder().encode([left, right])
    return float(vectors[0] @ vectors[1])


@pytest.mark.parametrize(
    ("text", "same", "other"),
    [
        ("路灯坏了", "The street light is broken", "My wages have not been paid"),
        ("居住证怎么办", "how do I get a residence permit", "怎么投诉噪音"),
        ("我不想活了", "I don't want to live any more", "这花养不活了"),
    ],
)
def test_the_two_languages_share_one_space(text: str, same: str, other: str) -> None:
    assert near(text, same) > near(text, other)


def test_capitals_width_and_traditional_characters_change_nothing() -> None:
    assert near("The STREET light", "the street light") == pytest.approx(1, abs=1e-3)
    assert near("路燈壞了", "路灯坏了") == pytest.approx(1, abs=1e-3)
    assert near("电话１２３４５", "电话12345") == pytest.approx(1, abs=1e-3)


def test_order_and_company_change_nothing_that_matters() -> None:
    texts = ["路灯坏了", "", "a much longer text about noise at night " * 20, "😀", "停水"]
    together = shared_encoder().encode(texts)
    assert together.shape == (5, DIMENSIONS)
    assert np.linalg.norm(together, axis=1).tolist() == pytest.approx([1, 0, 1, 1, 1], abs=1e-3)
    alone = shared_encoder().encode(["停水"])[0]
    assert float(alone @ together[4]) > 0.97


def test_nothing_gives_nothing() -> None:
    assert shared_encoder().encode([]).shape == (0, DIMENSIONS)


def test_danger_is_a_probability_of_each_label() -> None:
    encoder = shared_encoder()
    chances = encoder.danger(["我站在楼顶，不想活了", "", "路灯坏了"])
    assert chances.shape == (3, len(encoder.danger_labels))
    assert chances.sum(axis=1).tolist() == pytest.approx([1, 1, 1], abs=1e-3)
    none = chances[:, encoder.danger_labels.index(NONE)]
    assert none[0] < 0.1 < 0.9 < none[2]
    assert none[1] == 1


def test_the_labels_of_danger_are_the_citys_kinds_at_each_level() -> None:
    kinds = load_city().crisis_kinds
    wanted = {f"{level}/{kind}" for level in ("imminent", "high", "concern") for kind in kinds}
    assert set(shared_encoder().danger_labels) == {NONE, *wanted}


def test_many_texts_on_two_cores_are_read_as_on_one() -> None:
    texts = [f"{number} 号楼 the lift is broken" for number in range(70)]
    on_two = SentenceEncoder(threads=2).encode(texts)
    assert (on_two * shared_encoder().encode(texts)).sum(axis=1) == pytest.approx(np.ones(70), abs=1e-2)


def test_states_are_those_of_the_tokens_at_the_characters() -> None:
    text = "the bus stop, 幸福路"
    begins = [text.index(word) for word in ("the", "bus", "us", " stop", "幸")]
    one, other = shared_encoder().states([text, ""], [begins, [0]])
    assert one.shape == (5, DIMENSIONS)
    assert np.array_equal(one[1], one[2])
    assert not np.allclose(one[0], one[1])
    assert one.any(axis=1).all()
    assert not other.any()


def test_states_of_a_long_text_reach_its_end() -> None:
    text = "桥 road " * (STATE_TOKENS * 3)
    (states,) = shared_encoder().states([text], [range(0, len(text), 7)])
    assert states.any(axis=1).all()


def test_traditional_characters_have_the_states_of_simplified_ones() -> None:
    one, other = shared_encoder().states(["馬路邊", "马路边"], [[0, 1, 2]] * 2)
    assert np.allclose(one, other, atol=1e-3)
