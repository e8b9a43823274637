"""Articles from Markdown: the city's own are in order, and each fault is one sentence."""

from pathlib import Path

import pytest

from bot.city import load_city
from bot.errors import Misconfigured
from bot.knowledge.article import check, load_articles

CITY = load_city()
GOOD = (CITY.file("articles") / "residence_permit.md").read_text(encoding="utf-8")


def test_the_citys_articles_are_in_order() -> None:
    assert check(CITY.file("articles"), CITY) == []
    assert len(load_articles(CITY.file("articles"), CITY)) == 82


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("department: public_security", "department: nobody", "line 3: there is no department 'nobody'"),
        ("topic: residence_permit\n", "", "the front matter has no topic"),
        ("reviewed_on: 2026-11-23", "reviewed_on: soon", "reviewed_on must be a date"),
        ("expires_on: 2027-11-23", "expires_on: 2020-01-01", "must be later"),
        ("unverified_facts: []", "unverified_facts: [99]", "a fact that does not exist"),
        ("## English", "## Englisch", "“## English” is missing"),
        ("title:", "title: [", "not valid YAML"),
    ],
)
def test_a_fault_is_one_sentence_with_its_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    (tmp_path / "x.md").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    (fault,) = check(tmp_path, CITY)
    assert fault.startswith("x.md")
    assert said in fault
    with pytest.raises(Misconfigured):
        load_articles(tmp_path, CITY)


def test_both_languages_need_the_same_facts(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text(GOOD + "- One fact more.\n", encoding="utf-8")
    (fault,) = check(tmp_path, CITY)
    assert "both need the same" in fault


def test_a_topic_stands_once(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    (fault,) = check(tmp_path, CITY)
    assert fault.startswith("b.md")
