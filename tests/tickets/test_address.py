"""Exchanging one part of an address."""

import pytest

from bot.tickets.address import part_of, with_part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("是5号楼", ("building", "5号楼")),
        ("六单元吧", ("unit", "六单元")),
        ("28号", ("house", "28号")),
        ("building 7 please", ("building", "building 7")),
        ("room 602", ("room", "room 602")),
        ("西门", ("gate", "西门")),
        ("没有了", None),
        ("建设路", None),
        ("the building", None),
    ],
)
def test_the_part_that_a_text_names(text: str, part: tuple[str, str] | None) -> None:
    assert part_of(text) == part


@pytest.mark.parametrize(
    ("address", "part", "expected"),
    [
        ("幸福小区3号楼2单元501", ("building", "5号楼"), "幸福小区5号楼2单元501"),
        ("幸福小区3栋", ("building", "5号楼"), "幸福小区5号楼"),
        ("幸福小区2单元", ("building", "5号楼"), "幸福小区5号楼2单元"),
        ("幸福小区", ("building", "5号楼"), "幸福小区5号楼"),
        ("建设路28号", ("house", "30号"), "建设路30号"),
        ("Building 3, Sunshine Garden", ("building", "building 5"), "building 5, Sunshine Garden"),
        ("Sunshine Garden", ("building", "building 5"), "building 5, Sunshine Garden"),
    ],
)
def test_a_part_is_exchanged_or_put_where_it_belongs(address: str, part: tuple[str, str], expected: str) -> None:
    assert with_part(address, part) == expected
