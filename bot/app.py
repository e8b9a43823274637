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
from pathlib import Path

import httpx

from bot.answering import Answering
from bot.channels.base import Channel
from bot.channels.botapi.buttons import Front as TelegramFront
from bot.channels.botapi.send import Notebook
from bot.channels.telegram import WEBHOOK_PATH, TelegramChannel, TelegramSettings
from bot.channels.webchat import Front, WebChat
from bot.city import City, load_city
from bot.commands import LASTING, Commands
from bot.commit import Commit
from bot.console.auth import Accounts
from bot.conversation.rasa import RasaClient
from bot.conversation.turn import Turns
from bot.corrections import Corrections
from bot.crisis.protocol import Protocol, load_protocol
from bot.crisis.recogniser import CrisisRecogniser
from bot.delivery import Delivery
from bot.desk.service import DeskService
from bot.encoder import SentenceEncoder, shared_encoder
from bot.extract import SpanTagger
from bot.files.service import RESIDENT, FileService
from bot.files.vault import Vault
from bot.forgetting import Forgetting
from bot.frontdesk import FrontDesk
from bot.gateway import Gateway
from bot.grievance import Grievances
from bot.knowledge.gaps import Gaps
from bot.knowledge.index import Knowledge
from bot.ledger import Ledger
from bot.linking import Linking
from bot.live import Live
from bot.messages import Attachment
from bot.reactions import Reactions
from bot.settings import Settings, routing_model, spans_model
from bot.storage.database import Database, use_key
from bot.storage.gaps import GapStore
from bot.storage.tickets import TicketStore
from bot.storage.unit import Storage
from bot.tickets.classify import CategoryClassifier
from bot.tickets.confirmation import CONFIRMATION_FILE, ConfirmationClassifier
from bot.tickets.remit import RemitClassifier
from bot.tickets.router import Router
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
    confirmation: ConfirmationClassifier


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
        tagger=SpanTagger(spans_model(settings), encoder),
        knowledge=Knowledge(city, encoder, settings.model_dir),
        gaps=Gaps(GapStore(storage.database), encoder, clock),
        tickets=TicketService(TicketStore(storage.database), storage, city, clock, _router(settings, encoder)),
        categories=CategoryClassifier.load(city, encoder, _categories_model(settings)),
        remit=RemitClassifier.load(city, encoder, settings.model_dir / "remit.npz"),
        confirmation=ConfirmationClassifier.load(encoder, settings.model_dir / CONFIRMATION_FILE),
    )


def _categories_model(settings: Settings) -> Path:
    return settings.model_dir / "categories.npz"


def _router(settings: Settings, encoder: SentenceEncoder) -> Router | None:
    """What `hotline train routing` learned; None where nobody has run it."""
    path = routing_model(settings)
    return Router.load(path, encoder) if path.exists() else None


def build_recogniser(settings: Settings, city: City, categories: CategoryClassifier | None = None) -> CrisisRecogniser:
    """The recogniser of danger; with its learned score, and what tells a plain complaint, where they have been trained.
    `categories` are those that are loaded already."""
    path = _categories_model(settings)
    if categories is None and path.exists():
        categories = CategoryClassifier.load(city, shared_encoder(), path)
    complaint = categories.certainty if categories else None
    return CrisisRecogniser.load(city, settings.model_dir, shared_encoder(), complaint)


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
    telegram: TelegramChannel | None
    files: FileService
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
        """Take up the work that the outbox holds, and open the channels."""
        await self.worker.start(self.handlers)  # type: ignore[arg-type]
        if self.telegram:
            self.telegram.start()

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
        if self.telegram:
            await self.telegram.stop()
        await self.rasa.close()
        await self.probe.aclose()
        await self.storage.database.close()


def build_webchat(settings: Settings, clock: Clock) -> WebChat:
    """The web chat, for our own page and the sites that the city allows."""
    origins = [origin.strip() for origin in settings.allowed_origins.split(",") if origin.strip()]
    allowed = "*" if origins == ["*"] else [settings.resolved_public_url, *origins]
    return WebChat(derived_key(settings.key, "webchat"), clock, allowed)


def attach_webchat(
    webchat: WebChat,
    gateway: Gateway,
    delivery: Delivery,
    files: FileService,
    linking: Linking,
    services: Services,
) -> None:
    """Give the channel what it needs of the service."""

    async def attachments_of(conversation_id: str, file_ids: list[str]) -> list[Attachment]:
        return [file.attachment for file in await files.uploaded(conversation_id, RESIDENT, file_ids)]

    async def choose_language(conversation_id: str, language: str) -> None:
        async with services.storage.transaction() as tx:
            await linking.choose_language(tx, conversation_id, language)

    webchat.attach(
        Front(
            receive=gateway.receive,
            history=gateway.history,
            mark_delivered=delivery.take_undelivered,
            text=lambda key, language: services.city.text(key, language),
            attachments_of=attachments_of,
            choose_language=choose_language,
        )
    )


def build_telegram(settings: Settings, clock: Clock) -> TelegramChannel | None:
    """The Telegram channel; None without a token."""
    if not settings.telegram_token:
        return None
    secret = derived_key(settings.key, "telegram-webhook").replace("=", "")
    webhook_url = settings.resolved_public_url + WEBHOOK_PATH if settings.telegram_webhook else ""
    return TelegramChannel(
        TelegramSettings(
            token=settings.telegram_token,
            base_url=settings.telegram_base_url,
            webhook_url=webhook_url,
            webhook_secret=settings.telegram_webhook_secret or secret,
            messages_per_s=settings.telegram_messages_per_s,
            secret=derived_key(settings.key, "telegram"),
        ),
        clock,
    )


def attach_telegram(
    telegram: TelegramChannel, gateway: Gateway, delivery: Delivery, files: FileService, ledger: Ledger, city: City
) -> None:
    """Give the channel what it needs of the service."""

    async def read_file(file_id: str) -> bytes:
        _, content = await files.read(file_id)
        return content

    async def migrated(conversation_id: str, external_id: str) -> None:
        await ledger.migrated(conversation_id, external_id)
        telegram.forget_chat(conversation_id)

    front = TelegramFront(
        receive=gateway.receive,
        reached=delivery.note_reach,
        shown=ledger.shown,
        keyboards=ledger.keyboards,
        close_keyboards=ledger.close_keyboards,
        external_id=ledger.external_id,
        is_lasting=lambda payload: payload.startswith(LASTING),
        text=city.text,
    )
    notebook = Notebook(
        parts=ledger.parts,
        begin=ledger.begin,
        complete=ledger.complete,
        withdraw=ledger.withdraw,
        highest=ledger.highest,
        read_file=read_file,
        migrated=migrated,
    )
    telegram.attach(front, notebook)


def link_address(telegram: TelegramChannel | None, code: str) -> str:
    """Where a press of a link joins the web chat with a Telegram chat; empty without Telegram."""
    return f"https://t.me/{telegram.username}?start=link_{code}" if telegram and telegram.username else ""


def build_app(settings: Settings, clock: Clock = now_utc) -> App:
    """Build the gateway. Raises Misconfigured when a setting or a file of the city is wrong."""
    services = build_services(settings, clock)
    city, storage = services.city, services.storage
    protocol = load_protocol(city)
    live = Live()
    webchat = build_webchat(settings, clock)
    channels: dict[str, Channel] = {webchat.name: webchat}
    telegram = build_telegram(settings, clock)
    if telegram:
        channels[telegram.name] = telegram
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
    vault = Vault(settings.resolved_files_dir, settings.key)
    files = FileService(storage, vault, city, commit, channels, clock)
    linking = Linking(storage, clock)
    recogniser = build_recogniser(settings, city, services.categories)
    grievances = Grievances(
        storage, city, services.tickets, services.categories, services.tagger, recogniser, commit, clock
    )
    gateway = Gateway(
        storage=storage,
        city=city,
        recogniser=recogniser,
        protocol=protocol,
        desk=desk,
        commit=commit,
        reactions=reactions,
        worker=worker,
        channels=channels,
        commands=Commands(storage, city, commit, linking, clock, lambda code: link_address(telegram, code)),
        delivery=delivery,
        clock=clock,
    )
    attach_webchat(webchat, gateway, delivery, files, linking, services)
    if telegram:
        attach_telegram(telegram, gateway, delivery, files, Ledger(storage), city)
    return App(
        services=services,
        protocol=protocol,
        accounts=Accounts(storage, settings.key, clock),
        live=live,
        worker=worker,
        rasa=rasa,
        probe=httpx.AsyncClient(timeout=2.0),
        webchat=webchat,
        telegram=telegram,
        files=files,
        gateway=gateway,
        front_desk=FrontDesk(storage, desk, reactions, worker, files, clock),
        handlers={
            "turn": answering.take_turn,
            "deliver": delivery.deliver,
            "notice": delivery.give_notice,
            "escalate": timers.escalate,
            "grievance": grievances.file,
            "fetch": files.fetch,
            "erase": Forgetting(storage, vault, rasa, clock).erase,
            "correction": Corrections(storage, city, services.tickets, clock).pass_on,
        },
    )
