"""Measures Rasa's default pipeline on our training data and our cases: `.venv/bin/python scripts/default_rasa/compare.py
FOLDER`. The folder keeps its model. It has not been run to its end yet: training takes more than half an hour.

The service around it is ours: it runs with that model under the name of our own, whatever the engine answers.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bot.conversation.rasa import RasaClient
from bot.evaluate.cases import read_cases
from bot.evaluate.figures import percentile, share
from bot.evaluate.service import engine_for
from bot.evaluate.suites import run_suite
from bot.settings import ROOT, Settings
from bot.supervise import ENGINE_PYTHON
from bot.training import ensure_trained

CASES = ROOT / "tests" / "cases"


def train(folder: Path) -> float:
    """Train the default pipeline on data/, under the name of our engine's model; how many seconds it took."""
    models = Settings().model_dir
    ours = ensure_trained(Settings())
    for path in models.iterdir():
        if not path.name.startswith("engine-"):
            shutil.copy(path, folder)
    started = time.monotonic()
    subprocess.run(
        f"{ENGINE_PYTHON} -m engine train --config scripts/default_rasa/config.yml --data data/nlu data/rules data/stories "
        f"--fixed-model-name {ours.name.removesuffix('.tar.gz')} --out {folder}".split(),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOTLINE_MODEL_DIR": str(folder)},
        check=True,
    )
    return time.monotonic() - started


async def dangers(settings: Settings) -> dict[str, float]:
    """How much danger the intent express_crisis finds, which is all that a default assistant has for it."""
    cases = read_cases(CASES / "crisis.jsonl")
    calls, times = [], []
    with engine_for(settings) as (url, token):
        client = RasaClient(url, token, 10.0)
        for case in cases:
            started = time.perf_counter()
            parse = await client.parse(case["text"])
            times.append((time.perf_counter() - started) * 1000)
            calls.append(parse["intent"]["name"] == "express_crisis")
        await client.close()

    def rate_of(*levels: str) -> float:
        return share(call for call, case in zip(calls, cases, strict=True) if case["level"] in levels) or 0.0

    return {
        "recall_urgent": rate_of("imminent", "high"),
        "false_alarm_rate": rate_of("none"),
        "parse_p50_ms": percentile(times, 50),
        "parse_p95_ms": percentile(times, 95),
    }


def main(folder: Path) -> None:
    """Train unless the folder has a model, measure, print one JSON object."""
    folder.mkdir(parents=True, exist_ok=True)
    figures: dict[str, object] = {}
    if not list(folder.glob("engine-*.tar.gz")):
        figures["train_s"] = round(train(folder))
    settings = Settings(model_dir=folder)
    figures["danger"] = asyncio.run(dangers(settings))
    for suite, name in (("intents", "intents.jsonl"), ("dialogues", "dialogues.yml")):
        figures[suite] = run_suite(settings, suite, read_cases(CASES / name)).figures
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
