"""The utterances that teach the tagger: every one can be read, and its spans are words of its own."""

from bot.settings import ROOT
from bot.spans.tagger import marks, words_of
from bot.spans.training import examples

EXAMPLES = list(examples(ROOT / "data" / "spans"))


def test_there_are_many_in_both_languages() -> None:
    assert len(EXAMPLES) > 2_000
    assert sum(text.isascii() for text, _ in EXAMPLES) > 1_000


def test_spans_begin_and_end_where_words_do() -> None:
    for text, spans in EXAMPLES:
        words = words_of(text)
        starts, ends = {word.start for word in words}, {word.end for word in words}
        for span in spans:
            assert text[span.start : span.end] == span.text
            assert span.start in starts, (text, span.text)
            assert span.end in ends, (text, span.text)
        assert marks(words, spans).count("B") == len(spans)


def test_no_utterance_stands_twice() -> None:
    assert len({text for text, _ in EXAMPLES}) == len(EXAMPLES)
