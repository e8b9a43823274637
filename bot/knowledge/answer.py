"""An article as a reply: the facts asked for first, then who decides, the law, the date of review, the hotline.

Nothing is said that no editor wrote; the words between stand in `city/texts` (`knowledge.…`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from bot.city import City
from bot.encoder import shared_encoder
from bot.knowledge.article import Article, Citation
from bot.knowledge.search import OFFERED, Search, words
from bot.messages import Button, Reply
from bot.text import HAN_DIGITS

FACTS = 5
"""Facts of one answer: the best fit first, the others in the article's order."""

KIND_ASKED_FOR = 0.4
"""What it adds to a fact's nearness that it looks like what was asked for."""

SHARED_WORDS = 0.3
"""What it adds that a fact has every word of the question that the article knows, the rare ones counting most."""

_BETWEEN_SENTENCES = {"zh": "", "en": " "}

_SMALLEST = 1e-6

# What kind of fact a question asks for, and how such a fact looks.
_ASKED_FOR = (
    (re.compile(r"多久|多长时间|几天|多少天|期限|什么时候|几个月|how long|how many (days|months|years)|deadline|when|by what date", re.I),
     re.compile(r"\d+ ?(个)?(日|天|小时|工作日)|一个月|within \d+|\d+[- ](working |calendar )?(day|month|hour)|one month", re.I)),
    (re.compile(r"多少钱|收费|费用|几块|赔多少|补多少|怎么算|几倍|工资|how much|cost|fee|price|pay|calculated", re.I),
     re.compile(r"\d+ ?(元|%|倍)|免费|百分之|两倍|三倍|yuan|free of charge|times|%", re.I)),
    (re.compile(r"材料|带什么|需要什么|要什么|证件|准备什么|bring|documents?|papers|need to (have|show)", re.I),
     re.compile(r"带|材料|证|bring|certificate|card|booklet|proof", re.I)),
    (re.compile(r"哪里|在哪|去哪|找谁|打哪|哪个部门|电话|where|who (do|should|can)|which (office|department|number)|call", re.I),
     re.compile(r"到|去|向|打|派出所|机关|\d{5}|apply (at|to|with)|at the|call|report to|complain", re.I)),
)  # fmt: skip


_LOSS = re.compile(r"流产|miscarriage", re.I)
_ASKS_OF_LOSS = re.compile(
    r"流|引产|小产|小月子|[没沒]保住|[没沒]了|掉了|停育|胎停|miscarr|lost|loss|terminat|abort|stillb", re.I
)
"""Without such a word nobody who tells of a pregnancy is answered first with the leave after a miscarriage."""


def compose(article: Article, query: str, language: str, city: City, today: date | None = None) -> Reply:
    """The answer to a question from one article. `today` tells whether the article has expired; None: it has not."""
    chosen = _chosen(article, query, language)
    facts = article.facts[language]
    first, *others = (facts[index] for index in chosen)
    lines = [first, *(f"• {fact}" for fact in others)]
    lines.append(_authority(article, language, city))
    if any(index in article.unverified for index in chosen):
        lines.append(city.text("knowledge.unverified", language))
    if article.varies_by_city:
        lines.append(city.text("knowledge.varies", language, what=article.varies_by_city.in_(language)))
    if today and today > article.expires_on:
        lines.append(city.text("knowledge.expired", language))
    buttons = tuple(
        Button(city.text(f"knowledge.{key}", language), _payload("give_feedback", topic=article.topic, helped=helped))
        for key, helped in (("helped", "yes"), ("not_helped", "no"))
    )
    return Reply("\n".join(lines), buttons=buttons, data={"article": article.topic})


def choices(search: Search, language: str, city: City) -> Reply:
    """Several articles are near: which one is meant?"""
    offered = tuple(
        Button(candidate.article.title.in_(language), _payload("choose_article", topic=candidate.article.topic))
        for candidate in search.candidates[:OFFERED]
    )
    none = Button(city.text("knowledge.none_of_these", language), _payload("choose_article", topic="none"))
    return Reply(city.text("knowledge.which", language), buttons=(*offered, none))


def not_known(language: str, city: City) -> Reply:
    """No article answers it: say so, and offer a person or a ticket."""
    buttons = (
        Button(city.text("knowledge.person", language), "/request_human"),
        Button(city.text("knowledge.register", language), "/file_complaint"),
    )
    return Reply(city.text("knowledge.not_known", language), buttons=buttons, data={"outcome": "not_known"})


def _payload(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"


def _chosen(article: Article, query: str, language: str) -> list[int]:
    """The facts to state: the best fit first, then its neighbours by fit, in the article's order."""
    facts = tuple(article.facts[language])
    if not query.strip():
        return list(range(min(FACTS, len(facts))))
    shared = _shared_words(facts, query)
    fit = [score + SHARED_WORDS * share for score, share in zip(_nearness(facts, query), shared, strict=True)]
    for asked, looks in _ASKED_FOR:
        if asked.search(query):
            fit = [score + KIND_ASKED_FOR * bool(looks.search(fact)) for score, fact in zip(fit, facts, strict=True)]
    if not _ASKS_OF_LOSS.search(query):
        fit = [score - bool(_LOSS.search(fact)) for score, fact in zip(fit, facts, strict=True)]
    ranked = sorted(range(len(facts)), key=lambda index: -fit[index])
    return [ranked[0], *sorted(ranked[1:FACTS])]


def _nearness(facts: tuple[str, ...], query: str) -> list[float]:
    """For each fact, from -1 to 1, how near it is to the question in what tells it from the other facts."""
    common, apart = _told_apart(facts)
    asked = shared_encoder().wordings([query])[0] - common
    return [float(fit) for fit in apart @ asked / max(float(np.linalg.norm(asked)), _SMALLEST)]


@lru_cache(maxsize=400)
def _told_apart(facts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the facts' vectors, and of each fact the direction in which it differs."""
    vectors = shared_encoder().wordings(facts)
    common = vectors.mean(axis=0)
    apart = vectors - common
    return common, apart / np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), _SMALLEST)


def _shared_words(facts: tuple[str, ...], query: str) -> list[float]:
    """For each fact, from 0 to 1, how much it has of the question's words that any of the facts has."""
    known = [_words_of(fact) for fact in facts]
    rarity = {
        word: math.log(1 + len(facts) / holders)
        for word in set(words(query))
        if (holders := sum(word in fact for fact in known))
    }
    whole = sum(rarity.values()) or 1.0
    return [sum(weight for word, weight in rarity.items() if word in fact) / whole for fact in known]


@lru_cache(maxsize=4_000)
def _words_of(fact: str) -> frozenset[str]:
    return frozenset(words(fact))


def _authority(article: Article, language: str, city: City) -> str:
    parts = {
        "department": city.departments[article.department].in_(language),
        "laws": _laws(article.citations, language),
        "reviewed": f"{article.reviewed_on:%B %Y}"
        if language == "en"
        else f"{article.reviewed_on.year}年{article.reviewed_on.month}月",
    }
    line = city.text("knowledge.authority", language, **parts)
    if article.hotline:
        line += _BETWEEN_SENTENCES[language] + city.text("knowledge.hotline", language, number=article.hotline)
    return line


def _laws(citations: Sequence[Citation], language: str) -> str:
    """Laws in the order cited, each with all its articles: 《居住证暂行条例》第八条、第九条."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for citation in citations:
        articles = grouped.setdefault((citation.law, citation.law_en), [])
        if citation.article:
            articles.append(citation.article)
    if language == "zh":
        return "；".join(f"《{law}》{'、'.join(articles)}" for (law, _), articles in grouped.items())
    named = []
    for (_, law), articles in grouped.items():
        numbers = [_number(article) for article in articles]
        named.append(f"{law}, {'arts.' if len(numbers) > 1 else 'art.'} {', '.join(numbers)}" if numbers else law)
    return "; ".join(named)


def _number(article: str) -> str:
    """第一百二十三条 as 123; what is not of that form stays as it is."""
    body = article.removeprefix("第").removesuffix("条")
    total, digit = 0, 0
    for char in body:
        if char in HAN_DIGITS:
            digit = HAN_DIGITS[char]
        elif char in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            return article
    return str(total + digit)
