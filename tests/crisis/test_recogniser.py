"""The recogniser as a whole, clues alone: what must reach a person, and what must not."""

from collections.abc import Sequence
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.city import load_city
from bot.crisis.classifier import CrisisClassifier, Scored, Thresholds
from bot.crisis.clues import load_clues
from bot.crisis.finding import Finding, explain
from bot.crisis.hyperbole import load_vetoes
from bot.crisis.recogniser import READ_CHARACTERS, CrisisRecogniser
from bot.encoder import shared_encoder
from tests.fakes import a_recogniser

CITY = load_city()
RECOGNISER = CrisisRecogniser.load(CITY, None, shared_encoder())

DANGER = [
    ("我在天台上，不想活了，马上就跳下去", "suicide_self_harm"),
    ("活够了，今晚一了百了", "suicide_self_harm"),
    ("刚喝了农药，现在有点晕", "suicide_self_harm"),
    ("想自·杀", "suicide_self_harm"),
    ("我想自鲨", "suicide_self_harm"),
    ("我要自刹", "suicide_self_harm"),
    ("不想活了😭😭", "suicide_self_harm"),
    ("遗书写好了，替我照顾好我妈", "suicide_self_harm"),
    ("再不发钱我就去项目部楼顶", "suicide_self_harm"),
    ("I want to kill myself", "suicide_self_harm"),
    ("kms tonight", "suicide_self_harm"),
    ("I am on the roof and I am going to jump", "suicide_self_harm"),
    ("this is my last message, goodbye everyone", "suicide_self_harm"),
    ("我要杀了那个包工头，大家同归于尽", "violence_threat"),
    ("我带着刀在你们公司门口等着", "violence_threat"),
    ("I have a knife and I am at his gate", "violence_threat"),
    ("if they don't pay I will burn the site office down", "violence_threat"),
    ("老公又打我，我躲在厕所里", "abuse"),
    ("隔壁爸爸天天打孩子", "abuse"),
    ("my husband beats me every night", "abuse"),
    ("he is choking me, please", "abuse"),
    ("我妈突然晕倒了叫不醒", "medical_emergency"),
    ("孩子抽搐口吐白沫", "medical_emergency"),
    ("my father is not breathing", "medical_emergency"),
    ("楼下着火了，好大的烟", "life_hazard"),
    ("家里闻到一股煤气味", "life_hazard"),
    ("电梯里困了三个人，有个老人喘不上气", None),
    ("I smell gas in my kitchen", "life_hazard"),
    ("a child fell into the river", "life_hazard"),
    ("我家孩子走丢了，找了一下午", "missing_person"),
    ("my mother with dementia wandered off this morning", "missing_person"),
    ("封控在家，我爸的胰岛素快用完了", "urgent_need"),
    ("we ran out of insulin and cannot leave the compound", "urgent_need"),
    ("救命", None),
    ("help me", None),
]

HARMLESS = [
    "楼上天天装修，吵死了",
    "热死了，空调外机还对着我家",
    "这价格是跳楼价啊",
    "我要投诉健身房跑路",
    "煤气费怎么交",
    "消防通道被车堵了",
    "路灯坏了，晚上怕摔跤",
    "我没有想自杀，我只是要我的工资",
    "玩游戏里他把我杀了",
    "请问死亡证明怎么办理",
    "家暴告诫书怎么申请",
    "猫走丢了能帮忙找吗",
    "快递不见了",
    "去年我家着火过，现在想问理赔怎么办",
    "电动车在楼道充电，怕着火",
    "老板跑路了，找不到人",
    "12356是什么电话",
    "别误会，我不是想寻死",
    "紫砂壶买到假货了",
    "跳广场舞的太吵",
    "this noise is killing me",
    "the queue is so long I could die of boredom",
    "please fire the manager of this office",
    "my phone is dead and the shop refuses a refund",
    "how do I apply for a protection order",
    "the company collapsed and owes me wages",
    "my cat is missing",
    "I am not suicidal, I just want my money",
    "a suicide scene in the film was too loud at the open air cinema",
    "fire drill tomorrow in our school",
    "prices jumped again",
    "where can I get a death certificate",
    "the street light is dead",
    "they exploded with anger",
    "building 5, room 110",
    "你好",
    "",
]


@pytest.mark.parametrize(("text", "kind"), DANGER)
def test_danger_reaches_a_person(text: str, kind: str | None) -> None:
    finding = RECOGNISER.assess(text)
    assert finding.is_urgent
    assert kind is None or finding.kind == kind


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_danger_does_not(text: str) -> None:
    assert not RECOGNISER.assess(text).is_urgent


def test_one_sentence_in_a_long_complaint_is_found() -> None:
    before = "我们小区的物业从去年开始就不管事，垃圾堆在门口，路灯也不亮，反映了很多次没有人理。" * 5
    finding = RECOGNISER.assess(before + "我真的不想活了。" + before)
    assert finding.is_urgent
    assert finding.clues[0].text == "不想活了"


def test_a_firm_clue_is_explained_away_by_nothing() -> None:
    assert RECOGNISER.assess("打游戏的时候闻到煤气味很浓").is_urgent


class _Doubting:
    """A learned score that takes nothing for danger."""

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        return Scored()


def test_no_score_doubts_an_alarm_that_is_all_that_was_said() -> None:
    doubting = CrisisRecogniser(load_clues(CITY), load_vetoes(CITY), cast(CrisisClassifier, _Doubting()))
    assert doubting.assess("3栋1204着火了！").level == "imminent"
    assert doubting.assess("stuck in the lift, help").kind == "life_hazard"
    assert not doubting.assess("听我说个笑话。楼上着火了。消防员先问Wi-Fi密码").is_urgent


class _Remembering:
    """A learned score that keeps what it was given to read."""

    def __init__(self) -> None:
        self.read: list[list[str]] = []

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        self.read.append([*texts, *(mark for marked in marks for mark in marked)])
        return Scored(urgent=0.4)


@pytest.mark.parametrize("text", ["救救我，他又打我", "停水三天了。" * 40 + "我不想活了。", "the lift is stuck"])
def test_the_score_alone_is_of_what_is_assessed(text: str) -> None:
    remembering = _Remembering()
    recogniser = CrisisRecogniser(load_clues(CITY), load_vetoes(CITY), cast(CrisisClassifier, remembering))
    assert recogniser.score(text).urgent == recogniser.assess(text).score == 0.4
    assert remembering.read[0] == remembering.read[1] != []
    assert recogniser.score("  ") == Scored()


class _Diluted:
    """A learned score that hears despair, in which a plan drowns that by itself it would know."""

    def __init__(self, plan: str, alone: float, kind: str = "suicide_self_harm", worded: float = 0.4) -> None:
        self._plan, self._alone, self._kind, self._worded = plan, alone, kind, worded

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        bounds = Thresholds(urgent=0.15, concern=0.13)
        if list(texts) == [self._plan]:
            return Scored(self._alone, 1.0, bounds, self._kind, "imminent")
        return Scored(0.05, 0.6, bounds, "suicide_self_harm", "high")

    def worst_worded(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> tuple[int, float]:
        return list(texts).index(self._plan), self._worded


@pytest.mark.parametrize(
    ("alone", "kind", "worded", "level"),
    [
        (0.98, "suicide_self_harm", 0.4, "imminent"),
        (0.7, "suicide_self_harm", 0.4, "concern"),
        (0.98, "missing_person", 0.4, "concern"),
        (0.98, "suicide_self_harm", 0.05, "concern"),
    ],
)
def test_despair_does_not_drown_a_plan(alone: float, kind: str, worded: float, level: str) -> None:
    diluted = cast(CrisisClassifier, _Diluted("药都数好了", alone, kind, worded))
    recogniser = CrisisRecogniser(load_clues(CITY), load_vetoes(CITY), diluted)
    text = "活着真没意思，药都数好了。"
    finding = recogniser.assess(text)
    assert (finding.level, finding.kind) == (level, "suicide_self_harm")
    assert ("药都数好了" in [clue.text for clue in finding.clues]) is (level == "imminent")
    assert recogniser.assess("活着真没意思").level == "concern"


@pytest.mark.parametrize(("text", "level"), [("在", "none"), ("在？", "none"), ("在家", "high"), ("a", "none")])
def test_of_one_character_the_score_says_nothing(text: str, level: str) -> None:
    assert a_recogniser(CITY, 0.9, 0.0).assess(text).level == level


@pytest.mark.parametrize(
    ("text", "urgent", "certainty", "level"),
    [
        ("暖气片子摸着冰凉，屋里才十四度", 0.3, 0.98, "concern"),
        ("暖气片子摸着冰凉，屋里才十四度", 0.3, 0.9, "high"),
        ("暖气片子摸着冰凉，屋里才十四度", 0.6, 0.98, "high"),
        ("厨房里煤气味很浓", 0.3, 0.98, "high"),
        ("暖气片子摸着冰凉，屋里才十四度。" * 5, 0.3, 0.98, "high"),
    ],
)
def test_a_plain_complaint_that_sounds_a_little_dangerous_is_flagged(
    text: str, urgent: float, certainty: float, level: str
) -> None:
    finding = a_recogniser(CITY, urgent, certainty).assess(text)
    assert finding.level == level
    assert finding.concern == ("complaint" if level == "concern" else None)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("suicide_self_harm", "despair"),
        ("violence_threat", "despair"),
        ("urgent_need", "complaint"),
        ("life_hazard", "complaint"),
    ],
)
def test_who_complains_of_a_matter_is_not_told_of_despair(kind: str, about: str) -> None:
    """A hazard has other numbers than despair has; and despair within a complaint is despair."""
    flagged = a_recogniser(CITY, 0.05, 0.98, kind).assess("一整栋楼的暖气都停了也没人通知")
    assert (flagged.level, flagged.concern) == ("concern", about)
    worn_out = a_recogniser(CITY, 0.05, 0.2, "urgent_need").assess("家里就剩一把挂面了")
    assert worn_out.concern == "despair"


class _Shoes:
    """A learned score to which whatever is said of shoes, in one breath, is as dangerous as `together`, and the rest as
    `alone`."""

    def __init__(self, alone: float, together: float, danger: float) -> None:
        self._alone, self._together, self._danger = alone, together, danger

    def worst(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Scored:
        is_explained = any("shoes" in text for text in texts)
        urgent, danger = (self._together, self._danger) if is_explained else (self._alone, 0.9)
        return Scored(urgent, danger, Thresholds(urgent=0.2, concern=0.13), "suicide_self_harm", "high")


@pytest.mark.parametrize(
    ("text", "alone", "together", "danger", "level"),
    [
        ("i tried all of them", 0.6, 0.05, 0.05, "none"),
        ("i tried all of them", 0.6, 0.05, 0.3, "concern"),
        ("i tried all of them", 0.15, 0.05, 0.05, "none"),
        ("i tried all of them", 0.15, 0.05, 0.3, "concern"),
        ("i tried all of them", 0.6, 0.11, 0.15, "high"),
        ("i tried all of them", 0.97, 0.05, 0.05, "none"),
        ("i tried all of them", 0.985, 0.05, 0.05, "high"),
        ("i swallowed all of my pills", 0.6, 0.05, 0.05, "high"),
        ("i tried all of them. " * 20, 0.6, 0.05, 0.05, "high"),
    ],
)
def test_what_was_said_before_may_explain_a_score_and_no_clue(
    text: str, alone: float, together: float, danger: float, level: str
) -> None:
    hearing = cast(CrisisClassifier, _Shoes(alone, together, danger))
    recogniser = CrisisRecogniser(load_clues(CITY), load_vetoes(CITY), hearing)
    before = "i bought shoes online and they do not fit"
    finding = recogniser.assess(text, before)
    assert finding.level == level
    assert ("before" in [veto.id for veto in finding.vetoes]) is (finding.level != recogniser.assess(text).level)
    assert recogniser.assess(text) == recogniser.assess(text, "") == recogniser.assess(text, "hello")


def test_of_what_was_said_before_the_end_is_read() -> None:
    hearing = cast(CrisisClassifier, _Shoes(0.6, 0.05, 0.05))
    recogniser = CrisisRecogniser(load_clues(CITY), load_vetoes(CITY), hearing)
    assert recogniser.assess("i tried all of them", "about a parcel " * 60 + "with shoes").level == "none"
    assert recogniser.assess("i tried all of them", "with shoes " + "about a parcel " * 60).level == "high"


def test_despair_is_flagged_and_takes_nothing_away() -> None:
    finding = RECOGNISER.assess("活着真没意思")
    assert finding.level == "concern"
    assert finding.concern == "despair"
    assert not finding.is_urgent


def test_the_finding_holds_its_evidence() -> None:
    text = "救救我，他在幸福路8号又打我，电话13912345678"
    finding = RECOGNISER.assess(text)
    assert finding.is_urgent
    assert all(text[clue.start : clue.end] == clue.text for clue in finding.clues)
    assert any("幸福路8号" in place for place in finding.places)
    assert finding.contacts == ("13912345678",)
    assert finding.clues[0].id in explain(finding)
    assert Finding.from_json(finding.to_json()) == finding


def test_a_disguised_word_is_shown_as_it_was_written() -> None:
    text = "想自·鲨了"
    clue = RECOGNISER.assess(text).clues[0]
    assert (clue.kind, clue.text, clue.start, clue.end) == ("suicide_self_harm", "自·鲨", 1, 4)
    assert not RECOGNISER.assess("鲨鱼自由").clues


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    finding = RECOGNISER.assess(text)
    assert all(0 <= clue.start <= clue.end <= len(text) for clue in finding.clues)


def test_a_very_long_text_is_read_up_to_a_bound() -> None:
    assert RECOGNISER.assess("路灯坏了。" * READ_CHARACTERS).level == "none"
    assert not RECOGNISER.assess("灯" * READ_CHARACTERS + "我不想活了").is_urgent
