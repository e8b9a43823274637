"""The npm client, as a stock Rasa web widget uses it, against the running service."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Running

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("node_client.mjs")


async def test_a_stock_widget_is_answered(healthy: Running) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        ["node", str(SCRIPT), healthy.url, "您好", "居住证怎么办"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    spoken = json.loads(done.stdout)
    assert "." in spoken["session"]
    assert "12345" in spoken["bubbles"][0]["text"]
    assert spoken["bubbles"][0]["quick_replies"][0]["content_type"] == "text"
    assert "居住证暂行条例" in spoken["bubbles"][1]["text"]
