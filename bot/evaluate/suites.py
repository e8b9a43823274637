"""`hotline evaluate`: each suite runs the production code on a file of cases and prints its figures.

The last line is one JSON object. docs: ../shared is not needed; the formats stand in docs/run.md.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bot.app import Services, build_recogniser, build_services
from bot.conversation.rasa import RasaClient
from bot.errors import Misconfigured
from bot.evaluate.cases import Case, read_cases
from bot.evaluate.dialogues import run_dialogues
from bot.evaluate.figures import macro_f1, overlap_f1, percentile, rate, share, worst_confusions
from bot.evaluate.service import Service, engine_for, running_service
from bot.evaluate.telegram import emulated_telegram, residents
from bot.extract import SpanTagger, extract
from bot.knowledge.answer import compose
from bot.settings import ROOT, Settings
from bot.spans.span import chosen
from bot.tickets.utterance import recent_moment

Figures = dict[str, Any]
LANGUAGES = ("zh", "en")
EVALUATED_AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""The moment that "yesterday" is seen from: noon in the city. Fixed, so that two runs agree."""


@dataclass
class Measured:
    """The figures of a suite, and the cases that went wrong, each with what was got instead."""

    figures: Figures
    wrong: list[tuple[Case, Any]] = field(default_factory=list)


def evaluate(
    settings: Settings, suite: str, files: Sequence[Path], errors: int, url: str, channel: str = "webchat"
) -> int:
    """Run a suite, or `all` on tests/cases, and print its figures; the exit status.

    `channel` is how the residents of dialogues come: webchat or telegram.
    """
    if suite == "all":
        return _evaluate_all(settings, url)
    if suite == "routing":
        from bot.evaluate.routing import measure_routing

        if len(files) != 2:
            raise Misconfigured("hotline evaluate routing needs two files: TRAIN.csv TEST.csv.")
        measured = Measured(measure_routing(settings, files[0], files[1]))
    else:
        if len(files) != 1:
            raise Misconfigured(f"hotline evaluate {suite} needs one file of cases.")
        measured = run_suite(settings, suite, read_cases(files[0]), url, channel)
    for case, got in measured.wrong[:errors]:
        sys.stdout.write(json.dumps({"case": case, "got": got}, ensure_ascii=False, default=str) + "\n")
    sys.stdout.write(json.dumps(measured.figures, ensure_ascii=False) + "\n")
    return 0


def run_suite(
    settings: Settings, suite: str, cases: Sequence[Case], url: str = "", channel: str = "webchat"
) -> Measured:
    """The figures of one suite; dialogues speak to the service at `url`, or to one that is started for them.

    Raises Misconfigured for a suite or a channel that does not exist.
    """
    if suite == "dialogues" and channel == "telegram":
        return _telegram_dialogues(settings, cases)
    if channel != "webchat":
        raise Misconfigured("--channel is webchat or telegram, and telegram is for dialogues only.")
    if suite == "dialogues":
        with running_service(settings, url) as service:
            return Measured(*asyncio.run(run_dialogues(service, cases)))
    if suite == "intents":
        return asyncio.run(_intents(settings, cases))
    local: dict[str, Callable[[Services, Sequence[Case]], Measured]] = {
        "crisis": _crisis,
        "policies": _policies,
        "complaints": _complaints,
        "remit": _remit,
    }
    if suite not in local:
        raise Misconfigured(f"There is no suite {suite!r}: crisis, intents, policies, complaints, remit, dialogues.")
    return local[suite](build_services(settings), cases)


def _telegram_dialogues(settings: Settings, cases: Sequence[Case]) -> Measured:
    """The same dialogues, with a service of our own behind an emulated Telegram."""

    async def speak(service: Service, address: str) -> Measured:
        async with httpx.AsyncClient(base_url=address, timeout=20.0) as api:
            return Measured(*await run_dialogues(service, cases, "telegram", residents(api)))

    with emulated_telegram() as (address, token):
        extra = {"HOTLINE_TELEGRAM_TOKEN": token, "HOTLINE_TELEGRAM_BASE_URL": address}
        with running_service(settings, "", extra) as service:
            return asyncio.run(speak(service, address))


def _by_language(cases: Sequence[Case], measure: Callable[[Sequence[int]], Figures]) -> Figures:
    """The figures of all cases, and of each language's."""
    figures = {"cases": len(cases), **measure(range(len(cases)))}
    for language in LANGUAGES:
        rows = [row for row, case in enumerate(cases) if case.get("lang") == language]
        if rows:
            figures[language] = {"cases": len(rows), **measure(rows)}
    return figures


def _timed(call: Callable[[str], Any], cases: Sequence[Case]) -> tuple[list[Any], list[float]]:
    """The results for each case's text and the milliseconds that each took; one call warms up first."""
    call("您好")
    results, times = [], []
    for case in cases:
        started = time.perf_counter()
        results.append(call(case["text"]))
        times.append((time.perf_counter() - started) * 1000)
    return results, times


def _crisis(services: Services, cases: Sequence[Case]) -> Measured:
    recogniser = build_recogniser(services.settings, services.city, services.categories)
    findings, times = _timed(recogniser.assess, cases)

    def measure(rows: Sequence[int]) -> Figures:
        def of(*levels: str) -> list[int]:
            return [row for row in rows if cases[row]["level"] in levels]

        dangers = [row for row in rows if cases[row]["level"] != "none" and findings[row].level != "none"]
        return {
            "recall_urgent": share(findings[row].is_urgent for row in of("imminent", "high")),
            "recall_imminent": share(findings[row].is_urgent for row in of("imminent")),
            "recall_concern": share(findings[row].level != "none" for row in of("concern")),
            "false_alarm_rate": share(findings[row].is_urgent for row in of("none")),
            "concern_rate_on_none": share(findings[row].level == "concern" for row in of("none")),
            "kind_accuracy": share(findings[row].kind == cases[row]["kind"] for row in dangers),
        }

    wrong = []
    for case, finding in zip(cases, findings, strict=True):
        urgent = case["level"] in {"imminent", "high"}
        missed = (urgent and not finding.is_urgent) or (case["level"] == "concern" and finding.level == "none")
        if missed or (case["level"] == "none" and finding.is_urgent):
            wrong.append((case, finding.to_json()))
    figures = _by_language(cases, measure)
    return Measured({**figures, "p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95)}, wrong)


COUNTED_AS = {"correct_item": "deny"}
"""Intents of ours that the suite's fixed names do not know, as one of those: a correction says no, and goes on."""


async def _intents(settings: Settings, cases: Sequence[Case]) -> Measured:
    with engine_for(settings) as (url, token):
        client = RasaClient(url, token, 10.0)
        parses = [await client.parse(case["text"]) for case in cases]
        await client.close()
    expected = [case["intent"] for case in cases]
    # A danger may come out as express_crisis whatever else it is; the recogniser has it before the engine.
    got = [COUNTED_AS.get(parse["intent"]["name"], parse["intent"]["name"]) for parse in parses]

    def measure(rows: Sequence[int]) -> Figures:
        want, have = [expected[row] for row in rows], [got[row] for row in rows]
        return {
            "accuracy": share(left == right for left, right in zip(want, have, strict=True)),
            "macro_f1": macro_f1(want, have),
        }

    figures = _by_language(cases, measure)
    figures["by_intent"] = {
        intent: share(have == intent for want, have in zip(expected, got, strict=True) if want == intent)
        for intent in sorted(set(expected))
    }
    figures["confusions"] = worst_confusions(expected, got)
    wrong = [
        (case, parse["intent"]) for case, parse, name in zip(cases, parses, got, strict=True) if name != case["intent"]
    ]
    return Measured(figures, wrong)


def _policies(services: Services, cases: Sequence[Case]) -> Measured:
    languages = iter([case["lang"] for case in cases[:1]] + [case["lang"] for case in cases])
    found, times = _timed(lambda text: services.knowledge.search(text, next(languages), None), cases)
    topics = [[candidate.article.topic for candidate in result.candidates] for result in found]
    answers = [
        compose(result.candidates[0].article, case["text"], case["lang"], services.city).text
        if result.decision == "answer"
        else ""
        for case, result in zip(cases, found, strict=True)
    ]

    def measure(rows: Sequence[int]) -> Figures:
        known = [row for row in rows if cases[row]["topic"]]
        unknown = [row for row in rows if not cases[row]["topic"]]
        groups = [(row, group) for row in known for group in cases[row].get("must_contain_any", ())]
        answered = [row for row in rows if found[row].decision == "answer"]
        return {
            "hit_at_1": share(topics[row][:1] == [cases[row]["topic"]] for row in known),
            "hit_at_3": share(cases[row]["topic"] in topics[row][:3] for row in known),
            "facts": share(any(fact in answers[row] for fact in group) for row, group in groups),
            "abstain_rate": share(found[row].decision != "answer" for row in unknown),
            "wrong_answer_rate": rate(sum(topics[row][0] != cases[row]["topic"] for row in answered), len(rows)),
            "answered_at_once": share(found[row].decision == "answer" for row in known),
        }

    wrong = [
        (case, {"decision": result.decision, "topics": topics[row][:3]})
        for row, (case, result) in enumerate(zip(cases, found, strict=True))
        if (topics[row][:1] != [case["topic"]] if case["topic"] else result.decision == "answer")
    ]
    figures = _by_language(cases, measure)
    return Measured({**figures, "p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95)}, wrong)


SPAN_OF = {"location": "place", "when": "time", "contact": "contact"}


def _spans(text: str, tagger: SpanTagger) -> dict[str, str | None]:
    """What the form would take from the text for each item."""
    spans = extract(text, EVALUATED_AT, tagger)
    found = {item: chosen(spans, kind) for item, kind in SPAN_OF.items()}
    found["when"] = found["when"] or recent_moment(text, EVALUATED_AT)
    return {item: span.text if span else None for item, span in found.items()}


def _complaints(services: Services, cases: Sequence[Case]) -> Measured:
    candidates = [[name for name, _ in services.categories.candidates(case["text"])] for case in cases]
    spans = [_spans(case["text"], services.tagger) for case in cases]
    categories = services.city.categories

    def right(row: int, names: Sequence[str]) -> bool:
        return bool({cases[row]["category"], *cases[row].get("also_ok", ())} & set(names))

    def departments(row: int) -> set[str]:
        return {categories[name].department for name in (cases[row]["category"], *cases[row].get("also_ok", ()))}

    def item(rows: Sequence[int], name: str) -> Figures:
        there = [row for row in rows if cases[row].get(name)]
        absent = [row for row in rows if not cases[row].get(name)]
        found = [row for row in there if spans[row][name]]
        overlaps = [overlap_f1(cases[row][name], spans[row][name] or "") for row in found]
        return {
            "found": rate(len(found), len(there)),
            "exact": rate(sum(spans[row][name] == cases[row][name] for row in there), len(there)),
            "overlap_f1": round(sum(overlaps) / len(overlaps), 4) if overlaps else None,
            "invented": rate(sum(spans[row][name] is not None for row in absent), len(absent)),
        }

    def measure(rows: Sequence[int]) -> Figures:
        return {
            "category_at_1": share(right(row, candidates[row][:1]) for row in rows),
            "category_at_3": share(right(row, candidates[row][:3]) for row in rows),
            "department_at_1": share(categories[candidates[row][0]].department in departments(row) for row in rows),
            **{name: item(rows, name) for name in SPAN_OF},
        }

    wrong = [
        (case, {"categories": candidates[row][:3], **spans[row]})
        for row, case in enumerate(cases)
        if not right(row, candidates[row][:1])
        or any((spans[row][name] is None) != (case.get(name) is None) for name in SPAN_OF)
    ]
    return Measured(_by_language(cases, measure), wrong)


def _remit(services: Services, cases: Sequence[Case]) -> Measured:
    kinds = [services.remit.kind(case["text"]) for case in cases]

    def measure(rows: Sequence[int]) -> Figures:
        outside = [row for row in rows if cases[row]["kind"]]
        said = [row for row in rows if kinds[row]]
        both = [row for row in outside if kinds[row]]
        return {
            "recall": share(kinds[row] is not None for row in outside),
            "precision": share(cases[row]["kind"] is not None for row in said),
            "kind_accuracy": share(kinds[row] == cases[row]["kind"] for row in both),
        }

    wrong = [(case, kind) for case, kind in zip(cases, kinds, strict=True) if kind != case["kind"]]
    return Measured(_by_language(cases, measure), wrong)


SHOWN = {
    "crisis": (
        "recall_urgent",
        "recall_imminent",
        "recall_concern",
        "false_alarm_rate",
        "kind_accuracy",
        "p95_ms",
    ),
    "intents": ("accuracy", "macro_f1"),
    "policies": ("hit_at_1", "hit_at_3", "facts", "abstain_rate", "wrong_answer_rate", "p95_ms"),
    "complaints": ("category_at_1", "category_at_3", "department_at_1"),
    "remit": ("recall", "precision", "kind_accuracy"),
    "dialogues": ("passed", "failed"),
}


def _evaluate_all(settings: Settings, url: str) -> int:
    """Every suite on tests/cases: a table, then one JSON object."""
    table = Table("suite", "figure", "all", *LANGUAGES)
    figures: Figures = {}
    for suite, names in SHOWN.items():
        path = ROOT / "tests" / "cases" / f"{suite}.{'yml' if suite == 'dialogues' else 'jsonl'}"
        figures[suite] = run_suite(settings, suite, read_cases(path), url).figures
        for name in names:
            by_language = [str(figures[suite].get(language, {}).get(name, "")) for language in LANGUAGES]
            table.add_row(suite, name, str(figures[suite][name]), *by_language)
    Console().print(table)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    return 0
