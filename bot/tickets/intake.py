"""The complaint as it is taken in: what one utterance adds to it, corrects in it, or decides about it.

Pure. The form in `domain.yml` asks; this reads the answers. Nothing is put in that the resident did not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from bot.extract import Span, is_all_said, times
from bot.opening import after_greeting, announces, clauses, is_announced
from bot.spans.span import chosen, half_width
from bot.tickets import assent
from bot.tickets.address import is_parts_alone, last_parts, with_part
from bot.tickets.correction import correct, legible
from bot.tickets.ticket import Draft

UNKNOWN = "-"
"""The resident was asked and does not know, or does not want to say."""

ANONYMOUS = "anonymous"

SHORT_ANSWER = 60
"""Characters up to which a whole utterance is taken as the answer to "where?" or "when?"."""

BESIDE_TIME = 8
"""Characters beside a time up to which it may be all that was said: "昨晚就停了", "since Monday"."""

RECENT = timedelta(days=45)
"""How far back a moment may lie that is taken for the time without having been asked for."""

ABOUT_US = {"unanswered_petition", "official_conduct"}
"""What scolding sounds like: "why so many questions, just send a car" makes no other matter of the first."""

Candidates = Sequence[tuple[str, float]]

_QUESTION = re.compile(r"[?？]\s*$|[吗呢]\W*$|([\u4e00-\u9fff])不\1\W*$|(?:行|可以|合法|能[^，,。不]{0,8})不\W*$")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_WISH = re.compile(
    r"(?<!不)(?<!别)(我|俺)?(就|也|还|都)?(要|想|得|来)(正式|一并|顺便|先)?(投诉|举报|反映|反应|报修|登记)|(请|帮我?|给我|麻烦)(你们|您)?(一并|也|先)?(登记|投诉|记下来|记一下)"
    r"|\b(i|we)(('d| would) (also )?like| want| need| wish)( you)? to (please )?(also )?(complain|report|register|file|lodge|make a complaint)"
    r"|\b(please|kindly|can you|could you)( also)? (register|file|record|log|report) (it|this|that|my|the)\b"
    r"|\bi (want|wish|would like) (it|this|that) (to be )?(registered|reported|filed|on record|recorded|logged)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"^\W*(我)?(也)?(不知道|不清楚|不晓得|不太?清楚|说不清|说不上来?|记不清|记不得|忘了|没有|没|无|跳过|不方便说|不记得)(了|楚)?\W*$"
    r"|^\W*(i )?(don'?t|do not|dont) (know|remember)\W*$|^\W*(no idea|not sure|skip|none|n/?a|unknown|can'?t say)\W*$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"(?:算了|不(?:说|报|提|管|投诉|反映|举报|报修)|别管|先不管|不要)[^，。！；,.!;\n]{0,20}[，。！；,.!;\n]+\s*"
    r"(?P<zh>[^，。！\n]{0,6}(?:真正|其实|改(?:成|为)?(?:说|报|投诉|反映|举报|报修)|换成|(?:要|想|该)(?:说|报|投诉|反映|举报|报修)的).{4,})"
    r"|\b(?:forget|never ?mind|scrap|drop|ignore)(?: about)? (?:the|that|this|it|my|what|those|these)\b[^,.;!\n]{0,60}[,.;!\n]+\s*"
    r"(?:it'?s just that )?(?P<en>.{0,12}\b(?:real|actual|true|main|bigger|worse|actually|instead|want|problem|trouble|thing|complain\w*|report)\b.{12,})",
    re.IGNORECASE | re.DOTALL,
)
"""The matter told so far is withdrawn and another told in its place."""

_THERE = re.compile(
    r"\b(?:there|here|same (?:place|spot|street|address))\b|[那这](?:里|儿|边|块)|同一个?地", re.IGNORECASE
)
_NO_CONTACT = re.compile(
    r"匿名|不(想|愿意?|要|用)?(留|给|提供|说)|不敢留|不留|保密|anonym|rather not|\bno (contact|phone|number|mobile|name)\b|(don'?t|do not|no) (want|need|wish|leave|give)|^\W*no\W*$",
    re.IGNORECASE,
)
_LEAVES_NONE = re.compile(
    r"(?<!没)(?:不敢?|别)留|\bno (?:contact|phone|number|mobile|name)\b|\b(?:don'?t|do not) (?:leave|give|keep)\b",
    re.IGNORECASE,
)
"""At the summary, where no other item is named, it takes back the number that was given."""

_VAGUE_TIME = re.compile(
    r"^(一到)?(早上|上午|中午|下午|傍晚|晚上|夜里|半夜|白天|凌晨|平时|[天一擦]+黑|at (night|dusk)|in the (morning|evening|afternoon)|by day"
    r"|(when|after|once) it('s| is| gets)? dark|after dark)$",
    re.IGNORECASE,
)
"""A part of the day alone does not say when something happened."""

_NO_MOMENT = re.compile(r"每|天天|\b(?:every|each|daily|nightly)\b|^(?:by|before|until|till)\b", re.IGNORECASE)
_DEADLINE = re.compile(r"\W{0,2}(?:之?前|以前|以内|之内)")

NEAR = 12
"""Characters between a road and a place behind it, up to which that is on the road."""

_HAS_ROAD = re.compile(
    r"[路街巷弄道村屯]|胡同|小区|\b(?:road|street|avenue|lane|boulevard|highway|rd|st|ave|village|compound)\b",
    re.IGNORECASE,
)
_IS_ROAD = re.compile(
    r"(?:(?<![0-9])[路街巷弄]|大道|胡同)上?(?:这一?)?[段带]?$|\b(?:road|street|avenue|lane|boulevard|rd|st|ave)\.?$",
    re.IGNORECASE,
)

_WHERE = re.compile(r"[在里下上边旁后前口门楼对面]|\b(?:at|by|in|near|on|opposite)\b", re.IGNORECASE)
"""What may say where."""

_AROUND_A_PLACE = re.compile(
    r"(?:我们?|俺们?|家|住|就?在|是|的|这|那|里|边|儿|\W|\b(?:i|we|live|lives|am|are|in|at|on|here|from|it|is|the)\b)*",
    re.IGNORECASE,
)
"""What may stand beside a place and tells nothing."""

OWN_NUMBER = re.compile(
    r"我的?(?:手机|电话|号码|联系方式|微信)|[记留].{0,4}(?:电话|号码|手机)|打给?我|找我"
    r"|\bmy (?:phone |mobile |cell |contact )?(?:number|phone|mobile|e-?mail|wechat)\b|\b(?:call|ring|reach|text) me\b",
    re.IGNORECASE,
)
"""A number beside it is the resident's."""

_INTRODUCES = re.compile(
    r"^\W*(?:我?(?:免贵)?姓|我?名?字?叫)\S{1,4}$|电话|手机|号码|微信|联系|断线|断了|掉线|快没电|^\W*(?:先|首先)\W*$"
    r"|\b(?:my name(?: is)?|name(?: is)?|this is|i am|i'm) (?-i:[A-Z][a-z]+)(?: (?-i:[A-Z][a-z]+))?$|\b(?:number|phone|cut off|disconnected|battery|before anything(?: else)?|first of all|any time)\b",
    re.IGNORECASE,
)
"""A clause that says whose a number is, or why it comes first."""

_NAMED = re.compile(
    r"(?:^|(?<=[，,、；;\s]))(?:就?是)?(?:(?:店|公司|单位|厂|学校|机构)?(?:名字?|名称)?叫做?(?![了着得唤嚷声个一])|(?:店名|厂名|公司名|名字|名称)(?:是|为|[:：])?)[^，。；,;\s]{2,15}"
    r"|\b(?:it(?:'s| is) )?(?:called|named)\s+[^,.;\n]{2,40}",
    re.IGNORECASE,
)
"""What a shop or a company there goes by: "叫动力健身" makes no noise."""

_SAME = re.compile(r"\W*(?:它|(?:it|they|this|that|these|those)(?:'s|'re)?\b)", re.IGNORECASE)
"""What begins so goes on about the same: "it's been there since the rain"."""

LONGEST_WHERE = 100
"""Characters up to which all that is said is the place, where it has such a name."""

_BELONGING = re.compile(r"(?P<words>(?=.{0,4}的)(?:(?![了着过坏没不有是在又被把太很都也吧])[\u4e00-\u9fff]){3,12})\W*$")
"""What is there, with its name, behind a place at the end of an answer; not what happens there."""

_DIGITS = re.compile(r"\d[\d\s\-]{5,}\d")
_LOCAL_NUMBER = re.compile(r"(?<![\d\-])[2-9]\d{2,3}[ \-]?\d{4}(?![\d\-])", re.ASCII)
"""A number without area code: one only where a number was asked for."""

_REACHES = re.compile(
    r"电话|手机|号|微信|邮|联系|找我|找他|找她|回复|这[里儿上]|聊天|[打加发]我|[扣QqVv@]|门|店|家里"
    r"|\b(?:phone|mobile|call|number|e?-?mail|text|wechat|weixin|whatsapp|telegram|here|chat|reach|reply|message|via|through|door|shop|office)\b",
    re.IGNORECASE,
)
"""What may say how to reach somebody, in words that no pattern knows: "reply here", "at the shop"."""

NAME_LENGTH = 8
"""Characters up to which an answer to "how can we reach you?" may be a name that the resident goes by there."""


@dataclass(frozen=True)
class Intake:
    """A complaint in the making. A field is None until it was said; UNKNOWN when it was asked in vain.

    `candidates` are the categories to choose from when in doubt, also where one of them is taken until the summary is
    confirmed; `which_item` is set when the resident wants to
    correct something but has not said what, `unplaced` when a new place or number stood in it all the same; `unclear_contact` counts numbers that could not be right; `in_vain` how
    often the item asked for now was asked, and nothing new was said; `read` is the id of the utterance that was read
    last: Rasa may hand the same one twice.
    """

    description: str | None = None
    category: str | None = None
    candidates: tuple[str, ...] = ()
    location: str | None = None
    occurred_at: str | None = None
    occurred_text: str | None = None
    contact: str | None = None
    which_item: bool = False
    unplaced: bool = False
    unclear_contact: int = 0
    in_vain: int = 0
    confirmed: bool | None = None
    read: str | None = None

    @property
    def choices(self) -> list[str]:
        """The candidates that say what it is about."""
        return [category for category in self.candidates if category != "other"]

    def to_json(self) -> dict[str, Any]:
        """For a slot."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Intake:
        """From a slot; empty when nothing was kept."""
        data = data or {}
        return cls(**{**data, "candidates": tuple(data.get("candidates", ()))})

    def draft(self, conversation_id: str, channel: str, language: str) -> Draft:
        """The complaint as it would be filed now."""
        known = {name: None if value == UNKNOWN else value for name, value in vars(self).items()}
        return Draft(
            conversation_id=conversation_id,
            channel=channel,
            language=language,
            description=self.description or "",
            category=self.category or "other",
            location=known["location"],
            occurred_at=datetime.fromisoformat(self.occurred_at) if self.occurred_at else None,
            occurred_text=known["occurred_text"],
            contact=None if self.contact == ANONYMOUS else known["contact"],
            anonymous=self.contact in {ANONYMOUS, UNKNOWN, None},
        )


@dataclass(frozen=True)
class Said:
    """One utterance inside the form: Rasa's intent, the spans in it, and a button's category if one was pressed."""

    id: str
    text: str
    intent: str
    spans: Sequence[Span]
    category: str | None = None

    @property
    def is_payload(self) -> bool:
        """Whether a button was pressed: then the text is not the resident's."""
        return self.text.startswith("/")

    @property
    def is_unknown(self) -> bool:
        """Whether the resident does not know, or does not want to say."""
        return bool(_UNKNOWN.match(self.text))

    @property
    def may_be_an_answer(self) -> bool:
        """Whether all of it may be the answer: it is short, asks nothing, and is no yes or no."""
        text = self.text.strip()
        is_asking = any(asks(sentence) for sentence in _SENTENCE.findall(text))
        return len(text) <= SHORT_ANSWER and self.intent not in {"affirm", "deny"} and not is_asking

    @property
    def places(self) -> list[Span]:
        """All that may say where, in the order of the text."""
        return [span for span in self.spans if span.kind == "place"]

    def first(self, kind: str) -> Span | None:
        """The span of that kind that the form takes, or None."""
        return chosen(self.spans, kind)


Classify = Callable[[str], Candidates]


def other_matter(text: str) -> str | None:
    """What the resident complains of instead, where the utterance withdraws the matter told so far."""
    found = _INSTEAD.search(half_width(text))
    return (found["zh"] or found["en"]).strip() if found else None


def asks(text: str) -> bool:
    """Whether the words end as a question does."""
    return bool(_QUESTION.search(text))


def _is_contact(text: str, spans: Sequence[Span]) -> bool:
    """Whether the utterance is a number or address to reach the resident, and hardly anything else."""
    found = chosen(spans, "contact")
    return found is not None and is_all_said(text, found.text)


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text with blanks where the spans stand."""
    return "".join(" " if any(span.start <= at < span.end for span in spans) else char for at, char in enumerate(text))


def says_only_where(
    text: str, spans: Sequence[Span], classify: Classify, is_sure: Callable[[Candidates], bool]
) -> bool:
    """Whether an utterance names a place, and nothing that a complaint could be about."""
    named = [span for span in spans if span.kind == "place"]
    rest = _NAMED.sub(" ", _without(text, named))
    beside = re.sub(r"\W", "", rest)
    return len(beside) * 2 <= len(text) and bool(named) and not (beside and is_sure(classify(rest.strip())))


def wants_it_filed(text: str, spans: Sequence[Span]) -> bool:
    """Whether a question also tells what happened where, and asks that it be registered."""
    return any(span.kind == "place" for span in spans) and bool(_WISH.search(text))


def take_in(
    intake: Intake,
    said: Said,
    asked: str | None,
    classify: Classify,
    is_sure: Callable[[Candidates], bool],
    now: datetime,
) -> Intake:
    """The complaint after this utterance.

    `asked` is the item that was asked for last, None when the complaint begins. `classify` gives categories with
    their probability, best first; `is_sure` tells whether the first may be taken without asking.
    """
    if intake.read == said.id:
        return intake
    is_unplaced, intake = intake.unplaced, replace(intake, read=said.id, which_item=False, unplaced=False)
    if intake.description is None:
        return _likeliest(_with_recent(_describe(intake, said, classify, is_sure), said, now))
    is_yes = said.intent == "affirm" or (not said.is_payload and _agrees(intake, said, classify, is_sure))
    if asked == "confirmed" and is_yes and is_unplaced:
        # It is to what was meant to be put right, and was not: the summary is shown once more.
        return intake
    if asked == "confirmed" and is_yes and not _another_contact(intake, said):
        return replace(intake, confirmed=True)
    if said.category:
        return replace(intake, category=said.category, candidates=())
    if said.intent == "stay_anonymous":
        return replace(intake, contact=ANONYMOUS)
    if said.is_payload:
        return replace(intake, which_item=said.intent in {"correct_item", "deny"})
    other = other_matter(said.text)
    if other:
        # Where the withdrawn matter is need not be where this one is, unless it is said to be "there".
        where = intake.location if _THERE.search(other) else None
        fresh = Intake(description=other, location=where, contact=intake.contact, read=said.id)
        return _likeliest(_with_category(_with_spans(fresh, said), classify(other), is_sure))
    corrected = _correct(intake, said, asked, classify, is_sure, now)
    if corrected is not None:
        return corrected
    answered = _answer(intake, _with_rules(said, asked, now), asked, classify, is_sure)
    answered = _with_recent(answered, said, now) if asked == "location" else answered
    return _not_a_third_time(intake, answered, asked)


def _agrees(intake: Intake, said: Said, classify: Classify, is_sure: Callable[[Candidates], bool]) -> bool:
    """Whether it says yes to the complaint as it was shown, and no more than what is known, or chats: "对，就这些，再不修我
    就学猫了"."""
    if assent.agrees(intake, said.text):
        return True
    rest = assent.beside_yes(said.text)
    return bool(rest) and not said.spans and not is_sure(classify(rest))


def _describe(intake: Intake, said: Said, classify: Classify, is_sure: Callable[[Candidates], bool]) -> Intake:
    if said.is_payload or announces(said.text):
        return intake
    if not said.category and (
        only_place(said.text, said.spans)
        or only_introduces(said.text, said.spans, classify, is_sure, said.intent == "inform")
    ):
        return _with_spans(intake, said)
    intake = _with_spans(replace(intake, description=said.text), said)
    if said.category:
        return replace(intake, category=said.category)
    return _with_category(intake, classify(said.text), is_sure)


def only_introduces(
    text: str, spans: Sequence[Span], classify: Classify, is_sure: Callable[[Candidates], bool], is_answer: bool = False
) -> bool:
    """Whether an utterance gives a number and no matter: it says that a complaint follows ("take my number first, 139..., in
    case we are cut off. I want to complain"), or no more than whose it is and why, or is an answer (`is_answer`) to a
    question that nobody asked."""
    contact = chosen(spans, "contact")
    if not contact:
        return False
    others = [clause for clause in clauses(text) if contact.text not in clause]
    rest = after_greeting("，".join(each for each in others if not (announces(each) or _INTRODUCES.search(each))))
    if is_announced(text) or (is_answer and all(span.kind != "place" for span in spans)):
        return not (rest and is_sure(classify(rest)))
    return not rest and bool(OWN_NUMBER.search(text))


def only_place(text: str, spans: Sequence[Span]) -> Span | None:
    """The place, where nothing else is said: "我住在纺织厂家属院4栋"."""
    place = chosen(spans, "place")
    return place if place and _AROUND_A_PLACE.fullmatch(text.replace(place.text, "", 1)) else None


def _with_category(intake: Intake, candidates: Candidates, is_sure: Callable[[Candidates], bool]) -> Intake:
    if is_sure(candidates):
        return replace(intake, category=candidates[0][0], candidates=())
    return replace(intake, candidates=tuple(category for category, _ in candidates[:3]))


def _likeliest(intake: Intake) -> Intake:
    """The complaint with the likeliest category, where nothing else is left to ask: the summary offers the others."""
    is_all_told = all(getattr(intake, item) is not None for item in _ITEMS)
    return replace(intake, category=intake.choices[0]) if intake.choices and is_all_told else intake


def _with_spans(intake: Intake, said: Said) -> Intake:
    """Take what stands in the utterance for items that are still open."""
    place, time, contact = _address(said), said.first("time"), said.first("contact")
    if place and intake.location in {None, UNKNOWN}:
        intake = replace(intake, location=place)
    if time and intake.occurred_text in {None, UNKNOWN} and not _VAGUE_TIME.match(time.text):
        intake = replace(intake, occurred_text=time.text, occurred_at=time.value or None)
    if contact and intake.contact in {None, UNKNOWN}:
        intake = replace(intake, contact=_contact_text(said, contact))
    elif said.first("anonymous") and intake.contact is None:
        intake = replace(intake, contact=ANONYMOUS)
    return intake


def _with_recent(intake: Intake, said: Said, now: datetime) -> Intake:
    if intake.occurred_text is not None or intake.description is None or said.is_payload:
        return intake
    time = recent_moment(said.text, now)
    return replace(intake, occurred_text=time.text, occurred_at=time.value) if time else intake


def recent_moment(text: str, now: datetime) -> Span | None:
    """The only moment that the rules read in the words, if it lies not far back: where the tagger found no time, it need
    not be asked for. How old a contract is, is no moment of the complaint, nor what happens every day, nor a deadline."""
    found = [span for span in times(text, now) if span.value and not _VAGUE_TIME.match(span.text)]
    if len(found) != 1 or not timedelta(0) <= now - datetime.fromisoformat(found[0].value) <= RECENT:
        return None
    time = found[0]
    return None if _NO_MOMENT.search(time.text) or _DEADLINE.match(text, time.end) else time


def _address(said: Said) -> str | None:
    """The place that the form takes. Of "I own a flat in Yujing Court, in block 3, floor 18" neither is enough: the parts
    of an address that stand alone are put to the place that was named before them."""
    place = said.first("place")
    parts = {span.text: span for span in reversed(said.places) if is_parts_alone(span.text)}
    alone = [span for span in parts.values() if not any(span.text in other for other in parts if other != span.text)]
    named = [span for span in said.places if alone and span.text not in parts and span.start < alone[0].start]
    if not place or len(alone) != 1 or not named or place not in {named[-1], alone[0]}:
        return _on_its_road(said, place) if place else None
    return reduce(with_part, last_parts(alone[0].text), named[-1].text)


def _on_its_road(said: Said, place: Span) -> str:
    """The place with the road that was named just before it: of "桃源路的路灯，从粮油店到邮局门口" the shop alone may be
    anywhere."""
    before = [span for span in said.places if 0 <= place.start - span.end <= NEAR and _IS_ROAD.search(span.text)]
    return _with_place(before[-1].text, place.text) if before and not _HAS_ROAD.search(place.text) else place.text


def _from_first_to_last(said: Said, place: str) -> str:
    """Asked where, the resident may name more than one place ("the west gate, on Willow Street"): all of it, unless
    it is long or something else stands between them; then `place`. What belongs to the last ("北门小吃街的老妈麻辣烫") too."""
    start, end = min(span.start for span in said.places), max(span.end for span in said.places)
    is_apart = any(span.kind != "place" and start <= span.start < end for span in said.spans)
    if is_apart or end - start > SHORT_ANSWER:
        return place
    belonging = _BELONGING.match(said.text, end)
    return said.text[start : belonging.end("words") if belonging else end]


def _contact_text(said: Said, contact: Span) -> str:
    name, number = said.first("name"), legible(contact)
    return f"{name.text} {number}" if name and name.text not in number else number


def _correct(
    intake: Intake,
    said: Said,
    asked: str | None,
    classify: Classify,
    is_sure: Callable[[Candidates], bool],
    now: datetime,
) -> Intake | None:
    """The complaint with one item put right; None when the utterance corrects nothing."""
    correction = correct(said.text, intake, said.spans, asked, now, classify)
    is_no = said.intent == "correct_item" or (said.intent == "deny" and len(said.text) <= SHORT_ANSWER)
    is_rejected = asked == "confirmed" and is_no
    is_open = not correction.changes and correction.ask_again in {None, "contact"}
    if is_rejected and is_open and _LEAVES_NONE.search(said.text):
        return replace(intake, contact=ANONYMOUS)
    if not correction.changes and correction.ask_again is None:
        if not is_rejected:
            return None
        # Another trouble, told before the first was confirmed, only sounds like a correction: it must not be lost.
        is_another = len(said.text) > SHORT_ANSWER and _tells_more(intake, classify(said.text), is_sure)
        if is_another:
            return _with_told(intake, said)
        known = f"{intake.location} {intake.contact}"
        is_unplaced = any(span.kind in {"place", "contact"} and span.text not in known for span in said.spans)
        return replace(intake, which_item=True, unplaced=is_unplaced)
    changed = replace(intake, **correction.changes)
    if "category" in correction.changes:
        changed = replace(changed, candidates=())
    if correction.ask_again:
        cleared: dict[str, Any] = {correction.ask_again: None}
        if correction.ask_again == "occurred_at":
            cleared["occurred_text"] = None
        if correction.ask_again == "category":
            options = [category for category, _ in classify(intake.description or "") if category != intake.category]
            cleared["candidates"] = tuple(options[:3])
        changed = replace(changed, **cleared)
    return changed


def _with_rules(said: Said, asked: str | None, now: datetime) -> Said:
    """Asked when, what the rules alone read in the answer is enough where the tagger found nothing."""
    if asked == "occurred_at" and not said.first("time"):
        return replace(said, spans=[*said.spans, *times(said.text, now)])
    return said


def _answer(
    intake: Intake, said: Said, asked: str | None, classify: Classify, is_sure: Callable[[Candidates], bool]
) -> Intake:
    before, intake = intake, _with_spans(intake, said)
    if asked == "category" and intake.category is None:
        if said.intent == "affirm" and intake.candidates:
            # A yes to the choice is one to the first.
            return replace(intake, category=intake.candidates[0], candidates=())
        return _which_kind(before, intake, said, classify, is_sure)
    place = said.first("place")
    if (
        place
        and asked in {"occurred_at", "contact"}
        and before.location
        and _is_more_exact(place.text, before.location)
    ):
        intake = replace(intake, location=_with_place(before.location, place.text))
    if asked in {"location", "occurred_at"} and _is_contact(said.text, said.spans):
        # Asked for something else, the resident gave a number: taken, and what is missing is asked again.
        return intake
    if asked == "location":
        return _where(before, intake, said, classify, is_sure)
    if asked == "occurred_at" and intake.occurred_text is None:
        return _when(before, intake, said, classify, is_sure)
    if asked == "contact" and intake.contact is None:
        return _how_to_reach(before, intake, said)
    if asked == "confirmed" and intake == before and said.intent == "inform" and len(said.text.strip()) >= 4:
        # Neither yes nor a correction: something more about the matter, which must not be lost.
        return _with_told(intake, said)
    return intake


def _is_more_exact(place: str, known: str) -> bool:
    """Whether it has a road or an estate, and the place that is known has none: "Anju Homes", then "15 Xueyuan Road"."""
    return bool(_HAS_ROAD.search(place)) and not _HAS_ROAD.search(known) and place not in known


def _which_kind(
    before: Intake, intake: Intake, said: Said, classify: Classify, is_sure: Callable[[Candidates], bool]
) -> Intake:
    """The complaint after the answer to "which kind of matter?". What says where, when or how to be reached tells no kind:
    of "火车南站到蓝湾国际 昨晚九点" the station is no matter of trains. Nobody is asked twice: where the answer told other
    items and the kind is still in doubt, the summary offers the others."""
    place, beside = said.first("place"), _without(said.text, said.spans).strip()
    if place and before.location:
        intake = replace(intake, location=_with_place(before.location, place.text))
    if re.search(r"\w", beside):
        alone = classify(beside)
        # What stands beside a number or a place is less than a matter: it tells the kind only together with the first words.
        is_matter = not said.spans and is_sure(alone)
        kinds = alone if is_matter else classify(f"{beside} {intake.description}")
        # The first words may have told no more than that a complaint follows: what is told now must not be lost.
        intake = _told(_with_category(intake, kinds, is_sure), said)
        if not said.spans or is_sure(kinds):
            return replace(intake, category=kinds[0][0], candidates=())
    return replace(intake, category=(intake.choices or ["other"])[0])


def _where(
    before: Intake, intake: Intake, said: Said, classify: Classify, is_sure: Callable[[Candidates], bool]
) -> Intake:
    """The complaint after the answer to "where?"; `before` is without what stands in it."""
    if intake.location:
        is_new = intake.location != before.location
        is_all = len(said.spans) == 1 and len(said.text) <= LONGEST_WHERE and not asks(said.text)
        if is_new and is_all and _NAMED.search(_without(said.text, said.spans)):
            # "The village is called Shiqiao, under the old bridge": the name is no less of the place than the bridge.
            return replace(intake, location=said.text.strip())
        return replace(intake, location=_from_first_to_last(said, intake.location)) if is_new else intake
    if intake.occurred_text != before.occurred_text and _says_only_when(said):
        # Asked where, the resident said when: taken, and the place is asked again.
        return intake
    text = said.text.strip()
    candidates = classify(text)
    if not _SAME.match(text) and _tells_more(intake, candidates, is_sure):
        return _with_more(intake, text, candidates[0][0], classify, is_sure)
    if said.is_unknown:
        return replace(intake, location=UNKNOWN)
    # "路灯 一盏都不亮 出门摸着墙走" says more than where.
    may_say_where = _WHERE.search(text) and len(clauses(text)) == 1
    is_place = said.may_be_an_answer and (intake.in_vain or may_say_where or not is_sure(candidates))
    return replace(intake, location=text) if is_place else _told(intake, said)


def _when(
    before: Intake, intake: Intake, said: Said, classify: Classify, is_sure: Callable[[Candidates], bool]
) -> Intake:
    """The complaint after an answer to "when?" in which no time stands."""
    place = said.first("place")
    if place and not said.is_unknown:
        # Asked for the time, the resident said where: it belongs to the place, and the time is asked again.
        placed = replace(intake, location=_with_place(before.location, place.text))
        if says_only_where(said.text, said.spans, classify, is_sure):
            return placed
        candidates = classify(said.text)
        tells_more = _tells_more(placed, candidates, is_sure)
        return _with_more(placed, said.text.strip(), candidates[0][0], classify, is_sure) if tells_more else placed
    # Who says "submit it" instead, or yes when all else is told, has no more to tell: the summary is next, without a time.
    is_done = said.intent == "affirm" and intake.location and intake.contact
    if said.is_unknown or is_done or assent.says_to_file(intake, said.text):
        return replace(intake, occurred_text=UNKNOWN)
    if intake.contact != before.contact:
        # Asked for the time, the resident said how to be reached, or that nobody shall: taken, and asked again.
        return intake
    return replace(intake, occurred_text=said.text.strip()) if said.may_be_an_answer else _told(intake, said)


def _how_to_reach(before: Intake, intake: Intake, said: Said) -> Intake:
    """The complaint after an answer to "how can we reach you?" in which no contact stands that a pattern knows."""
    time, place, text = said.first("time"), said.first("place"), said.text.strip()
    local = _LOCAL_NUMBER.search(half_width(text))
    if local and not any(span and span.start <= local.start() < span.end for span in (time, place)):
        intake = replace(intake, contact=local.group())
    if (time or place) and not said.is_unknown:
        # Asked for a number, the resident said more about when or where: taken, and asked again.
        if time:
            intake = replace(intake, occurred_text=time.text, occurred_at=time.value or None)
        return replace(intake, location=_with_place(before.location, place.text)) if place else intake
    if said.intent == "affirm":
        # A yes is no number, nor a wrong one: it is asked for again.
        return intake
    if said.is_unknown or said.intent in {"deny", "cancel"} or _NO_CONTACT.search(text):
        return replace(intake, contact=ANONYMOUS)
    if intake.contact:
        return intake
    if intake.unclear_contact == 0 and _DIGITS.search(text):
        return replace(intake, unclear_contact=1)
    is_contact = said.may_be_an_answer and (_REACHES.search(text) or len(text) <= NAME_LENGTH)
    return replace(intake, contact=text) if is_contact else _told(intake, said)


def _told(intake: Intake, said: Said) -> Intake:
    """The complaint with what was said instead of an answer, if that tells something: it must not be lost."""
    text, found = said.text.strip(), "".join(span.text for span in said.spans)
    tells_nothing = len(re.sub(r"\W", "", text)) < LEAST_TOLD or bool(found and is_all_said(text, found))
    is_reply = asks(text) or said.intent in {"affirm", "deny"}
    return intake if tells_nothing or is_reply else _with_told(intake, said)


def _with_told(intake: Intake, said: Said) -> Intake:
    return replace(intake, description=f"{intake.description}\n{said.text.strip()}")


LEAST_TOLD = 5
"""Characters from which an utterance that answers nothing may tell something."""


def _with_place(known: str | None, more: str) -> str:
    """The place with what was said about it afterwards: "科技大道", then "加油站往北一百米"."""
    if known is None or known == UNKNOWN or known in more:
        return more
    if is_parts_alone(more):
        return reduce(with_part, last_parts(more), known)
    comma = ", " if f"{known}{more}".isascii() else "，"
    both = f"{known}{comma}{more}"
    return known if more in known else both if len(both) <= SHORT_ANSWER else more


def _not_a_third_time(before: Intake, after: Intake, asked: str | None) -> Intake:
    """What two questions did not bring stays open, and the summary shows it: nobody is asked a third time. Who says
    something else that was still to be asked is not counted."""
    item = "occurred_text" if asked == "occurred_at" else asked or ""
    is_new = any(getattr(after, other) != getattr(before, other) for other in _ITEMS)
    if is_new or item not in _ITEMS or getattr(after, item) is not None:
        return replace(after, in_vain=0)
    left_open: dict[str, Any] = {item: UNKNOWN}
    return replace(after, in_vain=0, **left_open) if before.in_vain else replace(after, in_vain=1)


_ITEMS = ("location", "occurred_text", "contact")


def _another_contact(intake: Intake, said: Said) -> bool:
    """Whether a number stands in the utterance that the complaint does not have: who says it does not only say yes."""
    contact = said.first("contact")
    known = intake.contact or ""
    return contact is not None and contact.text not in known and contact.value not in known


def _says_only_when(said: Said) -> bool:
    time = said.first("time")
    if not time:
        return False
    rest = said.text.replace(time.text, "", 1).strip()
    return len(rest) <= BESIDE_TIME and not _WHERE.search(rest)


def _tells_more(intake: Intake, candidates: Candidates, is_sure: Callable[[Candidates], bool]) -> bool:
    """Whether the resident, asked where, tells what it really is about; once, or a place that nobody knows would be
    asked for again and again."""
    is_another = is_sure(candidates) and candidates[0][0] not in {intake.category, "other"}
    return is_another and "\n" not in (intake.description or "")


def _with_more(
    intake: Intake, text: str, about: str, classify: Classify, is_sure: Callable[[Candidates], bool]
) -> Intake:
    """The complaint with what was told beside it, `about` a category of its own; scolding makes no other matter of it,
    and where it only asks it is not kept."""
    if about in ABOUT_US and asks(text):
        return intake
    more = replace(intake, description=f"{intake.description}\n{text}")
    if about in ABOUT_US:
        return more
    return _with_category(replace(more, category=None), classify(more.description or ""), is_sure)
