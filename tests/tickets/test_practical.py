"""What is asked about complaining itself, and what only sounds so."""

from pathlib import Path

import pytest

from bot.city import load_city
from bot.tickets.practical import practical_answer, practical_question

CITY = load_city(Path("city"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("投诉要花钱不", "cost"),
        ("那这个免费的吗", "cost"),
        ("请问打12345要钱吗", "cost"),
        ("is it free to report this?", "cost"),
        ("must i pay something for this", "cost"),
        ("多久能有人来修", "duration"),
        ("处理要多长时间？", "duration"),
        ("How soon will I hear back?", "duration"),
        ("when will somebody come and fix it", "duration"),
        ("要不要拍个照片？我手机里有", "photos"),
        ("Should I send you a picture? I took two.", "photos"),
        ("要我电话做什么用", "number"),
        ("why do you need my number", "number"),
        ("what is contact?", "number"),
        ("他们会不会知道是我投诉的", "privacy"),
    ],
)
def test_who_asks_about_complaining_itself(text: str, name: str) -> None:
    assert practical_question(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "停车收费合法吗",
        "收费站乱收费怎么办",
        "办居住证要收费吗",
        "居住证多久能办下来",
        "都多久没人来修了",
        "已经报了，几天没人管，什么时候修",
        "能不能调监控录像",
        "一块钱都没退",
        "他要钱，不给就不让走",
        "幸福路5号",
        "昨天晚上",
        "is there a fee for a residence permit?",
        "what does it cost to see a doctor?",
        "how long does a visa take?",
        "nobody has come, when will it be fixed?",
        "the shop wants pay for a bag",
        "my number is 13900005678",
    ],
)
def test_what_only_sounds_so(text: str) -> None:
    assert practical_question(text) is None


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["cost", "duration", "photos", "number", "privacy"])
def test_each_has_an_answer_of_the_city(name: str, language: str) -> None:
    answer = practical_answer(name, language, CITY).text
    assert answer and "{" not in answer
    assert ("15" in answer) == (name == "duration")
