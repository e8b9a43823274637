"""Chromium for tests: Debian's, headless, with nothing of its own on the network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        await browser.close()


async def a_context(
    browser: Browser, home: str, language: str = "zh-CN", size: dict[str, int] | None = None, **options: Any
) -> BrowserContext:
    """A context that fails the test when a page asks any other host for anything."""
    context = await browser.new_context(
        locale=language, viewport=size or DESKTOP, timezone_id="Asia/Shanghai", **options
    )
    foreign: list[str] = []
    context.on(
        "request", lambda request: foreign.append(request.url) if not request.url.startswith((home, "data:")) else None
    )
    context.foreign = foreign  # type: ignore[attr-defined]
    return context


async def violations(page: Page) -> list[str]:
    """What axe finds on the page, open shadow roots included: rule and element, none when all is well."""
    # Through the debugger, not a script element: the page's content security policy stays as strict as it is.
    await page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = await page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
