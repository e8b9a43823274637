"""Inside a form, an utterance that answers the question just asked is an answer, whatever it sounds like.

"No. 5 Heping Road, since Monday, you never do anything" is an address and a time to the question "where?",
not anger. The classifier knows nothing of the question; this component does. Outside a form it does
nothing, but for one: who was heard to cancel, and writes on as if the form went on, had not meant it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Sequence, Set, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.again import asks_again
from bot.extract import is_all_said
from bot.unknown import is_unknown

ANSWER, CORRECTION = "inform", "correct_item"

RESUMPTION = "resume_complaint"
"""Never learned: taking up again what was cancelled by the last message."""

CONTROL: FrozenSet[Text] = frozenset({"request_human", "cancel"})
"""Leave the form at any time, even from an answer, when they are clear."""

ASIDES: FrozenSet[Text] = frozenset({"ask_policy", "check_ticket_status", "ask_bot_identity", "greet", "thank"})
"""Answered in the middle of the form, which then goes on."""

TYPED_COMMAND = "／"
"""How the gateway hands over a slash that a resident typed: no answer to anything."""

ASKED_AGAIN = "greet"
"""The aside that says nothing: the form just asks again."""

DECISIONS: FrozenSet[Text] = frozenset({"affirm", "deny"})

CLEAR = 0.55
"""Confidence from which an interruption is believed where no answer was recognised."""

CLEAR_QUESTION = 0.35
"""Confidence that is enough when the utterance is a question."""

CLEAR_UNASKED = 0.85
"""Confidence that a question of policy needs when nothing in the utterance asks."""

_QUESTION = re.compile(
    r"[?？]\s*$|吗|怎么|多少|多久|什么|哪里|请问|问一?下|想问|咨询|想知道|^(what|how|where|when|who|which|can|do|does|is|are)\b"
    r"|\b(?:want|like|need) to (?:know|ask)\b|\bask (?:you )?(?:if|whether|about)\b",
    re.I,
)

_SEND_A_CREW = re.compile(
    r"派个?(?:人|师傅|工人|车)(?!.{0,4}[跟和同与]我)|[叫喊让]个?(?:师傅|工人|车)(?:来|过来|去|上门)|\bsend (?:some(?:one|body)|a (?:man|crew|team|worker|plumber|truck|car|repair\w*))\b(?! (?:to|i can) (?:talk|speak))",
    re.I,
)

_DEAL_WITH_THEM = re.compile(
    r"[帮替]我们?(?:去|来)?(?:叫|让|催|找|管|说说?|劝|要求)(?:一下)?(?:他|她|它|对方|人家|老板|房东|物业|邻居|公司|单位)"
    r"|\b(?:make|tell|get|force|order|ask) (?:him|her|them|(?:the|my) \w+) (?:to )?(?:pay|stop|give|return|leave|move|turn|do|fix|clean|repair)\b",
    re.I,
)

_TAKES_BACK = re.compile(
    r"取消|撤[销回掉]|作废|不(?:用|要|想)?(?:再)?(?:报|投诉|提交|登记|反映|弄|办)了|\b(?:cancel|withdraw|forget (?:it|about)|call it off|drop)\b",
    re.I,
)

_ASKS = re.compile(r"[?？]|[吗么](?=\W|$)")

_WANTS_OUT = re.compile(
    r"撤|删|退出|不.{0,3}了|算了|\b(?:cancel\w*|withdraw\w*|drop|stop\w*|forget|retract|remove|delete|erase|undo|take (?:\w+ ){0,2}(?:back|away)|get out|without)\b",
    re.I,
)
"""A question that wants the complaint taken back says so."""

_CANCELS_ELSE = re.compile(
    r"取消(?:了)?(?:我的?|这个|那个|他的?|掉)?(?:合同|判决|罚款|罚单|处罚|订单|预订|会员|资格|低保|补贴|航班|班车|班次|线路|课|考试|婚礼|活动|贷款|保险|套餐|宽带)"
    r"|\bcancel(?:l?ed|l?ing)? (?:the|my|our|his|her|their|this|that|a) (?:\w+ )?(?:judg\w+|verdict|fine|penalty|contract|lease|order|booking|membership|card|subscription|flight|bus|train|line|class\w*|course|exam|appointment|loan|insurance|policy|plan)\b",
    re.I,
)
"""What else is cancelled, by others or by the resident, than the complaint."""

_ANEW = re.compile(
    r"重新(?:给我|帮我|再)?(?:登记|投诉|报|提交|立)|(?:再|另)(?:给我|帮我)?(?:登记|投诉|报|立)一[个次件]"
    r"|\b(?:register|file|open|make|log) (?:it|this|that|one|a new one|a new (?:complaint|case|ticket))(?: (?:again|anew|once more))?\b",
    re.I,
)
"""What sounds like leaving, and wants the complaint."""

_REFUSES = re.compile(
    r"[不别](?:用|要|想|必)?(?:再|重新|给我|帮我)*(?:登记|投诉|报|提交|立)|\b(?:no need|don'?t|do not|not|stop)\b", re.I
)

_FORGETS = re.compile(
    r"^\W*(?:(?:hm+|no|nah|ah|oh|ok|okay|well|actually|wait|sorry|you know what)\W+)*(?:forget|scrap|drop|never ?mind)\b"
    r"(?! (?:to|when|what|where|which|how|exactly|(?:the |my )?(?:time|number|phone|name|place|address|date|contact)))",
    re.I,
)
"""What is told is taken back, whatever it was called: "hmm no, forget the bus"."""

SHORT = 60
"""Characters up to which nothing else is told beside that."""

_LEAVES_NO_NUMBER = re.compile(
    r"不(?:想|愿意?|方便|要|敢)?(?:再)?[留给说写]|匿名|\bno (?:contact|phone|number|name|tel|mobile)|anonym"
    r"|\b(?:don'?t|dont|not|won'?t|rather not) (?:want to |wanna |like to )?(?:give|leave|share|tell)\b",
    re.I,
)

_CONTINUES = re.compile(
    r"继续|接着(?:来|说|登记|报|投诉|弄|办)|[没不别](?:是|有|说|想|要)*(?:要|想|说)*(?:取消|撤销)|还是(?:要|想|得)?(?:投诉|报|登记)吧?\W*$"
    r"|\b(?:go on|carry on|keep going|continue)\b|\b(?:did ?n[o'’]?t|do ?n[o'’]?t|not|never) (?:\w+ ){0,3}cancel",
    re.I,
)
"""Right after a complaint was cancelled: it was not meant."""

_ASKS_ON = re.compile(
    r"^\W*(?:那|那么|还有)?[^，。,.？?！!]{1,12}呢\W*$"
    r"|^\W*(?:(?:and|or|but) (?:what about |how about |for |if |when )?|what about |how about |what if |same for )[^.?!]{1,40}\?\W*$"
    r"|^\W*(?:what|how) about (?:the |my |a |an |our )?\w+(?: \w+)?\W*$",
    re.I,
)
"""Right after an answer, what so begins or ends asks on: "那我呢", "what about my wife?"."""

_OF_A_CASE = re.compile(
    r"^\W*(?:那|那么)?(?:你们?|您|人|然后|后来|结果|进度|答复|回复|单子|工单|人工|客服|我的?(?:投诉|单子|工单|件|事))呢"
    r"|\b(?:you|person|human|operator|someone|complaints?|cases?|tickets?|reports?|status|progress)\b",
    re.I,
)
"""What asks so for something else than the rule."""

_GOES_ON_NO_MORE = re.compile(
    r"不.{0,3}(?:继续|接着)|\b(?:not|no need to|stop|dont)\b.{0,12}\b(?:go on|carry on|keep going|continue)\b|n['’]t (?:\w+ ){0,2}(?:go on|carry on|keep going|continue)\b",
    re.I,
)

_OFFERS_A_NUMBER = re.compile(
    r"(?:写|留|用|打|填|给|记).{0,8}(?:电话|号码|手机|微信|邮箱|座机|号).{0,4}[行好可成中][吗不以么]|(?:可以|能不能|可不可以|能).{0,3}(?:写|留|用|打|填|给|记).{0,8}(?:电话|号码|手机|微信|邮箱|座机|号)"
    r"|\b(?:can|may|could|shall) (?:i|you|we) (?:give|leave|use|write|call|ring|put|take)\b",
    re.I,
)
"""A question that offers what was asked for: "may I leave my mother's number? 139..."."""

_PERSON = re.compile(
    r"人工|真人|客服|[找叫转让].{0,4}人|\b(?:human|person|someone|somebody|operator|agent|staff|speak|talk)\b", re.I
)

_FETCHES = re.compile(
    r"(?:电话|号码?|手机).{0,8}(?:背不|记不|不记得|忘了|不晓得|不知道)|(?:背不|记不|不记得|忘了).{0,6}(?:电话|号码?|手机)|等.{0,4}(?:我)?(?:问|找|翻|看|查)(?:一?下|哈)?"
    r"|\b(?:let me|i'?ll|i will|i have to|gotta|need to) (?:just )?(?:ask|look|check|find)\b|\b(?:don'?t|dont|do not|can'?t|cannot) (?:know|remember) (?:it|my|the) ?(?:own )?(?:by heart|number|phone)",
    re.I,
)
"""Who says so is about to bring the number."""

_NAMES_A_CASE = re.compile(
    r"进[度展]|工单|单[子号]|编号|结果|答复|回复|受理|处理|查|催|\d{8}-\d+"
    r"|\b(?:tickets?|cases?|status|progress|complaints?|report(?:ed)?|updates?|repl(?:y|ied)|answer\w*|heard|news|number|check)\b",
    re.I,
)

CLEAR_AGAINST_ANSWER = 0.85
"""Confidence that an interruption needs when the utterance also holds what was asked for."""

ANONYMOUS = "anonymous"

ITEMS: FrozenSet[Text] = frozenset({"location", "occurred_at", "contact", ANONYMOUS})
"""Entities that are items of a complaint."""

ANSWERS_TO: Dict[Text, Set[Text]] = {
    "location": {"location"},
    "occurred_at": {"occurred_at"},
    "contact": {"contact", ANONYMOUS},
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormContext(GraphComponent):
    """Reads `active_loop`, `requested_slot`, `set_aside` and `answered` from the message's metadata (`engine/channel.py`
    puts them there)."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """No options."""
        return {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FormContext:
        """Rasa's factory."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Put the intent right for messages that were said inside a form, or right after one was cancelled or a question
        was answered."""
        for message in messages:
            metadata, text = message.get("metadata") or {}, message.get(TEXT) or ""
            read = next((reading for state, reading in _IN_THE_LIGHT_OF.items() if metadata.get(state)), None)
            if text.startswith("/") or read is None:
                continue
            intent, entities = message.get(INTENT) or {}, message.get(ENTITIES) or []
            said = Utterance(
                asked=metadata.get("requested_slot"),
                intent=intent.get("name"),
                confidence=float(intent.get("confidence") or 0),
                found=frozenset(entity["entity"] for entity in entities),
                text=text,
                is_despair=bool(metadata.get("despair")),
                is_number=_is_number(text, entities),
            )
            name = read(said)
            if name != intent.get("name"):
                message.set(INTENT, {"name": name, "confidence": 1.0}, add_to_output=True)
        return messages


def _is_number(text: Text, entities: Sequence[Dict[Text, Any]]) -> bool:
    """Whether a number or address to reach the resident is hardly less than all that was said."""
    contacts = (entity for entity in entities if entity["entity"] == "contact")
    return any(is_all_said(text, text[contact["start"] : contact["end"]]) for contact in contacts)


@dataclass(frozen=True)
class Utterance:
    """What was said inside the complaint form.

    `asked` is the slot asked for last, `intent` what the classifier heard with `confidence` from 0 to 1, `found` the
    entities; `is_despair`: the gateway heard despair in it; `is_number`: it is a contact and hardly more.
    """

    asked: Optional[Text]
    intent: Optional[Text]
    confidence: float
    found: FrozenSet[Text]
    text: Text
    is_despair: bool = False
    is_number: bool = False

    @property
    def is_question(self) -> bool:
        """Whether it asks something."""
        return bool(_QUESTION.search(self.text))

    @property
    def answers(self) -> bool:
        """Whether what was asked for stands in it."""
        return bool(self.found & ANSWERS_TO.get(self.asked or "", set()))

    @property
    def is_clear(self) -> bool:
        """Whether the intent is believed against the form: less easily where the utterance also answers."""
        if self.answers:
            return self.confidence >= CLEAR_AGAINST_ANSWER
        if self.is_question:
            return self.confidence >= CLEAR_QUESTION
        return self.confidence >= (CLEAR_UNASKED if self.intent == "ask_policy" else CLEAR)


def in_form(said: Utterance) -> Text:
    """The intent of an utterance inside the complaint form: what the first reading says that says anything."""
    return next((name for reading in READINGS if (name := reading(said))), ANSWER)


def after_cancelling(said: Utterance) -> Optional[Text]:
    """The intent of the first utterance after a complaint was cancelled. Who says that it shall go on, or gives an item of
    it ("oh, you want the place: by the west gate"), was heard wrong."""
    goes_on = len(said.text) <= SHORT and _CONTINUES.search(said.text) and not _GOES_ON_NO_MORE.search(said.text)
    is_item = bool(said.found & ITEMS) and not said.is_question
    return RESUMPTION if goes_on or (is_item and said.intent in _MAY_GO_ON) else said.intent


def after_answer(said: Utterance) -> Optional[Text]:
    """The intent of what follows the answer to a question: "and for my husband?" and "那我呢" ask on, and by themselves sound
    like anything."""
    asks_on = _ASKS_ON.match(said.text) and not _OF_A_CASE.search(said.text)
    return "ask_policy" if asks_on and said.intent not in CONTROL else said.intent


_IN_THE_LIGHT_OF: Dict[Text, Callable[[Utterance], Optional[Text]]] = {
    "active_loop": in_form,
    "set_aside": after_cancelling,
    "answered": after_answer,
}
"""The states of `engine/channel.py`, and how each makes the next words read."""

_MAY_GO_ON: FrozenSet[Optional[Text]] = frozenset(
    {ANSWER, CORRECTION, "affirm", "deny", "express_anger", "out_of_scope", "check_ticket_status", "nlu_fallback"}
)
"""What an item of a complaint may sound like where nothing is asked."""


def _typed_command(said: Utterance) -> Optional[Text]:
    return ASKED_AGAIN if said.text.startswith(TYPED_COMMAND) else None


def _again(said: Utterance) -> Optional[Text]:
    """ "Say it again, please": the form asks once more."""
    return ASKED_AGAIN if asks_again(said.text) and not said.answers else None


def _despair(said: Utterance) -> Optional[Text]:
    """ "Not to wake up would do" gives up on much, but not on the complaint."""
    return ASKED_AGAIN if said.is_despair and said.intent == "cancel" else None


def _number_at_the_summary(said: Utterance) -> Optional[Text]:
    """ "I thought about it, better leave a number, 139..." only sounds like cancelling."""
    is_meant = said.asked == "confirmed" and said.intent == "cancel" and "contact" in said.found
    return CORRECTION if is_meant and not _TAKES_BACK.search(said.text) else None


def _no_number(said: Utterance) -> Optional[Text]:
    """ "No contact, just fix it" and "不留 房东晓得了要赶我走" sound like leaving, and only leave no number."""
    wants_else = _TAKES_BACK if said.intent == "cancel" else _PERSON
    if said.intent not in CONTROL or wants_else.search(said.text):
        return None
    is_meant = ANONYMOUS in said.found or (said.intent == "cancel" and _LEAVES_NO_NUMBER.search(said.text))
    if is_meant and said.asked == "confirmed":
        return CORRECTION
    return ANSWER if is_meant and (said.asked == "contact" or ANONYMOUS in said.found) else None


def _anew(said: Utterance) -> Optional[Text]:
    """ "The old number is gone, register it anew" only sounds like cancelling: the form asks on."""
    is_meant = said.intent == "cancel" and _ANEW.search(said.text) and not _TAKES_BACK.search(said.text)
    return ASKED_AGAIN if is_meant and not _REFUSES.search(said.text) else None


def _number_for_a_person(said: Utterance) -> Optional[Text]:
    """ "Text me rather than ring, 139..." says how to reach the resident, and wants nobody now."""
    is_number = said.asked == "contact" and said.intent == "request_human" and "contact" in said.found
    return ANSWER if is_number and not said.is_question else None


def _wish_for_a_crew(said: Utterance) -> Optional[Text]:
    """ "Why so many questions, can't you just send somebody?" and "can you make him pay?" want the matter done, not to
    talk."""
    is_meant = _SEND_A_CREW.search(said.text) or _DEAL_WITH_THEM.search(said.text)
    return ANSWER if said.intent == "request_human" and is_meant else None


def _forgetting(said: Utterance) -> Optional[Text]:
    is_all = len(said.text) <= SHORT and not said.answers and not said.found & ITEMS
    return "cancel" if is_all and _FORGETS.search(said.text) else None


def _worry(said: Utterance) -> Optional[Text]:
    """ "If I complain, will they know that it was us?" sounds like leaving, and asks."""
    is_asking = said.intent == "cancel" and _ASKS.search(said.text) and not said.answers
    return "ask_policy" if is_asking and not _WANTS_OUT.search(said.text) else None


def _leaving(said: Utterance) -> Optional[Text]:
    if said.intent == "cancel" and _CANCELS_ELSE.search(said.text):
        return None
    return said.intent if said.intent in CONTROL and said.is_clear else None


def _correcting(said: Utterance) -> Optional[Text]:
    return said.intent if said.intent == CORRECTION else None


def _contact(said: Utterance) -> Optional[Text]:
    """ "The same number as for the other one, 139..." is a number and no question; "可以匿名吗" is both, whatever was asked.
    A bare number sounds like one that is to be looked up."""
    if said.intent in ASIDES and ANONYMOUS in said.found:
        return ANSWER
    if said.asked == "contact" and said.answers and _OFFERS_A_NUMBER.search(said.text):
        return ANSWER
    if said.asked == "contact" and said.intent in ASIDES and said.answers:
        return None if said.is_question else ANSWER
    is_bare = said.intent == "check_ticket_status" and said.is_number
    return (CORRECTION if said.asked == "confirmed" else ANSWER) if is_bare else None


def _unknown(said: Utterance) -> Optional[Text]:
    """ "How long, I can't say, I moved in last week" sounds like asking how long it takes, and answers."""
    is_item = said.asked in {"location", "occurred_at", "contact"} and said.intent in ASIDES
    return ANSWER if is_item and is_unknown(said.text) else None


def _fetches_a_number(said: Utterance) -> Optional[Text]:
    """ "I don't know it by heart, wait, I'll ask my grandson" sounds like calling for somebody: the form asks again."""
    is_meant = said.asked == "contact" and said.intent == "request_human" and _FETCHES.search(said.text)
    return ASKED_AGAIN if is_meant and not _PERSON.search(said.text) else None


def _no_case(said: Utterance) -> Optional[Text]:
    """ "5 days now" and "been there a fortnight" sound like waiting for a case, and name none."""
    names_one = said.is_question or _NAMES_A_CASE.search(said.text)
    return ANSWER if said.intent == "check_ticket_status" and not names_one else None


def _answers_the_question(said: Utterance) -> bool:
    """ "三月十七号申请的退费" sounds like a question about refunds, and is the time that was asked for."""
    return said.intent == "ask_policy" and said.answers and not said.is_question


def _aside(said: Utterance) -> Optional[Text]:
    if _answers_the_question(said):
        return None
    return said.intent if said.intent in ASIDES and said.is_clear and not _is_telling(said) else None


def _decision(said: Utterance) -> Optional[Text]:
    if said.asked == "confirmed":
        if said.found & ITEMS and said.intent != "affirm":
            return CORRECTION
        return said.intent if said.intent in DECISIONS else None
    return said.intent if said.intent in DECISIONS and not said.answers else None


READINGS: Sequence[Callable[[Utterance], Optional[Text]]] = (
    _typed_command,
    _again,
    _number_at_the_summary,
    _despair,
    _no_number,
    _anew,
    _number_for_a_person,
    _fetches_a_number,
    _wish_for_a_crew,
    _forgetting,
    _worry,
    _leaving,
    _correcting,
    _contact,
    _unknown,
    _no_case,
    _aside,
    _decision,
)
"""What an utterance may be instead of an answer, in the order in which it is looked for."""


def _is_telling(said: Utterance) -> bool:
    """Whether a text that asks nothing, or a long one without a question mark, is the description that was asked for."""
    is_asked_to_tell = said.asked == "description" and said.intent == "ask_policy"
    is_long = len(said.text) > 30 and said.text.rstrip()[-1:] not in "?？"
    return is_asked_to_tell and (is_long or not said.is_question)
