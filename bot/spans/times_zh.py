"""Times as people say them in Chinese: 昨晚十一点多, 从上周三开始每天夜里, 三天了, 11月20号晚上7点左右.

A time is a chain of parts (date, part of the day, clock, "every", "since"); a number of days counts as one
only when words beside it say that it has gone on or is over ("三天了", not "三天内答复").
"""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.spans.clock import Said, moment
from bot.spans.span import Span, half_width
from bot.text import HAN_DIGITS

_N = r"(?:[0-9]{1,4}|[零〇一二两三四五六七八九十百]{1,4}|半|几|十几|好几|多少)"
_D = r"(?:[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_MINUTE = r"(?:[0-5]?[0-9]|[一二三四五]?十[一二三四五六七八九]?|[零〇]?[一二三四五六七八九])"
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六日天末]"
_WEEK = rf"(?:(?:上上|大上|上|这|本)个?)?{_WEEKDAY}(?:到周?[一二三四五六日天])?|(?:上上|上|这)个?(?:周|星期|礼拜)(?!边|围|末|[一二三四五六日天])|(?:上|这)个?周末|周末"
_MONTH_DAY = rf"(?:(?:20[0-9]{{2}}|今|去|前)年)?{_D}月(?:份)?(?:{_D}(?:号|日)?(?![0-9点]|个|多|月|栋|楼)|初|中旬|上旬|下旬|底|末)?(?!子)"
_FULL_DATE = r"20[0-9]{2}(?:-|/|\.)[01]?[0-9](?:-|/|\.)[0-3]?[0-9]"
_REL_DAY = (
    r"今天|今日|今儿|今晚上|昨晚上|今早|今晨|今晚|今夜|昨天|昨日|昨儿|昨晚|昨夜|昨早|前天|前晚|大前天|前日|当天|当晚|前几天|前两天|前些天|前些日子|前阵子|前段时间|前不久|刚才|刚刚|"
    r"最近(?:这?(?:几|两|一)个?(?:天|周|月|个星期))?|近期|近来|近日|近几天|近两天|这几天|这两天|这阵子|这段时间|这些天|这几个月|这两个月|这(?:几|两)(?:年|周)|这半个月|这一个月|这个月|本月|本周"
)
_MONTHS = rf"(?:上上个月|上个?月|这个?月|本月)(?:初|底|末|中旬|中|{_D}(?:号|日))?"
_YEARS = r"(?:今年|去年|前年|大前年|20[0-9]{2}年)(?:初|底|末|中|年初|年底|夏天|冬天|春天|秋天|入夏以?来?|入冬以?来?|开春|春节|过年|国庆|上半年|下半年|暑假|寒假|年中)?|年初|年底前?(?!前)"
_SEASON = r"(?:春节|国庆(?:节)?|中秋(?:节)?|元旦|五一|清明|端午|暑假|寒假|过年|双十一|入夏|入冬|开学|夏天|冬天|供暖季|汛期)(?=以来|以后|之后|后|期间|前|那天|时候|里|到现在|就)"
_PART = r"凌晨|清晨|清早|大清早|一大早|大早上|一早|天不亮|天没亮|早晨|早上|早间|上午|中午|正午|晌午|午休时间|午休|午后|下午|傍晚|黄昏|晚上|晚间|夜晚|夜里|夜间(?!施工|作业|值班)|半夜三更|大半夜|后半夜|前半夜|半夜|深更半夜|深夜|午夜|大晚上|白天|大白天|早高峰|晚高峰|早晚高峰|整夜|整晚|通宵|饭点"
_CLOCK = (
    rf"(?:[0-2]?[0-9][:：][0-5][0-9](?![0-9])|(?:[0-9]{{1,2}}|[零〇一二两三四五六七八九十]{{1,3}}(?:[、]?[一二三四五六七八九])?)(?:点|时)(?:钟|半|整|一刻|三刻|过(?!来|去)|{_MINUTE}(?:分|(?!个|天|年|月|人|辆|次|分|块|元))|多钟?|来钟|十?几分)*"
    r"(?!水|儿|子|滴|赞|心|燃|菜|餐|单|名|火|钱|用))"
)
_EVERY = rf"每天|每日|每晚|每夜|每早|每到|每逢|每个?(?:{_WEEKDAY}|周末|月|星期|礼拜|夏天|冬天|工作日)(?:{_D}[号日])?|天天|隔三差五|一到(?:晚上|夜里|夏天|冬天|雨季|周末|下雨天|半夜|早晚高峰)|一下雨|晚晚|夜夜"
_DURATION = (
    rf"(?:(?:已经|已|都|快|将近|近|整整|整|连续|连着|一连|持续|前后|足足|断断续续|长达|有|大概|差不多|超过|不到)+(?:快|有|近|将近)?)?"
    rf"(?:{_N}[、到至-]?{_N}?多?个?(?:多|半)?(?:天|周|星期|礼拜|月|年|小时|钟头|晚上|晚|宿|夜|学期|分钟|整天|季度)|半个?(?:月|小时|钟头|年|天)|大半(?:年|个月|天|夜)|俩月|仨月|小半年)(?:多|半)?"
)
_LASTED = r"(?:了(?!还不)|以来|多了|有余)"
_AGO = r"(?:以前|之前|前(?!面|台|后|门|任))"
_DURATION_AHEAD = r"(?:已经|已|都|快|将近|近|整整|连续|连着|一连|持续|足足|断断续续|长达|差不多|超过)"
_ABOUT = r"(?:左右|前后|的时候|那会儿?)"
_FROM = r"(?:从|自从|自|打从|打)"
_SINCE = r"(?:开始|起|以来|以后|之后|往后|后(?!面|门|来|勤|台|院|天)|到现在|至今|到今天|就开始)"

_POINT = rf"(?:{_FULL_DATE}|{_MONTH_DAY}|{_WEEK}|{_MONTHS}|{_YEARS}|{_REL_DAY}|{_SEASON}|{_EVERY}|{_PART}|{_CLOCK}|(?:第{_N}(?:天|晚|次)(?=了))|次日|第二天)"
_DAY_NUMBER = rf"(?:{_D}(?:号|日)(?=(?:{_PART}|那天|开始|起|以后|就|到现在)))"
# "坏了一个多月", "三天没动": it has gone on.
_GONE_ON = (
    rf"(?<=[坏停断拖堵漏关吵响欠等淹修亮黑臭闹丢占积涨冒压灭]了){_DURATION}(?![内之])"
    rf"|(?<![每第前了])(?:{_N}多?个?(?:天|月|星期|礼拜|年)|半个?[月年])(?=没(?!问题)|不来|联系不)"
)
_ENDED = rf"{_GONE_ON}|{_DURATION}{_AGO}|{_DURATION}{_LASTED}|(?<![每第]){_DURATION_AHEAD}+(?:有)?{_DURATION}"
_GLUE = r"(?:的|到|至|-|~|、|，(?=每天|每晚|每日)|\s|都|大概|大约|约|差不多|就|又)?"
_CHAIN = re.compile(
    rf"(?<!明年)(?<!后年)(?:{_FROM}(?={_POINT}|{_DAY_NUMBER}|{_ENDED}))?(?:{_ENDED}|{_POINT}|{_DAY_NUMBER})(?:{_ABOUT}|{_SINCE})*"
    rf"(?:{_GLUE}(?:{_POINT}|{_ENDED})(?:{_ABOUT}|{_SINCE})*){{0,6}}"
)

_LONE_WEAK = re.compile(
    r"(?:天天|白天|大白天|周末|当天|当晚|次日|第二天|午休|午休时间|今年|饭点|年底|通宵|年初|每到|一下雨|夏天|冬天|本月|每逢|20[0-9]{2}年|整夜|整晚|一早|早上|上午|下午|中午|早高峰|晚高峰|早晚高峰|每个?月|每年|一大早|一点|两点|三点|几点|有几年|今天)"
)
"""Alone these say how, or nothing, rather than when."""

_BEGAN = re.compile(r"(?<=[点半多里上间晨早晚])就?开始$|就(?:开始)?$")
"""五点多就开始打桩: the work begins, not the time."""

_CLOCK_ALONE = re.compile(r"(?:[一两几三]点|(?:[0-9]+|[一二三])时)(?:多)?")

_HAN = HAN_DIGITS | {
    "两": 2,
    "〇": 0,
    "日": 6,
    "天": 6,
    "末": 5,
}


def times_zh(text: str, now: datetime) -> list[Span]:
    """The times in a Chinese text with the moment that each means, in order."""
    plain = half_width(text)
    return [
        Span("time", text[start:end], start, end, moment(read_zh(plain[start:end]), now).isoformat())
        for start, end in _chains(plain)
    ]


def _chains(plain: str) -> Iterator[tuple[int, int]]:
    for match in _CHAIN.finditer(plain):
        words = match.group().strip()
        if _LONE_WEAK.fullmatch(words) or _CLOCK_ALONE.fullmatch(words):
            continue
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        yield start, start + len(_BEGAN.sub("", words))


def number(word: str) -> float:
    """The number that digits or Chinese numerals say; 半 is a half, 几 is three."""
    if word.isdigit():
        return int(word)
    if word == "半":
        return 0.5
    if "几" in word or word == "多少":
        return 3.0
    total, digit = 0, 0
    for char in word:
        if char in "十百":
            total += max(digit, 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _HAN.get(char, 0)
    return total + digit


_PARTS = (
    ("凌晨|后半夜|午夜|半夜三更|大半夜|半夜|深更半夜", "midnight"), ("清晨|清早|一大早|大早上|一早|天不亮|天没亮|今晨", "early"),
    ("早|上午|白天", "morning"), ("中午|正午|晌午|午休|饭点", "noon"), ("下午|午后", "afternoon"), ("傍晚|黄昏", "dusk"),
    ("深夜|夜", "night"), ("晚", "evening"),
)  # fmt: skip
_DAYS_BACK = (
    ("大前[天]", 3),
    ("前[天晚日]", 2),
    ("昨", 1),
    ("前几天|前些|前两天|近几天|这几天", 3),
    ("这两天|近两天", 2),
    ("今", 0),
)
_UNIT_DAYS = {
    "天": 1,
    "晚": 1,
    "宿": 1,
    "夜": 1,
    "周": 7,
    "星期": 7,
    "礼拜": 7,
    "月": 30,
    "学期": 150,
    "年": 365,
    "季度": 90,
}


def read_zh(words: str) -> Said:
    """The parts of one time."""
    fields: dict[str, object] = {}
    for pattern, part in _PARTS:
        if re.search(pattern, words):
            fields["part"] = part
            break
    fields.update(_clock_of(words))
    if fields.get("hour") is not None and fields.get("part") == "midnight" and "凌晨" in words:
        fields["part"] = "dawn"
    if fields.get("part") == "midnight" and "hour" not in fields and "凌晨" in words:
        fields["part"] = "dawn"
    fields.update(_day_of(words))
    return Said(**fields)  # type: ignore[arg-type]


def _clock_of(words: str) -> dict[str, object]:
    if match := re.search(r"([0-2]?[0-9])[:：]([0-5][0-9])", words):
        return {"hour": int(match[1]), "minute": int(match[2])}
    if match := re.search(
        rf"([0-9]{{1,2}}|[零〇一二两三四五六七八九十]{{1,3}})(?:点|时)(?:(半)|(一刻)|(三刻)|(?:过)?({_MINUTE})分?)?",
        words,
    ):
        minute = 30 if match[2] else 15 if match[3] else 45 if match[4] else int(number(match[5])) if match[5] else 0
        hour = match[1]
        # 一两点, 七八点: the first of the two.
        if len(hour) == 2 and "十" not in hour and not hour.isdigit():
            hour = hour[0]
        return {"hour": min(int(number(hour)), 24), "minute": min(minute, 59)}
    return {}


def _day_of(words: str) -> dict[str, object]:
    if match := re.search(r"(20[0-9]{2})[-/.]([01]?[0-9])[-/.]([0-3]?[0-9])", words):
        return {"year": int(match[1]), "month": _month(match[2]), "day": int(match[3]) or None}
    if match := re.search(rf"(?:(20[0-9]{{2}}|今|去|前)年)?({_D})月(?:份)?(?:({_D})(?:号|日)?)?", words):
        return {**_year(match[1]), "month": _month(match[2]), "day": int(number(match[3])) if match[3] else None}
    if match := re.search(r"(上上|上|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天末])", words):
        back = {"上上": 2, "上": 1}.get(match[1] or "", 0)
        return {"weekday": int(number(match[2])) - (match[2] not in "日天末"), "weeks_back": back}
    if match := re.search(rf"(上上|上|这|本)个?月(?:({_D})[号日])?", words):
        return {
            "months_back": {"上上": 2, "上": 1}.get(match[1], 0),
            "day": int(number(match[2])) if match[2] else None,
        }
    for pattern, days in _DAYS_BACK:
        if re.search(pattern, words) and not re.search(r"今年|前年|之前|以前", words):
            return {"back": timedelta(days=days)}
    if match := re.search(r"(20[0-9]{2}|去|前)年", words):
        return _year(match[1])
    if match := re.search(rf"({_D})[号日]", words):
        return {"day": int(number(match[1]))}
    return _elapsed(words)


def _month(word: str) -> int:
    return min(max(int(number(word)), 1), 12)


def _year(word: str | None) -> dict[str, object]:
    if not word or word == "今":
        return {}
    return {"year": int(word)} if word.isdigit() else {"years_back": 1 if word == "去" else 2}


def _elapsed(words: str) -> dict[str, object]:
    if match := re.search(
        rf"({_N})(?:[、到至-]?{_N})?(多?个?多?)(半?)(天|周|星期|礼拜|月|年|晚|宿|夜|学期|季度|小时|钟头|分钟)", words
    ):
        count = number(match[1]) + (0.5 if match[3] else 0)
        if match[4] in {"小时", "钟头", "分钟"}:
            return {"back": timedelta(minutes=count) if match[4] == "分钟" else timedelta(hours=count)}
        return {"back": timedelta(days=round(count * _UNIT_DAYS[match[4]]))}
    for word, days in (
        ("大半年", 240),
        ("半年", 182),
        ("俩月", 60),
        ("仨月", 90),
        ("上周", 7),
        ("上个周", 7),
        ("上星期", 7),
        ("上个星期", 7),
        ("上礼拜", 7),
        ("上个礼拜", 7),
    ):
        if word in words:
            return {"back": timedelta(days=days)}
    return {}
