"""What is remembered of what was said just before."""

from datetime import timedelta

import pytest

from bot import recent
from bot.recent import FRESH, RecentWords
from tests.builders import AT, an_utterance


@pytest.fixture
def words() -> RecentWords:
    remembered = RecentWords()
    assert remembered.before(an_utterance("鞋买小了", client_id="1")) == ""
    return remembered


def test_the_message_before_is_what_was_said_before(words: RecentWords) -> None:
    assert words.before(an_utterance("我都试了", client_id="2")) == "鞋买小了"
    assert words.before(an_utterance("能退吗", client_id="3")) == "我都试了"
    assert words.before(an_utterance("在吗", client_id="4", conversation_id="c2")) == ""


def test_a_message_that_comes_again_has_the_same_words_before_it(words: RecentWords) -> None:
    for _ in range(3):
        assert words.before(an_utterance("我都试了", client_id="2")) == "鞋买小了"
    assert words.before(an_utterance("能退吗", client_id="3")) == "我都试了"


def test_an_edit_of_the_last_message_has_the_same_words_before_it_and_replaces_it(words: RecentWords) -> None:
    words.before(an_utterance("我都试了", client_id="2"))
    assert words.before(an_utterance("我两双都试了", client_id="2", is_edit=True)) == "鞋买小了"
    assert words.before(an_utterance("能退吗", client_id="3")) == "我两双都试了"


def test_of_an_edit_of_an_earlier_message_nothing_is_known_and_it_is_not_the_last(words: RecentWords) -> None:
    words.before(an_utterance("我都试了", client_id="2"))
    assert words.before(an_utterance("鞋买大了", client_id="1", is_edit=True)) == ""
    assert words.before(an_utterance("能退吗", client_id="3")) == "我都试了"


@pytest.mark.parametrize("text", ["", "  ", "/choose_category"])
def test_a_photo_or_a_button_is_not_what_was_said(words: RecentWords, text: str) -> None:
    assert words.before(an_utterance(text, client_id="2")) == "鞋买小了"
    assert words.before(an_utterance("能退吗", client_id="3")) == "鞋买小了"


@pytest.mark.parametrize(("later", "before"), [(FRESH, "鞋买小了"), (FRESH + timedelta(seconds=1), "")])
def test_after_a_while_nothing_was_said_before(words: RecentWords, later: timedelta, before: str) -> None:
    assert words.before(an_utterance("我都试了", client_id="2", said_at=AT + later)) == before


def test_what_is_forgotten_was_not_said(words: RecentWords) -> None:
    words.forget("c1")
    words.forget("c1")
    assert words.before(an_utterance("我都试了", client_id="2")) == ""


def test_the_conversation_that_is_silent_longest_is_forgotten_first(
    words: RecentWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "MOST", 2)
    words.before(an_utterance("路灯坏了", client_id="2", conversation_id="c2"))
    words.before(an_utterance("我都试了", client_id="3"))
    words.before(an_utterance("垃圾没人收", client_id="4", conversation_id="c3"))
    assert words.before(an_utterance("还没修", client_id="5", conversation_id="c2")) == ""
    assert words.before(an_utterance("还在堆", client_id="6", conversation_id="c3")) == "垃圾没人收"
