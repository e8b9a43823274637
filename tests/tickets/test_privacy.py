"""Who asks what becomes of his name, and who complains that it was leaked."""

import pytest

from bot.tickets.privacy import asks_who_sees


@pytest.mark.parametrize(
    "text",
    [
        "你们会把我的电话告诉物业吗",
        "等等，我留的名字別人看得到嗎？",
        "投诉以后他们会不会知道是我投诉的",
        "对方能查到是谁举报的吗",
        "我的信息会保密吗？",
        "老板看得到我的号码不",
        "呃 老板会知道是我说的吗",
        "这样一来楼上会晓得是我们家吗，低头不见抬头见的",
        "会不会叫店家猜出是我",
        "will you give my number to the landlord?",
        "Will the company find out who reported them?",
        "is my name kept confidential",
        "can they see that i complained?",
        "先问下，我填的个人信息你们怎么用啊",
        "会不会让中介知道？我怕他们报复我",
    ],
)
def test_who_asks_what_becomes_of_his_name(text: str) -> None:
    assert asks_who_sees(text)


@pytest.mark.parametrize(
    "text",
    [
        "我的个人信息被公司泄露了，找谁管？",
        "快递员把我的电话到处发，你们管不管",
        "我的电话是13900005678",
        "你们电话多少？",
        "他们知道我住哪，会来闹吗",
        "垃圾天天扔我门口，你们知道是谁吗",
        "匿名可以吗",
        "who is responsible for the lamp?",
        "can you give me the number of the office?",
        "my data was sold, is that legal?",
        "what is my ticket number?",
        "不知道找谁说",
        "I prefer not to give my name, is it possible?",
        "我能把租的房子转租给别人吗",
        "May I know who I am chatting with?",
    ],
)
def test_who_asks_something_else(text: str) -> None:
    assert not asks_who_sees(text)
