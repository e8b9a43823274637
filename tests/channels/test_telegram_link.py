"""One person, two channels: a code joins a Telegram chat with a web chat; tickets, news and language follow."""

import re

from bot.evaluate.dialogues import Resident
from bot.messages import Button
from bot.tickets.ticket import Draft
from tests.botapi.world import Person
from tests.channels.conftest import House
from tests.channels.test_telegram import CITY, zh

CODE = re.compile(r"/link ([2-9A-Z]{6})")


async def file_a_ticket(house: House, conversation_id: str) -> str:
    draft = Draft(conversation_id, "webchat", "zh", "路灯坏了", "street_light")
    return (await house.app.tickets.file(draft, key=f"{conversation_id}:1")).number


async def heard(house: House, resident: Resident, words: str) -> None:
    await house.world.until(lambda: any(words in bubble for bubble in resident.bubbles))


async def test_a_code_from_the_web_joins_the_two(house: House) -> None:
    web = Resident(house.url, "zh")
    session_id = await web.arrive()
    await web.acknowledged("/link")
    await heard(house, web, "/link")
    code = CODE.search(web.bubbles[0])
    assert code
    assert f"https://t.me/hotline_test_bot?start=link_{code[1]}" in web.bubbles[0]
    phone = house.person()
    phone.says(f"/start link_{code[1]}")
    await house.hears(phone, zh("commands.linked"))
    await heard(house, web, zh("commands.linked"))
    conversation_id = session_id.partition(".")[0]
    number = await file_a_ticket(house, conversation_id)
    conversation = await house.conversation(phone)
    assert [ticket.number for ticket in await house.app.tickets.of_conversation(conversation.id)] == [number]
    assert (await house.app.tickets.look_up(number, conversation.id)).number == number
    await house.app.tickets.accept(number)
    house.app.worker.wake()
    await house.hears(phone, number)
    await heard(house, web, number)
    await web.leave()


async def test_a_code_from_telegram_works_in_the_web_chat_once(house: House) -> None:
    phone = house.person()
    phone.says("/link")
    await house.hears(phone, "/link")
    code = CODE.search(phone.texts[0])
    assert code
    web, other = Resident(house.url, "zh"), Resident(house.url, "zh")
    await web.arrive()
    await web.acknowledged(f"/link {code[1].lower()}")
    await house.hears(phone, zh("commands.linked"))
    await other.arrive()
    await other.acknowledged(f"/link {code[1]}")
    await heard(house, other, zh("errors.no_such_code"))
    await web.leave()
    await other.leave()


async def joined(house: House) -> tuple[Person, Resident]:
    """A Telegram chat and a web chat of one person."""
    phone, web = house.person(), Resident(house.url, "zh")
    phone.says("/link")
    await house.hears(phone, "/link")
    code = CODE.search(phone.texts[0])
    assert code
    await web.arrive()
    await web.acknowledged(f"/link {code[1]}")
    await house.hears(phone, zh("commands.linked"))
    return phone, web


async def test_a_language_set_on_one_side_holds_on_the_other(house: House) -> None:
    phone, web = await joined(house)
    phone.says("/language en")
    await house.hears(phone, CITY.text("commands.language_set", "en"))
    await web.acknowledged("路灯坏了")
    await heard(house, web, "答：路灯坏了")
    assert house.engine.languages[-1] == "en"


async def test_wrong_codes_are_limited(house: House) -> None:
    phone = house.person()
    for _ in range(6):
        phone.says("/link AAAAAA")
    await house.hears(phone, zh("errors.too_many_codes"))
    await house.idle()
    assert phone.texts == [zh("errors.no_such_code")] * 5 + [zh("errors.too_many_codes")]


async def test_news_reaches_each_side_once_and_is_answered_on_either(house: House) -> None:
    phone, web = await joined(house)
    conversation = await house.conversation(phone)
    async with house.app.storage.transaction() as tx:
        buttons = (Button("tickets.button.settled", '/confirm_resolution{"number": "1", "settled": "yes"}'),)
        fields = {"number": "1", "department": "城管局", "text": "修好了", "due": ""}
        await house.app.storage.notice(
            tx, conversation.id, "tickets.notice.resolved", fields, house.app.clock(), buttons
        )
    house.app.worker.wake()
    await house.hears(phone, "修好了")
    await heard(house, web, "修好了")
    await house.idle()
    assert sum("修好了" in text for text in phone.texts) == 1
    await web.leave()
