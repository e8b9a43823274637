"""Trains what is stale: the engine's Rasa model and our own classifiers. A model is named by what made it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from rich.console import Console

from bot.city import City, load_city
from bot.crisis.classifier import KINDS_FILE, LEVELS_FILE
from bot.crisis.training import train_crisis, train_kinds
from bot.encoder import LOWER, VECTORS, WORDS, SentenceEncoder, shared_encoder
from bot.errors import Misconfigured
from bot.examples import confirmation_examples, nlu_examples
from bot.knowledge.index import Knowledge
from bot.settings import ROOT, Settings, spans_model
from bot.spans.training import train_spans
from bot.supervise import ENGINE_PYTHON
from bot.tickets.classify import HOMOPHONES_FILE
from bot.tickets.confirmation import CONFIRMATION_FILE
from bot.tickets.training import read_remit, train_categories, train_confirmation, train_homophones, train_remit
from bot.vectors import KeptVectors

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
                digest.update(str(file.relative_to(path.parent)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def engine_inputs() -> list[Path]:
    """All that the Rasa model is made of: not the parts of the engine that only run."""
    names = [
        "config.yml",
        "domain.yml",
        "data/nlu",
        "data/rules",
        "data/stories",
        "engine/requirements.lock.txt",
    ]
    code = ["encoder.py", "linear.py", "wording.py", "text.py"]
    weights = [f"weights/{name}" for name in (WORDS, LOWER, VECTORS, "tokenizer.json")]
    return (
        [ROOT / name for name in names]
        + [ROOT / "bot" / name for name in code + weights]
        + [ROOT / "engine" / f"{name}.py" for name in ("tokenizer", "featurizer", "classifier", "wrappers", "__main__")]
    )


def ensure_trained(settings: Settings, force: bool = False) -> Path:
    """Train what is missing or stale, with progress on standard error; the engine's model file.

    Raises Misconfigured when Rasa refuses the data: its own words are printed above.
    """
    settings.model_dir.mkdir(parents=True, exist_ok=True)
    city = load_city(settings.city_dir)
    name = f"engine-{fingerprint(engine_inputs())}"
    model = settings.model_dir / f"{name}.tar.gz"
    is_stale = force or not model.exists()
    with (
        ThreadPoolExecutor(max_workers=1) as beside,
        ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as apart,
    ):
        encoder = RememberingEncoder(settings.model_dir)
        tasks = [task for task in _tasks(settings, city, encoder) if force or not task.is_current]
        if is_stale or tasks:
            with console.status("Reading the training utterances…"):
                encoder.read(training_utterances(ROOT / "data"))
        # Rasa, a process of its own, is taught while our own models are.
        engine = beside.submit(_train_engine, settings.model_dir, name) if is_stale else None
        others = [task.name for task in tasks if task.is_apart]
        taught = apart.submit(_train_apart, settings, others) if others else None
        for task in tasks:
            if not task.is_apart:
                with console.status(f"Training the {task.name}…"):
                    _train(task)
        if taught:
            with console.status("Training the last classifiers…"):
                taught.result()
        # The articles' vectors are made here, once, and not while the first resident waits.
        Knowledge(city, shared_encoder(), settings.model_dir)
        if engine:
            with console.status("Training the engine's model…"):
                engine.result()
    return model


def _train_apart(settings: Settings, names: Sequence[str]) -> None:
    """Train the tasks of those names, in a process of its own: each of them holds no more than one core."""
    encoder = RememberingEncoder(settings.model_dir)
    encoder.read(training_utterances(ROOT / "data"))
    for task in _tasks(settings, load_city(settings.city_dir), encoder):
        if task.name in names:
            _train(task)


def _train(task: Task) -> None:
    started = time.monotonic()
    figures = task.train(task.output)
    task.stamp.write_text(fingerprint(task.made_of))
    console.print(f"The {task.name} trained in {time.monotonic() - started:.0f} s: {figures}", highlight=False)


def _train_engine(model_dir: Path, name: str) -> None:
    started = time.monotonic()
    _rasa_train(model_dir, name)
    console.print(f"The engine's model trained in {time.monotonic() - started:.0f} s.")
    models = sorted(model_dir.glob("engine-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for old in models[:-KEPT_MODELS]:
        old.unlink()


def _rasa_train(model_dir: Path, name: str) -> None:
    if not ENGINE_PYTHON.exists():
        raise Misconfigured("engine/.venv is missing: run `make setup` (it needs Python 3.10).")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOTLINE_MODEL_DIR": str(model_dir),
        "RASA_TELEMETRY_ENABLED": "false",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        # Rasa's cache of parts costs half a minute of fingerprints. Our own fingerprint says what is stale, and the
        # tests run Rasa's validation.
        "RASA_MAX_CACHE_SIZE": "0",
    }
    done = subprocess.run(
        [
            str(ENGINE_PYTHON),
            "-m",
            "engine",
            "train",
            "--force",
            "--skip-validation",
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
        # How far it got stands in stderr, a line for each percent; what is wrong, a rule that contradicts another, in stdout.
        console.print(f"{done.stderr[-1000:]}\n{done.stdout[-4000:]}", markup=False)
        raise Misconfigured("Rasa could not train its model from data/, domain.yml and config.yml; see above.")


@dataclass(frozen=True)
class Task:
    """One model of our own: what it is called, where it is kept, what it is made of, and how; `is_apart` where it needs
    no more of the encoder than the vectors that are kept on disk, so that another process can teach it."""

    name: str
    output: Path
    made_of: Sequence[Path]
    train: Callable[[Path], object]
    is_apart: bool = False

    @property
    def stamp(self) -> Path:
        """Where it is noted what the model was made of."""
        return self.output.with_suffix(".stamp")

    @property
    def is_current(self) -> bool:
        """Whether the model is there, and nothing that it is made of has changed."""
        return self.output.exists() and self.stamp.exists() and self.stamp.read_text() == fingerprint(self.made_of)


class RememberingEncoder:
    """The encoder, for training: each text once, on every core, kept on disk for the engine and the next time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, np.ndarray] = {}

    @cached_property
    def whole(self) -> SentenceEncoder:
        """The encoder itself; loaded when something is trained, and not at every start."""
        return SentenceEncoder(threads=os.cpu_count() or 1)

    def read(self, texts: Iterable[str]) -> None:
        """Encode them, or find them on disk; `encode` knows no others."""
        distinct = list(dict.fromkeys(texts))
        kept = KeptVectors(self.whole, self._folder, "training")
        self._known = dict(zip(distinct, kept.encode(distinct), strict=True))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As the encoder's, of texts that were read."""
        return np.array([self._known[text] for text in texts])


def training_utterances(data: Path) -> Iterator[str]:
    """Every utterance whose vector a classifier is taught, of ours or the engine's."""
    yield from (text for _, text in nlu_examples(data / "nlu"))
    yield from read_remit(data / "remit.yml")[0]
    yield from (text for text, _ in confirmation_examples(data / "confirmation.yml"))


def _tasks(settings: Settings, city: City, encoder: RememberingEncoder) -> list[Task]:
    data, bot, models = ROOT / "data", ROOT / "bot", settings.model_dir
    code = ["encoder.py", "weights", "linear.py", "wording.py", "text.py", "examples.py"]
    learner = [bot / name for name in code]
    tickets = [bot / "tickets" / name for name in ("training.py", "remit.py")]
    complaints = sorted((data / "nlu").glob("complaints_*.yml"))
    spans = [
        data / "spans",
        bot / "spans",
        *(bot / name for name in ("extract.py", "encoder.py", "weights", "text.py")),
    ]
    told = [data / name for name in ("crisis", "nlu", "remit.yml", "confirmation.yml", "spans")]
    danger = [*told, bot / "crisis", city.file("crisis")]
    return [
        Task(
            "tagger of places and times",
            spans_model(settings),
            spans,
            lambda path: train_spans(data / "spans", encoder.whole, path),
        ),
        Task(
            "crisis classifier",
            models / LEVELS_FILE,
            [*danger, *learner],
            lambda path: train_crisis(data, city, encoder.whole, path),
        ),
        Task(
            "classifier of kinds of danger",
            models / KINDS_FILE,
            [data / "crisis", bot / "crisis", city.file("crisis"), *learner],
            lambda path: train_kinds(data, city, path),
            is_apart=True,
        ),
        Task(
            "categories classifier",
            models / "categories.npz",
            [*complaints, *tickets, *learner],
            lambda path: train_categories(data / "nlu", encoder, path),
            is_apart=True,
        ),
        Task(
            "homophones of what complaints hold",
            models / HOMOPHONES_FILE,
            [*complaints, bot / "tickets" / "homophones.py", bot / "examples.py", bot / "text.py"],
            lambda path: train_homophones(data / "nlu", path),
            is_apart=True,
        ),
        Task(
            "remit classifier",
            models / "remit.npz",
            [data / "remit.yml", data / "nlu", *tickets, *learner],
            lambda path: train_remit(data / "remit.yml", encoder, path),
            is_apart=True,
        ),
        Task(
            "classifier of what is said to a summary",
            models / CONFIRMATION_FILE,
            [data / "confirmation.yml", bot / "tickets" / "training.py", bot / "tickets" / "confirmation.py", *learner],
            lambda path: train_confirmation(data / "confirmation.yml", encoder, path),
            is_apart=True,
        ),
    ]
