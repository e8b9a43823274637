"""What is a greeting, what announces a complaint, and what is the matter behind both."""

import pytest

from bot.opening import after_greeting, announces, first_sentence, is_announced, matter


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("您好，路灯不亮", "路灯不亮"),
        ("12345同志你好！工地半夜还在打桩", "工地半夜还在打桩"),
        ("早上好呀，在吗？电梯坏了", "电梯坏了"),
        ("喂 垃圾没人收", "垃圾没人收"),
        ("Hello there, my neighbour drums at night", "my neighbour drums at night"),
        ("hi 12345 the lift is stuck", "the lift is stuck"),
        ("您好客服的电话打不通", "客服的电话打不通"),
        ("您好！您好！", ""),
        ("good morning", ""),
        ("Highway lights are out", "Highway lights are out"),
        ("老师打了我家孩子", "老师打了我家孩子"),
        ("客服的电话打不通", "客服的电话打不通"),
    ],
)
def test_what_stands_behind_a_greeting(text: str, behind: str) -> None:
    assert after_greeting(text) == behind


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("你好，我要反映路灯不亮", "路灯不亮"),
        ("我想跟你们投诉一下楼上装修", "楼上装修"),
        ("Hi, I'd like to complain about a taxi driver", "a taxi driver"),
        ("I want to report that the street light is off", "the street light is off"),
        ("我要投诉", "我要投诉"),
        ("您好", "您好"),
        ("I want to complain", "I want to complain"),
        ("反映问题的窗口没人", "反映问题的窗口没人"),
        ("Reporters filmed our flooded street", "Reporters filmed our flooded street"),
        ("路灯不亮，我要投诉", "路灯不亮，我要投诉"),
        ("还有一件事，垃圾没人收", "垃圾没人收"),
        ("第二件，公交站牌没了", "公交站牌没了"),
        ("Second, the light is out", "the light is out"),
        ("快点 忙着呢 网约车司机绕路", "网约车司机绕路"),
        ("Be quick, I am waiting", "I am waiting"),
        ("快点来人，水管爆了", "快点来人，水管爆了"),
        ("I have one more complaint. The bin is full", "The bin is full"),
        ("And another problem: no light", "no light"),
        ("a problem with the bus", "a problem with the bus"),
        ("One more problem while I'm at it: the kerb is broken", "the kerb is broken"),
        ("唉，还是投诉吧，楼上养鸡", "楼上养鸡"),
        ("还是投诉商家快一些", "还是投诉商家快一些"),
    ],
)
def test_the_matter_is_what_is_complained_of(text: str, of: str) -> None:
    assert matter(text) == of


@pytest.mark.parametrize(
    ("text", "is_announced"),
    [
        ("我要投诉", True),
        ("你好，我想反映个问题", True),
        ("I want to make a complaint", True),
        ("Hello! A new complaint", True),
        ("complaint", True),
        ("I wan report one matter", True),
        ("I have a complaint", True),
        ("我还有个投诉", True),
        ("I have a problem", False),
        ("我有个问题", False),
        ("我有个问题：电梯坏了", False),
        ("i wanna report something", True),
        ("complaint about a taxi", False),
        ("我不投诉了", False),
        ("我要投诉路灯不亮", False),
        ("I want to complain about a taxi", False),
        ("投诉有用吗", False),
        ("我要告状", True),
        ("我来告个状的", True),
        ("我要告状，隔壁天天烧塑料", False),
        ("我要去法院告他", False),
    ],
)
def test_what_only_announces_a_complaint(text: str, is_announced: bool) -> None:
    assert announces(text) is is_announced


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("记一下我的号码，我要投诉", True),
        ("记一下号码 我要投诉", True),
        ("我要投诉路灯不亮，天天黑", False),
        ("Hi. I want to complain. Thanks", True),
    ],
)
def test_a_complaint_is_announced_by_a_clause(text: str, is_there: bool) -> None:
    assert is_announced(text) is is_there


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("我要找人。居住证的事说不清", "我要找人。"),
        ("A person, please. It is about my permit.", "A person, please."),
        ("路灯不亮，没人修。", ""),
        ("the lamp of block 3.2 is dark", ""),
        ("", ""),
    ],
)
def test_the_first_of_several_sentences(text: str, first: str) -> None:
    assert first_sentence(text) == first
