"""Exchanging one part of an address: the building, the unit, the room. Pure."""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re

_NUM = r"(?:[0-9]{1,5}[A-Za-z]?|[一二三四五六七八九十百]{1,4}|[A-Za-z])"
# In the order in which an address names them, from the large to the small.
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("phase", re.compile(rf"{_NUM}期|\bphase\s+{_NUM}\b", re.IGNORECASE)),
    ("house", re.compile(rf"{_NUM}号(?!楼|线|院|门(?!口)|口)|\bno\.?\s?[0-9]+\b", re.IGNORECASE)),
    ("group", re.compile(rf"(?:第)?{_NUM}(?:组|队|社)|\bgroup\s+{_NUM}\b", re.IGNORECASE)),
    ("building", re.compile(rf"{_NUM}(?:号楼|栋|幢|座|号院)|\b(?:building|block|tower)\s+(?:no\.?\s?)?{_NUM}\b", re.IGNORECASE)),
    ("unit", re.compile(rf"{_NUM}单元|\bunit\s+{_NUM}\b", re.IGNORECASE)),
    ("floor", re.compile(rf"{_NUM}(?:层|楼)|\bfloor\s+{_NUM}\b|\b[0-9]{{1,2}}(?:st|nd|rd|th)\s+floor\b", re.IGNORECASE)),
    ("room", re.compile(rf"{_NUM}(?:室|房间?)|\b(?:room|flat|apartment|apt\.?)\s+{_NUM}\b|(?<=单元)[0-9]{{3,4}}|(?<=号楼)[0-9]{{3,4}}|(?<=栋)[0-9]{{3,4}}", re.IGNORECASE)),
    ("gate", re.compile(r"[东西南北](?:大)?门|[A-Z0-9]{1,2}(?:号)?(?:出)?口|\b(?:north|south|east|west|main|back)\s+gate\b|\b(?:exit|gate|entrance)\s+[A-Z0-9]{1,2}\b", re.IGNORECASE)),
)  # fmt: skip
KIND_OF_STREET = r"(?:大道|路|街|巷|道)"
"""How the Chinese name of a street ends."""

ENGLISH_STREET = r"(?:[A-Z][\w']+ ){1,3}(?:Road|Street|Avenue|Lane|Boulevard|Rd|St|Ave)\b"

_STREET = re.compile(
    rf"(?:(?<=[区县市镇乡\W])|^)(?:(?![区县市镇乡])[\u4e00-\u9fff]){{1,7}}?{KIND_OF_STREET}(?=\d)|(?<=\d ){ENGLISH_STREET}"
)
_ORDER = [kind for kind, _ in _PARTS]


Part = tuple[str, str]
"""The kind of a part, and its words."""


def last_parts(text: str, known: str = "") -> list[Part]:
    """The last parts of an address that the text names, in their order, as far as they stand together: of "not
    building 3 but block 4, room 12" the block and the room. What stands in the `known` address only explains, where other
    parts are named too."""
    groups: list[list[Part]] = []
    end = None
    for start, (kind, words) in sorted(_parts(text).items()):
        is_inside = end is not None and start < end
        if is_inside:
            continue
        if end is None or re.search(r"\w", text[end:start]):
            groups.append([])
        groups[-1].append((kind, words))
        end = start + len(words)
    new = [group for group in groups if any(words not in known for _, words in group)]
    return (new or groups or [[]])[-1]


def is_parts_alone(text: str) -> bool:
    """Whether the text names parts of an address and nothing around them: "block 4, room 12"."""
    for _, words in _parts(text).values():
        text = text.replace(words, " ", 1)
    return not re.search(r"\w", text)


def _parts(text: str) -> dict[int, Part]:
    """Every part that the text names, by where it begins; of two that begin at one place (5号, 5号楼) the longer."""
    found: dict[int, Part] = {}
    for kind, pattern in _PARTS:
        for match in pattern.finditer(text):
            if len(match.group()) > len(found.get(match.start(), ("", ""))[1]):
                found[match.start()] = (kind, match.group())
    return found


def number_on_street(address: str) -> re.Match[str] | None:
    """Where the house number stands: "88号", or the 88 of "88 Garden Street"; None where there is none."""
    return dict(_PARTS)["house"].search(address) or re.search(r"(?<!\w)\d+(?= [A-Z])", address)


def street_of(address: str) -> re.Match[str] | None:
    """Where the name of the street stands that has a house number: 建设路 in "城东区建设路12号", Garden Street in "88 Garden
    Street"; None where there is none."""
    return _STREET.search(address)


def with_part(address: str, part: Part) -> str:
    """The address with that part exchanged; added where it belongs when the address has none of its kind."""
    kind, words = part
    pattern = dict(_PARTS)[kind]
    if pattern.search(address):
        return pattern.sub(words, address, count=1)
    later = [
        match.start() for name in _ORDER[_ORDER.index(kind) + 1 :] if (match := dict(_PARTS)[name].search(address))
    ]
    if re.search(r"[A-Za-z]$", address):
        return f"{words}, {address}" if kind in {"building", "unit", "room", "floor"} else f"{address}, {words}"
    at = min(later, default=len(address))
    between = " " if words.isascii() and address[at:] else ""
    return address[:at] + words + between + address[at:]
