"""Residents' page and console in real Chromium, two windows side by side, as a resident and an operator use them.

With HOTLINE_SCREENSHOTS set to a folder the pages are photographed on the way (docs/screens was made so).
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import DESKTOP, PHONE, a_browser, a_context, violations
from tests.e2e.conftest import Running

pytestmark = pytest.mark.slow

WORDS = {
    "zh": {
        "start": "开始对话",
        "box": "写下您的问题",
        "question": "居住证怎么办，要多久",
        "law": "居住证暂行条例",
        "complaint": "幸福路88号门口的路灯坏了，昨天晚上开始不亮，我的电话13912345678",
        "file": "提交",
        "filed": "已登记，编号",
        "status": "查一下进度",
        "stands": "等承办单位受理",
        "cry": "我不想活了，我站在幸福大厦楼顶",
        "thanks": "<b>谢谢您</b>",
        "here": "号在和您谈",
        "back": "需要时回复“人工”",
    },
    "en": {
        "start": "Start chat",
        "box": "Write your question",
        "question": "How do I apply for a residence permit, and how long does it take?",
        "law": "Residence Permits",
        "complaint": "The street light in front of 88 Xingfu Road has been out since last night, call me on 13912345678",
        "file": "File it",
        "filed": "Registered: number",
        "status": "What is the status of my case?",
        "stands": "waiting for the department",
        "cry": "I am on the roof of Xingfu Tower and I am going to jump",
        "thanks": "<b>thank you</b>",
        "here": "is talking with you",
        "back": "whenever you need one",
    },
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest.fixture
def quiet(healthy: Running) -> Running:
    """The service with an empty queue, whoever the tests before left waiting."""
    with healthy.staff() as staff:
        for handoff in staff.get("/handoffs", params={"status": "waiting"}).json():
            assert staff.post(f"/handoffs/{handoff['id']}/claim").status_code == 200
            assert staff.post(f"/handoffs/{handoff['id']}/close").status_code == 200
        assert staff.get("/handoffs", params={"status": "waiting"}).json() == []
    return healthy


async def photograph(page: Page, name: str) -> None:
    folder = os.environ.get("HOTLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def say(page: Page, language: str, text: str, answer: str) -> None:
    await page.get_by_label(WORDS[language]["box"]).fill(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text(answer, timeout=15_000)


async def signed_in(browser: Browser, running: Running, language: str, size: dict[str, int]) -> Page:
    context = await a_context(browser, running.url, "en-US" if language == "en" else "zh-CN", size)
    page = await context.new_page()
    await page.goto(f"{running.url}/console/")
    assert await violations(page) == []
    await page.locator("[name=username]").fill(running.service.user)
    await page.locator("[name=password]").fill(running.service.password)
    await page.locator("form button").click()
    await expect(page).to_have_url(f"{running.url}/console/queue")
    html = page.locator("html")
    if (await html.get_attribute("lang") == "en") != (language == "en"):
        await page.locator(".account summary").click()
        await page.locator("button[name=language]").click()
    await expect(html).to_have_attribute("lang", "en" if language == "en" else "zh-CN")
    return page


@pytest.mark.parametrize(
    ("language", "size", "screen"),
    [("zh", DESKTOP, "desktop"), ("en", PHONE, "phone"), ("zh", PHONE, "phone"), ("en", DESKTOP, "desktop")],
)
async def test_a_resident_and_an_operator(
    quiet: Running, browser: Browser, language: str, size: dict[str, int], screen: str
) -> None:
    words, name = WORDS[language], f"{language}-{screen}"
    operator = await signed_in(browser, quiet, language, size)
    assert await violations(operator) == []
    context = await a_context(browser, quiet.url, "en-US" if language == "en" else "zh-CN", size)
    resident = await context.new_page()
    await resident.goto(quiet.url)
    await resident.get_by_role("button", name=words["start"]).click()
    await say(resident, language, words["question"], words["law"])
    await photograph(resident, f"resident-answer-{name}")
    await say(resident, language, words["complaint"], "88")
    await photograph(resident, f"resident-summary-{name}")
    await resident.get_by_role("button", name=words["file"]).click()
    await expect(resident.get_by_role("log")).to_contain_text(words["filed"], timeout=15_000)
    await say(resident, language, words["status"], words["stands"])
    await say(resident, language, words["cry"], "12356")
    await expect(operator.locator(".alarm")).to_be_visible(timeout=5_000)
    waiting = operator.locator(".handoff")
    await expect(waiting).to_have_count(1)
    await expect(waiting).to_contain_text(words["cry"][:8])
    await photograph(operator, f"operator-queue-{name}")
    await photograph(resident, f"resident-crisis-{name}")
    assert await violations(operator) == []
    assert await violations(resident) == []
    await waiting.locator("form button").first.click()
    await expect(operator.locator("#reply-text")).to_be_visible()
    await expect(resident.locator(".banner")).to_contain_text(words["here"])
    await operator.locator("#reply-text").fill("我在，请慢慢说。 I am here.")
    await operator.keyboard.press("Enter")
    await expect(resident.get_by_role("log")).to_contain_text("I am here.")
    await say(resident, language, words["thanks"], words["thanks"])
    await expect(operator.locator("#transcript")).to_contain_text(words["thanks"])
    await photograph(operator, f"operator-conversation-{name}")
    await photograph(resident, f"resident-operator-{name}")
    assert await violations(operator) == []
    await operator.locator("form[action$='give-back'] button").click()
    await expect(resident.get_by_role("log")).to_contain_text(words["back"])
    await operator.goto(f"{quiet.url}/console/tickets")
    await expect(operator.locator("tbody tr").first).to_contain_text("139****5678")
    assert await violations(operator) == []
    await photograph(operator, f"operator-tickets-{name}")
    await operator.locator("tbody a").first.click()
    await expect(operator.locator("main")).to_contain_text("13912345678")
    assert await violations(operator) == []
    await photograph(operator, f"operator-ticket-{name}")
    for page in (operator, resident):
        assert page.context.foreign == []  # type: ignore[attr-defined]
        await page.context.close()


async def test_a_form_without_its_token_is_refused(healthy: Running) -> None:
    async with httpx.AsyncClient(base_url=healthy.url) as client:
        form = {"username": healthy.service.user, "password": healthy.service.password}
        await client.post("/console/sign-in", data=form)
        answer = await client.post("/console/sign-out", data={"csrf": "wrong"})
        assert answer.status_code == 403
        assert (await client.get("/console/queue")).status_code == 200


@pytest.mark.parametrize("path", ["/console/queue", "/console/tickets", "/console/events", "/console/password"])
async def test_nothing_is_shown_without_signing_in(healthy: Running, path: str) -> None:
    async with httpx.AsyncClient(base_url=healthy.url) as client:
        answer = await client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in"
