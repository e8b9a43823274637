"""Replies as messages: cut at sentences, signed buttons, nothing taken as markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.botapi.compose import MAX_TEXT, compose, pressed, split, token
from bot.messages import Attachment, Button, Reply
from tests.botapi.rules import MAX_DATA_BYTES, units

SECRET = "s"


@given(st.text(alphabet="路灯坏了。a b.😀\n", max_size=12_000), st.integers(min_value=50, max_value=MAX_TEXT))
def test_no_piece_is_too_long_and_no_word_is_lost(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize("end", ["。", "！", ". ", "\n"])
def test_it_is_cut_at_the_end_of_a_sentence(end: str) -> None:
    pieces = split(("一句话说完" + end) * 1_000, MAX_TEXT)
    assert len(pieces) > 1
    assert all(piece.endswith(end.strip() or "完") for piece in pieces)


def test_a_short_text_is_one_message() -> None:
    assert [part.text for part in compose(Reply("好的"), 1, SECRET)] == ["好的"]


def test_buttons_stand_under_the_last_piece() -> None:
    reply = Reply("一句。" * 3_000, buttons=(Button("对", "/affirm"),))
    parts = compose(reply, 1, SECRET)
    assert [bool(part.keyboard) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_an_operator_is_named_by_number_before_words_and_files() -> None:
    file = Attachment("f" * 32, "a.pdf", "application/pdf", 9)
    assert compose(Reply("请看", author="operator"), 1, SECRET, "27号：")[0].text == "27号：\n请看"
    (part,) = compose(Reply("", author="operator", attachments=(file,)), 1, SECRET, "27号：")
    assert (part.text, part.attachment) == ("27号：", file)


@given(st.text(max_size=500), st.integers())
def test_callback_data_fits(payload: str, chat_id: int) -> None:
    assert len(token("r" * 64, payload, chat_id, SECRET).encode()) <= MAX_DATA_BYTES


def test_a_button_is_known_again_only_where_it_was_shown() -> None:
    reply = Reply("对吗？", buttons=(Button("对", "/affirm"), Button("不对", "/deny")))
    data = token(reply.id, "/deny", 1, SECRET)
    assert pressed([Reply("x"), reply], data, 1, SECRET) == (reply, reply.buttons[1])
    assert pressed([reply], data, 2, SECRET) is None, "another chat"
    assert pressed([reply], data, 1, "other") is None, "another key"
    assert pressed([reply], "/deny", 1, SECRET) is None, "a forged payload"
