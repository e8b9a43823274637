"""The widget in real Chromium: keyboard, resend, quick replies, history, nothing as markup, axe."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import PHONE, a_browser, a_context, violations
from tests.widget.conftest import Desk

pytestmark = pytest.mark.slow


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest.fixture
async def page(browser: Browser, desk: Desk) -> AsyncIterator[Page]:
    context = await a_context(browser, desk.url)
    page = await context.new_page()
    await page.goto(desk.url)
    yield page
    assert not context.foreign, "no request goes to another host"  # type: ignore[attr-defined]
    await context.close()


async def opened(page: Page) -> Page:
    await page.get_by_role("button", name="开始对话").click()
    await expect(page.get_by_label("写下您的问题")).to_be_focused()
    return page


async def said(page: Page, text: str) -> None:
    await page.get_by_label("写下您的问题").fill(text)
    await page.keyboard.press("Enter")


async def test_a_word_is_sent_once_and_the_answer_shown(page: Page, desk: Desk) -> None:
    await opened(page)
    await said(page, "路灯坏了")
    await desk.until(lambda: len(desk.heard) == 1)
    assert desk.heard[0]["message"] == "路灯坏了"
    assert desk.heard[0]["metadata"]["client_id"]
    await desk.say("请问在哪里？")
    await expect(page.get_by_role("log")).to_contain_text("请问在哪里？")
    await desk.say("请问在哪里？")
    await desk.say("后来的", "m2")
    await expect(page.get_by_role("log")).to_contain_text("后来的")
    assert (await page.get_by_role("log").inner_text()).count("请问在哪里？") == 1


async def top_of(page: Page, words: str) -> float:
    """Pixels from the upper edge of the log's window to the bubble with those words; negative: above it."""
    bubble = await page.locator(".bubble", has_text=words).bounding_box()
    log = await page.get_by_role("log").bounding_box()
    assert bubble and log
    return bubble["y"] - log["y"]


async def test_a_long_answer_is_shown_from_its_beginning(page: Page, desk: Desk) -> None:
    await opened(page)
    await said(page, "居住证怎么办")
    await desk.until(lambda: len(desk.heard) == 1)
    await desk.say("先说要紧的。" + "然后是许多别的话。\n" * 80)
    await expect(page.get_by_role("log")).to_contain_text("先说要紧的")
    assert 0 <= await top_of(page, "先说要紧的") < 40


async def test_the_newest_words_stay_in_view_when_a_banner_takes_room(page: Page, desk: Desk) -> None:
    await opened(page)
    for number in range(12):
        await desk.say(f"第{number}句", f"m{number}")
    await desk.say("有危险请打120。", "last", quick_replies=[])
    await desk.server.emit("handoff_state", {"state": "waiting", "operator": None})
    await expect(page.locator(".banner")).to_be_visible()
    await expect(page.get_by_text("有危险请打120。")).to_be_in_viewport(ratio=1)


async def test_shift_enter_starts_a_line_and_composing_does_not_send(page: Page, desk: Desk) -> None:
    await opened(page)
    box = page.get_by_label("写下您的问题")
    await box.type("一")
    await page.keyboard.press("Shift+Enter")
    await box.type("二")
    await box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await expect(box).to_have_value("一\n二")
    assert desk.heard == []


async def test_everything_works_by_keyboard(page: Page, desk: Desk) -> None:
    await page.get_by_role("button", name="开始对话").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("写下您的问题")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="开始对话")).to_be_focused()


async def test_a_quick_reply_sends_its_payload_once(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    replies = [
        {"content_type": "text", "title": "提交", "payload": "/affirm"},
        {"content_type": "text", "title": "取消", "payload": "/cancel"},
    ]
    await desk.say("对吗？", quick_replies=replies)
    await page.get_by_role("button", name="提交").click()
    await desk.until(lambda: len(desk.heard) == 1)
    assert (desk.heard[0]["message"], desk.heard[0]["metadata"]["title"]) == ("/affirm", "提交")
    await expect(page.get_by_role("button", name="取消")).to_have_count(0)
    await expect(page.get_by_role("log")).to_contain_text("✓ 提交")
    assert "/affirm" not in await page.get_by_role("log").inner_text()


async def test_an_old_choice_goes_when_the_talk_goes_on(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    await desk.say("对吗？", quick_replies=[{"content_type": "text", "title": "提交", "payload": "/affirm"}])
    await expect(page.get_by_role("button", name="提交")).to_have_count(1)
    await said(page, "等等")
    await expect(page.get_by_role("button", name="提交")).to_have_count(0)


async def test_both_choices_of_one_turn_stay_open(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    await desk.say("是哪一个？", "one", quick_replies=[{"content_type": "text", "title": "产假", "payload": "/a"}])
    await desk.say("怎么联系您？", "two", quick_replies=[{"content_type": "text", "title": "匿名", "payload": "/b"}])
    await expect(page.get_by_role("button", name="匿名")).to_have_count(1)
    await page.get_by_role("button", name="产假").click()
    await desk.until(lambda: len(desk.heard) == 1)
    await expect(page.get_by_role("button", name="匿名")).to_have_count(0)


async def test_what_was_not_acknowledged_is_sent_again_under_the_same_id(page: Page, desk: Desk) -> None:
    desk.acknowledges = False
    await opened(page)
    await said(page, "路灯坏了")
    await desk.until(lambda: len(desk.heard) == 1)
    desk.acknowledges = True
    await page.reload()
    await page.get_by_role("button", name="开始对话").click()
    await desk.until(lambda: len(desk.heard) == 2)
    assert desk.heard[0]["metadata"]["client_id"] == desk.heard[1]["metadata"]["client_id"]
    assert desk.sessions == [None, "s1.sig"]
    log = page.get_by_role("log")
    await expect(log).to_contain_text("路灯坏了")
    assert (await log.inner_text()).count("路灯坏了") == 1


async def test_offline_words_are_kept_shown_and_sent_later(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    for sid, _ in list(desk.server.manager.get_participants("/", None)):
        await desk.server.disconnect(sid)
    await page.context.set_offline(True)
    await expect(page.get_by_text("连接断开了")).to_be_visible()
    await said(page, "还在吗")
    await expect(page.get_by_role("log")).to_contain_text("还没发出去")


async def test_a_reload_shows_the_history_once(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    at = "2026-11-24T02:00:00+00:00"
    desk.history = {
        "entries": [
            {
                "message_id": "u1",
                "client_id": "k",
                "author": "resident",
                "text": "路灯坏了",
                "quick_replies": [],
                "operator": None,
                "at": at,
                "data": {},
            },
            {
                "message_id": "m1",
                "client_id": None,
                "author": "operator",
                "text": "您好，我是27号",
                "quick_replies": [],
                "operator": 27,
                "at": at,
                "data": {},
            },
        ],
        "state": "human",
        "operator": 27,
    }
    # What the desk confirmed must have reached the page: a session that it does not know yet has no history.
    await page.wait_for_function("localStorage.getItem('hotline.session')")
    await page.reload()
    await page.get_by_role("button", name="开始对话").click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text("值班人员 27 号")
    await desk.say("您好，我是27号", "m1", author="operator", operator=27)
    await expect(page.get_by_text("值班人员 27 号在和您谈")).to_be_visible()
    assert (await log.inner_text()).count("您好，我是27号") == 1


async def test_a_file_is_uploaded_and_goes_with_the_words(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    await page.get_by_label("写下您的问题").fill("路灯坏了")
    await page.locator("#files").set_input_files({"name": "路灯.png", "mimeType": "image/png", "buffer": b"picture"})
    await desk.until(lambda: len(desk.heard) == 1)
    assert desk.uploads == [("s1.sig", "%E8%B7%AF%E7%81%AF.png", b"picture")]
    assert (desk.heard[0]["message"], desk.heard[0]["metadata"]["files"]) == ("路灯坏了", ["f1"])
    await expect(page.get_by_role("img", name="路灯.png")).to_have_count(1)
    await expect(page.get_by_label("写下您的问题")).to_have_value("")


async def test_a_file_that_is_not_taken_is_told_and_the_words_stay(page: Page, desk: Desk) -> None:
    desk.refuses = "这种文件没有收下。"
    await opened(page)
    await desk.until(lambda: desk.sessions)
    await page.get_by_label("写下您的问题").fill("路灯坏了")
    await page.locator("#files").set_input_files({"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ"})
    await expect(page.get_by_text("这种文件没有收下。")).to_be_visible()
    await expect(page.get_by_label("写下您的问题")).to_have_value("路灯坏了")
    assert desk.heard == []


async def test_the_language_switch_is_told_and_a_language_of_another_channel_taken(page: Page, desk: Desk) -> None:
    await opened(page)
    await desk.until(lambda: desk.sessions)
    await page.get_by_role("button", name="Switch to English").click()
    await desk.until(lambda: desk.languages == ["en"])
    desk.history = {"entries": [], "state": "bot", "operator": None, "language": "zh"}
    await page.reload()
    await page.get_by_role("button", name="Start chat").click()
    await expect(page.get_by_label("写下您的问题")).to_be_visible()


@pytest.mark.parametrize(
    "markup", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<b>粗</b>", "&lt;i&gt;"]
)
async def test_markup_is_shown_as_it_was_written(page: Page, desk: Desk, markup: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    await opened(page)
    await desk.until(lambda: desk.sessions)
    await said(page, markup)
    await desk.say(markup)
    texts = page.locator(".bubble .text")
    await expect(texts).to_have_count(3)
    assert (await texts.all_inner_texts())[1:] == [markup, markup]
    assert await page.locator(".bubble img, .bubble script, .bubble b").count() == 0


async def test_the_language_can_be_changed_and_is_kept(page: Page, desk: Desk) -> None:
    await opened(page)
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.get_by_label("Write your question")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Start chat")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
async def test_axe_finds_nothing(browser: Browser, desk: Desk, scheme: str, size: dict | None, language: str) -> None:
    context = await a_context(browser, desk.url, language, size, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(desk.url)
    await page.get_by_role("button", name="开始对话" if language == "zh-CN" else "Start chat").click()
    await desk.until(lambda: desk.sessions)
    await desk.say(
        "请选 https://example.org/x", quick_replies=[{"content_type": "text", "title": "提交", "payload": "/affirm"}]
    )
    await desk.server.emit("handoff_state", {"state": "waiting", "operator": None})
    await page.locator(".quick button").wait_for()
    assert await violations(page) == []
    await context.close()
