"""Which short questions are about the matter before them."""

import pytest

from bot.tickets.remit import asks_for_door


@pytest.mark.parametrize(
    "text",
    [
        "那我该找谁",
        "归哪个部门管啊",
        "有没有能打的电话",
        "那我这种情况打哪个电话",
        "so who can help me then",
        "Is there a number I could call?",
        "is there really any office where somebody would help us talk?",
        "okay but which office handles this kind of thing?",
    ],
)
def test_a_short_question_for_the_door_is_about_what_was_asked_before(text: str) -> None:
    assert asks_for_door(text)


@pytest.mark.parametrize(
    "text",
    [
        "谢谢，知道了",
        "找谁能转人工",
        "I want someone to call me",
        "who can I talk to, a real person please",
        "居住证要带哪些材料",
        "我欠朋友的两万块钱他一直不认账，借条也丢了，这种情况我到底应该去找谁来评这个理",
        "ok thanks",
        "离婚找谁",
        "路灯归谁管",
        "which office does passports?",
        "How long does a residence permit take?",
        "My landlord keeps the deposit and says the walls are dirty, who can help me to get the two months' rent back?",
    ],
)
def test_what_says_its_matter_or_asks_for_nothing_stands_alone(text: str) -> None:
    assert not asks_for_door(text)
