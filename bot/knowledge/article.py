"""An article: a city's policy text from Markdown, checked. Each fault is one plain sentence with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import yaml

from bot.city import City, Name
from bot.errors import Misconfigured
from bot.language import LANGUAGES

HEADINGS = {"zh": "中文", "en": "English"}
REQUIRED = (
    "topic", "department", "title", "asked_as", "citations", "hotline", "reviewed_on", "expires_on", "verified",
    "unverified_facts", "varies_by_city",
)  # fmt: skip
_HEADING = re.compile(r"^## (.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Citation:
    """A law and the article in it; `article` is empty for a document that is cited as a whole."""

    law: str
    law_en: str
    article: str
    in_force: date | None


@dataclass(frozen=True)
class Article:
    """What the editors say on one topic. `facts` by language, in the same order; `unverified` are indexes of facts."""

    topic: str
    department: str
    title: Name
    asked_as: Mapping[str, Sequence[str]]
    facts: Mapping[str, Sequence[str]]
    citations: Sequence[Citation]
    hotline: str | None
    reviewed_on: date
    expires_on: date
    verified: bool
    unverified: frozenset[int]
    varies_by_city: Name | None


class Fault(Exception):
    """What is wrong with one article, in one sentence."""


def load_articles(directory: Path, city: City) -> list[Article]:
    """Every article of a folder. Raises Misconfigured with the first fault."""
    articles, faults = read_all(directory, city)
    if faults:
        raise Misconfigured(faults[0])
    return articles


def check(directory: Path, city: City) -> list[str]:
    """Every fault of a folder's articles; empty when all are in order."""
    return read_all(directory, city)[1]


def read_all(directory: Path, city: City) -> tuple[list[Article], list[str]]:
    """The articles that are in order, and the faults of the others."""
    articles: dict[str, Article] = {}
    faults = []
    for path in sorted(directory.glob("*.md")):
        try:
            article = read_article(path, city)
            if article.topic in articles:
                raise Fault(f"{path.name}, line 2: the topic {article.topic} stands in another article too.")
            articles[article.topic] = article
        except Fault as fault:
            faults.append(str(fault))
    return list(articles.values()), faults


def read_article(path: Path, city: City) -> Article:
    """One article. Raises Fault."""
    source = path.read_text(encoding="utf-8")
    try:
        post = frontmatter.loads(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise Fault(f"{path.name}, line {line}: the front matter is not valid YAML.") from None
    meta = post.metadata

    def fault(name: str, sentence: str) -> Fault:
        line = next((n for n, text in enumerate(source.splitlines(), 1) if text.startswith(f"{name}:")), 1)
        return Fault(f"{path.name}, line {line}: {sentence}")

    for name in REQUIRED:
        if name not in meta:
            raise Fault(f"{path.name}, line 1: the front matter has no {name}.")
    if meta["department"] not in city.departments:
        raise fault("department", f"there is no department {meta['department']!r} in taxonomy.yml.")
    for name in ("title", "asked_as"):
        if not isinstance(meta[name], dict) or not all(meta[name].get(language) for language in LANGUAGES):
            raise fault(name, f"{name} needs zh and en.")
    for name in ("reviewed_on", "expires_on"):
        if not isinstance(meta[name], date):
            raise fault(name, f"{name} must be a date such as 2026-11-23.")
    if meta["expires_on"] <= meta["reviewed_on"]:
        raise fault("expires_on", "expires_on must be later than reviewed_on.")
    facts = _facts(path.name, source, post.content)
    unverified = frozenset(meta["unverified_facts"] or ())
    if any(index not in range(len(facts["zh"])) for index in unverified):
        raise fault("unverified_facts", "unverified_facts names a fact that does not exist (they count from 0).")
    varies = meta["varies_by_city"]
    return Article(
        topic=str(meta["topic"]),
        department=meta["department"],
        title=Name(**meta["title"]),
        asked_as={language: tuple(str(text) for text in meta["asked_as"][language]) for language in LANGUAGES},
        facts=facts,
        citations=tuple(_citation(entry, fault) for entry in meta["citations"]),
        hotline=str(meta["hotline"]) if meta["hotline"] else None,
        reviewed_on=meta["reviewed_on"],
        expires_on=meta["expires_on"],
        verified=bool(meta["verified"]),
        unverified=unverified,
        varies_by_city=Name(**varies) if varies else None,
    )


def _citation(entry: dict[str, Any], fault: Any) -> Citation:
    if not entry.get("law") or not entry.get("law_en"):
        raise fault("citations", "each citation needs law and law_en.")
    return Citation(entry["law"], entry["law_en"], entry.get("article") or "", entry.get("in_force"))


def _facts(name: str, source: str, body: str) -> dict[str, tuple[str, ...]]:
    sections = _HEADING.split(body)
    by_heading = dict(zip(sections[1::2], sections[2::2], strict=True))
    facts = {}
    for language, heading in HEADINGS.items():
        if heading not in by_heading:
            raise Fault(f"{name}, line {len(source.splitlines())}: the section “## {heading}” is missing.")
        lines = [line[2:].strip() for line in by_heading[heading].splitlines() if line.startswith("- ")]
        if not lines:
            raise Fault(f"{name}: the section “## {heading}” holds no fact; each is a line that begins with “- ”.")
        facts[language] = tuple(lines)
    if len(facts["zh"]) != len(facts["en"]):
        raise Fault(
            f"{name}: there are {len(facts['zh'])} facts in Chinese and {len(facts['en'])} in English; "
            "both need the same, in the same order."
        )
    return facts
