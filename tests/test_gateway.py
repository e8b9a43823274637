"""The eight steps through the real gateway, worker, desk and databases; only the channel and Rasa are doubles."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answering import Answering
from bot.city import load_city
from bot.commands import Commands
from bot.commit import RESUME, Commit
from bot.conversation.turn import Turns
from bot.crisis.protocol import load_protocol
from bot.crisis.recogniser import CrisisRecogniser
from bot.delivery import Delivery
from bot.desk.service import DeskService
from bot.encoder import shared_encoder
from bot.errors import Retry
from bot.events import CrisisRaised, Event
from bot.gateway import Gateway
from bot.linking import Linking
from bot.live import Live
from bot.messages import Button, Reply
from bot.reactions import Reactions
from bot.storage.unit import Storage
from bot.timers import Timers
from bot.worker import Worker
from tests.builders import an_utterance
from tests.fakes import FakeChannel, FakeClock, FakeRasa, a_recogniser

CITY = load_city()
DANGER = "我在天台上，不想活了，马上就跳下去"


@dataclass
class House:
    """A gateway with everything behind it, and what its doubles saw."""

    gateway: Gateway
    channel: FakeChannel
    rasa: FakeRasa
    storage: Storage
    worker: Worker
    events: list[Event]

    async def settle(self, until: Callable[[], bool]) -> None:
        """Let the tasks run until it holds."""
        async with asyncio.timeout(10):
            while not until():
                await asyncio.sleep(0)

    async def idle(self) -> None:
        """Let every job that is due be done."""
        async with asyncio.timeout(10):
            while True:
                async with self.storage.reading() as tx:
                    rows = await tx.exec_driver_sql("SELECT count(*) FROM outbox WHERE kind IN ('turn', 'deliver')")
                    if rows.scalar() == 0:
                        return
                await asyncio.sleep(0)


@asynccontextmanager
async def a_house(
    storage: Storage, rasa: FakeRasa, clock: FakeClock, recogniser: CrisisRecogniser | None = None
) -> AsyncIterator[House]:
    channel, live = FakeChannel(), Live()
    channels = {"webchat": channel}
    reactions = Reactions(live, channels)
    worker = Worker(storage, clock)
    desk = DeskService(storage, clock)
    protocol = load_protocol(CITY)
    commit = Commit(storage, CITY, desk, reactions, worker, clock)
    answering = Answering(
        storage=storage,
        city=CITY,
        protocol=protocol,
        turns=Turns(rasa, clock),  # type: ignore[arg-type]
        commit=commit,
        channels=channels,
        clock=clock,
    )
    delivery = Delivery(storage, CITY, commit, channels, clock)
    timers = Timers(storage, desk, protocol, commit, clock)
    gateway = Gateway(
        storage=storage,
        city=CITY,
        recogniser=recogniser or CrisisRecogniser.load(CITY, None, shared_encoder()),
        protocol=protocol,
        desk=desk,
        commit=commit,
        reactions=reactions,
        worker=worker,
        channels=channels,
        commands=Commands(storage, CITY, commit, Linking(storage, clock), clock, lambda code: ""),
        delivery=delivery,
        clock=clock,
    )
    handlers = {
        "turn": answering.take_turn,
        "deliver": delivery.deliver,
        "notice": delivery.give_notice,
        "escalate": timers.escalate,
    }
    events: list[Event] = []
    with live.listen() as queue:
        await worker.start(handlers)
        house = House(gateway, channel, rasa, storage, worker, events)

        async def collect() -> None:
            while True:
                events.append(await queue.get())

        collecting = asyncio.create_task(collect())
        yield house
        collecting.cancel()
        await worker.stop()


async def test_an_utterance_is_stored_acknowledged_and_answered(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa([Reply("请问在哪里？")]), clock) as house:
        said = an_utterance()
        receipt = await house.gateway.receive(said)
        assert (receipt.message_id, receipt.is_repeat) == (said.id, False)
        await house.settle(lambda: house.channel.texts == ["请问在哪里？"])
        history = await house.gateway.history("c1")
    assert [entry["text"] for entry in history["entries"]] == ["路灯坏了", "请问在哪里？"]


async def test_a_repeat_is_acknowledged_with_the_first_id_and_answered_once(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa(), clock) as house:
        first = await house.gateway.receive(an_utterance(client_id="k"))
        second = await house.gateway.receive(an_utterance(client_id="k"))
        assert (second.message_id, second.is_repeat) == (first.message_id, True)
        await house.idle()
    assert len(house.rasa.asked) == 1
    assert len(house.channel.sent) == 1


async def test_thirty_messages_at_once_are_answered_in_order(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa(), clock) as house:
        receipts = [await house.gateway.receive(an_utterance(f"第{number}句")) for number in range(30)]
        await house.idle()
    assert [message_id for message_id, _ in house.rasa.asked] == [receipt.message_id for receipt in receipts]
    assert len(house.channel.sent) == 30


async def test_danger_gets_its_protocol_and_never_meets_rasa(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa(), clock) as house:
        await house.gateway.receive(an_utterance(DANGER))
        await house.settle(lambda: len(house.channel.sent) == 1)
        await house.settle(lambda: any(isinstance(event, CrisisRaised) for event in house.events))
        history = await house.gateway.history("c1")
    assert "12356" in house.channel.texts[0]
    assert house.rasa.asked == []
    assert history["state"] == "waiting"


async def test_despair_is_answered_by_rasa_which_is_told_of_it(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa(), clock) as house:
        for text in ("路灯坏了", "活着没意思"):
            await house.gateway.receive(an_utterance(text))
        await house.idle()
    assert [text for _, text in house.rasa.asked] == ["路灯坏了", "活着没意思"]
    assert house.rasa.of_despair == ["活着没意思"]
    assert "12356" in house.channel.texts[-1]


async def test_who_complains_of_what_may_be_dangerous_is_told_whom_to_call(storage: Storage, clock: FakeClock) -> None:
    recogniser = a_recogniser(CITY, urgent=0.3, certainty=0.98)
    async with a_house(storage, FakeRasa([Reply("请问在哪里？")]), clock, recogniser) as house:
        await house.gateway.receive(an_utterance("整栋楼停水了，没人通知"))
        await house.idle()
        history = await house.gateway.history("c1")
    answer, beside = house.channel.texts
    assert (answer, history["state"]) == ("请问在哪里？", "bot")
    assert "110" in beside
    assert "12356" not in beside
    assert house.rasa.of_despair == []


async def test_what_is_harmless_with_the_message_before_calls_nobody(storage: Storage, clock: FakeClock) -> None:
    recogniser = a_recogniser(CITY, urgent=0.6, certainty=0.0, harmless="鞋")
    async with a_house(storage, FakeRasa([Reply("好的。")]), clock, recogniser) as house:
        await house.gateway.receive(an_utterance("网上买的鞋小了", client_id="1"))
        # The page sends it again: what stands before it is not the message itself.
        for _ in range(2):
            await house.gateway.receive(an_utterance("我都试了", client_id="2"))
        await house.idle()
        assert (await house.gateway.history("c1"))["state"] == "bot"
        await house.gateway.receive(an_utterance("/forget_me", payload="/forget_me", client_id="3"))
        await house.gateway.receive(an_utterance("我都试了", client_id="4"))
        assert (await house.gateway.history("c1"))["state"] == "waiting"
    assert [text for _, text in house.rasa.asked] == ["网上买的鞋小了", "我都试了"]


async def test_after_danger_the_bot_does_not_chat_on(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa(), clock) as house:
        await house.gateway.receive(an_utterance(DANGER))
        await house.gateway.receive(an_utterance("我在这里坐着"))
        await house.gateway.receive(an_utterance(DANGER))
        await house.idle()
    assert house.rasa.asked == []
    assert len(house.channel.sent) == 1, "the protocol is said once a handoff"


async def test_hyperbole_is_answered_by_the_assistant(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa([Reply("请问在哪里？")]), clock) as house:
        await house.gateway.receive(an_utterance("楼上天天装修，吵死了"))
        await house.idle()
        history = await house.gateway.history("c1")
    assert history["state"] == "bot"
    assert house.channel.texts == ["请问在哪里？"]


@pytest.mark.parametrize("word", ["人工", "转人工", "person", "Human", "人工。", "“人工”"])
def test_words_that_call_a_person(word: str) -> None:
    """The words themselves; that they work without Rasa is tested below."""
    said = word.strip(" 。.!！?？\"“”'").casefold()
    assert said in CITY.texts["zh"]["desk.person_words"].split("|") + CITY.texts["en"]["desk.person_words"].split("|")


async def test_a_person_can_be_called_while_rasa_is_down(storage: Storage, clock: FakeClock) -> None:
    rasa = FakeRasa()
    rasa.is_down = True
    async with a_house(storage, rasa, clock) as house:
        await house.gateway.receive(an_utterance("人工"))
        await house.settle(lambda: len(house.channel.sent) == 1)
        history = await house.gateway.history("c1")
    assert history["state"] == "waiting"
    assert house.channel.sent[0][1].buttons[0].payload == RESUME


async def test_a_resident_can_go_back_to_the_assistant(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa(), clock) as house:
        await house.gateway.receive(an_utterance("人工"))
        await house.settle(lambda: len(house.channel.sent) == 1)
        await house.gateway.receive(an_utterance(RESUME))
        await house.settle(lambda: len(house.channel.sent) == 2)
        history = await house.gateway.history("c1")
    assert history["state"] == "bot"
    assert history["entries"][2]["text"] == CITY.text("desk.button_resume", "zh")


async def test_with_rasa_down_the_truth_is_said_once_and_the_turn_taken_later(
    storage: Storage, clock: FakeClock
) -> None:
    from datetime import timedelta

    rasa = FakeRasa([Reply("请问在哪里？")])
    rasa.is_down = True
    async with a_house(storage, rasa, clock) as house:
        await house.gateway.receive(an_utterance())
        await house.gateway.receive(an_utterance("在幸福路"))
        await house.settle(lambda: len(house.channel.sent) == 1)
        assert house.channel.texts == [CITY.text("gateway.assistant_down", "zh")]
        rasa.is_down = False
        clock.advance(timedelta(seconds=30))
        house.worker.wake()
        await house.settle(lambda: len(house.rasa.asked) == 2)
        await house.idle()
    assert house.channel.texts[1:] == ["请问在哪里？", "请问在哪里？"]


async def test_three_turns_not_understood_call_a_person(storage: Storage, clock: FakeClock) -> None:
    lost = Reply("没弄明白", data={"outcome": "not_understood"})
    async with a_house(storage, FakeRasa([lost]), clock) as house:
        for text in ("哇啦", "呜噜", "咕咚"):
            await house.gateway.receive(an_utterance(text))
            await house.idle()
        history = await house.gateway.history("c1")
    assert history["state"] == "waiting"
    assert house.channel.texts == ["没弄明白", "没弄明白", CITY.text("desk.repeated_failure", "zh")]


async def test_an_answer_in_between_forgives_the_failures(storage: Storage, clock: FakeClock) -> None:
    lost, fine = [Reply("没弄明白", data={"outcome": "not_understood"})], [Reply("好的")]
    async with a_house(storage, FakeRasa(lost, lost, fine, lost, lost), clock) as house:
        for number in range(5):
            await house.gateway.receive(an_utterance(f"第{number}句"))
            await house.idle()
        history = await house.gateway.history("c1")
    assert history["state"] == "bot"


async def test_a_button_reaches_rasa_as_its_payload_and_a_typed_slash_does_not(
    storage: Storage, clock: FakeClock
) -> None:
    asking = Reply("对吗？", buttons=(Button("对", "/affirm"),))
    async with a_house(storage, FakeRasa([asking]), clock) as house:
        await house.gateway.receive(an_utterance("/affirm"))
        await house.idle()
        await house.gateway.receive(an_utterance("/affirm"))
        await house.idle()
        await house.gateway.receive(an_utterance("/restart"))
        await house.idle()
    assert [text for _, text in house.rasa.asked] == ["／affirm", "/affirm", "／restart"]


async def test_what_nobody_was_there_to_take_waits(storage: Storage, clock: FakeClock) -> None:
    async with a_house(storage, FakeRasa([Reply("请问在哪里？")]), clock) as house:
        house.channel.is_present = False
        await house.gateway.receive(an_utterance())
        await house.idle()
        async with storage.reading() as tx:
            waiting = await storage.conversations.undelivered(tx, "c1")
    assert [entry.text for entry in waiting] == ["请问在哪里？"]


async def test_work_of_a_dead_gateway_is_taken_up(storage: Storage, clock: FakeClock) -> None:
    from datetime import timedelta

    said = an_utterance()
    async with storage.transaction() as tx:
        await storage.conversations.open_for(tx, said)
        await storage.conversations.add_utterance(tx, said, None)
        await storage.outbox.enqueue(tx, "turn", "c1", {"entry_id": said.id}, clock(), lease_from=clock())
    clock.advance(timedelta(minutes=1))
    async with a_house(storage, FakeRasa([Reply("请问在哪里？")]), clock) as house:
        await house.settle(lambda: house.channel.texts == ["请问在哪里？"])


async def test_when_the_database_is_locked_danger_is_answered_and_raised_all_the_same(
    tmp_path: Path, clock: FakeClock
) -> None:
    import sqlite3

    import bot.storage.tables  # noqa: F401
    from bot.storage import database as databases

    database = databases.Database(f"sqlite+aiosqlite:///{tmp_path / 'locked.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(databases.metadata.create_all)
    async with a_house(Storage(database), FakeRasa(), clock) as house:
        other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        receiving = asyncio.create_task(house.gateway.receive(an_utterance(DANGER, client_id="k")))
        await house.settle(lambda: len(house.channel.sent) == 1)
        await house.settle(lambda: len(house.events) == 1)
        alarm = house.events[0]
        assert isinstance(alarm, CrisisRaised)
        assert (alarm.is_stored, alarm.text) == (False, DANGER)
        assert not receiving.done(), "what is not stored is not acknowledged"
        other.execute("ROLLBACK")
        receipt = await receiving
        assert not receipt.is_repeat
        await house.idle()
        assert (await house.gateway.history("c1"))["state"] == "waiting"
    await database.close()


async def test_what_could_not_be_stored_is_not_acknowledged(tmp_path: Path, clock: FakeClock) -> None:
    from bot.storage import database as databases

    empty = databases.Database(f"sqlite+aiosqlite:///{tmp_path / 'no-tables.db'}")
    async with a_house_without_worker(Storage(empty), clock) as gateway:
        with pytest.raises(Retry) as failure:
            await gateway.receive(an_utterance())
    assert failure.value.key == "not_stored"
    await empty.close()


@asynccontextmanager
async def a_house_without_worker(storage: Storage, clock: FakeClock) -> AsyncIterator[Gateway]:
    channels = {"webchat": FakeChannel()}
    reactions, worker, desk = Reactions(Live(), channels), Worker(storage, clock), DeskService(storage, clock)
    commit = Commit(storage, CITY, desk, reactions, worker, clock)
    yield Gateway(
        storage=storage,
        city=CITY,
        recogniser=CrisisRecogniser.load(CITY, None, shared_encoder()),
        protocol=load_protocol(CITY),
        desk=desk,
        commit=commit,
        reactions=reactions,
        worker=worker,
        channels=channels,
        commands=Commands(storage, CITY, commit, Linking(storage, clock), clock, lambda code: ""),
        delivery=Delivery(storage, CITY, commit, channels, clock),
        clock=clock,
    )
