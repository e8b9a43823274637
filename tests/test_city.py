"""The city's files: its names whole, its mistakes told."""

import shutil
from pathlib import Path

import pytest

from bot.city import DEFAULT_CITY, load_city
from bot.errors import Misconfigured


def test_a_name_with_commas_is_whole() -> None:
    city = load_city()
    assert city.departments["utilities"].en == "Power, Gas and Heating Utilities"
    assert city.crisis_kinds["life_hazard"].en == "Fire, gas leak, collapse, entrapment, drowning"


def test_a_name_that_a_comma_cuts_off_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "city"
    shutil.copytree(DEFAULT_CITY, broken)
    taxonomy = broken / "taxonomy.yml"
    taxonomy.write_text(
        taxonomy.read_text(encoding="utf-8").replace('"Power, Gas', "Power, Gas").replace('Utilities"', "Utilities"),
        encoding="utf-8",
    )
    with pytest.raises(
        Misconfigured, match="'Power' ends at a comma, before 'Gas and Heating Utilities'; put it in quotation marks"
    ):
        load_city(broken)
