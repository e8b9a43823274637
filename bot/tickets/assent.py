"""Whether an utterance says yes to the complaint as it was shown, or asks that it be filed. Pure."""

from __future__ import annotations

import re

from bot.opening import clauses
from bot.spans.span import half_width
from bot.tickets.correction import Complaint, is_yes

_SUBMIT = re.compile(
    r"\W*(?:那|就|先|请|可以|确认|麻烦|帮我?|给我|这样|这么|恁个?|按这个|直接|你们?|您|把?我?这个|把它){0,4}(?:提交|登记|上报|报上去|交上去|[报交发](?=[上出吧把了嘛噻呗哈咯啦]|\W*$))(?:上去|出去|一下|就行|好了|吧|把|了|啊|呗|嘛|噻|哈|咯|啦)*\W*"
    r"|\W*(?:那|就|都|还是){0,2}(?:按|照)(?:着|这个|这样|你们?|您)?(?:上面|刚才)?(?:写|说|填|记)?的?(?:来|办|交|报|发)(?:吧|了|就行|好了|就好)?\W*"
    r"|\W*(?:(?:yes|ok|okay|so|now|then|and|please|kindly|just|you can|go ahead and) )*(?:(?:submit|file|register|report|send) (?:it|this|that|the (?:complaint|case|report))(?: in| off)?|off (?:it goes|you go)|submit|file|send)(?: (?:now|please|like this|as it is))*\W*",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\W*(?:(?:(?:谢谢|多谢|感谢|谢|麻烦|辛苦|拜托)(?:了|啦|啊|哈|你们?|您|大家|各位)*)?(?:(?:小)?(?:姑娘|同志|师傅|老师|伙子?|妹|哥|姐)|闺女|大姐|大哥|领导)?啊?|(?:many )?(?:thanks?|thank you|thx|ty|cheers|please)(?: (?:you|so|very|a|much|lot|again|my|friend|dear|sir|madam|mate|love|for|your|help|time))*)\W*",
    re.IGNORECASE,
)
_SIGH = re.compile(r"\W*[哦噢喔啊呃唉]+\W*|\W*(?:oh|ah|well)\W*", re.IGNORECASE)

_RESERVED = re.compile(
    r"\d|[?？]|但|不过|可是|除了|等[等一下会]|先[别不]|还有|另外|漏了|补充|加上|取消|算了|不对|有误|错|改|换|应该|其实"
    r"|\b(?:but|except|wait|hold on|also|add|cancel|forget|instead|not|wrong|change|should|actually|only|and (?:the|my))\b",
    re.IGNORECASE,
)
"""What makes a yes less than one."""

LONGEST_CHAT = 60
"""Characters up to which what stands behind a yes may be talk."""

SHORT_REPEAT = 16
"""Characters up to which a clause with a known number is no more than that."""


def agrees(complaint: Complaint, text: str) -> bool:
    """Whether each clause says that it is right or that it shall be filed, and no more than thanks or what the complaint
    holds already: "行，报上去吧，号码是3291那个，谢谢"."""
    said = [
        clause for clause in clauses(half_width(text)) if not (_SIGH.fullmatch(clause) or _COURTESY.fullmatch(clause))
    ]
    new = [clause for clause in said if not (_SUBMIT.fullmatch(clause) or is_yes(clause.strip()))]
    return len(new) < len(said) and all(_is_known(complaint, clause) for clause in new)


def is_courtesy(text: str) -> bool:
    """Whether nothing is said but thanks or a sigh."""
    return all(_COURTESY.fullmatch(clause) or _SIGH.fullmatch(clause) for clause in clauses(half_width(text)))


def beside_yes(text: str) -> str:
    """What a short utterance says behind a clause that is a yes, if it has no number, asks nothing and takes nothing back;
    else empty."""
    said = clauses(half_width(text))
    is_meant = len(said) > 1 and len(text) <= LONGEST_CHAT and is_yes(said[0].strip())
    return "" if not is_meant or _RESERVED.search(text) else "，".join(said[1:])


def says_to_file(complaint: Complaint, text: str) -> bool:
    """Whether it agrees, and a clause says that it shall be filed: what says more adds to the matter, and must not be
    lost."""
    return agrees(complaint, text) and any(map(_SUBMIT.fullmatch, clauses(half_width(text))))


def _is_known(complaint: Complaint, clause: str) -> bool:
    """Whether a clause repeats a number of the place, the time or, three digits of it at least, the contact, and says
    hardly more."""
    numbers = re.findall(r"\d+", clause)
    known = re.findall(r"\d+", f"{complaint.location} {complaint.occurred_text}")
    digits = re.sub(r"\D", "", complaint.contact or "")
    are_known = all(number in known or (len(number) >= 3 and number in digits) for number in numbers)
    return len(numbers) > 0 and len(clause.strip()) <= SHORT_REPEAT and are_known
