"""Runs the engine's own tests in the engine's own environment, where Rasa lives."""

import os
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
MODULES = sorted(path.stem for path in Path(__file__).parent.glob("rasa_*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_engine(module: str, tmp_path: Path, trained: Settings) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOTLINE_SECRET_KEY": Fernet.generate_key().decode(),
        "HOTLINE_MODEL_DIR": str(trained.model_dir),
        "HOTLINE_ENGINE_DB": str(tmp_path / "engine.db"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-m", "unittest", f"tests.engine.{module}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Ran 0 tests" not in done.stderr
