"""Telegram as its users expect it: the real gateway and Application, by polling and by webhook."""

from tests.channels.conftest import House


async def test_words_are_answered(house: House) -> None:
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "答：路灯坏了")
    await house.idle()
    assert resident.texts == ["答：路灯坏了"]
    assert [entry.author for entry in await house.entries(resident)] == ["resident", "bot"]
