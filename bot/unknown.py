"""Who is asked for an item and does not know it, or does not want to say. Pure; Python 3.10."""

from __future__ import annotations

import re

_UNKNOWN = re.compile(
    # What is not known may be named, and why may follow: "多久了不清楚，我也是才搬来".
    r"^\W*(?:(?:这个?|那个?|具体|确切)?(?:多久|多长时间|什么时候(?:开始)?|啥时候|几时|几号|几点|时间|日期|地址|路名|街名|门牌号?|位置|地方)?(?:了|的|是|呢)?\W*)?"
    r"(?:我|俺)?(?:也|就|真的?|还)?(?:不知道|不清楚|不晓得|不太?清楚|说不清楚?|说不上来?|记不清楚?|记不得|不记得|搞不清楚?|没注意|忘了)(?:了|啊|呢|哦)*(?:[，,。；;\s]+[^?？]{0,24})?\W*$"
    r"|^\W*(?:我)?(?:也)?(?:没有|没|无|跳过|不方便说)(?:了)?\W*$"
    r"|^\W*(?:sorry,? |hm+,? |well,? |honestly,? |the (?:exact )?(?:\w+ )?(?:name|address|number|time|date),? )?(?:i )?(?:really |honestly |just )?(?:don'?t|do not|dont|can'?t|cannot|cant) (?:know|remember|recall|say|tell)"
    r"(?: (?:exactly|for sure|really|since when|how long|when|the (?:exact )?(?:\w+ )?(?:name|address|number|time|date|day))(?: \w+){0,3})?(?:[,.;] [^?]{0,40})?\W*$"
    r"|^\W*(?:no idea|not sure|skip|none|n/?a|unknown)\W*$",
    re.IGNORECASE,
)


def is_unknown(text: str) -> bool:
    """Whether nothing is said but that, and why."""
    return bool(_UNKNOWN.match(text))
