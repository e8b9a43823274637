"""Danger in one utterance: clues, what explains them away, and a learned score; pure, and bounded in time.

Clues are looked for in the whole text (up to READ_CHARACTERS). The learned score reads a text as one, and a long one
in parts of whole sentences, the PARTS most suspicious of them: those with clues or weak signs first, then the longest.
Without a model the clues decide. What was taken for danger by a doubtful score alone, and is a plain complaint, is flagged
and calls nobody. What was taken for danger by the score alone, and is none together with what was said before it, is
none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.city import City
from bot.crisis.classifier import CLAUSE, CONCERN, CrisisClassifier, Scored, about_tokens, counts_as_long
from bot.crisis.clues import ClueRule, load_clues, matches
from bot.crisis.finding import BEFORE, COMPLAINT, LEARNED, LEVELS, Clue, Finding, Veto
from bot.crisis.hyperbole import VetoRule, is_over_or_feared, load_vetoes, vetoes_in
from bot.encoder import SentenceEncoder
from bot.extract import contacts, places
from bot.language import languages_in
from bot.text import Normal, normalise

READ_CHARACTERS = 20_000

SUICIDE, NEED = "suicide_self_harm", "urgent_need"

FIRM_ENOUGH = 0.2
"""The urgent score that is enough beside a firm clue: words that name a means, a place or a bodily danger."""

ALONE = 0.8
"""The urgent score from which a clause, read by itself, makes despair urgent: beside "life has no point", "the pills are
counted" sounds like no more than despair."""

WORDED_AS_PLAN = 0.1
"""How likely urgent its wording must make the worst clause for it to be read by itself: of 21 plans that were found so, in
data/crisis and the cases, none was worded below 0.1, and of 718 readings a quarter falls away."""

IN_DOUBT, PLAIN_COMPLAINT = 0.5, 0.97
"""The urgent score below which a text without a clue calls nobody, if it is a complaint of one category at least so
surely: it is flagged. Of such scores among the dangers held out, 2 of 175 are so, of the near misses 8 of 105, and of
the ordinary messages of tests/cases that called a person, 11 of 35."""

ALONE_BEYOND_DOUBT, EXPLAINED = 0.98, 0.5
"""The urgent score from which a text stands for itself, whatever was said before it; and the share of the threshold under
which both read together must lie, for what was said before to explain it. Chosen on tests/crisis/in_context.jsonl."""

PARTS = 4
PART_TOKENS = 80
"""About how many tokens are read at once; the encoder reads a few more."""
LONGEST_SENTENCE = 150
SPAN_CHARACTERS = 800
"""Places and contacts are looked for in so much of a dangerous utterance: time grows faster than length."""

LEAST_READ = 2
"""Letters or characters of which the score can make something: "在" alone had 0.75, and only answers."""

_WORDLESS = re.compile(r"[\W_]")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
_ENGLISH_STOP = re.compile(r"(?<=[a-z0-9])\. ")
_SIGNS = re.compile(r"死|命|血|火|跳|杀|打|救|药|活|疼|痛|晕|困|丢|失踪|煤气|燃气|刀|哭|怕|die|dead|kill|help|hurt|blood|fire|gas|jump|hit|lost|missing|scared|pain|breath")  # fmt: skip


@dataclass(frozen=True)
class _Heard:
    """An utterance: the clues in all of it, the vetoes of its languages, the sentences with clues (where they begin and
    end, and what matched), and the parts to be read for the score."""

    normal: Normal
    clues: list[ClueRule]
    vetoes: list[VetoRule]
    hits: list[tuple[int, int, list[tuple[ClueRule, re.Match[str]]]]]
    readings: list[tuple[int, int]]


Certainty = Callable[[str], float]
"""How surely a text is a complaint of one category, from 0 to 1."""


class CrisisRecogniser:
    """Assesses utterances. Built once; `assess` never raises."""

    def __init__(
        self,
        clues: tuple[ClueRule, ...],
        vetoes: tuple[VetoRule, ...],
        classifier: CrisisClassifier | None,
        complaint: Certainty | None = None,
    ) -> None:
        self._clues = clues
        self._vetoes = vetoes
        self._classifier = classifier
        self._complaint = complaint

    @classmethod
    def load(
        cls, city: City, models: Path | None, encoder: SentenceEncoder, complaint: Certainty | None = None
    ) -> CrisisRecogniser:
        """The city's clues and vetoes, and the learned score when that folder has its models."""
        classifier = CrisisClassifier.load(models, encoder) if models else None
        return cls(load_clues(city), load_vetoes(city), classifier, complaint)

    def assess(self, text: str, before: str = "") -> Finding:
        """What danger the words hold, said after the words `before` where those are known. Spans point into `text`."""
        alone = self._alone(text)
        is_open = before and _rests_on_score(alone) and alone.score < ALONE_BEYOND_DOUBT
        return self._after(before, text, alone) if is_open else alone

    def _alone(self, text: str) -> Finding:
        heard = self._listen(text)
        if heard is None:
            return Finding()
        clues, vetoes = self._kept(heard, text)
        scored = self._score(heard)
        level, kind = self._decide([rule for rule, _ in clues], scored)
        if level == "none" or kind is None:
            return Finding(score=scored.urgent, vetoes=tuple(vetoes))
        evidence = [clue for _, clue in clues]
        read = heard.readings[scored.row]
        # Of what is only flagged, need alone is mostly something else: a cold radiator. The rest stays what it is, and the
        # classifier takes time.
        is_settled = level == CONCERN and kind != NEED
        if not is_settled and not clues and self._is_complaint(heard, scored):
            level = CONCERN
            vetoes.append(Veto(COMPLAINT, text))
        if (level, kind) == (CONCERN, SUICIDE) and self._classifier and len(heard.readings) == 1:
            plan = self._plan(self._classifier, heard)
            if plan:
                scored, read = plan
                level = scored.level
                evidence.append(_learned(kind, level, read, heard.normal, text))
        evidence = evidence or [_learned(kind, level, read, heard.normal, text)]
        return Finding(
            kind=kind,
            level=level,
            score=scored.urgent,
            clues=tuple(evidence),
            vetoes=tuple(vetoes),
            places=tuple(span.text for span in places(text[:SPAN_CHARACTERS])),
            contacts=tuple(span.text for span in contacts(text[:SPAN_CHARACTERS])),
        )

    def _after(self, before: str, text: str, alone: Finding) -> Finding:
        """The finding of the score alone, as it is when both are read as one: "I tried them on and it hurts" after shoes
        is about shoes."""
        heard = self._listen(f"{_end_of(before, PART_TOKENS - about_tokens(text))}\n{text}")
        if heard is None or len(heard.readings) > 1:
            return alone
        scored = self._score(heard)
        if scored.urgent >= EXPLAINED * scored.thresholds.urgent:
            return alone
        vetoes = (*alone.vetoes, Veto(BEFORE, before))
        if scored.danger >= scored.thresholds.concern:
            return replace(alone, level=CONCERN, vetoes=vetoes) if alone.is_urgent else alone
        return Finding(score=alone.score, vetoes=vetoes)

    def score(self, text: str) -> Scored:
        """The learned score alone, of what `assess` would read: its thresholds are set by it."""
        heard = self._listen(text)
        return self._score(heard) if heard else Scored()

    def _listen(self, text: str) -> _Heard | None:
        """None where nothing was said."""
        normal = normalise(text[:READ_CHARACTERS])
        if not normal.text.strip():
            return None
        spans = _sentences(normal.text)
        # A rule that the whole text does not match is not looked for in its sentences.
        clues = clues_in(spoken(self._clues, normal.text), normal.text)
        # A rule for a whole utterance says nothing about a sentence among others.
        rules = clues if len(spans) == 1 else [rule for rule in clues if not rule.whole]
        hits = {start: matches(rules, normal.text[start:end]) for start, end in spans}
        return _Heard(
            normal,
            clues,
            spoken(self._vetoes, normal.text),
            [(start, end, hits[start]) for start, end in spans if hits[start]],
            _readings(normal.text, spans, {start for start in hits if hits[start]}),
        )

    def _kept(self, heard: _Heard, text: str) -> tuple[list[tuple[ClueRule, Clue]], list[Veto]]:
        """The clues that nothing explains away, and the vetoes that were heard."""
        normal = heard.normal
        far = vetoes_in(heard.vetoes, normal.text, "text") if heard.hits else []
        clues: list[tuple[ClueRule, Clue]] = []
        vetoes: list[Veto] = list(far)
        for start, end, hits in heard.hits:
            sentence = normal.text[start:end]
            near = vetoes_in(heard.vetoes, sentence, "sentence")
            vetoes += near
            over = bool(near) and is_over_or_feared(heard.vetoes, sentence)
            kept = [(rule, hit) for rule, hit in hits if not (over if rule.firm else near or far)]
            clues += [(rule, _clue(rule, start + hit.start(), start + hit.end(), normal, text)) for rule, hit in kept]
        return clues, vetoes

    def _score(self, heard: _Heard) -> Scored:
        if self._classifier is None or len(_WORDLESS.sub("", heard.normal.text)) < LEAST_READ:
            return Scored()
        readings = [heard.normal.text[start:end] for start, end in heard.readings]
        clues = [heard.clues] if len(readings) == 1 else [clues_in(heard.clues, text) for text in readings]
        marked = [marks(in_text, heard.vetoes, text) for in_text, text in zip(clues, readings, strict=True)]
        return self._classifier.worst(readings, marked)

    def _is_complaint(self, heard: _Heard, scored: Scored) -> bool:
        """Whether a doubtful score is that of a plain complaint. In a long one the danger would be a sentence of it."""
        is_doubtful = scored.urgent < IN_DOUBT and not counts_as_long([heard.normal.text])
        return bool(is_doubtful and self._complaint and self._complaint(heard.normal.text) >= PLAIN_COMPLAINT)

    def _plan(self, classifier: CrisisClassifier, heard: _Heard) -> tuple[Scored, tuple[int, int]] | None:
        """The score of the clause whose wording sounds worst, and where it stands, if that by itself is a plan."""
        spans = [found.span() for found in CLAUSE.finditer(heard.normal.text) if found.group().strip()]
        if len(spans) < 2:
            return None
        texts = [heard.normal.text[start:end] for start, end in spans]
        marked = [marks(clues_in(heard.clues, text), heard.vetoes, text) for text in texts]
        row, worded = classifier.worst_worded(texts, marked)
        if worded < WORDED_AS_PLAN:
            return None
        alone = classifier.worst([texts[row]], [marked[row]])
        return (alone, spans[row]) if alone.urgent >= ALONE and alone.kind == SUICIDE else None

    def _decide(self, clues: list[ClueRule], scored: Scored) -> tuple[str, str | None]:
        """The level and kind. With a model its score decides; a firm clue needs less of it, one that is all that was said
        nothing. Without a model the clues decide."""
        level = max((clue.level for clue in clues), key=LEVELS.index, default="none")
        kind = next((clue.kind for clue in clues if clue.level == level), None)
        if self._classifier is None:
            return level, kind
        if scored.urgent >= scored.thresholds.urgent:
            return scored.level, scored.kind
        if any(clue.whole or (clue.firm and scored.urgent >= FIRM_ENOUGH) for clue in clues):
            return level, kind
        if scored.danger >= scored.thresholds.concern:
            return "concern", scored.kind
        return "none", None


def spoken[Rule: (ClueRule, VetoRule)](rules: Sequence[Rule], text: str) -> list[Rule]:
    """The rules of the languages that a normal text has letters of."""
    languages = languages_in(text)
    return [rule for rule in rules if rule.language in languages]


def clues_in(rules: Sequence[ClueRule], text: str) -> list[ClueRule]:
    """Those that a normal text matches."""
    return [rule for rule in rules if rule.pattern.search(text)]


def marks(clues: Sequence[ClueRule], vetoes: Sequence[VetoRule], text: str) -> list[str]:
    """The names of the clues in a normal text and of all vetoes that it matches, as the learned score reads them."""
    return [f"!{rule.id}" for rule in clues] + [f"?{rule.id}" for rule in vetoes if rule.pattern.search(text)]


def _readings(text: str, spans: list[tuple[int, int]], with_clues: set[int]) -> list[tuple[int, int]]:
    """What the learned score reads: the whole, or of a long text the most suspicious parts."""
    parts: list[tuple[int, int]] = []
    for start, end in spans:
        if parts and about_tokens(text[parts[-1][0] : end]) <= PART_TOKENS:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))

    def suspicion(part: tuple[int, int]) -> tuple[bool, int, int]:
        words = text[part[0] : part[1]]
        has_clue = any(part[0] <= start < part[1] for start in with_clues)
        return has_clue, len(_SIGNS.findall(words)), len(words)

    return sorted(parts, key=suspicion, reverse=True)[:PARTS]


def _rests_on_score(finding: Finding) -> bool:
    """Whether danger was found, and no clue says so."""
    return finding.level != "none" and all(clue.id == LEARNED for clue in finding.clues)


def _end_of(text: str, tokens: float) -> str:
    """The last words of a text, at most about so many tokens."""
    while text and about_tokens(text) > tokens:
        text = text[max(1, len(text) // 8) :]
    return text


def _learned(kind: str, level: str, reading: tuple[int, int], normal: Normal, text: str) -> Clue:
    """What the score read, as evidence where no clue speaks: the operator sees which words it was."""
    first, last = normal.original_span(*reading)
    return Clue(LEARNED, kind, level, text[first:last], first, last)


def _clue(rule: ClueRule, start: int, end: int, normal: Normal, text: str) -> Clue:
    first, last = normal.original_span(start, end)
    return Clue(rule.id, rule.kind, rule.level, text[first:last], first, last)


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences stand, each at most LONGEST_SENTENCE characters."""
    spans = []
    for found in _SENTENCE.finditer(text):
        start = found.start()
        cuts = [start + stop.end() for stop in _ENGLISH_STOP.finditer(found.group())]
        for end in [*cuts, found.end()]:
            for begin in range(start, end, LONGEST_SENTENCE):
                spans.append((begin, min(begin + LONGEST_SENTENCE, end)))
            start = end
    return [(start, end) for start, end in spans if text[start:end].strip()]
