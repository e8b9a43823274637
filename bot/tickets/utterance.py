"""What one utterance says by itself, before anything is put into a complaint: whether it asks, only says where, only
introduces, withdraws what was told.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.extract import Span, is_all_said, times
from bot.opening import after_greeting, announces, clauses, is_announced
from bot.spans.span import chosen, half_width

Candidates = Sequence[tuple[str, float]]


class Categories(Protocol):
    """Who tells the category of a complaint: the trained classifier (`bot.tickets.classify`)."""

    def candidates(self, text: str, /) -> Candidates:
        """The categories with their probability, likeliest first; one at least."""

    def named(self, text: str, /) -> str | None:
        """The category whose own name is all that is said, or None."""

    def is_sure(self, candidates: Candidates, /) -> bool:
        """Whether the first may be taken without asking the resident."""


RECENT = timedelta(days=45)
"""How far back a moment may lie that is taken for the time without having been asked for."""

_QUESTION = re.compile(
    r"[?？]\s*$|[吗呢]\W*$|([\u4e00-\u9fff])不\1\W*$|(?:行|可以|合法|能[^，,。不]{0,8})不\W*$|(?:咋个?|怎么)(?:办|说|弄|整|搞)[嘛啊呀呢哦]?\W*$"
)

_WISH = re.compile(
    r"(?<!不)(?<!别)(我|俺)?(就|也|还|都)?(要|想|得|来)(正式|一并|顺便|先)?(投诉|举报|反映|反应|报修|登记)|(请|帮我?|给我|麻烦)(你们|您)?(一并|也|先)?(登记|投诉|记下来|记一下)"
    r"|\b(i|we)(('d| would) (also )?like| want| need| wish)( you)? to (please )?(also )?(complain|report|register|file|lodge|make a complaint)"
    r"|\b(please|kindly|can you|could you)( also)? (register|file|record|log|report) (it|this|that|my|the)\b"
    r"|\bi (want|wish|would like) (it|this|that) (to be )?(registered|reported|filed|on record|recorded|logged)\b",
    re.IGNORECASE,
)

_INSTEAD = re.compile(
    r"(?:算了|不(?:说|报|提|管|投诉|反映|举报|报修)|别管|先不管|不要)[^，。！；,.!;\n]{0,20}[，。！；,.!;\n]+\s*"
    r"(?P<zh>[^，。！\n]{0,6}(?:真正|其实|改(?:成|为)?(?:说|报|投诉|反映|举报|报修)|换成(?!.{0,4}(?:座机|电话|手机|微信|号|地址|时间|匿名|\d))|(?:要|想|该)(?:说|报|投诉|反映|举报|报修)的).{4,})"
    r"|\b(?:forget|never ?mind|scrap|drop|ignore)(?: about)? (?:the|that|this|it|my|what|those|these)\b[^,.;!\n]{0,60}[,.;!\n]+\s*"
    r"(?:it'?s just that )?(?P<en>.{0,12}\b(?:real|actual|true|main|bigger|worse|actually|instead|want|problem|trouble|thing|complain\w*|report)\b.{12,})",
    re.IGNORECASE | re.DOTALL,
)
"""The matter told so far is withdrawn and another told in its place."""

VAGUE_TIME = re.compile(
    r"^(一到)?(早上|上午|中午|下午|傍晚|晚上|夜里|半夜|白天|凌晨|平时|[天一擦]+黑|at (night|dusk)|in the (morning|evening|afternoon)|by day"
    r"|(when|after|once) it('s| is| gets)? dark|after dark)$",
    re.IGNORECASE,
)
"""A part of the day alone does not say when something happened."""

LEAST_MATTER = {"zh": 16, "en": 48}
"""Characters beside a number and "I want to complain" from which they tell a matter, whatever it may be."""

_NO_MOMENT = re.compile(r"每|天天|\b(?:every|each|daily|nightly)\b|^(?:by|before|until|till)\b", re.IGNORECASE)

_TODAY = re.compile(r"今天|今日|今儿个?|\btoday\b", re.IGNORECASE)
_HOPES = re.compile(
    r"(?:今天|今日|今儿个?).{0,6}(?:能|可以|会|要|必须|务必|内|之?前|派|来人|就来|就修|想|来问|来反映|打电话)"
    r"|\b(?:can|could|please|pls|must|will|should|hope|want|need|come|send|by|before|until) (?:\w+ ){0,4}today\b|\btoday i (?:want|am|write|wish|would)\b",
    re.IGNORECASE,
)
"""Today as the day on which something shall happen, or on which one writes."""

_DEADLINE = re.compile(r"\W{0,2}(?:之?前|以前|以内|之内)")

_REPAIR = re.compile(
    r"(?:^|[，,。.；;！!…\s])(?:哦|啊|呃|唉|等等|等一?下)?(?:不对|不是不是|(?:我)?(?:说|讲|写|打|记)错了?|口误|更正(?:一下)?|应该说)(?=[，,。.；;！!…\s]|是|$)|(?:^|\W)[哦啊]不(?=[，,。！\s]|是)"
    r"|\b(?:(?:or|oh|ah)? ?no,? wait|or wait|wait,? no|(?:oh |ah )?no,? sorry|sorry,? no|scratch that|correction|make that|i mean[,:]|no,? i mean)\b",
    re.IGNORECASE,
)
"""Who says so takes back what was said just before, and says it as it is."""

_AROUND_A_PLACE = re.compile(
    r"(?:我们?|俺们?|家|住|就?在|是|的|这|那|里|边|儿|\W|\b(?:i|we|live|lives|am|are|in|at|on|here|from|it|is|the)\b)*",
    re.IGNORECASE,
)
"""What may stand beside a place and tells nothing."""

_AROUND_A_TIME = re.compile(
    r"(?:从|自|就?是|大概|大约|差不多|应该|好像|可能|开始|一直|到现在|现在|起|有|都|的|了|吧|啊|呢|呀|哦|嗯|\W"
    r"|\b(?:it|this|that|has|have|been|was|is|started|starting|began|begun|going|on|happened|since|from|about|around|like|for|i|think|guess|maybe|so|well|now|already)\b"
    r"|\b\d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)?\b)*",
    re.IGNORECASE,
)
"""The same beside a time."""

OWN_NUMBER = re.compile(
    r"我的?(?:手机|电话|号码|联系方式|微信)|[记留].{0,4}(?:电话|号码|手机)|打给?我|找我"
    r"|\bmy (?:phone |mobile |cell |contact )?(?:number|phone|mobile|e-?mail|wechat)\b|\b(?:call|ring|reach|text) me\b",
    re.IGNORECASE,
)
"""A number beside it is the resident's."""

LOCAL_NUMBER = re.compile(r"(?<![\d\-])[2-9]\d{2,3}[ \-]?\d{4}(?![\d\-])", re.ASCII)
"""A number without area code: one only where a number was asked for, or is put right."""

_INTRODUCES = re.compile(
    r"^\W*(?:我?(?:免贵)?姓|我?名?字?叫)\S{1,4}$|电话|手机|号码|微信|联系|断线|断了|掉线|快没电|^\W*(?:先|首先)\W*$"
    r"|\b(?:my name(?: is)?|name(?: is)?|this is|i am|i'm) (?-i:[A-Z][a-z]+)(?: (?-i:[A-Z][a-z]+))?$|\b(?:number|phone|cut off|disconnected|battery|before anything(?: else)?|first of all|any time)\b",
    re.IGNORECASE,
)
"""A clause that says whose a number is, or why it comes first."""

NAMED = re.compile(
    r"(?:^|(?<=[，,、；;\s]))(?:就?是)?(?:(?:店|公司|单位|厂|学校|机构)?(?:名字?|名称)?叫做?(?![了着得唤嚷声个一])|(?:店名|厂名|公司名|名字|名称)(?:是|为|[:：])?)[^，。；,;\s]{2,15}"
    r"|\b(?:it(?:'s| is) )?(?:called|named)\s+[^,.;\n]{2,40}",
    re.IGNORECASE,
)
"""What a shop or a company there goes by: "叫动力健身" makes no noise."""


def by_writing(characters: Mapping[str, int], text: str) -> int:
    """Of bounds in characters the one for that text: "zh", or "en" where it has no other than Latin letters."""
    return characters["en" if text.isascii() else "zh"]


def asks(text: str) -> bool:
    """Whether the words end as a question does."""
    return bool(_QUESTION.search(text))


def other_matter(text: str) -> str | None:
    """What the resident complains of instead, where the utterance withdraws the matter told so far."""
    found = _INSTEAD.search(half_width(text))
    return (found["zh"] or found["en"]).strip() if found else None


def wants_it_filed(text: str, spans: Sequence[Span]) -> bool:
    """Whether a question also tells what happened where, and asks that it be registered."""
    return any(span.kind == "place" for span in spans) and bool(_WISH.search(text))


def says_only_where(text: str, spans: Sequence[Span], categories: Categories) -> bool:
    """Whether an utterance names a place, and nothing that a complaint could be about."""
    named = [span for span in spans if span.kind == "place"]
    rest = NAMED.sub(" ", without(text, named))
    beside = re.sub(r"\W", "", rest)
    return (
        len(beside) * 2 <= len(text)
        and bool(named)
        and not (beside and categories.is_sure(categories.candidates(rest.strip())))
    )


def only_introduces(text: str, spans: Sequence[Span], categories: Categories, is_answer: bool = False) -> bool:
    """Whether an utterance gives a number and no matter: it says that a complaint follows ("take my number first, 139..., in
    case we are cut off. I want to complain"), or no more than whose it is and why, or is an answer (`is_answer`) to a
    question that nobody asked."""
    contact = chosen(spans, "contact")
    if not contact:
        return False
    others = [clause for clause in clauses(text) if contact.text not in clause]
    rest = after_greeting("，".join(each for each in others if not (announces(each) or _INTRODUCES.search(each))))
    follows = is_announced(text)
    if follows and len(re.sub(r"\W", "", rest)) >= by_writing(LEAST_MATTER, rest):
        return False
    if follows or (is_answer and all(span.kind != "place" for span in spans)):
        return not (rest and categories.is_sure(categories.candidates(rest)))
    return not rest and bool(OWN_NUMBER.search(text))


def only_place(text: str, spans: Sequence[Span]) -> Span | None:
    """The place, where nothing else is said: "我住在纺织厂家属院4栋"."""
    place = chosen(spans, "place")
    return place if place and _AROUND_A_PLACE.fullmatch(text.replace(place.text, "", 1)) else None


def only_time(text: str, spans: Sequence[Span]) -> bool:
    """Whether nothing is said but since when, or when: "大概从上周三开始的"."""
    time = chosen(spans, "time")
    return time is not None and bool(_AROUND_A_TIME.fullmatch(without(text, [time])))


def recent_moment(text: str, now: datetime) -> Span | None:
    """The only moment that the rules read in the words, if it lies not far back: where the tagger found no time, it need
    not be asked for. How old a contract is, is no moment of the complaint, nor what happens every day, nor a deadline."""
    found = [span for span in times(text, now) if span.value and not VAGUE_TIME.match(span.text)]
    today = _TODAY.search(text)
    if not found and today and not (asks(text) or _HOPES.search(text)):
        return Span("time", today.group(), today.start(), today.end(), now.isoformat())
    if len(found) != 1 or not timedelta(0) <= now - datetime.fromisoformat(found[0].value) <= RECENT:
        return None
    time = found[0]
    return None if _NO_MOMENT.search(time.text) or _DEADLINE.match(text, time.end) else time


def after_repairs(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans that hold: of "Tower B, no wait, Tower C" the second, where one of the same kind stands behind the repair."""
    kept = list(spans)
    for repair in _REPAIR.finditer(text):
        anew = {span.kind for span in kept if span.start >= repair.end()}
        kept = [span for span in kept if span.end > repair.start() or span.kind not in anew]
    return kept


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with blanks where the spans stand."""
    return "".join(" " if any(span.start <= at < span.end for span in spans) else char for at, char in enumerate(text))


def gives_contact(text: str, spans: Sequence[Span]) -> bool:
    """Whether the utterance is a number or address to reach the resident, and hardly anything else."""
    found = chosen(spans, "contact")
    return found is not None and is_all_said(text, found.text)
