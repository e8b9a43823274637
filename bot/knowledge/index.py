"""The articles in use: loaded at start, loaded anew when a file changes. A broken article keeps its last good version."""

from __future__ import annotations

import time
from pathlib import Path

import structlog

from bot.city import City, read_yaml
from bot.encoder import SentenceEncoder
from bot.errors import Misconfigured
from bot.knowledge.article import Article, load_articles, read_all
from bot.knowledge.search import Index, Search
from bot.language import LANGUAGES
from bot.vectors import KeptVectors

UNANSWERED = "unanswered.yml"

LOOK_EVERY_S = 1.0
"""The folder is looked at this often, and only when somebody asks."""

log = structlog.get_logger()


def read_unanswered(city: City) -> list[str]:
    """The questions of `city/unanswered.yml`, which no article answers. Raises Misconfigured."""
    content = read_yaml(city.file(UNANSWERED))
    if not all(language in LANGUAGES and isinstance(texts, list) for language, texts in content.items()):
        raise Misconfigured(f"city/{UNANSWERED}: it needs the lists zh and en.")
    return [str(question) for questions in content.values() for question in questions]


class Knowledge:
    """Search over the city's articles. Raises Misconfigured at the start when one is broken."""

    def __init__(self, city: City, encoder: SentenceEncoder, cache_dir: Path) -> None:
        self._city = city
        self._encoder = encoder
        self._kept = KeptVectors(encoder, cache_dir, "articles")
        self._directory = city.file("articles")
        self._seen = self._state()
        self._looked_at = time.monotonic()
        self._unanswered = read_unanswered(city)
        self._index = Index(load_articles(self._directory, city), self._unanswered, encoder, self._kept)

    def search(self, query: str, language: str, previous_topic: str | None = None, not_answered: str = "") -> Search:
        """Ranked articles for a question in either language; see `Index.search`."""
        self.reload_if_changed()
        return self._index.search(query, previous_topic, not_answered)

    def article(self, topic: str) -> Article | None:
        """The article on that topic, or None."""
        self.reload_if_changed()
        return next((article for article in self._index.articles if article.topic == topic), None)

    def reload_if_changed(self, now: float | None = None) -> None:
        """Read the folder again if a file changed. `now` is in seconds of the monotonic clock."""
        now = time.monotonic() if now is None else now
        if now - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = now
        state = self._state()
        if state == self._seen:
            return
        self._seen = state
        articles, faults = read_all(self._directory, self._city)
        try:
            self._unanswered = read_unanswered(self._city)
        except Misconfigured as error:
            faults.append(str(error))
        for fault in faults:
            log.warning("article_broken", fault=fault)
        good = {article.topic: article for article in articles}
        if faults:
            # What is broken now is still answered as it was before.
            good = {**{article.topic: article for article in self._index.articles}, **good}
        self._index = Index(list(good.values()), self._unanswered, self._encoder, self._kept)
        log.info("articles_reloaded", articles=len(good), broken=len(faults))

    def _state(self) -> frozenset[tuple[str, int, int]]:
        paths = [*self._directory.glob("*.md"), self._city.file(UNANSWERED)]
        found = ((path.name, path.stat()) for path in paths if path.exists())
        return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)
