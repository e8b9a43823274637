"""What is said to the summary, as the trained classifier hears it."""

import pytest

from bot.encoder import shared_encoder
from bot.settings import Settings
from bot.tickets.confirmation import CONFIRMATION_FILE, ConfirmationClassifier


@pytest.fixture(scope="module")
def confirmation(trained: Settings) -> ConfirmationClassifier:
    return ConfirmationClassifier.load(shared_encoder(), trained.model_dir / CONFIRMATION_FILE)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("确认确认，赶紧给我办，别又是打官腔", "agree"),
        ("看了两遍没啥问题，麻烦您了，谢谢啊", "agree"),
        ("老子说了八百遍了还问！交！！", "agree"),
        ("That's all correct, thank you", "agree"),
        ("no changes from me", "agree"),
        ("补充：两个低音炮，摆在店门口冲着居民楼", "add"),
        ("地址写得不对啊", "wrong"),
        ("别提交了，老板刚上来给我赔不是了", "cancel"),
        ("Who gets to see this?", "ask"),
    ],
)
def test_what_is_said_to_the_summary_is_told_apart(confirmation: ConfirmationClassifier, text: str, label: str) -> None:
    heard = confirmation.heard_as(text)
    assert (heard.label, heard.is_sure) == (label, True)


@pytest.mark.parametrize(
    "text",
    [
        "算了不投了",
        "可以，就是时间改成国庆节那天开始",
        "对，不过门牌是86号",
        "取消吧",
        "他们会知道是谁举报的吗",
        "yes but the number is wrong",
        "fine, except it was Tuesday",
        "please don't file it",
        "hold on a minute",
        "唔啱喎，你再睇下",
        "no that is not right, look again",
    ],
)
def test_what_is_no_yes_is_not_taken_for_one(confirmation: ConfirmationClassifier, text: str) -> None:
    heard = confirmation.heard_as(text)
    assert not (heard.label == "agree" and heard.is_sure)


@pytest.mark.parametrize(
    ("text", "may_cancel"),
    [
        ("no no, dont send. i talk with him first, he is poor man. cancel complaint please", True),
        ("先莫交，等我问哈屋里人", True),
        ("That's all correct, go ahead and send it", False),
    ],
)
def test_what_may_call_the_complaint_off_is_told(
    confirmation: ConfirmationClassifier, text: str, may_cancel: bool
) -> None:
    assert confirmation.heard_as(text).may_cancel is may_cancel
