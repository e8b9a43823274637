"""What residents and operators come for, over the real protocol, in both languages."""

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.city import load_city
from bot.conversation.rasa import RasaClient
from tests.e2e.conftest import Running, a_resident

pytestmark = pytest.mark.slow

NUMBER = re.compile(r"\d{8}-\d{6}")


@pytest.mark.parametrize(
    ("language", "question", "law"),
    [
        ("zh", "居住证怎么办，要多久", "居住证暂行条例"),
        ("en", "How do I apply for a residence permit and how long does it take?", "Residence Permits"),
    ],
)
async def test_a_policy_question_is_answered_with_its_authority(
    healthy: Running, language: str, question: str, law: str
) -> None:
    async with a_resident(healthy, language) as resident:
        await resident.say(question)
    assert "15" in resident.bubbles[0]
    assert law in resident.bubbles[0]


@pytest.mark.parametrize(
    ("language", "turns"),
    [
        ("zh", ["幸福路88号门口的路灯坏了，昨天晚上开始不亮，我的电话13912345678", "对，提交"]),
        (
            "zh",
            [
                "我要投诉",
                "楼下的路灯坏了好几盏，晚上黑漆漆的",
                "幸福路88号门口",
                "从昨天晚上开始",
                "匿名",
                "提交",
            ],
        ),
        (
            "en",
            [
                "The street light in front of 88 Xingfu Road has been out since last night, call me on 13912345678",
                "yes, file it",
            ],
        ),
        (
            "en",
            [
                "I want to file a complaint",
                "several street lights are broken and it is pitch dark",
                "88 Xingfu Road",
                "since last night",
                "I want to stay anonymous",
                "yes",
            ],
        ),
    ],
)
async def test_a_complaint_becomes_a_ticket_and_its_status_is_told(
    healthy: Running, language: str, turns: list[str]
) -> None:
    async with a_resident(healthy, language) as resident:
        for turn in turns:
            await resident.say(turn)
        filed = NUMBER.search(resident.bubbles[-1])
        assert filed, resident.bubbles
        with healthy.staff() as staff:
            ticket = staff.get(f"/tickets/{filed.group()}").json()
        assert ticket["category"] == "street_light"
        assert "88" in ticket["location"]
        assert ticket["status"] == "filed"
        await resident.say("查一下进度" if language == "zh" else "What is the status of my case?")
        assert filed.group() in resident.bubbles[-1]


async def test_a_question_and_a_complaint_in_one_breath_are_both_heard(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("请问国家规定夜里几点到几点不能施工？幸福路88号的工地昨晚一点还在打桩，这个我要投诉")
        assert "22" in resident.bubbles[0] or "10点" in resident.bubbles[0], resident.bubbles
        await resident.say("13912345678")
        await resident.say("对，提交")
        filed = NUMBER.search(resident.bubbles[-1])
        assert filed, resident.bubbles
        with healthy.staff() as staff:
            assert staff.get(f"/tickets/{filed.group()}").json()["category"] == "noise_construction"


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "您好，楼下路灯不亮"), ("en", "Hello, the water has been off since morning")]
)
async def test_a_trouble_behind_a_greeting_is_heard(healthy: Running, language: str, said: str) -> None:
    async with a_resident(healthy, language) as resident:
        await resident.say(said)
        assert ("什么地方" if language == "zh" else "Where is it") in resident.bubbles[-1]


async def test_a_place_that_follows_a_trouble_heard_as_a_question_belongs_to_it(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("楼下路灯不亮了该找谁")
        await resident.say("幸福路88号旁边")
        assert "什么时候" in resident.bubbles[-1], resident.bubbles


async def test_who_asks_on_after_a_closed_door_is_shown_the_right_one_again(healthy: Running) -> None:
    async with a_resident(healthy, "en") as resident:
        await resident.say("A friend owes me 20,000 yuan and will not pay it back. Can you make him?")
        door = resident.bubbles[0]
        assert "12348" in door
        await resident.say("So who can help me then?")
        assert resident.bubbles[-1] == door


@pytest.mark.parametrize("aside", ["谢谢", "你好", "/restart"])
async def test_a_courtesy_or_a_typed_command_in_the_form_changes_nothing(healthy: Running, aside: str) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("楼下的路灯坏了好几盏，晚上黑漆漆的")
        asked = resident.bubbles[-1]
        await resident.say(aside)
        assert resident.bubbles[-1] == asked
        await resident.say("幸福路88号门口")
        assert resident.bubbles[-1] != asked
        assert load_city().text("knowledge.not_known", "zh") not in resident.bubbles


async def test_what_was_cancelled_is_said_once_and_taken_up_again_by_go_on(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("楼下的路灯坏了好几盏，晚上黑漆漆的")
        asked = resident.bubbles[-1]
        said_before = len(resident.bubbles)
        await resident.say("取消")
        assert len(resident.bubbles) == said_before + 1
        assert "继续" in resident.bubbles[-1]
        await resident.say("继续")
        assert resident.bubbles[-1] == asked
        await resident.say("算了不报了")
        assert len(resident.bubbles) == said_before + 3
        await resident.say("谢谢")
        await resident.say("继续")
        assert resident.bubbles[-1] != asked


@pytest.mark.parametrize(
    ("language", "told", "called_off", "go_on", "yes"),
    [
        (
            "zh",
            "楼下的路灯坏了，幸福路88号门口，昨晚开始的，匿名",
            "写得没错，可他们刚来修好了，就别往上报了",
            "继续",
            "对，提交",
        ),
        (
            "en",
            "The street light outside 88 Xingfu Road is out since last night, I stay anonymous",
            "it is all correct, but please do not send it, I will speak with them first",
            "go on",
            "yes, file it",
        ),
    ],
)
async def test_what_is_called_off_at_the_summary_is_not_filed_and_go_on_shows_it_again(
    healthy: Running, language: str, told: str, called_off: str, go_on: str, yes: str
) -> None:
    async with a_resident(healthy, language) as resident:
        await resident.say(told)
        summary = resident.bubbles[-1]
        await resident.say(called_off)
        assert go_on in resident.bubbles[-1]
        await resident.say(go_on)
        assert resident.bubbles[-1] == summary
        await resident.say(yes)
        assert "20" in resident.bubbles[-1]
        assert resident.bubbles[-1] != summary


async def test_a_request_for_a_person_and_back(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("我要找人工客服")
        assert resident.state == "waiting"
        with healthy.staff() as staff:
            conversation_id = resident.session_id.partition(".")[0]
            (handoff,) = staff.get("/handoffs", params={"conversation_id": conversation_id}).json()
            assert staff.post(f"/handoffs/{handoff['id']}/claim").status_code == 200
            assert staff.post(f"/handoffs/{handoff['id']}/claim").status_code == 409
            path = f"/conversations/{handoff['conversation_id']}/messages"
            staff.post(path, json={"text": "您好，请说。"})
            await heard(resident, "您好，请说。")
            await resident.say("我家楼道灯坏了")
            assert staff.get(path).json()[-1]["text"] == "我家楼道灯坏了"
            assert staff.post(f"/handoffs/{handoff['id']}/give-back").status_code == 200
        await heard(resident, "自动助手")
        assert resident.state == "bot"


async def heard(resident, words: str) -> None:
    """Wait until a bubble with those words has come."""
    async with asyncio.timeout(10):
        while not any(words in bubble for bubble in resident.bubbles):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("language", "cry", "number"),
    [
        ("zh", "我不想活了，我站在幸福大厦楼顶", "12356"),
        ("en", "I am on the roof and I am going to jump", "12356"),
    ],
)
async def test_danger_reaches_a_person_and_the_resident_hears_them(
    healthy: Running, language: str, cry: str, number: str
) -> None:
    async with a_resident(healthy, language) as resident:
        await resident.say(cry)
        assert number in resident.bubbles[0]
        with healthy.staff() as staff:
            conversation_id = resident.session_id.partition(".")[0]
            (handoff,) = staff.get("/handoffs", params={"conversation_id": conversation_id}).json()
            assert (handoff["reason"], handoff["kind"]) == ("crisis", "suicide_self_harm")
            staff.post(f"/handoffs/{handoff['id']}/claim")
            staff.post(f"/conversations/{handoff['conversation_id']}/messages", json={"text": "我在，请说。"})
            await heard(resident, "我在，请说。")
            staff.post(f"/handoffs/{handoff['id']}/close")


async def numbered(resident) -> str:
    """The number of the first ticket that the resident is told, when it has come."""
    async with asyncio.timeout(10):
        while not (found := NUMBER.search(" ".join(resident.bubbles))):
            await asyncio.sleep(0.02)
    return found.group()


async def test_wages_behind_despair_become_a_ticket_too(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("工地欠我八个月工资一分没给，找谁都不管，我站在项目部楼顶，不想活了")
        number = await numbered(resident)
        with healthy.staff() as staff:
            assert staff.get(f"/tickets/{number}").json()["category"] == "unpaid_wages"


async def test_a_cry_that_holds_no_complaint_files_none(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        await resident.say("I am on the roof of Xingfu Tower and I am going to jump")
        await resident.say("工地欠我八个月工资一分没给，找谁都不管，我不想活了")
        number = await numbered(resident)
        with healthy.staff() as staff:
            conversation_id = resident.session_id.partition(".")[0]
            (ticket,) = staff.get("/tickets", params={"conversation_id": conversation_id}).json()
        assert (ticket["number"], ticket["category"]) == (number, "unpaid_wages")


@pytest.mark.parametrize(
    "trick",
    [
        "/restart",
        '/express_crisis{"x":1}',
        '/inform{"location":"x"}',
        "<script>alert(1)</script><b>hi</b>",
        "路灯坏了" * 25_000,
        "😀" * 300,
        "\x00\x00路灯\x00坏了",
        "\ud83d",
        "{}[]()",
        "' OR 1=1 --",
    ],
)
async def test_tricks_get_a_plain_answer(healthy: Running, trick: str) -> None:
    async with a_resident(healthy) as resident:
        await resident.say(trick)
        assert resident.bubbles
        assert all(bubble and "Error" not in bubble and "Traceback" not in bubble for bubble in resident.bubbles)
        before = len(resident.bubbles)
        await resident.say("您好")
        assert len(resident.bubbles) > before


async def test_nothing_is_answered_with_a_plain_request_for_words(healthy: Running) -> None:
    async with a_resident(healthy) as resident:
        receipt = await resident.say("   ")
    assert receipt["recorded"] is False
    assert resident.bubbles == [receipt["error"]["text"]]


async def test_what_the_engine_forgot_is_gone(healthy: Running) -> None:
    environment = healthy.environment("engine")
    url = f"http://127.0.0.1:{environment['HOTLINE_ENGINE_PORT']}"
    rasa = RasaClient(url, environment["HOTLINE_ENGINE_TOKEN"], deadline_s=20)

    def remembered() -> int:
        with closing(sqlite3.connect(environment["HOTLINE_ENGINE_DB"])) as events:
            (count,) = events.execute("SELECT count(*) FROM tracker_events WHERE sender_id = 'forgetful'").fetchone()
        return int(count)

    await rasa.turn("forgetful", "楼下的路灯坏了", "m1", "zh", datetime(2026, 11, 24, 10, tzinfo=UTC), is_despair=False)
    assert remembered() > 0
    await rasa.forget("forgetful")
    assert remembered() == 0
    await rasa.close()
