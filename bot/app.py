"""Builds every service once, from the settings; the only place where parts are put together.

`build_services` is what the action server needs, `build_app` the whole gateway. Building opens no connection
and starts nothing; `App.start` does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from bot.answering import Answering
from bot.channels.base import Channel
from bot.channels.webchat import Front, WebChat
from bot.city import City, load_city
from bot.commit import Commit
from bot.console.auth import Accounts
from bot.conversation.rasa import RasaClient
from bot.conversation.turn import Turns
from bot.crisis.protocol import Protocol, load_protocol
from bot.crisis.recogniser import CrisisRecogniser
from bot.delivery import Delivery
from bot.desk.service import DeskService
from bot.encoder import SentenceEncoder, shared_encoder
from bot.extract import SpanTagger
from bot.frontdesk import FrontDesk
from bot.gateway import Gateway
from bot.grievance import Grievances
from bot.knowledge.gaps import Gaps
from bot.knowledge.index import Knowledge
from bot.live import Live
from bot.reactions import Reactions
from bot.settings import Settings, spans_model
from bot.storage.database import Database, use_key
from bot.storage.gaps import GapStore
from bot.storage.tickets import TicketStore
from bot.storage.unit import Storage
from bot.tickets.classify import CategoryClassifier
from bot.tickets.remit import RemitClassifier
from bot.tickets.service import TicketService
from bot.timers import Timers
from bot.worker import Worker

Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """The present moment: the clock of production."""
    return datetime.now(UTC)


def derived_key(key: str, purpose: str) -> str:
    """A key for one purpose, made from the secret key, so that signatures and tokens never share one."""
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), purpose.encode(), hashlib.sha256)).decode()


def engine_token(settings: Settings) -> str:
    """The token of the engine's HTTP API."""
    return settings.engine_token or derived_key(settings.key, "engine")


@dataclass(frozen=True)
class Services:
    """What the actions and the evaluation need."""

    settings: Settings
    city: City
    clock: Clock
    encoder: SentenceEncoder
    storage: Storage
    tagger: SpanTagger
    knowledge: Knowledge
    gaps: Gaps
    tickets: TicketService
    categories: CategoryClassifier
    remit: RemitClassifier


def build_services(settings: Settings, clock: Clock = now_utc) -> Services:
    """Build them. Raises Misconfigured when a setting or a file of the city is wrong."""
    use_key(settings.key)
    city = load_city(settings.city_dir)
    encoder = shared_encoder()
    storage = Storage(Database(settings.resolved_database_url))
    return Services(
        settings=settings,
        city=city,
        clock=clock,
        encoder=encoder,
        storage=storage,
        tagger=SpanTagger(spans_model(settings)),
        knowledge=Knowledge(city, encoder, settings.model_dir),
        gaps=Gaps(GapStore(storage.database), encoder, clock),
        tickets=TicketService(TicketStore(storage.database), storage, city, clock),
        categories=CategoryClassifier.load(city, encoder, settings.model_dir / "categories.npz"),
        remit=RemitClassifier.load(city, encoder, settings.model_dir / "remit.npz"),
    )


def build_recogniser(settings: Settings, city: City) -> CrisisRecogniser:
    """The recogniser of danger, with its learned score when a model has been trained."""
    model = settings.model_dir / "crisis.npz"
    return CrisisRecogniser.load(city, model if model.exists() else None, shared_encoder())


@dataclass(frozen=True)
class App:
    """The gateway's parts. `start` and `stop` run inside its event loop."""

    services: Services
    protocol: Protocol
    accounts: Accounts
    live: Live
    worker: Worker
    rasa: RasaClient
    probe: httpx.AsyncClient
    webchat: WebChat
    gateway: Gateway
    front_desk: FrontDesk
    handlers: dict[str, Callable[..., object]]

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.services.settings

    @property
    def city(self) -> City:
        """The city."""
        return self.services.city

    @property
    def storage(self) -> Storage:
        """All storage."""
        return self.services.storage

    @property
    def tickets(self) -> TicketService:
        """Tickets."""
        return self.services.tickets

    @property
    def knowledge(self) -> Knowledge:
        """Articles."""
        return self.services.knowledge

    @property
    def clock(self) -> Clock:
        """The clock."""
        return self.services.clock

    async def start(self) -> None:
        """Take up the work that the outbox holds."""
        await self.worker.start(self.handlers)  # type: ignore[arg-type]

    async def actions_are_ready(self) -> bool:
        """Whether the action server answers."""
        try:
            answer = await self.probe.get(f"http://127.0.0.1:{self.settings.actions_port}/health")
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    async def stop(self) -> None:
        """Let go of everything; what is unfinished stays in the outbox."""
        await self.worker.stop()
        await self.rasa.close()
        await self.probe.aclose()
        await self.storage.database.close()


def build_app(settings: Settings, clock: Clock = now_utc) -> App:
    """Build the gateway. Raises Misconfigured when a setting or a file of the city is wrong."""
    services = build_services(settings, clock)
    city, storage = services.city, services.storage
    protocol = load_protocol(city)
    live = Live()
    origins = [origin.strip() for origin in settings.allowed_origins.split(",") if origin.strip()]
    webchat = WebChat(
        derived_key(settings.key, "webchat"),
        clock,
        "*" if origins == ["*"] else [settings.resolved_public_url, *origins],
    )
    channels: dict[str, Channel] = {webchat.name: webchat}
    reactions = Reactions(live, channels)
    worker = Worker(storage, clock)
    desk = DeskService(storage, clock)
    commit = Commit(storage, city, desk, reactions, worker, clock)
    rasa = RasaClient(settings.resolved_engine_url, engine_token(settings), settings.turn_deadline_s)
    answering = Answering(
        storage=storage,
        city=city,
        protocol=protocol,
        turns=Turns(rasa, clock),
        commit=commit,
        channels=channels,
        clock=clock,
    )
    delivery = Delivery(storage, city, commit, channels, clock)
    timers = Timers(storage, desk, protocol, commit, clock)
    grievances = Grievances(storage, city, services.tickets, services.categories, services.tagger, commit, clock)
    gateway = Gateway(
        storage=storage,
        city=city,
        recogniser=build_recogniser(settings, city),
        protocol=protocol,
        desk=desk,
        commit=commit,
        reactions=reactions,
        worker=worker,
        channels=channels,
        clock=clock,
    )
    webchat.attach(
        Front(
            gateway.receive,
            gateway.history,
            delivery.take_undelivered,
            lambda key, lang: city.text(key, lang),
        )
    )
    return App(
        services=services,
        protocol=protocol,
        accounts=Accounts(storage, settings.key, clock),
        live=live,
        worker=worker,
        rasa=rasa,
        probe=httpx.AsyncClient(timeout=2.0),
        webchat=webchat,
        gateway=gateway,
        front_desk=FrontDesk(storage, desk, reactions, worker, clock),
        handlers={
            "turn": answering.take_turn,
            "deliver": delivery.deliver,
            "notice": delivery.give_notice,
            "escalate": timers.escalate,
            "grievance": grievances.file,
        },
    )
