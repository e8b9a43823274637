"""`hotline evaluate routing TRAIN.csv TEST.csv`: the complaint router on a city's own labelled history."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from bot.encoder import SentenceEncoder
from bot.evaluate.figures import macro_f1, percentile, share
from bot.settings import Settings
from bot.tickets.router import Router, read_history


def measure_routing(settings: Settings, train: Path, test: Path) -> dict[str, Any]:
    """Train on one file, measure on the other: accuracy, macro_f1, train_seconds, p50_ms."""
    texts, labels = read_history(train)
    started = time.perf_counter()
    router = Router.train(texts, labels, SentenceEncoder(threads=os.cpu_count() or 1))
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
