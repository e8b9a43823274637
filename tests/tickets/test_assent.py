"""A yes to the complaint as it was shown, in the manners in which people give it."""

from dataclasses import replace

import pytest

from bot.tickets.assent import agrees, says_to_file
from bot.tickets.form import Intake

SHOWN = Intake(
    description="电梯天天坏",
    category="elevator_fault",
    location="金桂公寓3号楼",
    occurred_text="上周一",
    contact="13900005678",
)


@pytest.mark.parametrize(
    ("text", "is_yes"),
    [
        ("对的，提交", True),
        ("ys", True),
        ("可以了 就这样报上去吧 谢谢", True),
        ("嗯嗯对 提交把", True),
        ("中，交嘛", True),
        ("要得 就恁个报嘛", True),
        ("系 冇错 帮我交啦", True),
        ("内容准确，确认提交。", True),
        ("以上属实，可以提交。", True),
        ("行吧 先把我这个报了 号码是5678那个 没错", True),
        ("对，3号楼，发吧", True),
        ("yes, correct. kindly submit. thank you very much", True),
        ("对了 这次对了 辛苦你啊小姑娘", True),
        ("同志 对的", True),
        ("no changes from me", True),
        ("Nothing to add. Go ahead and file it", True),
        ("Don't change a thing, submit it please", True),
        ("不用再改了，提交吧", True),
        ("没什么要改的", True),
        ("就按你写的来，我没有要改的", True),
        ("发 发出去", True),
        ("Alright. File.", True),
        ("looks good, off it goes", True),
        ("file a different one", False),
        ("照我说的改", False),
        ("change a few things", False),
        ("no changes to the time, but the number is wrong", False),
        ("别改时间，改地址", False),
        ("对，8号楼，发吧", False),
        ("姑娘", False),
        ("对，号码是5679那个", False),
        ("5678", False),
        ("谢谢", False),
        ("先别提交", False),
        ("交警一直没来，提交", False),
        ("yes but the floor is wrong", False),
        ("", False),
    ],
)
def test_who_says_yes_says_no_more_than_is_known(text: str, is_yes: bool) -> None:
    assert agrees(SHOWN, text) is is_yes


@pytest.mark.parametrize(("text", "wants"), [("对的 交上去吧", True), ("yes please submit it", True), ("对的", False)])
def test_a_wish_to_file_says_so(text: str, wants: bool) -> None:
    assert says_to_file(replace(SHOWN, occurred_text=None), text) is wants
