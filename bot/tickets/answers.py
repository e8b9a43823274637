"""The answer to what the form asked for: which kind, where, when, how to reach the resident.

Pure. Who answers something else is not corrected: what was told is kept, and what is missing is asked again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot.extract import times
from bot.opening import clauses
from bot.spans.span import half_width
from bot.tickets import assent
from bot.tickets.form import ANONYMOUS, SHORT_ANSWER, UNKNOWN, Intake, Said
from bot.tickets.items import HAS_ROAD, tells_more, told, with_category, with_more, with_place, with_spans, with_told
from bot.tickets.utterance import (
    LOCAL_NUMBER,
    NAMED,
    Categories,
    asks,
    by_writing,
    gives_contact,
    says_only_where,
    without,
)

BESIDE_TIME = {"zh": 8, "en": 20}
"""Characters beside a time up to which it may be all that was said: "昨晚就停了", "since Monday"."""

LONGEST_WHERE = 100
"""Characters up to which all that is said is the place, where it has such a name."""

NAME_LENGTH = 8
"""Characters up to which an answer to "how can we reach you?" may be a name that the resident goes by there."""

_NO_CONTACT = re.compile(
    r"匿名|不(想|愿意?|要|用)?(留|给|提供|说)|不敢留|不留|保密|anonym|rather not|\bno (contact|phone|number|mobile|name)\b|(don'?t|do not|no) (want|need|wish|leave|give)|^\W*no\W*$",
    re.IGNORECASE,
)

_WHERE = re.compile(
    r"[在里边旁口门楼对面]|下(?![雨雪午班课学周个月礼星])|上(?![午班课学周个月礼星次])|前(?![天年晚日几两些])|后(?![来天年])"
    r"|\b(?:at|by|in|near|on|opposite)\b",
    re.IGNORECASE,
)
"""What may say where."""

_OF_PEOPLE = re.compile(
    r"[他她]们?(?![家们])|你们?|我(?!们|[^，。,]{0,4}家|[这那住])|我们(?!家|[村厂院楼队组屯庄校店这那住]|小区|学校|单位|公司)|\b(?:he|she|they|him|them|you)\b",
    re.IGNORECASE,
)
"""What tells of people, and not where: "跟他讲他还凶我"."""

_SAME = re.compile(r"\W*(?:它|(?:it|they|this|that|these|those)(?:'s|'re)?\b)", re.IGNORECASE)
"""What begins so goes on about the same: "it's been there since the rain"."""

_MORE_WHERE = re.compile(
    r"[，,\s]+(?P<words>[^，,。！？!?]{1,12}(?:[那这][家边]|边上|旁边|对面|门口|里[面头]|隔壁|路口|[0-9一二三四五六]楼))\W*$"
)
"""A last clause that says more of where: "甜屿烘焙，万象汇负一楼那家"."""

LONGEST_OF_PEOPLE = {"zh": 12, "en": 48}
"""Characters up to which what tells of people and says where may be a place: "他家后门", not "他那个卡背后印起概不退款"."""

_BELONGING = re.compile(r"(?P<words>(?=.{0,4}的)(?:(?![了着过坏没不有是在又被把太很都也吧])[\u4e00-\u9fff]){3,12})\W*$")
"""What is there, with its name, behind a place at the end of an answer; not what happens there."""

_DIGITS = re.compile(r"\d[\d\s\-]{5,}\d")

_REACHES = re.compile(
    r"电话|手机|号|微信|邮|联系|找我|找他|找她|回复|这[里儿上]|聊天|[打加发]我|[扣QqVv@]|门|店|家里"
    r"|\b(?:phone|mobile|call|number|e?-?mail|text|wechat|weixin|whatsapp|telegram|here|chat|reach|reply|message|via|through|door|shop|office)\b",
    re.IGNORECASE,
)
"""What may say how to reach somebody, in words that no pattern knows: "reply here", "at the shop"."""


def answer(intake: Intake, said: Said, asked: str | None, categories: Categories) -> Intake:
    """The complaint after the answer to `asked`, the item that was asked for last."""
    before, intake = intake, with_spans(intake, said)
    if asked == "category" and intake.category is None:
        if said.intent == "affirm" and intake.candidates:
            # A yes to the choice is one to the first.
            return replace(intake, category=intake.candidates[0], candidates=())
        return _which_kind(before, intake, said, categories)
    place = said.first("place")
    if (
        place
        and asked in {"occurred_at", "contact"}
        and before.location
        and _is_more_exact(place.text, before.location)
    ):
        intake = replace(intake, location=with_place(before.location, place.text))
    if asked in {"location", "occurred_at"} and gives_contact(said.text, said.spans):
        # Asked for something else, the resident gave a number: taken, and what is missing is asked again.
        return intake
    if asked == "location":
        return _where(before, intake, said, categories)
    if asked == "occurred_at" and intake.occurred_text is None:
        return _when(before, intake, said, categories)
    if asked == "contact" and intake.contact is None:
        return _how_to_reach(before, intake, said)
    if asked == "confirmed" and intake == before and said.intent == "inform" and len(said.text.strip()) >= 4:
        # Neither yes nor a correction: something more about the matter, which must not be lost.
        return with_told(intake, said)
    return intake


def with_rules(said: Said, asked: str | None, now: datetime) -> Said:
    """Asked when, what the rules alone read in the answer is enough where the tagger found nothing."""
    if asked == "occurred_at" and not said.first("time"):
        return replace(said, spans=[*said.spans, *times(said.text, now)])
    return said


def _which_kind(before: Intake, intake: Intake, said: Said, categories: Categories) -> Intake:
    """The complaint after the answer to "which kind of matter?". What says where, when or how to be reached tells no kind:
    of "火车南站到蓝湾国际 昨晚九点" the station is no matter of trains. Nobody is asked twice: where the answer told other
    items and the kind is still in doubt, the summary offers the others."""
    place, beside = said.first("place"), without(said.text, said.spans).strip()
    if place and before.location:
        intake = replace(intake, location=with_place(before.location, place.text))
    if re.search(r"\w", beside):
        alone = categories.candidates(beside)
        # What stands beside a number or a place is less than a matter: it tells the kind only together with the first words.
        is_matter = not said.spans and categories.is_sure(alone)
        kinds = alone if is_matter else categories.candidates(f"{beside} {intake.description}")
        # The first words may have told no more than that a complaint follows: what is told now must not be lost.
        intake = told(with_category(intake, kinds, categories), said)
        if not said.spans or categories.is_sure(kinds):
            return replace(intake, category=kinds[0][0], candidates=())
    # The name of a place may tell which of those offered it is ("金龙KTV"), but never another.
    named = categories.candidates(f"{intake.description}\n{said.text.strip()}") if place and intake.choices else []
    if categories.is_sure(named) and named[0][0] in intake.choices:
        return replace(intake, category=named[0][0])
    return replace(intake, category=(intake.choices or ["other"])[0])


def _where(before: Intake, intake: Intake, said: Said, categories: Categories) -> Intake:
    """The complaint after the answer to "where?"; `before` is without what stands in it."""
    if intake.location:
        is_new = intake.location != before.location
        is_all = len(said.spans) == 1 and len(said.text) <= LONGEST_WHERE and not asks(said.text)
        if is_new and is_all and NAMED.search(without(said.text, said.spans)):
            # "The village is called Shiqiao, under the old bridge": the name is no less of the place than the bridge.
            return replace(intake, location=said.text.strip())
        return replace(intake, location=_from_first_to_last(said, intake.location)) if is_new else intake
    if _says_only_when(said):
        # Asked where, the resident said when: taken, or told beside what was known, and the place is asked again.
        return intake if intake.occurred_text != before.occurred_text else with_told(intake, said)
    text = said.text.strip()
    candidates = categories.candidates(text)
    if not _SAME.match(text) and tells_more(intake, candidates, categories):
        return with_more(intake, text, candidates[0][0], categories)
    if said.is_unknown:
        return replace(intake, location=UNKNOWN)
    # "路灯 一盏都不亮 出门摸着墙走" says more than where.
    says_where = bool(_WHERE.search(text))
    is_likely = (says_where and len(clauses(text)) == 1) or not categories.is_sure(candidates)
    is_short = says_where and len(text) <= by_writing(LONGEST_OF_PEOPLE, text)
    is_of_people = _OF_PEOPLE.search(text) and not (is_short or HAS_ROAD.search(text))
    is_place = said.may_be_an_answer and not is_of_people and (intake.in_vain or is_likely)
    return replace(intake, location=text) if is_place else told(intake, said)


def _when(before: Intake, intake: Intake, said: Said, categories: Categories) -> Intake:
    """The complaint after an answer to "when?" in which no time stands."""
    place = said.first("place")
    if place and not said.is_unknown:
        # Asked for the time, the resident said where: it belongs to the place, and the time is asked again.
        placed = replace(intake, location=with_place(before.location, _from_first_to_last(said, place.text)))
        if says_only_where(said.text, said.spans, categories):
            return placed
        candidates = categories.candidates(said.text)
        if not tells_more(placed, candidates, categories):
            return placed
        return with_more(placed, said.text.strip(), candidates[0][0], categories)
    # Who says "submit it" instead, or yes when all else is told, has no more to tell: the summary is next, without a time.
    is_done = said.intent == "affirm" and intake.location and intake.contact
    if said.is_unknown or is_done or assent.says_to_file(intake, said.text):
        return replace(intake, occurred_text=UNKNOWN)
    if intake.contact != before.contact:
        # Asked for the time, the resident said how to be reached, or that nobody shall: taken, and asked again.
        return intake
    return replace(intake, occurred_text=said.text.strip()) if said.may_be_an_answer else told(intake, said)


def _how_to_reach(before: Intake, intake: Intake, said: Said) -> Intake:
    """The complaint after an answer to "how can we reach you?" in which no contact stands that a pattern knows."""
    time, place, text = said.first("time"), said.first("place"), said.text.strip()
    local = LOCAL_NUMBER.search(half_width(text))
    if local and not any(span and span.start <= local.start() < span.end for span in (time, place)):
        intake = replace(intake, contact=local.group())
    if (time or place) and not said.is_unknown:
        # Asked for a number, the resident said more about when or where: taken, and asked again.
        if time:
            intake = replace(intake, occurred_text=time.text, occurred_at=time.value or None)
        return replace(intake, location=with_place(before.location, place.text)) if place else intake
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
    return replace(intake, contact=text) if is_contact else told(intake, said)


def _from_first_to_last(said: Said, place: str) -> str:
    """Asked where, the resident may name more than one place ("the west gate, on Willow Street"): all of it, unless
    it is long or something else stands between them; then `place`. What belongs to the last ("北门小吃街的老妈麻辣烫") too."""
    start, end = min(span.start for span in said.places), max(span.end for span in said.places)
    is_apart = any(span.kind != "place" and start <= span.start < end for span in said.spans)
    if is_apart or end - start > SHORT_ANSWER:
        return place
    belonging = _BELONGING.match(said.text, end) or _MORE_WHERE.match(said.text, end)
    return said.text[start : belonging.end("words") if belonging else end]


def _is_more_exact(place: str, known: str) -> bool:
    """Whether it has a road or an estate, and the place that is known has none: "Anju Homes", then "15 Xueyuan Road"."""
    return bool(HAS_ROAD.search(place)) and not HAS_ROAD.search(known) and place not in known


def _says_only_when(said: Said) -> bool:
    time = said.first("time")
    if not time:
        return False
    rest = said.text.replace(time.text, "", 1).strip()
    return len(rest) <= by_writing(BESIDE_TIME, rest) and not _WHERE.search(rest)
