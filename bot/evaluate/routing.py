"""`hotline evaluate routing TRAIN.csv TEST.csv`: the complaint router on a city's own labelled history."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

from bot.errors import Misconfigured
from bot.evaluate.figures import macro_f1, percentile, share
from bot.settings import Settings
from bot.tickets.router import Router


def read_history(path: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of a CSV file with the columns text and label. Raises Misconfigured when it has none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"text", "label"} <= set(rows[0]):
        raise Misconfigured(f"{path} needs a first line with the columns text,label, and rows below it.")
    return [row["text"] for row in rows], [row["label"] for row in rows]


def measure_routing(settings: Settings, train: Path, test: Path) -> dict[str, Any]:
    """Train on one file, measure on the other: accuracy, macro_f1, train_seconds, p50_ms."""
    texts, labels = read_history(train)
    started = time.perf_counter()
    router = Router.train(texts, labels)
    trained_s = time.perf_counter() - started
    unseen, expected = read_history(test)
    predicted, times = [], []
    for text in unseen:
        begun = time.perf_counter()
        predicted.append(router.label(text))
        times.append((time.perf_counter() - begun) * 1000)
    return {
        "cases": len(unseen),
        "accuracy": share(want == got for want, got in zip(expected, predicted, strict=True)),
        "macro_f1": macro_f1(expected, predicted),
        "train_seconds": round(trained_s, 2),
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
    }
