"""Trains what is stale: the engine's Rasa model and our own classifiers. A model is named by what made it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from bot.encoder import shared_encoder
from bot.errors import Misconfigured
from bot.settings import ROOT, Settings
from bot.supervise import ENGINE_PYTHON

KEPT_MODELS = 2
"""Older engine models are removed."""

console = Console(stderr=True)


def fingerprint(paths: Iterable[Path]) -> str:
    """A name for the contents of those files and folders: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts and ".venv" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def engine_inputs() -> list[Path]:
    """All that the Rasa model is made of."""
    names = [
        "config.yml",
        "domain.yml",
        "data/nlu",
        "data/rules",
        "data/stories",
        "engine/requirements.lock.txt",
    ]
    code = ["bot/encoder.py", "bot/extract.py", "bot/language.py", "bot/spans"]
    return [ROOT / name for name in [*names, *code]] + sorted((ROOT / "engine").glob("*.py"))


def ensure_trained(settings: Settings, force: bool = False) -> Path:
    """Train what is missing or stale, with progress on standard error; the engine's model file.

    Raises Misconfigured when Rasa refuses the data: its own words are printed above.
    """
    settings.model_dir.mkdir(parents=True, exist_ok=True)
    _train_classifiers(settings, force)
    name = f"engine-{fingerprint(engine_inputs())}"
    model = settings.model_dir / f"{name}.tar.gz"
    if model.exists() and not force:
        return model
    started = time.monotonic()
    with console.status("Training the engine's model (about a minute)…"):
        _rasa_train(settings.model_dir, name)
    console.print(f"Engine's model trained in {time.monotonic() - started:.0f} s.")
    models = sorted(settings.model_dir.glob("engine-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for old in models[:-KEPT_MODELS]:
        old.unlink()
    return model


def _rasa_train(model_dir: Path, name: str) -> None:
    if not ENGINE_PYTHON.exists():
        raise Misconfigured("engine/.venv is missing: run `make setup` (it needs Python 3.10).")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [
            str(ENGINE_PYTHON),
            "-m",
            "engine",
            "train",
            "--fixed-model-name",
            name,
            "--out",
            str(model_dir),
            "--data",
            "data/nlu",
            "data/rules",
            "data/stories",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or not (model_dir / f"{name}.tar.gz").exists():
        console.print((done.stdout + done.stderr)[-4000:], markup=False)
        raise Misconfigured("Rasa could not train its model from data/, domain.yml and config.yml; see above.")


def _train_classifiers(settings: Settings, force: bool) -> None:
    """Crisis, complaint categories and remit: linear models on sentence vectors, kept as plain arrays."""
    from bot.crisis.training import train as train_crisis
    from bot.tickets.training import train_categories, train_remit

    learner = [ROOT / "bot" / "encoder.py", ROOT / "bot" / "linear.py"]
    jobs = {
        "crisis": (train_crisis, ROOT / "data", [ROOT / "data/crisis", ROOT / "bot/crisis", ROOT / "city/crisis"]),
        "categories": (
            train_categories,
            ROOT / "data/nlu",
            [*sorted((ROOT / "data/nlu").glob("complaints_*.yml")), ROOT / "bot/tickets"],
        ),
        "remit": (train_remit, ROOT / "data/remit.yml", [ROOT / "data/remit.yml", ROOT / "bot/tickets"]),
    }
    for name, (train, source, made_of) in jobs.items():
        output = settings.model_dir / f"{name}.npz"
        stamp = output.with_suffix(".stamp")
        wanted = fingerprint([*made_of, *learner])
        if not force and output.exists() and stamp.exists() and stamp.read_text() == wanted:
            continue
        started = time.monotonic()
        with console.status(f"Training the {name} classifier…"):
            train(source, shared_encoder(), output)
        stamp.write_text(wanted)
        console.print(f"The {name} classifier trained in {time.monotonic() - started:.0f} s.")
