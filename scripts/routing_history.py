"""Writes a history to measure the router on: letters of 200 to 450 Chinese characters, with the seven departments of the
public competition on such letters (Teddy Cup 2020, "smart government affairs") as labels.

`python scripts/routing_history.py FOLDER` writes FOLDER/taught.csv, of the letters of data/nlu, and FOLDER/unseen.csv, of
those of tests/cases/letters.tsv, which two others wrote; then
`hotline evaluate routing FOLDER/taught.csv FOLDER/unseen.csv`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.examples import metadata_of, nlu_examples
from bot.settings import ROOT

CATEGORIES_OF = {
    "城乡建设": (
        "property_management housing_quality rental_dispute late_home_delivery property_title illegal_construction "
        "greening_trees street_light drainage_flooding water_supply power_outage gas_service heating elevator_fault "
        "road_damage garbage street_vendor public_toilet"
    ),
    "环境保护": "noise_construction noise_business noise_neighbour air_pollution water_pollution",
    "交通运输": "bus_service taxi_ride_hailing illegal_parking traffic_signal",
    "劳动和社会保障": "unpaid_wages labour_rights social_insurance",
    "教育文体": "school_enrolment school_fees tourism_service",
    "卫生计生": "hospital_service medical_insurance",
    "商贸旅游": "food_safety consumer_dispute price_gouging prepaid_card",
}
"""What of our categories each of the seven deals with; the other categories are left out."""

Letters = Iterable[tuple[str, str]]


def write_history(path: Path, letters: Letters) -> None:
    """Write those of the letters, each after its category, that one of the seven deals with."""
    label_of = {category: label for label, categories in CATEGORIES_OF.items() for category in categories.split()}
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("text", "label"))
        rows.writerows((text, label_of[category]) for category, text in letters if category in label_of)


def taught() -> Letters:
    """The letters of data/nlu."""
    for block, text in nlu_examples(ROOT / "data" / "nlu", "complaints_zh_letters.yml"):
        yield metadata_of(block, "category") or "", text


def unseen() -> Letters:
    """Those of two other writers."""
    for line in (ROOT / "tests" / "cases" / "letters.tsv").read_text(encoding="utf-8").splitlines():
        category, _, text = line.partition("\t")
        yield category, text


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    write_history(folder / "taught.csv", taught())
    write_history(folder / "unseen.csv", unseen())
