"""Runs the engine's own tests in the engine's own environment, where Rasa lives."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
EXPECTED = re.compile(
    r"(utterance|intent) '\w+' is not used in any story|intent '\w+' is listed in the domain file, but"
)
"""Most utterances are the actions' to say, and some intents are only pressed."""
MODULES = sorted(path.stem for path in Path(__file__).parent.glob("rasa_*.py"))


def in_the_engine(module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a module printed that was run by the engine's Python."""
    return subprocess.run(
        [str(PYTHON), "-W", "ignore", "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_engine(module: str, tmp_path: Path, trained: Settings) -> None:
    environment = {
        "HOTLINE_SECRET_KEY": Fernet.generate_key().decode(),
        "HOTLINE_MODEL_DIR": str(trained.model_dir),
        "HOTLINE_ENGINE_DB": str(tmp_path / "engine.db"),
    }
    done = in_the_engine("unittest", f"tests.engine.{module}", **environment)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Ran 0 tests" not in done.stderr


@pytest.mark.slow
def test_rasa_finds_nothing_wrong_with_the_training_data() -> None:
    done = in_the_engine("engine", "data", "validate", "--data", "data/nlu", "data/rules", "data/stories")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:]
    warned = [line.partition("UserWarning: ")[2] for line in said.splitlines() if "UserWarning: " in line]
    assert [line for line in warned if not EXPECTED.search(line)] == []
