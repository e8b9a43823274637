"""Places as people write them in Chinese.

A clause is cut at words that no name holds ("投诉", "每天", "的"). In what is left, a place runs from the first
name to the last suffix that belongs to one (路, 小区, 医院 ...), with its numbers ("28号", "3号楼2单元501")
and where it is seen from ("对面", "东门"). A suffix without a name ("小区门口") is no place.
"""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.spans.span import Span, half_width
from bot.spans.words_zh import (
    GENERIC_NAMES,
    KEPT_WORDS,
    NEVER,
    STOPS,
    STRONG_SUFFIXES,
    TAILS,
    WEAK_SUFFIXES,
)


def _any(words: frozenset[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_NUM = r"(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,4})"
_LETTER_NUM = r"(?:[A-Za-z]?[0-9]{1,5}|[A-Za-z]|[一二三四五六七八九十百]{1,4}|[东南西北])"
_DETAIL = (
    rf"(?:{_LETTER_NUM}(?:-[0-9]{{1,4}})*(?:号楼|号院|号线|号门(?!前|口|对|外)|号口|号铺|号摊|号塔楼|栋|幢|座|单元|室|层|楼|期|组|队|社|门|区|弄|号"
    r"(?!(?:早|晚|上午|下午|凌晨|夜))|支?巷|出口|入口|站台|街区|地块|标段)(?:附?[0-9]{1,4}(?:号|室)?(?![0-9点:月年天个元块万%号楼栋单幢层期组门室院]))?"
    r"|[A-Z]口|[0-9]{1,4}-[0-9]{1,5}(?:-[0-9]{1,5})?(?:室|号)?(?![0-9点:月年天个元块万%]))"
)
_TAIL = rf"(?:的?(?:{_any(TAILS)}))"
# A compound may have no suffix but its buildings (锦绣江南5幢).
# 里 and 弄 are part of a name before a number ("平安里7号楼"), else they mean "inside" and "do"; 二小, 三中 and 附中 are schools.
_LANE = r"(?:里|(?<![我帮来去再给要])弄)(?=[0-9A-Z一二三四五六七八九十]+(?:号|栋|幢|座|区|巷|条|期)|地下|小区|社区)"
_SCHOOL = r"(?:(?:[一二三四五六七八九十]{1,2}|附|实)[小中]|(?<=[省市县区])[一二三四五六七八九十]{1,2}院)(?=$|[^\u4e00-\u9fff]|[门对旁附后东西南北的住急操校教食])"
_SUFFIX = re.compile(
    rf"(?P<strong>{_any(STRONG_SUFFIXES)}|{_LANE}|{_SCHOOL}|(?=[0-9]{{1,3}}(?:号楼|栋|幢|座)))|(?P<weak>{_any(WEAK_SUFFIXES - {'里', '弄'})})"
)
_LONE_NAMES = "东西南北中前后"
"""Of one character only these name a street: 南街, 北路."""
_STREETS = re.compile(r"[东西南北中一二三四五]?(?:路|街|巷|大道|大街)")
_NAMES_ITSELF = {
    "新城",
    "新区",
    "火车站",
    "高铁站",
    "汽车站",
    "客运站",
    "机场",
    "天桥",
    "大桥",
    "开发区",
    "高新区",
    "经开区",
}
_LEADING_TAILS = re.compile(
    r"(?:(?:斜?对面|对过|后面|前面|旁边|旁|隔壁|附近|楼下|楼上|周边|背后|里面|外面|里|位|家|住)的?)+"
)

_AFTER_SUFFIX = re.compile(rf"(?:{_DETAIL}|路段|段|{_TAIL})*")
_COUNTED = re.compile(
    r"(?:[0-9A-Za-z]{1,5}|[一二三四五六七八九十百两几]{1,4}月?)(?:号|栋|幢|座|条|家|所|个|间|趟|块|层)?"
)
_GENERIC = re.compile(rf"(?:{_any(GENERIC_NAMES)})+")
_LINK = re.compile(r"(?:与|和|跟|至|到|、|\s|-|—|/|交叉?|往|靠近?|靠|的){1,2}")
_NAME_CHARS = re.compile(r"[\u3400-\u9fffA-Za-z0-9·]+")
# A suffix or a tail is never cut, though it may hold a stop word (派出所).
_KEPT = KEPT_WORDS | {word for word in STRONG_SUFFIXES | WEAK_SUFFIXES | TAILS if len(word) > 1}
_HOUR = r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})点(?:钟|半|多)*"
_BREAKS = re.compile(rf"(?P<stop>{_HOUR})|(?P<kept>{_any(_KEPT)})|(?P<word>{_any(STOPS)})|(?P<char>.)", re.DOTALL)
_LINES = re.compile(
    r"[东西南北中]?[一二三四五六]环(?:[东西南北]?路|线|高架)?(?:辅路)?(?=与|和|交|路|辅|[东西南北]|$|[^\u4e00-\u9fff])|(?:地铁|轻轨|公交(?:车)?)?[A-Z]?[0-9一二三四五六七八九十]{1,4}(?:号线|路公交车?|路车|路公共汽车)|[GS][0-9]{1,4}(?:高速|国道|省道)?(?![0-9])"
    r"|[0-9]{3}(?:国道|省道|县道)|[A-Z]?[0-9]{1,4}路(?=公交|末班|首班|司机|站)"
)

MAX_NAME = 8
"""Characters that a name may have before its suffix; the longest real ones are compounds of 6 or 7."""


def places_zh(text: str) -> list[Span]:
    """The places in a Chinese text, each as long as it is written, in order."""
    plain = half_width(text)
    pieces = sorted({*_pieces(plain), *((match.start(), match.end()) for match in _LINES.finditer(plain))})
    return [Span("place", text[start:end], start, end, text[start:end]) for start, end in _joined(plain, pieces)]


def _pieces(plain: str) -> Iterator[tuple[int, int]]:
    for start, end in _runs(plain):
        yield from _places_of(plain, start, end)


def _runs(plain: str) -> Iterator[tuple[int, int]]:
    """Stretches in which a name can stand: no punctuation, no word that a name never holds."""
    for chunk in _NAME_CHARS.finditer(plain):
        begun = position = chunk.start()
        while position < chunk.end():
            match = _BREAKS.match(plain, position, chunk.end())
            assert match is not None
            if match.lastgroup in {"stop", "word"} and not _begins_a_name(plain, match, chunk):
                if position > begun:
                    yield begun, position
                begun = match.end()
            position = match.end()
        if position > begun:
            yield begun, position


# 下湾村, 上河街: after a comma, a character that is otherwise a stop word begins a name.
_NAME_AHEAD = re.compile(rf"[上下来会太正高公和进出对用新可][\u4e00-\u9fff]{{1,2}}(?:{_any(STRONG_SUFFIXES)})")


def _begins_a_name(plain: str, match: re.Match[str], chunk: re.Match[str]) -> bool:
    return match.start() == chunk.start() and len(match.group()) == 1 and bool(_NAME_AHEAD.match(plain, match.start()))


def _places_of(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The place in one run: from the name of its first suffix to the end of its last."""
    lead = _LEADING_TAILS.match(plain, start, end)
    position = name_at = lead.end() if lead else start
    place_end, first = -1, True
    while position < end:
        match = _next_suffix(plain, position, end, name_at, not first)
        if match is None:
            break
        gap = match.start() - name_at
        if gap > MAX_NAME:
            if not first:
                break
            name_at = match.start() - MAX_NAME
        if first and _names_nothing(plain, name_at, match):
            if gap == 0 and (match.group() in _NAMES_ITSELF or _STREETS.match(plain, match.end())):
                position = match.end()  # 火车站西广场, 公园路: it is itself the name of what follows
                continue
            # A suffix that names nothing ("小区", "老旧小区"): what follows may still have a name.
            position = name_at = max(match.end(), match.start() + 1)
            continue
        after = _AFTER_SUFFIX.match(plain, match.end())
        assert after is not None
        if first:
            place_start, first = name_at, False
        place_end = max(match.end(), after.end())
        position = name_at = max(place_end, match.start() + 1)
    if place_end > 0:
        yield place_start, place_end


def _names_nothing(plain: str, name_at: int, match: re.Match[str]) -> bool:
    name, suffix = plain[name_at : match.start()], match.group()
    if not name:
        return not re.match(r"[一二三四五六七八九十]", suffix)
    if name[0] in "省市县" and match.lastgroup == "strong" and len(suffix) > 1:
        return False  # 市中医院: there is one of it
    lone = len(name) == 1 and len(suffix) == 1 and suffix != "村" and name not in _LONE_NAMES
    return lone or name.isdigit() or bool(_GENERIC.fullmatch(name)) or bool(_COUNTED.fullmatch(name))


def _next_suffix(plain: str, position: int, end: int, name_at: int, is_chained: bool) -> re.Match[str] | None:
    for match in _SUFFIX.finditer(plain, position, end):
        name = plain[name_at : match.start()]
        if any(plain.startswith(word, match.start() - back) for word, back in _never_at(match)):
            continue
        if match.lastgroup == "weak" and len(name) < (0 if is_chained and not name else 2):
            continue
        return match
    return None


def _never_at(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    """Words such as 夜里 or 马路 that end in, or begin with, this suffix, and how far back they begin."""
    for word, back in NEVER.get(match.group()[:1], ()):
        if match.start() >= back and (back > 0 or len(word) > len(match.group())):
            yield word, back


def _joined(plain: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces that belong together as one: 和平大道 与 解放路 交叉口."""
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif joined and (gap := _LINK.fullmatch(plain, joined[-1][1], start)) is not None and len(gap.group()) <= 2:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, _with_tail(plain, end)) for start, end in joined]


_TAIL_AFTER = re.compile(rf"(?:[,，\s到至-]?{_DETAIL})*(?:{_TAIL})*")


def _with_tail(plain: str, end: int) -> int:
    match = _TAIL_AFTER.match(plain, end)
    return match.end() if match else end
