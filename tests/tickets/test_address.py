"""Exchanging one part of an address."""

import pytest

from bot.tickets.address import is_parts_alone, last_parts, with_part


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("是5号楼", [("building", "5号楼")]),
        ("六单元吧", [("unit", "六单元")]),
        ("28号", [("house", "28号")]),
        ("building 7 please", [("building", "building 7")]),
        ("room 602", [("room", "room 602")]),
        ("西门", [("gate", "西门")]),
        ("block 4 room 1302", [("building", "block 4"), ("room", "room 1302")]),
        ("不是3号楼，应该是5号楼2单元", [("building", "5号楼"), ("unit", "2单元")]),
        ("没有了", []),
        ("建设路", []),
        ("the building", []),
    ],
)
def test_the_last_parts_that_a_text_names(text: str, parts: list[tuple[str, str]]) -> None:
    assert last_parts(text) == parts


@pytest.mark.parametrize(
    ("text", "is_alone"),
    [("block 4, room 1302", True), ("5号楼2单元", True), ("Green Lake block 4", False), ("建设路28号", False)],
)
def test_parts_without_the_rest_of_an_address(text: str, is_alone: bool) -> None:
    assert is_parts_alone(text) == is_alone


@pytest.mark.parametrize(
    ("address", "part", "expected"),
    [
        ("幸福小区3号楼2单元501", ("building", "5号楼"), "幸福小区5号楼2单元501"),
        ("幸福小区3栋", ("building", "5号楼"), "幸福小区5号楼"),
        ("幸福小区2单元", ("building", "5号楼"), "幸福小区5号楼2单元"),
        ("幸福小区", ("building", "5号楼"), "幸福小区5号楼"),
        ("建设路28号", ("house", "30号"), "建设路30号"),
        ("Building 3, Sunshine Garden", ("building", "building 5"), "building 5, Sunshine Garden"),
        ("room 302", ("building", "block 4"), "block 4 room 302"),
        ("Sunshine Garden", ("building", "building 5"), "building 5, Sunshine Garden"),
    ],
)
def test_a_part_is_exchanged_or_put_where_it_belongs(address: str, part: tuple[str, str], expected: str) -> None:
    assert with_part(address, part) == expected
