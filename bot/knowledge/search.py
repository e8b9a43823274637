"""Query to ranked articles, or none: sentence vectors and BM25, fused, and calibrated to a decision. Pure."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

import bm25s
import jieba
import numpy as np

from bot.encoder import DIMENSIONS, SentenceEncoder
from bot.knowledge.article import Article
from bot.vectors import KeptVectors

for _noisy in ("jieba", "bm25s"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)

# Chosen on the articles' questions and on those of city/unanswered.yml that the encoder has not seen, each without its
# own text in the index; docs/understanding.md has the figures.
ANSWER = 0.45
"""Fused score from which the first article is given as the answer."""

MARGIN = 0.01
"""Lead over the second article that an answer needs."""

CERTAIN = 0.15
"""So much above ANSWER no lead is needed."""

CHOOSE = 0.3
"""Fused score from which neighbours are offered."""

ROOM = 0.1
"""How far an article must be nearer than a question that no article answers."""

OVERTAKEN = 1.5
"""How much the score sinks for each bit of nearness that is missing."""

OFFERED = 3
LEXICAL_WEIGHT = 0.5
FOLLOW_UP_BONUS = 0.35
FOLLOW_UP_LENGTH = 14
"""Words (English) or characters (Chinese) up to which a question may lean on the one before it."""

LEANS = 0.4
"""Behind a question that was not answered: the share of the score that both questions, read as one, have."""

DOUBT = 0.03
"""By how much the score sinks there. Both chosen on tests/knowledge/follow_ups.jsonl."""

_FOLLOW_UP = re.compile(r"^(那|那么|还有|如果|要是|and|what about|how about|what if|but)\b|^那|呢[?？。]?$", re.I)
_ANOTHER = re.compile(
    r"另外|还有(?:一?个|一?件|一事)|(?:换|别的|另)一?个?(?:问题|话题|事)|顺便|对了"
    r"|\b(?:(?:an)?other|different) (?:thing|question|matter|topic)\b|\bby the way\b|\bbtw\b|\bsomething else\b",
    re.IGNORECASE,
)
"""Says that what follows is not about the question before."""

_WORDS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_STOP = frozenset(
    [
        "的",
        "了",
        "吗",
        "呢",
        "啊",
        "我",
        "你",
        "您",
        "他",
        "她",
        "是",
        "在",
        "有",
        "要",
        "和",
        "就",
        "也",
        "都",
        "吧",
        "怎么",
        "什么",
        "请问",
        "一下",
        "可以",
        "the",
        "a",
        "an",
        "is",
        "are",
        "do",
        "does",
        "i",
        "my",
        "me",
        "you",
        "of",
        "to",
        "in",
        "for",
        "on",
        "and",
        "or",
        "it",
        "what",
        "how",
        "can",
        "be",
        "with",
        "at",
        "if",
        "this",
        "that",
        "have",
        "has",
    ]
)


@dataclass(frozen=True)
class Candidate:
    """An article and how well it fits, from 0 to 1."""

    article: Article
    score: float


@dataclass(frozen=True)
class Search:
    """What a query found: `decision` is answer, choose or none; candidates are ranked, best first."""

    decision: str
    candidates: tuple[Candidate, ...]


def words(text: str) -> list[str]:
    """The words of a text in either language; of Chinese also the pairs of characters, for wordings jieba cuts apart."""
    found: list[str] = []
    for run in _WORDS.findall(text.lower()):
        if run[0].isascii():
            found.append(run[:-1] if len(run) > 3 and run.endswith("s") else run)
        else:
            found += jieba.lcut(run)
            found += [run[start : start + 2] for start in range(len(run) - 1)]
    return [word for word in found if word not in _STOP]


class Index:
    """Articles made searchable. Built anew when an article changes; never changed itself."""

    def __init__(
        self, articles: Sequence[Article], unanswered: Sequence[str], encoder: SentenceEncoder, kept: KeptVectors
    ) -> None:
        """`unanswered` are questions that no article answers."""
        self.articles = tuple(articles)
        self._encoder = encoder
        texts, owners, weights = [], [], []
        for number, article in enumerate(self.articles):
            for text, weight in _texts(article):
                texts.append(text)
                owners.append(number)
                weights.append(weight)
        texts += unanswered
        vectors = kept.encode(texts) if texts else np.zeros((0, DIMENSIONS), dtype=np.float32)
        self._vectors, self._unanswered = vectors[: len(owners)], vectors[len(owners) :]
        self._owners = np.array(owners)
        self._weights = np.array(weights, dtype=np.float32)
        documents = [words(" ".join(text for text, _ in _texts(article))) for article in self.articles]
        self._bm25 = bm25s.BM25()
        if documents:
            self._bm25.index(documents, show_progress=False)

    def search(self, query: str, previous_topic: str | None = None, not_answered: str = "") -> Search:
        """The articles that fit the query, and whether the first may be given as the answer. `previous_topic` is that of
        the article that was answered before, `not_answered` the question before that no article answered: "then do all
        of us have to sign?" belongs to it, whatever it sounds like."""
        if not self.articles or not query.strip():
            return Search("none", ())
        fused = self._fused(query)
        if not_answered and not _ANOTHER.search(query):
            fused = (1 - LEANS) * fused + LEANS * self._fused(f"{not_answered}\n{query}") - DOUBT
        if (
            previous_topic
            and _FOLLOW_UP.search(query)
            and len(query) <= FOLLOW_UP_LENGTH * (1 if not query.isascii() else 4)
        ):
            fused = fused + FOLLOW_UP_BONUS * np.array([article.topic == previous_topic for article in self.articles])
        order = np.argsort(-fused)[: OFFERED + 2]
        candidates = tuple(Candidate(self.articles[row], float(fused[row])) for row in order)
        return Search(_decide(candidates), candidates)

    def _fused(self, query: str) -> np.ndarray:
        """By article how well it fits, from its meaning and its wording."""
        vector = self._encoder.encode([query])[0]
        meaning = self._meaning(vector)
        by_wording = LEXICAL_WEIGHT * self._wording(words(query))
        return (1 - LEXICAL_WEIGHT) * meaning + by_wording - self._overtaken(vector, meaning)

    def _overtaken(self, vector: np.ndarray, meaning: np.ndarray) -> float:
        """What the score loses because a question that no article answers is nearer than the nearest article allows."""
        if not len(self._unanswered):
            return 0.0
        return OVERTAKEN * max(0.0, float((self._unanswered @ vector).max() - meaning.max()) + ROOM)

    def _meaning(self, vector: np.ndarray) -> np.ndarray:
        """By article the nearest of its texts, from 0 to 1."""
        near = (self._vectors @ vector) * self._weights
        best = np.zeros(len(self.articles), dtype=np.float32)
        np.maximum.at(best, self._owners, near)
        return best

    def _wording(self, terms: list[str]) -> np.ndarray:
        """BM25 by article, as a share of what a text with every term of the query would score."""
        if not terms:
            return np.zeros(len(self.articles), dtype=np.float32)
        scores = np.asarray(self._bm25.get_scores(terms), dtype=np.float32)
        return np.tanh(scores / (2.0 * max(4.0, len(terms))))


def _texts(article: Article) -> list[tuple[str, float]]:
    titles = [(article.title.zh, 1.0), (article.title.en, 1.0)]
    asked = [(text, 1.0) for texts in article.asked_as.values() for text in texts]
    facts = [(fact, 0.9) for facts in article.facts.values() for fact in facts]
    return titles + asked + facts


def _decide(candidates: Sequence[Candidate]) -> str:
    first = candidates[0].score
    second = candidates[1].score if len(candidates) > 1 else 0.0
    if (first >= ANSWER and first - second >= MARGIN) or first >= ANSWER + CERTAIN:
        return "answer"
    return "choose" if first >= CHOOSE else "none"
