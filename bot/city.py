"""What a city edits, loaded and checked: its name, taxonomy and texts.

A file that the city does not have is read from the default city that ships with the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Misconfigured
from bot.language import LANGUAGES

DEFAULT_CITY = Path(__file__).resolve().parent.parent / "city"


@dataclass(frozen=True)
class Name:
    """A name in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The name in `language` (zh or en)."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Category:
    """A complaint category and the department that it goes to by default."""

    id: str
    department: str
    name: Name


@dataclass(frozen=True)
class Door:
    """Where a matter belongs that the city cannot act on: `door` is the body, `also` its numbers."""

    id: str
    name: Name
    door: str
    also: str


@dataclass(frozen=True)
class Sla:
    """How long the city has to answer a ticket."""

    help_working_days: int
    complaint_working_days: int
    urgent: timedelta
    urgent_categories: frozenset[str]


@dataclass(frozen=True)
class City:
    """One city: its directory for articles and clues, its names, numbers, taxonomy and sentences."""

    directory: Path
    name: Name
    timezone: str
    hotline: str
    emergency_numbers: Mapping[str, str]
    sla: Sla
    departments: Mapping[str, Name]
    categories: Mapping[str, Category]
    doors: Mapping[str, Door]
    crisis_kinds: Mapping[str, Name]
    texts: Mapping[str, Mapping[str, str]]

    def text(self, key: str, language: str, **fields: object) -> str:
        """The sentence `key` of `city/texts/{language}.yml`, its `{fields}` filled.

        Raises KeyError for a key that no file holds: tests/test_docs.py looks for every key used.
        """
        return self.texts[language][key].format(**fields)

    def file(self, name: str) -> Path:
        """The city's file or folder of that name, or the default city's when it has none."""
        return city_file(self.directory, name)


def city_file(directory: Path, name: str) -> Path:
    """`directory/name`, or the default city's when that does not exist."""
    own = directory / name
    return own if own.exists() else DEFAULT_CITY / name


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises Misconfigured, naming the file and the line, when it is missing or broken.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # it is safe, and in C
    except FileNotFoundError:
        raise Misconfigured(f"{path} is missing; restore it from the default city.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        raise Misconfigured(f"{path} is not valid YAML ({where}): {getattr(error, 'problem', error)}.") from None
    if not isinstance(content, dict):
        raise Misconfigured(f"{path} must hold a mapping of names to values.")
    return content


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value).strip()
    return flat


def _texts(directory: Path) -> dict[str, dict[str, str]]:
    texts = {}
    for language in LANGUAGES:
        shipped = _flatten(read_yaml(DEFAULT_CITY / "texts" / f"{language}.yml"))
        texts[language] = {**shipped, **_flatten(read_yaml(city_file(directory, f"texts/{language}.yml")))}
    missing = sorted(set(texts["zh"]) ^ set(texts["en"]))
    if missing:
        raise Misconfigured(f"city/texts: these keys stand in one language only: {', '.join(missing)}.")
    return texts


def _name(entry: Mapping[str, Any]) -> Name:
    cut_off = [key for key, value in entry.items() if value is None]
    if cut_off:
        # In {en: Power, Gas} the name ends at the comma.
        raise Misconfigured(
            f"taxonomy.yml or city.yml: the name {entry.get('en')!r} ends at a comma, before {cut_off[0]!r}; "
            "put it in quotation marks."
        )
    return Name(zh=entry["zh"], en=entry["en"])


def _categories(taxonomy: Mapping[str, Any]) -> dict[str, Category]:
    categories = {
        key: Category(key, entry["department"], _name(entry)) for key, entry in taxonomy["complaint_categories"].items()
    }
    unknown = {entry.department for entry in categories.values()} - set(taxonomy["departments"])
    if unknown:
        raise Misconfigured(f"city/taxonomy.yml: no such department: {', '.join(sorted(unknown))}.")
    return categories


def load_city(directory: Path = DEFAULT_CITY) -> City:
    """Read and check a city's files.

    Raises Misconfigured with one plain sentence that names the file and what is wrong.
    """
    settings = read_yaml(city_file(directory, "city.yml"))
    taxonomy = read_yaml(city_file(directory, "taxonomy.yml"))
    try:
        sla = settings["sla"]
        return City(
            directory=directory,
            name=_name(settings["name"]),
            timezone=settings["timezone"],
            hotline=str(settings["hotline"]),
            emergency_numbers={key: str(value) for key, value in settings["emergency_numbers"].items()},
            sla=Sla(
                help_working_days=int(sla["help_working_days"]),
                complaint_working_days=int(sla["complaint_working_days"]),
                urgent=timedelta(hours=float(sla["urgent_hours"])),
                urgent_categories=frozenset(sla["urgent_categories"]),
            ),
            departments={key: _name(entry) for key, entry in taxonomy["departments"].items()},
            categories=_categories(taxonomy),
            doors={
                key: Door(key, _name(entry), entry["door"], str(entry.get("also", "")))
                for key, entry in taxonomy["out_of_remit"].items()
            },
            crisis_kinds={key: _name(entry) for key, entry in taxonomy["crisis_kinds"].items()},
            texts=_texts(directory),
        )
    except KeyError as error:
        raise Misconfigured(f"city.yml or taxonomy.yml in {directory}: {error} is missing.") from None
