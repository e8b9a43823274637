from bot.messages import Button, Reply
from bot.storage import conversations
from bot.storage.unit import Storage
from tests.builders import AT, an_utterance


async def test_a_repeat_is_found_by_its_client_id(storage: Storage) -> None:
    said = an_utterance(client_id="k1")
    async with storage.transaction() as tx:
        await conversations.open_for(tx, said)
        entry = await conversations.add_utterance(tx, said, None)
        assert await conversations.find_by_client_id(tx, "c1", "k1") == entry
        assert await conversations.find_by_client_id(tx, "c1", "k2") is None
        assert await conversations.find_by_client_id(tx, "c2", "k1") is None


async def test_words_are_not_readable_in_the_database(storage: Storage) -> None:
    said = an_utterance("我叫王小明，住幸福路8号")
    async with storage.transaction() as tx:
        await conversations.open_for(tx, said)
        await conversations.add_utterance(tx, said, {"kind": "abuse"})
        rows = await tx.exec_driver_sql("SELECT text, details FROM entries")
        assert all("王小明" not in str(row) and "abuse" not in str(row) for row in rows)


async def test_numbers_keep_the_language_of_the_conversation(storage: Storage) -> None:
    async with storage.transaction() as tx:
        await conversations.open_for(tx, an_utterance("The light is out", language="en"))
        opened = await conversations.open_for(tx, an_utterance("13900000000", language=""))
    assert opened.language == "en"


async def test_the_first_words_without_a_language_take_that_of_the_page(storage: Storage) -> None:
    async with storage.transaction() as tx:
        opened = await conversations.open_for(tx, an_utterance("12345", language="", preferred_language="en"))
    assert opened.language == "en"


async def test_only_a_button_that_was_shown_here_counts(storage: Storage) -> None:
    said = an_utterance()
    async with storage.transaction() as tx:
        await conversations.open_for(tx, said)
        await conversations.add_reply(tx, "c1", Reply("对吗", buttons=(Button("对", "/affirm"),)), AT)
        assert await conversations.shown_button(tx, "c1", "/affirm") == Button("对", "/affirm")
        assert await conversations.shown_button(tx, "c1", "/restart") is None
        assert await conversations.shown_button(tx, "c2", "/affirm") is None


async def test_a_reply_is_added_once(storage: Storage) -> None:
    reply = Reply("好的")
    async with storage.transaction() as tx:
        await conversations.open_for(tx, an_utterance())
        first = await conversations.add_reply(tx, "c1", reply, AT)
        second = await conversations.add_reply(tx, "c1", reply, AT)
        assert first.position == second.position
        assert [entry.text for entry in await conversations.transcript(tx, "c1")] == ["好的"]


async def test_the_transcript_is_paged_backwards(storage: Storage) -> None:
    async with storage.transaction() as tx:
        await conversations.open_for(tx, an_utterance())
        for number in range(5):
            await conversations.add_reply(tx, "c1", Reply(str(number)), AT)
        latest = await conversations.transcript(tx, "c1", limit=2)
        earlier = await conversations.transcript(tx, "c1", limit=2, before=latest[0].position)
    assert [entry.text for entry in latest] == ["3", "4"]
    assert [entry.text for entry in earlier] == ["1", "2"]


async def test_a_resident_does_not_see_what_the_recogniser_thought(storage: Storage) -> None:
    said = an_utterance()
    async with storage.transaction() as tx:
        await conversations.open_for(tx, said)
        entry = await conversations.add_utterance(tx, said, {"kind": "abuse"})
    assert "finding" not in entry.for_resident()
    assert entry.for_staff()["finding"] == {"kind": "abuse"}
