"""Rasa's default pipeline beside ours, on the same utterances and the same cases:
`.venv/bin/python scripts/default_rasa/compare.py FOLDER`. The folder keeps the models. It wants an hour or more of a
free machine; docs/understanding.md has what came out.

Both are taught one utterance in EVERY of data/nlu: on all of them DIET had not ended its first epoch of a hundred after
seven minutes. The service around the engine is ours in both, so the dialogues show what the engine alone changes.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from bot.conversation.rasa import RasaClient
from bot.evaluate.cases import read_cases
from bot.evaluate.figures import percentile, share
from bot.evaluate.service import engine_for
from bot.evaluate.suites import run_suite
from bot.examples import nlu_examples
from bot.settings import ROOT, Settings
from bot.supervise import ENGINE_PYTHON
from bot.training import ensure_trained

CASES = ROOT / "tests" / "cases"
CONFIGS = {"default": "scripts/default_rasa/config.yml", "ours": "config.yml"}
EVERY = 8


def sample(output: Path) -> int:
    """Write every eighth utterance of each intent as Rasa's training data; how many those are."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for block, text in nlu_examples(ROOT / "data" / "nlu"):
        by_intent[block["intent"]].append(text)
    lines = ['version: "3.1"', "nlu:"]
    kept = {intent: texts[::EVERY] for intent, texts in by_intent.items()}
    for intent, texts in kept.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sum(map(len, kept.values()))


def train(config: str, data: Path, folder: Path) -> float:
    """Teach an engine, under the name that the service looks for; how many seconds it took."""
    ours = ensure_trained(Settings())
    shutil.copytree(ours.parent, folder, ignore=shutil.ignore_patterns("engine-*"), dirs_exist_ok=True)
    started = time.monotonic()
    subprocess.run(
        f"{ENGINE_PYTHON} -m engine train --config {config} --data {data} data/rules data/stories "
        f"--fixed-model-name {ours.name.removesuffix('.tar.gz')} --out {folder}".split(),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOTLINE_MODEL_DIR": str(folder), "OPENBLAS_NUM_THREADS": "1"},
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


def measure(config: str, data: Path, folder: Path) -> dict[str, object]:
    """Train unless the folder has a model, then run the cases."""
    figures: dict[str, object] = {}
    if not list(folder.glob("engine-*.tar.gz")):
        figures["train_s"] = round(train(config, data, folder))
    settings = Settings(model_dir=folder)
    figures["express_crisis"] = asyncio.run(dangers(settings))
    for suite, name in (("intents", "intents.jsonl"), ("dialogues", "dialogues.yml")):
        figures[suite] = run_suite(settings, suite, read_cases(CASES / name)).figures
    return figures


def main(folder: Path) -> None:
    """Measure both, and print one JSON object a pipeline."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "sample.yml"
    sys.stdout.write(json.dumps({"utterances": sample(data)}) + "\n")
    for name, config in CONFIGS.items():
        figures = measure(config, data, folder / name)
        sys.stdout.write(json.dumps({name: figures}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
