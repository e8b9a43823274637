"""Questions about what becomes of the resident's own name, number and words. Pure."""

from __future__ import annotations

import re

from bot.text import normalise
from bot.tickets.utterance import by_writing

LONGEST = {"zh": 48, "en": 120}
"""Characters up to which such a question is all that was said: a long story holds every word of one."""

_QUESTION = re.compile(
    r"\?\s*$|[吗么](?=\W|$)|[不没]\W*$|会不会|能不能|是不是|有没有|怎么|谁"
    r"|^\W*(?:wait,? |but |and |so )?(?:will|would|do|does|is|are|can|could|who)\b",
    re.IGNORECASE,
)
_OWN = r"(?:信息|资料|隐私|电话|手机号?|号码|名字|姓名|身份|聊天记录)"
_OTHERS = r"(?:别人|人家|外人|对方|他们?|她们?|物业|老板|单位|公司|商家|店家|司机|邻居|房东|中介|工头|领导|村里|社区|学校|运营商)"
_MY = r"my (?:own )?(?:name|number|phone|mobile|contact|e-?mail|info\w*|details?|data|identity|address)"
_THEY = r"(?:they|he|she|you|anyone|anybody|people|others|(?:the|my) \w+(?: \w+)?)"
_ASKS = re.compile(
    rf"(?:我|这个|这些|个人).{{0,6}}{_OWN}.{{0,8}}(?:看得?[到见]|泄[露漏]|公开|透露|传出去|外传|保密|安全|怎么用|拿去|用来)"
    rf"|会不会(?:让|给|被){_OTHERS}.{{0,4}}(?:看得?[到见]|知道|晓得)"
    rf"|(?:告诉|透露给|泄露给|转给){_OTHERS}.{{0,6}}(?:我|{_OWN})|我.{{0,4}}{_OWN}.{{0,6}}(?:告诉|透露|泄露|转|给){_OTHERS}"
    rf"|(?:知道|晓得|发现|查到|[看猜]得?[出到]).{{0,3}}(?:(?:是我们?家?|是谁家?|谁)(?:投诉|举报|反映|反应|报|告)|是我们?家?(?:说|[吗么](?=\W|$)|\W*$))"
    rf"|{_OTHERS}.{{0,6}}(?:知道|看得?到).{{0,4}}我的?{_OWN}"
    rf"|\b{_THEY} (?:be able to |ever )?(?:see|know|find out|learn)\b.{{0,20}}\b(?:{_MY}|who (?:complained|reported|told)|it was me|it'?s me|that i (?:complained|reported|told))"
    rf"|\b(?:tell|told|(?<!to )give|show|share|pass|publish)\b.{{0,30}}\b{_MY}\b"
    rf"|\b{_MY}\b.{{0,25}}\b(?:private|safe|secret|confidential|protected|public|visible|published)\b",
    re.IGNORECASE,
)
_DONE_TO_ME = re.compile(
    r"被.{0,8}(?:泄|卖|公开|曝光)|泄[露漏]了|\b(?:was|were|been|got) (?:leaked|sold|shared|published)\b", re.IGNORECASE
)


def is_short(plain: str) -> bool:
    """Whether a question in a normal text can be all that was said."""
    return len(plain) <= by_writing(LONGEST, plain)


def asks_who_sees(text: str) -> bool:
    """Whether somebody who complains asks who will see, or be told, who he is: "他们会不会知道是我投诉的". A leak that is
    complained of is no such question."""
    plain = normalise(text).text
    return is_short(plain) and bool(_QUESTION.search(plain) and _ASKS.search(plain)) and not _DONE_TO_ME.search(plain)
