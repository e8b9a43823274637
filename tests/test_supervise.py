import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings
from bot.supervise import ENGINE_PYTHON, parts

PARSED = """
import sys
from rasa.__main__ import create_argument_parser
print(create_argument_parser().parse_args(sys.argv[1:]).auth_token)
"""


@pytest.mark.parametrize("token", ["plain", "-begins-like-an-option=", "--enable-api"])
def test_the_engine_is_told_its_token_whatever_it_begins_with(tmp_path: Path, token: str) -> None:
    watched = parts(Settings(var_dir=tmp_path), token, tmp_path / "model.tar.gz")
    engine = next(part for part in watched if part.name == "engine")
    arguments = engine.command[engine.command.index("run") :]
    done = subprocess.run(
        [str(ENGINE_PYTHON), "-c", PARSED, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == token, done.stderr
