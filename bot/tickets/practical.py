"""What residents ask about complaining itself: what it costs, how long it takes, whether photos are wanted, what the
number is for, and who sees it. Pure; the answers stand in the city's texts."""

from __future__ import annotations

import re

from bot.city import City
from bot.messages import Reply
from bot.text import normalise
from bot.tickets.privacy import asks_who_sees, is_short

_QUESTION = re.compile(
    r"\?|[吗么嘛呢不]\W*(?:$|[，,。])|要不要|用不用|需不需要|收不收|能不能|可不可以|是不是|多[久少长]|几天|什么|啥|怎么|咋|何时|为何|干嘛"
    r"|^\W*(?:and |but |so |wait,? |ok,? )?(?:does|do|is|will|would|must|should|shall|can|could|may|have|how|what|when|why)\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"合法|合理|规定|标准|允许|停车|监控|证(?!据)|[驾执牌护]照|卡|户口|退休|[社医]保|物业|公司|医院|学校|老板|商家|店[里家主]|房东|中介|司机|师傅|他们|她们|凭什么"
    r"|\b(?:legal\w*|allowed|law|landlord|company|they|shop|school|hospital|driver|boss|agent|camera|cctv|parking"
    r"|permit|licen[cs]e|card|visa|passport|certificate|insurance)s?\b",
    re.IGNORECASE,
)
"""Then it is the matter that is asked about, or a rule."""

_COST = re.compile(
    r"^\W*(?:那|这|这个|请问|问[一下句]+|先问[一下句]+|顺便问[一下句]*|我|还|你们|你|是|\W)*(?:(?:要不要|用不用|需不需要|收不收|要|得|是不是|会不会|需要|用)?(?:我)?(?:再|另外|先)?(?:收费(?!站|员|处|乱)|花钱|交钱|掏钱|要钱|收钱|付钱|收?费用|免费))"
    r"|(?:你们|投诉|反映|反应|举报|登记|报修|提交|12345|热线|上报)[^，,。]{0,8}(?:收费|花钱|交钱|掏钱|要钱|收钱|付钱|费用|免费|钱)"
    r"|\b(?:cost\w*|free of charge|for free|is (?:it|this) free|(?:any|a|some) (?:charge|fee|costs?)|(?:have|need|must) (?:i )?(?:to )?pay|pay (?:anything|something|money|for this))\b"
    r"(?!(?: \w+)? (?:for|of|to) (?!(?:this|it|me|us|you|that|here)\b|complain|report|fil|make|submit|use|the (?:complaint|report|service)|my (?:complaint|report)))",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"(?:多久|多长时间|(?<!每隔)几天|多少天|什么时候|啥时候?|何时|几时).{0,8}(?:处理|解决|回复|回音|回话|答复|结果|办[好完理下]|有人(?:来|管)|来人|上门|修|反馈|消息|搞定|弄好)"
    r"|(?:处理|解决|办[完好]|回复|答复|修好).{0,4}(?:要|得)?(?:多久|多长时间|几天)"
    r"|\bhow (?:long|soon|quick(?:ly)?|fast|many days)\b.{0,40}\b(?:takes?|answer\w*|repl\w*|hear|fix\w*|deal|solve\w*|resolve\w*|results?|get back|done|wait|comes?|happens?)\b"
    r"|\bwhen (?:will|can|do|does|would|shall|is|are)\b.{0,30}\b(?:hear|fix\w*|repair\w*|answer\w*|repl\w*|come|coming|results?|solved|resolved|done|happens?)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"[没沒](?:人|有)|已经|都.{0,6}了|\b(?:already|nobody|no one|never|ago)\b", re.IGNORECASE)
"""Then it complains of how long it has lasted."""

_PHOTOS = re.compile(
    r"(?:要不要|用不用|需不需要|需要|要|能不能|能|可以|可不可以|怎么|咋|是不是要)(?:我|给你们?|先|再|也|附|把)*(?:发|传|拍|上传|提供|附|交|给)?(?:给?你们?|个|张|点|段|上|一下|些)*(?:照片|图片|相片|图|视频|录像|录音|截图|证据)"
    r"|\b(?:do|should|shall|can|could|must|may|need|how|want)\b.{0,25}\b(?:photo(?:graph)?|picture|video|pic|recording|evidence|proof|screenshot)s?\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:什么|啥)(?:是|叫)?(?:联系方式|联络方式)|联系方式(?:是|指)(?:什么|啥)|(?:为什么|为啥|干嘛|干啥|做什么|干什么).{0,8}(?:电话|号码|手机|联系方式)"
    r"|(?:电话|号码|手机号?|联系方式).{0,6}(?:干嘛|干啥|做什么|干什么|有什么用|做啥)"
    r"|\bwhat(?:'s| is| do you mean by)\b.{0,8}\bcontact\b|\bwhy\b.{0,20}\b(?:number|phone|contact)\b|\bwhat\b.{0,20}\b(?:number|phone|contact)\b.{0,20}\bfor\b"
    r"|\b(?:you )?want (?:my )?(?:tele)?(?:phone|number)\b.{0,12}\?",
    re.IGNORECASE,
)


def practical_question(text: str) -> str | None:
    """The name of the answer to a short question about complaining itself, among the city's texts `practical`; or None."""
    plain = normalise(text).text
    if asks_who_sees(plain):
        return "privacy"
    if not is_short(plain) or not _QUESTION.search(plain):
        return None
    if _NUMBER.search(plain):
        return "number"
    if _OF_OTHERS.search(plain):
        return None
    if _COST.search(plain):
        return "cost"
    if _PHOTOS.search(plain):
        return "photos"
    return "duration" if _DURATION.search(plain) and not _SINCE.search(plain) else None


def practical_answer(name: str, language: str, city: City) -> Reply:
    """What is told to who asks so: to "who sees it?" the same as by the command /privacy."""
    if name == "privacy":
        return Reply(city.text("commands.privacy", language))
    return Reply(city.text(f"practical.{name}", language, days=city.sla.complaint_working_days))
