"""How to reach somebody: telephones, WeChat, QQ, Telegram and the like, e-mail; names; and the wish to leave none of them.

Also the two things that a resident comes back with: a ticket's number and its access code.
"""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberMatcher, format_number
from phonenumbers.phonenumberutil import PhoneNumberFormat

from bot.spans.span import Span, half_width, longest
from bot.text import HAN_DIGITS

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits of an access code: none that looks like another (no 0 O 1 I L)."""

CODE_LENGTH = 6

_COUNTRY_CODE = 86

_GAP = r"[ \-.]?"
_EDGE = r"(?<![0-9A-Za-z])"
_END = r"(?![0-9A-Za-z])"

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", re.ASCII)
_MOBILE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)?86{_GAP}{_GAP})?(?P<number>1[3-9][0-9](?:{_GAP}[0-9]){{8}})(?![0-9])", re.ASCII
)
_AREA = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_LANDLINE = re.compile(
    rf"(?<![0-9])(?:\+?86{_GAP})?(?P<number>\(?{_AREA}\)?[ \-]{{0,2}}[2-9][0-9]{{2,3}}{_GAP}[0-9]{{4}})"
    rf"(?:\s?(?:转|-|ext\.?)\s?[0-9]{{1,5}})?(?![0-9])",
    re.ASCII,
)
_TOLL_FREE = re.compile(rf"(?<![0-9])(?P<number>[48]00{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}})(?![0-9])", re.ASCII)
# A local number carries no area code: only a word beside it tells that it is a telephone.
_LOCAL = re.compile(
    r"(?:电话|座机|固话|号码|联系我?|打|拨|tel|phone|call|(?:ring|reach) (?:me|us)|landline|number)(?:号码?|是|为|打|你|记一?下|记着|:|：|is|at|me|us|on|my|\s|,|，){0,4}"
    r"(?P<number>[2-9][0-9]{2,3}[ \-]?[0-9]{4})(?![0-9])",
    re.ASCII | re.IGNORECASE,
)
# Of North America and of Taiwan, written without their country: only the way of grouping tells.
_ABROAD = re.compile(
    r"(?<![0-9+\-])(?P<number>\(?[2-9][0-9]{2}\)?[ \-.][2-9][0-9]{2}[ \-.][0-9]{4}|09[0-9]{2}-[0-9]{3}-?[0-9]{3})(?![0-9\-])",
    re.ASCII,
)
# As it is said: 一三八 ..., 幺三八 ...
_DIGITS_SAID = HAN_DIGITS | {"〇": 0, "幺": 1, "两": 2}
_DIGIT_SAID = "".join(_DIGITS_SAID)
_SPOKEN = re.compile(
    rf"(?<![{_DIGIT_SAID}])[一幺][三四五六七八九](?:[ ,，、]?[{_DIGIT_SAID}]){{9}}(?![{_DIGIT_SAID}十百千万点])"
)
_WORDS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS_SAID_EN = {word: str(digit) for digit, word in enumerate(_WORDS_EN)} | {"oh": "0"}
_TIMES_SAID = {"double": 2, "triple": 3}
_DIGIT_SAID_EN = rf"(?:(?:(?:{'|'.join(_TIMES_SAID)})\s)?(?:{'|'.join(_DIGITS_SAID_EN)})|[0-9]+)"
_SPOKEN_EN = re.compile(rf"\b{_DIGIT_SAID_EN}(?:[\s,.\-]{{1,3}}{_DIGIT_SAID_EN}){{4,}}\b", re.ASCII | re.IGNORECASE)
_SAID_EN = re.compile(rf"(?:({'|'.join(_TIMES_SAID)})\s)?({'|'.join(_DIGITS_SAID_EN)}|[0-9])", re.IGNORECASE)
_ACCOUNT = r"[A-Za-z0-9][A-Za-z0-9_\-]{4,19}"
_WECHAT = re.compile(
    r"(?:微信|v信|vx|wx|薇信|wechat|we chat|weixin|telegram|skype|kakao(?:talk)?|whatsapp)"
    r"(?:号|id|同号)?(?:\s|是|为|:|：|加我?|account|my|me|on|at|as|name|id|is|,|，|-){0,6}"
    rf"(?P<id>(?=[A-Za-z0-9_\-]*[0-9_\-]){_ACCOUNT})",
    re.ASCII | re.IGNORECASE,
)
# One of letters alone must be said to be one: "wechat records" is none.
_WECHAT_LETTERS = re.compile(
    r"(?:(?:微信|v信|薇信)(?:号|id|同号)?[是为:：]?\s?|(?:wechat|we chat|weixin|vx|wx)(?:\s(?:id|account|name))?(?::\s?|\sis\s))"
    r"(?P<id>[A-Za-z]{6,20})(?![A-Za-z0-9])",
    re.ASCII | re.IGNORECASE,
)
_QQ = re.compile(r"(?<![A-Za-z])QQ(?:号码?|是|为|:|：|加我?|number|is|my|\s|,|，){0,4}(?P<id>[1-9][0-9]{4,10})(?![0-9])",
                 re.ASCII | re.IGNORECASE)  # fmt: skip
_HANDLE = re.compile(r"(?<![\w.@/])@(?P<id>[A-Za-z][A-Za-z0-9_.]{3,30}[A-Za-z0-9_])(?![\w@])", re.ASCII)

_SURNAME = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计"
    "伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房"
    "裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲家封芮储靳邴糜松井段富巫乌焦巴弓牧山谷车侯宓蓬全郗班"
    "秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶黎蓟薄印宿白怀蒲从鄂索赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳姬申扶堵冉宰"
    "郦雍桑桂牛寿边扈燕冀尚农温庄晏柴瞿阎慕连习容向古易廖庾衡耿匡文广欧沃利蔚越师巩聂晁敖冷辛阚那简饶曾沙丰关"
    "游楚肖涂丘兰"
)
_NAME_ZH = (
    re.compile(
        rf"(?:(?:我|本人|免贵)姓|(?<![^\s\d，,。：:])姓(?=[{_SURNAME}]))"
        r"(?P<name>[\u4e00-\u9fff](?:[\u4e00-\u9fff]{1,2}(?=[，。,. ！!、；]|$))?)"
    ),
    re.compile(
        rf"(?:我叫|我的名字(?:是|叫)|本人叫|姓名(?:是|:|：)?\s*|名字(?:是|:|：)\s*)(?P<name>[{_SURNAME}][\u4e00-\u9fff]{{1,2}})"
        r"(?=$|[^\u4e00-\u9fff]|电话|手机|住|家|是|在|今年|的)"
    ),
    re.compile(
        rf"(?<![\u4e00-\u9fff])(?P<name>[{_SURNAME}](?:[\u4e00-\u9fff]{{0,2}})?(?:先生|女士|小姐|师傅|阿姨|大爷|大姐|老师))"
        r"(?=$|[^\u4e00-\u9fff])"
    ),
)
_NAME_EN = re.compile(
    r"(?:(?i:my name is|my name's|i am called|this is|name:|i'm|i am) )(?P<name>(?:(?:Mr|Mrs|Ms|Miss)\.? )?[A-Z][a-z]+(?: [A-Z][a-z]+){0,2})"
)
_NOT_A_NAME = {"Not", "From", "In", "At", "On", "A", "An", "The", "Very", "So", "Living", "Calling", "Writing", "Still",
               "Chinese", "American", "British", "Old", "Here", "Sure", "Afraid", "About", "Monday", "Sunday"}  # fmt: skip

_ANONYMOUS = re.compile(
    r"匿名|不(?:想|愿意?|要|方便|便)(?:留|透露|提供|给|公开|写)(?:我?的)?(?:下)?(?:电话|姓名|名字|号码|手机号?|联系方式|名|任何信息|身份)?"
    r"|(?:电话|姓名|名字|联系方式)(?:就)?不(?:留|写|方便留|提供)了?|别(?:透露|公开|告诉他们)(?:我?的)?(?:是谁|名字|姓名|身份|信息)?|不留(?:电话|名|姓名|联系方式)"
    r"|anonym(?:ous(?:ly)?|ity)|(?:do not|don't|dont|would rather not|rather not|prefer not to|not going to|won't|no need to)"
    r"(?: want(?: to)?| wish(?: to)?| like to)?(?: leave| give| share| say| tell)(?: you)?(?: my| our| a| any)?"
    r"(?: (?:phone )?number| (?:full )?name| phone| contact(?: details)?| identity| who i am)"
    r"|without (?:giving|leaving) my (?:name|number)|without my name|(?:^|[.,!] ?)without (?:a |any )?name"
    r"|keep my (?:name|identity) (?:secret|private)|no names?,? please"
    r"|(?:leave|keep) (?:me out of (?:it|this)|(?:my|our) (?:name|number|identity)(?: (?:and|or) (?:my )?(?:name|number|phone))? out)\b",
    re.IGNORECASE,
)
_TICKET_NUMBER = re.compile(
    r"(?<![0-9])(?P<date>20[0-9]{2}[01][0-9][0-3][0-9])[ \-_]{0,3}(?P<count>[0-9]{3}[ ]?[0-9]{3})(?![0-9Xx])",
    re.ASCII,
)
_CODE = rf"(?P<code>[{CODE_ALPHABET}{CODE_ALPHABET.lower()}]{{{CODE_LENGTH}}})"
_CODE_AFTER_WORD = re.compile(
    rf"(?:查询码|验证码|密码|取件码|查询密码|(?:access |query |lookup )?code|码)(?:\s|是|为|:|：|is|=|，|,|it's|was){{0,5}}{_CODE}{_END}",
    re.IGNORECASE,
)
_CODE_ALONE = re.compile(rf"{_EDGE}{_CODE}{_END}")


def contacts(text: str) -> list[Span]:
    """Telephones, WeChat and QQ ids and e-mail addresses, in the order of the text. Not ticket or identity numbers."""
    plain = half_width(text)
    taken = [match.span() for match in _TICKET_NUMBER.finditer(plain)]
    return [
        span for span in longest(_contacts(text, plain))
        if not any(span.start < end and start < span.end for start, end in taken)
    ]  # fmt: skip


def _contacts(text: str, plain: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(plain):
        yield Span("contact", text[match.start() : match.end()], match.start(), match.end(), match.group().lower())
    for pattern in (_MOBILE, _LANDLINE, _TOLL_FREE, _ABROAD):
        for match in pattern.finditer(plain):
            yield _phone(text, match, match.start())
    if "+" in plain:
        yield from _with_country(text, plain)
    for match in _SPOKEN.finditer(plain):
        digits = "".join(str(_DIGITS_SAID[char]) for char in match.group() if char in _DIGITS_SAID)
        yield Span("contact", text[match.start() : match.end()], match.start(), match.end(), digits)
    yield from _spoken_in_english(text, plain)
    for match in _LOCAL.finditer(plain):
        yield _phone(text, match, match.start("number"))
    for pattern in (_WECHAT, _WECHAT_LETTERS, _QQ):
        for match in pattern.finditer(plain):
            start, end = match.span("id")
            yield Span("contact", text[start:end], start, end, match["id"])
    for match in _HANDLE.finditer(plain):
        yield Span("contact", text[match.start() : match.end()], match.start(), match.end(), match.group())


def _spoken_in_english(text: str, plain: str) -> Iterator[Span]:
    """Mobile numbers as they are said: "one three eight, double two zero seven ..."."""
    for match in _SPOKEN_EN.finditer(plain):
        said = _SAID_EN.findall(match.group().lower())
        digits = "".join(_DIGITS_SAID_EN.get(digit, digit) * _TIMES_SAID.get(times, 1) for times, digit in said)
        if _MOBILE.fullmatch(digits):
            yield Span("contact", text[match.start() : match.end()], match.start(), match.end(), digits)


def _with_country(text: str, plain: str) -> Iterator[Span]:
    """Numbers of any country, written with its code ("+44 7700 900 318"); those of China stay without, as they are
    dialled."""
    for found in PhoneNumberMatcher(plain, None, leniency=Leniency.POSSIBLE):
        if found.number.country_code != _COUNTRY_CODE:
            value = format_number(found.number, PhoneNumberFormat.E164)
            yield Span("contact", text[found.start : found.end], found.start, found.end, value)


def _phone(text: str, match: re.Match[str], start: int) -> Span:
    end = match.end("number")
    return Span("contact", text[start:end], start, end, re.sub(r"\D", "", match["number"]))


def names(text: str) -> list[Span]:
    """How the resident calls himself or herself."""
    found = []
    for pattern in _NAME_ZH:
        for match in pattern.finditer(text):
            found.append(_named("name", text, match, "name"))
    for match in _NAME_EN.finditer(text):
        if match["name"].split()[0] not in _NOT_A_NAME:
            found.append(_named("name", text, match, "name"))
    return longest(found)


def anonymous(text: str) -> list[Span]:
    """Words that ask to stay unnamed."""
    plain = half_width(text)
    return [_named("anonymous", text, match, 0) for match in _ANONYMOUS.finditer(plain)]


def ticket_numbers(text: str) -> list[Span]:
    """Ticket numbers, their value as YYYYMMDD-NNNNNN, however they were typed."""
    spans = []
    for match in _TICKET_NUMBER.finditer(half_width(text)):
        if not 1 <= int(match["date"][4:6]) <= 12 or not 1 <= int(match["date"][6:]) <= 31:
            continue
        value = f"{match['date']}-{match['count'].replace(' ', '')}"
        spans.append(Span("ticket_number", text[match.start() : match.end()], match.start(), match.end(), value))
    return spans


def access_codes(text: str) -> list[Span]:
    """Access codes, upper case, only beside a ticket number or a word such as 查询码 or code, or all alone."""
    plain = half_width(text)
    matches = list(_CODE_AFTER_WORD.finditer(plain))
    if not matches and (ticket_numbers(text) or _CODE_ALONE.fullmatch(plain.strip())):
        matches = [match for match in _CODE_ALONE.finditer(plain) if _looks_like_a_code(match["code"])]
    return [
        Span(
            "access_code",
            text[match.start("code") : match.end("code")],
            *match.span("code"),
            match["code"].upper(),
        )
        for match in matches
        if _looks_like_a_code(match["code"])
    ]


def _looks_like_a_code(code: str) -> bool:
    """Not a plain word in small letters ("number" holds only letters of the alphabet too), nor a plain number."""
    return not code.isdigit() and (code.isupper() or any(char.isdigit() for char in code))


def _named(kind: str, text: str, match: re.Match[str], group: str | int) -> Span:
    start, end = match.span(group)
    return Span(kind, text[start:end], start, end, text[start:end].strip())
