"""What the docs promise exists: settings, commands, text keys."""

import re
from pathlib import Path

import pytest

from bot.city import load_city
from bot.cli import app as cli
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
RUN = (ROOT / "docs" / "run.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`HOTLINE_{name.upper()}`" in RUN


def test_no_setting_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"`HOTLINE_([A-Z_]+)`", RUN))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_command_is_documented() -> None:
    commands = [command.name or command.callback.__name__.replace("_", "-") for command in cli.registered_commands]
    for group in cli.registered_groups:
        commands += [f"{group.name} {command.name}" for command in group.typer_instance.registered_commands]
    missing = [command for command in commands if f"`hotline {command}" not in RUN]
    assert not missing


def test_every_text_key_that_the_code_names_exists() -> None:
    city = load_city()
    named: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\.text\(\s*["']([a-z_]+\.[a-z_.]+)["']""", source))
        named |= {
            f"errors.{key}"
            for key in re.findall(r"""(?:Retry|Refused|NotFound|Forbidden)\(\s*["']([a-z_]+)["']""", source)
        }
    for path in (ROOT / "bot" / "console" / "templates").glob("*.html"):
        named |= {
            f"console.{key}"
            for key in re.findall(r"\bt\('([a-z_]+)'(?!\s*\+)\s*[,)]", path.read_text(encoding="utf-8"))
        }
    missing = sorted(key for key in named if key not in city.texts["zh"] or key not in city.texts["en"])
    assert not missing


def test_the_same_fields_stand_in_both_languages() -> None:
    city = load_city()
    for key, sentence in city.texts["zh"].items():
        fields = set(re.findall(r"\{(\w+)\}", sentence))
        assert fields == set(re.findall(r"\{(\w+)\}", city.texts["en"][key])), key
