"""What opens an utterance and is not its matter: "您好，我要反映", "Hello, I want to complain that". Pure; Python 3.10."""

from __future__ import annotations

import re

_ADDRESSED = r"(?:12345|客服|同志|老师|师傅|领导|小助手)(?![的热打电])"
_GREETING = re.compile(
    rf"\W*(?:{_ADDRESSED}\W*)*"
    r"(?:(?:您|你们?|老师|同志|师傅|领导|大家|早上?|上午|中午|下午|晚上|各位)好|哈[喽啰]|嗨|喂|在[吗么不]"
    r"|(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings)"
    r"(?: (?:there|all|everyone|team|sir|madam|dear|friend))?\b)"
    rf"[啊呀哦噢喔呢哈喽]*(?:\W*{_ADDRESSED})?\W*",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\W*(?:我们?|俺们?)(?:想|要|得|来)?(?:跟你们?|向你们?|给你们?)?(?:投诉|举报|反映|反应|报修|上报|登记|告个?状)(?:一下|一个|一件)?(?:情况|问题|事情|事儿?)?\W*"
    r"|\W*(?:我|俺)?(?:还|另外|再)?(?:有|反映|说)(?:一|另|个|件|别的|另外的?)+(?:情况|问题|事情|事儿?)(?:要(?:说|反映|投诉))?\W+"
    r"|\W*(?:首先|其次|先说|再说)?(?:第[一二三四五六两]|另外?一|还有一|再有一)[件个](?:事情?|事儿|问题)?(?:是|呢|就是)?[\s，,、：:]+"
    r"|\W*(?:and )?(?:(?:the )?(?:first|second|third|other|next)(?:ly| one| thing| problem| issue| matter| complaint)?)(?: is)?\s*[:,;-]+\s*"
    r"|\W*(?:and )?(?:i(?:'ve| have)(?: got)? |there(?:'s| is) )?(?:an?other|a|one|one more|another one)(?: new| other)? (?:complaint|problem|issue|matter|thing)(?: too| as well| while i(?:'m| am) (?:here|at it))?\s*[:,.;!-]+\s*"
    r"|\W*(?:(?:那么?|哎|唉|算了)[\s，,]*)?(?:我|俺)?还是(?:要|想|得)?(?:投诉|举报|反映|反应|登记|报)(?:一下|上去)?[吧了]?[\s，,。！!：:]+"
    r"|\W*(?:i(?:'d| would)? (?:want|like|need|wish) to|can i|let me|please)?\s*"
    r"(?:complain|report|register|file|make|lodge)(?: (?:a|an))?(?: (?:complaint|problem|issue|report))?(?: (?:about|that|on|against|for|of))*\b\W*",
    re.IGNORECASE,
)

_HASTE = re.compile(
    r"(?:\W*(?:(?:你们?)?(?:快点儿?|快些|赶紧的?|麻溜的)|(?:我|俺)?(?:这[会儿边]*)?(?:正|很|在)?(?:忙着呢?|赶时间|没(?:啥|什么)?(?:时间|空))|长话短说|话不多说|简单说|直说[了吧]?"
    r"|(?:你|您)?听(?:我说|好了?)|(?:我)?(?:跟|给)你们?[说讲])[啊哈呀]*[\s，,。！!：:]+)+"
    r"|(?:\W*(?:(?:be |please )?quick(?:ly)?|(?:i'?m )?(?:in a (?:hurry|rush)|at work|busy)|no time|long story short|in short|listen|look here)(?: please)?\s*[,.:;!-]+)+\s*",
    re.IGNORECASE,
)

_ANNOUNCED = re.compile(
    r"^\W*(我|俺)?(有[个件点]?(事|问题)儿?)?(想|要|得|需要)?(来|再)?(投诉|举报|反映|反应|报修|上报|登记|告个?状|报(?=一下|个|一个|一件))(一下|一个|一件|个)?"
    r"(情况|问题|事情|事儿|事|新的?|别的|另外的?)*[啊呀啦呢哈的]?\W*$"
    r"|^\W*(i('d| would)? (want|like|need|wan|wanna)( to)?|can i|let me|please)?\s*"
    r"(file|make|report|register|submit|lodge|complain)( about)?( a| an| another| one| some)?( new)?"
    r"( complaint| complain| problem| issue| matter| case| thing| something| it)?( please)?\W*$"
    r"|^\W*(a |new |another |one more )*complaint\W*$"
    r"|^\W*(我|俺)?(还|另外)?有(一|个|件|点|另|新的?)*投诉(一下)?\W*$"
    r"|^\W*(and )?(i('ve| have)( got)?|there('s| is)) (a|an|another|one|one more)( new| other)? complaint\W*$",
    re.IGNORECASE,
)

_SENTENCE_END = re.compile(r"(?<=[。！？!?])|(?<=\.)\s|\n")
_CLAUSE = re.compile(r"[，。！；,.!;\n]+|(?<=[\u4e00-\u9fff])[ \t]+|[ \t]+(?=[\u4e00-\u9fff])")
"""Who writes Chinese in a hurry parts clauses by spaces."""


def after_greeting(text: str) -> str:
    """What is said behind "您好" or "hello"; empty where it is nothing, the whole where nobody greets."""
    end = 0
    while (found := _GREETING.match(text, end)) and found.end() > end:
        end = found.end()
    return text[end:].strip()


def matter(text: str) -> str:
    """What is complained of, without the greeting, the haste and "I want to complain about" before it; the whole where no
    more is said."""
    words = after_greeting(text)
    haste = _HASTE.match(words)
    words = words[haste.end() :] if haste else words
    wish = _WISH.match(words)
    return (words[wish.end() :].strip() if wish else words) or text


def announces(text: str) -> bool:
    """Whether the words only say that somebody wants to complain, and not of what."""
    return bool(_ANNOUNCED.match(after_greeting(text)))


def is_announced(text: str) -> bool:
    """Whether a clause of the text says so and no more."""
    return any(map(announces, clauses(text)))


def first_sentence(text: str) -> str:
    """The first of several sentences; empty where there is but one."""
    return (_sentences(text) or [""])[0]


def last_sentence(text: str) -> str:
    """The last of several sentences; empty where there is but one."""
    return (_sentences(text) or [""])[-1]


def _sentences(text: str) -> list[str]:
    """All where there are several."""
    parts = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    return parts if len(parts) > 1 else []


def clauses(text: str) -> list[str]:
    """The text between commas, stops and semicolons, in Chinese between spaces too, without what is blank."""
    return [clause for clause in _CLAUSE.split(text) if clause.strip()]
