"""Putting one item of a complaint right: "不对，是5号楼", "wrong number, it's 139...", "地址写错了". Pure.

Only what was said is changed: of an address the building, of a contact the number. A plain yes changes nothing,
nor does an utterance that only answers what was asked.
"""

# an alternation is easier to read, and to search, in one line

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Protocol

from bot.extract import Span, contacts, times
from bot.spans.span import half_width
from bot.tickets.address import (
    ENGLISH_STREET,
    KIND_OF_STREET,
    is_parts_alone,
    last_parts,
    number_on_street,
    street_of,
    with_part,
)
from bot.tickets.utterance import LOCAL_NUMBER, Categories

ANONYMOUS = "anonymous"
"""The contact of somebody who wants to leave none."""

UNSET = {None, "", "-"}


class Complaint(Protocol):
    """What a correction reads: a draft, or the complaint in the making."""

    @property
    def description(self) -> str | None:
        """What it is about."""

    @property
    def category(self) -> str | None:
        """Its category."""

    @property
    def location(self) -> str | None:
        """Where."""

    @property
    def occurred_text(self) -> str | None:
        """When, in the resident's words."""

    @property
    def contact(self) -> str | None:
        """How to reach the resident."""


@dataclass(frozen=True)
class Correction:
    """New values by item (occurred_at in ISO 8601), and the item to ask again when its new value was not said."""

    changes: dict[str, Any] = field(default_factory=dict)
    ask_again: str | None = None


_ASSENT = "嗯+|(?:好|行|可以){1,2}[的了吧啊嘛哈呀嘞]?|中|系|要得|得行|妥了?|ok(?:ay)?|k|yes+|yeah|yea|ya|yep|yup|ys|y"
_YES = re.compile(
    rf"\W*(?:{_ASSENT}|sure)\W*|\W*(?:{_ASSENT}|哦|no problem)?\W*(?:这[回下样次]|现在|以上|内容|信息)?(?:都|全|就)?(?:(?:对(?:的|了|啊|呀|头|滴)?)+|[没冇]错|没有错|不错|属实|是的?|没问题|正确|是滴|没有问题|确认|无误|准确|就是这样|就这样|就这些|没什么不对|没有不对的?|没写错|没说错|(?:别|不用|不要|不必|无需|不需要)再?(?:改|修改|改动)(?:了|啦|什么)?|我?没(?:有)?(?:什么|啥)?(?:需要|要)(?:改|补充|修改)(?:的|动的?)?|"
    r"(?:yes |yeah |no,? )?(?:now |this time )?(?:that'?s |it'?s |that is |it is |all |everything is |everything's |looks |quite |absolutely |perfectly |exactly |just |very )*(?:correct|right|fine|good|ok|okay)(?: now| this time)?(?: (?:to|for|by|with) me)?(?: my)?(?: dear| sir| madam| love| mate| friend)?|exactly|precisely|nothing(?:'s| is) wrong|no mistakes?|not wrong|correct|al(?:l )?right(?: then)?|no (?:more |further )?(?:changes?|corrections?)(?: (?:from|on) (?:me|my (?:side|end)))?(?: (?:needed|necessary|required))?|nothing (?:else )?to (?:change|add|correct)|(?:please )?(?:don'?t|do not|no need to) change (?:a thing|anything|a word)|leave it as it is)(?:吗|的|了|呢)?\W*",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"不对|唔啱|唔係|勿对|不正确|有误|有错|(?:写|打|填)成了?|写错|说错|搞错|弄错|打错|填错|记错|错了|改(?:成|为|一?下|到|掉)?|更正|纠正|修改|换成|重新(?:填|写|说)|应该是|应该为|应当是|不是|而是|我?说的是"
    r"|\bwrong\b|incorrect|not (?:right|correct)|mistake|mistyped|typo|actually|should (?:be|say)|\bchange\b|\bcorrection\b|\bcorrect (?:the|my)\b|\bedit\b|\bupdate\b|isn'?t|is not|it'?s not|\bi (?:wrote|typed)\b|\binstead of\b|\bnot\b.{1,40}\bbut\b|i meant?|i said|^\W*no\b",
    re.IGNORECASE,
)
_DENIED_WRONG = re.compile(r"[没冇](?:有)?(?:写|说|搞|弄|填)?错|不改|(?:别|甭|莫|勿要|覅|不用|不消|不要|唔使|费事|費事|请勿)再?改|(?:没得?|没有|冇|冒得|木有|哪有)(?:啥|什么|嘢|哪一?项|哪样|一[项个]|得)*(?:要|好|可)?(?:改|不对|错)|nothing(?:'s| is)? wrong|not wrong|no mistake|no (?:more )?changes|nothing to change|don'?t change|no need to change|^\W*no,? (?:worries|problem|issues?)|^\W*no,? (?:no,? )?(?:that|it)'?s (?:all |just )?(?:right|fine|good|perfect|ok)", re.IGNORECASE)  # fmt: skip
_IS_RIGHT = re.compile(
    r"(?:是对的|没错|没有错|没写错|是正确的|不用改|不改|\b(?:is|are|was) (?:right|correct|fine|ok(?:ay)?)|looks? (?:right|good|fine)|is not wrong|as it should be(?: now)?|don'?t change(?: it| the \w+)?)\W*$",
    re.IGNORECASE,
)
_ALSO = re.compile(r"也(?:有|是|一样)|\b(?:too|as well)\W*$", re.IGNORECASE)
_ITEMS = {
    "contact": re.compile(r"电话|手机|座机|号码|联系方式|联系人|微信|邮箱|\b(?:phone|mobile|number|contact|wechat|e-?mail|telephone)\b", re.IGNORECASE),
    "occurred_at": re.compile(r"时间|日期|什么时候|几点|\b(?:time|date|when|hour)\b", re.IGNORECASE),
    "location": re.compile(r"地址|地点|位置|地方|楼号|门牌|路名|街名|\b(?:address|location|place|where|building number|room number|house number|(?:street|road|compound|building) (?:is|was|should be))\b", re.IGNORECASE),
    "category": re.compile(r"类别|分类|类型|类目|\b(?:category|kind|type)\b", re.IGNORECASE),
    "description": re.compile(r"内容|描述|\b(?:description|summary|details)\b", re.IGNORECASE),
}  # fmt: skip
_NOT_BUT = (
    re.compile(r"(?<![\w:.])(?P<new>[A-Za-z]?[0-9]+[A-Za-z]?),? not (?P<old>[A-Za-z]?[0-9]+[A-Za-z]?)(?![\w:]|\.[0-9])"),
    re.compile(r"不是(?P<old>[^，,。；;]{1,30}?)(?: [^，,。；;是]{2,12})?[，,。；; ]*(?:而|应该|应)?(?:是|改成|改为)(?P<new>[^。；;]{1,60})"),
    re.compile(r"(?<!不)是(?P<new>[^，,。；;]{1,60}?)[，,。；; ]*(?:而)?不是 ?(?P<old>[^，,。；; ]{1,30})"),
    re.compile(r"把(?P<old>[^，,。；;]{1,30}?)(?:改成|改为|换成)(?P<new>[^。；;]{1,60})"),
    re.compile(r"\bchange (?:the |my )?(?P<old>.{1,30}?) (?:to|into) (?P<new>[^.;]{1,60})", re.IGNORECASE),
    re.compile(r"\b(?:it'?s |is |it is |was )?not (?:at |the |in |on |a |an )?(?P<old>[^,.;]{1,40}?)(?:[,.;]\s*(?:but |it'?s |it is |it was )*|\s+but )(?:at |the |in |on )?(?P<new>[^.;]{1,60})", re.IGNORECASE),
    re.compile(r"\b(?:it'?s|it is|it was) (?P<new>[^,.;]{1,60}?),?\s+not (?P<old>[^,.;]{1,40})", re.IGNORECASE),
    re.compile(r"(?:写|打|说|填|报)(?:成了?|的是)(?P<old>[^，,。；; ]{1,30}?)了?[，,。；; ]+(?:应该|其实|实际上?)?是(?P<new>[^。；;]{1,60})"),
    re.compile(r"是(?P<new>[^，,。；; ]{1,30})[，,。；; ]+(?:我|你们?|您)?(?:给|是)?(?:写|打|说|填|报)成了?(?P<old>[^，,。；; ]{1,30}?)了?(?=$|[，,。；; ])"),
    re.compile(r"\bis (?P<new>[^,.;]{1,40}?)[,.;]?\s+(?:but )?i (?:wrote|typed|said|put|gave) (?P<old>[^,.;]{1,40})", re.IGNORECASE),
    re.compile(r"\bi (?:wrote|typed|said|put|gave) (?P<old>[^,.;]{1,40}?)[,.;]?\s+(?:but |and )?(?:it'?s|it is|it should be|should be|i meant?) (?P<new>[^,.;]{1,60})", re.IGNORECASE),
    re.compile(r"\b(?:is |it'?s |should be )?(?P<new>[^\s,.;]{1,40}),? (?:instead of|rather than) (?P<old>[^,.;]{1,40})", re.IGNORECASE),
)  # fmt: skip
_WAS_NOT = re.compile(r"\b(?:is|was|should be) (?P<new>[^,.;]{1,60}?),?\s+not (?P<old>[^,.;]{1,40})", re.IGNORECASE)
"""Of any subject: it says which value is wrong, not that the matter is another."""

_LAST_DIGITS = re.compile(
    r"(?:最后|末尾?|后面?|尾)(?:的)?(?:[二两三四2-4](?:位|个)(?:数字?)?|号|数)\W{0,2}(?:应该|应|就)?[是为]?\W{0,2}(?P<zh>\d{2,4})(?!\d)"
    r"|\b(?:last|final) (?:two|three|four|[2-4])?(?: ?(?:digits?|numbers?|figures?))?\W{0,2}(?:are|is|should be|must be|it'?s)?\W{0,2}(?P<en>\d{2,4})(?!\d)",
    re.IGNORECASE,
)
_HOUSE_NUMBER = re.compile(
    r"门牌号?码?(?:应该|应当|其实)?(?:是|为|改成|改为|写成)?\W{0,2}(?P<zh>\d+)(?:[号,，。;；！!\s]|$)"
    r"|\b(?:house|street|door) number (?:is|should be)\W{0,2}(?P<en>\d+)\b",
    re.IGNORECASE,
)
_STREET_NAME = re.compile(
    rf"(?:路名|街名)(?:应该|应当|其实|写错了|错了|\W)*(?:是|为|改成|改为)\W{{0,2}}(?P<zh>[\u4e00-\u9fff]{{1,8}}?{KIND_OF_STREET})(?![\u4e00-\u9fff])"
    rf"|\b(?i:(?:street|road)(?: name)? (?:is|should be)(?: called)?)\W{{0,2}}(?P<en>{ENGLISH_STREET})"
)
_ADDS = re.compile(r"^\W*(?:我?(?:想|要|再)?补充|再加一[点句]|加一句|另外|还有一?(?:点|件事)?[，,：: ]|(?:please |pls |kindly |(?:can|could) you (?:please )?)?(?:i )?(?:want to |would like to |'d like to )?add\b|also[,: ]|in addition|one more thing)", re.IGNORECASE)  # fmt: skip
_ADD_WORDS = re.compile(r"^\W*(?:我?(?:想|要|再)?补充(?:一下|一点|一句|说明)?|再加一[点句]|加一句|另外|(?:please |pls |kindly |(?:can|could) you (?:please )?)?(?:i )?(?:want to |would like to |'d like to )?add(?: that)?|one more thing)\W*", re.IGNORECASE)  # fmt: skip


def correct(
    text: str,
    complaint: Complaint,
    spans: Sequence[Span],
    pending: str | None,
    now: datetime,
    categories: Categories,
) -> Correction:
    """What the utterance puts right. Empty when it corrects nothing.

    `pending` is the item asked for now: `confirmed` when the summary was shown, where a value alone corrects too.
    """
    plain = half_width(text).strip()
    if not plain or is_yes(plain):
        return Correction()
    if _ADDS.match(plain) or (pending == "confirmed" and _ALSO.search(plain)):
        return _added(text, complaint)
    is_wrong = bool(_WRONG.search(_DENIED_WRONG.sub("", plain)))
    named = [item for item, pattern in _ITEMS.items() if pattern.search(plain)]
    if not is_wrong and pending != "confirmed":
        return Correction()
    return (
        _replaced(plain, complaint, spans, named, now)
        or _last_digits(plain, complaint)
        or _house_number(plain, complaint)
        or _street_name(plain, complaint)
        or _values(text, plain, complaint, spans, named, is_wrong, now)
        or _other_category(plain, complaint, named, categories)
        or _asked_again(plain, named, is_wrong, pending)
        or Correction()
    )


def is_yes(plain: str) -> bool:
    """Whether a text in half width, or a clause of it, says yes, or that all or an item is right, and no more."""
    return bool(_YES.fullmatch(plain) or (_IS_RIGHT.search(plain) and not _WRONG.search(_IS_RIGHT.sub("", plain))))


def says_wrong(text: str) -> bool:
    """Whether a word of it says that something is wrong or is to be changed, and none says that nothing is."""
    return bool(_WRONG.search(_IS_RIGHT.sub("", _DENIED_WRONG.sub("", half_width(text)))))


def legible(contact: Span) -> str:
    """A contact as it is kept: verbatim, but in digits where they were spelt out ("一三八……", "one three eight ..."), of
    use to nobody who calls."""
    is_spelt_out = contact.value.isdigit() and re.search(r"[^\W\d_]", contact.text)
    return contact.value if is_spelt_out else contact.text


def _added(text: str, complaint: Complaint) -> Correction:
    addition = _ADD_WORDS.sub("", text).strip()
    if len(addition) < 3:
        return Correction(ask_again=None)
    return Correction({"description": f"{complaint.description or ''}\n{addition}".strip()})


def _replaced(
    plain: str, complaint: Complaint, spans: Sequence[Span], named: Sequence[str], now: datetime
) -> Correction | None:
    """ "不是501，是502": what stands in an item, word for word, is exchanged in it. Where the number stands in what
    happened ("bus 72, not 27"), the sentence is added: it may say how it ought to be, and no story is rewritten."""
    found = [match for pattern in (*_NOT_BUT, _WAS_NOT) if (match := pattern.search(plain))]
    # What is said first is the correction: "是11栋 不是7栋 7栋是我女儿家" goes on to say why.
    for match in sorted(found, key=lambda match: match.start()):
        old, new = _core(match["old"]), _core(match["new"])
        if not old or not new or (old.isdigit() and not _NUMBER.search(new)):
            continue
        for item, value in (
            ("location", complaint.location),
            ("occurred_at", complaint.occurred_text),
            ("contact", complaint.contact),
        ):
            if value and _stands_in(old, value, item) and (not named or item in named or "category" not in named):
                new = _place_for(new, old, spans) if item == "location" else new
                return Correction(_changes(item, _exchanged(value, old, new), now))
        if _NUMBER.search(old) and _NUMBER.search(new) and not {"location", "occurred_at"} & set(named):
            story = complaint.description or ""
            if _stands_in(old, story, "description"):
                return Correction({"description": f"{story}\n{plain}"})
    return None


def _said(pattern: re.Pattern[str], plain: str) -> str:
    """The words that the pattern finds, in Chinese or in English; empty where it finds none."""
    said = pattern.search(plain)
    return (said["zh"] or said["en"]) if said else ""


def _last_digits(plain: str, complaint: Complaint) -> Correction | None:
    """ "The last four digits are 5640": of the number only those."""
    new, known = _said(_LAST_DIGITS, plain), complaint.contact or ""
    is_in_place = new and known[-len(new) :].isdigit() and not known.endswith(new)
    return Correction({"contact": known[: -len(new)] + new}) if is_in_place else None


def _house_number(plain: str, complaint: Complaint) -> Correction | None:
    """ "门牌是188": of the place only the number on its street."""
    new, location = _said(_HOUSE_NUMBER, plain), complaint.location or ""
    known = number_on_street(location)
    if not new or not known:
        return None
    changed = location[: known.start()] + re.sub(r"\d+", new, known.group(), count=1) + location[known.end() :]
    return Correction({"location": changed}) if changed != location else None


def _street_name(plain: str, complaint: Complaint) -> Correction | None:
    """ "路名是建社路": of the place only the street; its number stays."""
    new, location = _said(_STREET_NAME, plain), complaint.location or ""
    known = street_of(location)
    if not new or not known:
        return None
    return Correction({"location": location[: known.start()] + new + location[known.end() :]})


def _place_for(new: str, old: str, spans: Sequence[Span]) -> str:
    """What is put for a place: another that is named, if `new` is no part of one. "Not Qinghe Road, I always mix those up.
    It is Qingshui Road" says first why."""
    others = [span.text for span in spans if span.kind == "place" and old not in span.text]
    is_place = not others or is_parts_alone(new) or any(new in other or other in new for other in others)
    return new if is_place else others[-1]


def _said_instead(plain: str) -> str:
    """What is right according to "not ... but ...", or nothing."""
    return next((match["new"] for pattern in _NOT_BUT if (match := pattern.search(plain))), "")


def _stands_in(old: str, value: str, item: str) -> bool:
    """Whether the words stand in the item; a number as a whole, in a contact at its end ("the last two digits")."""
    if item == "contact" and old.isdigit():
        return len(old) > 1 and value.endswith(old)
    begins, ends = (r"(?<!\d)" if old[0].isdigit() else ""), (r"(?!\d)" if old[-1].isdigit() else "")
    return bool(re.search(f"{begins}{re.escape(old)}{ends}", value))


def _exchanged(value: str, old: str, new: str) -> str:
    """`new` in the place of `old`; a new value that holds more than its part ("解放路28号" for 建设路, "22:00 to 03:00"
    for 02:00) takes it all."""
    before, kept = value.split(old, 1)
    overlap = next((size for size in range(len(kept), 0, -1) if new.endswith(kept[:size])), 0)
    begun = next((size for size in range(len(new), MOST_BY_CHANCE, -1) if before.endswith(new[:size])), 0)
    return before[: len(before) - begun] + new + kept[overlap:]


_NUMBER = re.compile(r"\d|[零一二两三四五六七八九十百千万]")

MOST_BY_CHANCE = 2
"""Characters that the old beginning and the new value may share by chance."""

_AROUND = re.compile(
    r"^(?:在|是|the|at|in|on)\s*|(?:的|了|吧|啊|呀|哦|才对|才是|这里|那里|please|thanks?|sorry)*\W*$", re.IGNORECASE
)


def _core(words: str) -> str:
    return _AROUND.sub("", words.strip()).strip()


def _values(
    text: str,
    plain: str,
    complaint: Complaint,
    spans: Sequence[Span],
    named: Sequence[str],
    is_wrong: bool,
    now: datetime,
) -> Correction | None:
    """New values that stand in the utterance, for the items that it names or, when it names none, by their kind."""
    kept = [span for span in spans if not _is_denied(plain, span)]
    changes: dict[str, Any] = {}
    if "occurred_at" in named:
        # Between a cue and a denial the tagger may miss what the rules see: "should be 22:00 to 03:00, not 02:00".
        kept += [span for span in times(text, now) if not _is_denied(plain, span)]
    place, time, contact = (_last(kept, kind) for kind in ("place", "time", "contact"))
    # "It is block 5, block 3 is my mother's": what the complaint holds already is no correction of it.
    new_places = [span for span in kept if span.kind == "place" and span.text not in (complaint.location or "")]
    place = _last(new_places, "place") or place
    local = LOCAL_NUMBER.search(plain) if "contact" in named and not contact else None
    if local:
        changes["contact"] = local.group()
    wants_anonymity = _last(kept, "anonymous") and (is_wrong or "contact" in named or len(plain) <= MAX_REST)
    if wants_anonymity and not contact:
        changes["contact"] = ANONYMOUS
    if contact and contact.text != complaint.contact and not _contact_is_the_matter(plain, named):
        changes["contact"] = legible(contact)
    if _may_be(plain, "location", named, is_wrong, place.text if place else ""):
        instead = _said_instead(plain)
        # "It should be block 4 room 12" keeps the compound in which they are.
        is_known = complaint.location not in UNSET
        said = last_parts(instead or plain, complaint.location or "")
        parts = said if is_known and (place is None or is_parts_alone(place.text)) else []
        if parts:
            changes["location"] = reduce(with_part, parts, complaint.location or "")
        elif place:
            # Where nothing is known yet, all that is said instead is the place: "是建设路，农业银行门口".
            changes["location"] = _core(instead) if not is_known and place.text in instead else place.text
    if time and _may_be(plain, "occurred_at", named, is_wrong, time.text) and "location" not in changes:
        changes |= {"occurred_at": time.value, "occurred_text": time.text}
    if changes.get("location") == complaint.location:
        changes.pop("location", None)
    return Correction(changes) if changes else None


def _may_be(plain: str, item: str, named: Sequence[str], is_wrong: bool, value: str) -> bool:
    """Whether a value is meant for that item: it is named; or none is, and the utterance is hardly more than the value."""
    if item in named:
        return True
    if any(name in named for name in ("location", "occurred_at", "contact", "category")):
        return False
    rest = _WRONG.sub("", plain.replace(value, "", 1) if value else plain)
    return len(re.sub(r"[\W_]", "", rest)) <= (MAX_REST if is_wrong else MAX_REST // 2)


MAX_REST = 24
"""Characters beside cue and value up to which an utterance is a correction, not a new story."""


def _contact_is_the_matter(plain: str, named: Sequence[str]) -> bool:
    """A number in a longer story may be the fraudster's."""
    return "contact" not in named and len(plain) > 3 * MAX_REST


def _is_denied(plain: str, span: Span) -> bool:
    """ "不是建设路": a value that the resident rejects."""
    before = plain[max(0, span.start - 8) : span.start]
    return bool(re.search(r"不是(?:在|什么)?$|不在$|\bnot (?:at |in |on |the )*$", before, re.IGNORECASE))


def _last(spans: Sequence[Span], kind: str) -> Span | None:
    """The last of that kind, the longest of those that end there: what is right is said after what is wrong."""
    return max((span for span in spans if span.kind == kind), key=lambda span: (span.end, -span.start), default=None)


CLEARLY = 0.5
"""Probability from which what is said instead is about something else: "they did not bite but run after bikes" is not."""


def _other_category(
    plain: str, complaint: Complaint, named: Sequence[str], categories: Categories
) -> Correction | None:
    """ "不是施工，是楼下KTV": it is about something else; the words are kept with the description, unless they only name the
    category."""
    if any(item in named for item in ("location", "occurred_at", "contact")):
        return None
    said = _core(_said_instead(plain))
    if not said and "category" in named:
        about = re.search(
            r"(?:应该是|改成|改为|换成|是|归到?|算|属于?|should be|to|is)\s*(?P<new>[^，,。；;.]{2,60})\W*$",
            plain,
            re.IGNORECASE,
        )
        said = "" if about is None or _WRONG.fullmatch(about["new"]) else _core(about["new"])
    if len(said) < 2 or re.fullmatch(r"[\d\W]+", said):
        return None
    by_name = categories.named(said)
    if by_name:
        return Correction({"category": by_name})
    category, share = categories.candidates(said)[0]
    is_another = share >= CLEARLY and category not in {complaint.category, "other"}
    changes = {"category": category} if is_another else {}
    return Correction({**changes, "description": f"{complaint.description or ''}\n{plain}".strip()})


def _asked_again(plain: str, named: Sequence[str], is_wrong: bool, pending: str | None) -> Correction | None:
    """An item is said to be wrong, or to be changed, and its value is not said."""
    if not is_wrong or not named or len(plain) > 3 * MAX_REST:
        return None
    return None if named[0] == pending else Correction(ask_again=named[0])


def _changes(item: str, value: str, now: datetime) -> dict[str, Any]:
    if item == "occurred_at":
        found = times(value, now)
        return {"occurred_text": value, **({"occurred_at": found[0].value} if found else {})}
    if item == "contact":
        found = contacts(value)
        return {"contact": legible(found[0]) if found else value}
    return {item: value}
