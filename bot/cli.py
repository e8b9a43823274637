"""`hotline`: run, serve, train, evaluate, and the checks of an editor."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from cryptography.fernet import Fernet

from bot.errors import HotlineError, Misconfigured
from bot.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The 12345 assistant.")
articles = typer.Typer(no_args_is_help=True, help="The editors' policy articles.")
crisis = typer.Typer(no_args_is_help=True, help="The recogniser of danger.")
app.add_typer(articles, name="articles")
app.add_typer(crisis, name="crisis")

# The heavy imports stand inside the commands: `hotline --help` and a wrong setting answer at once.


@app.command()
def run() -> None:
    """Migrate, train if the model is stale, then run engine, actions and gateway until Ctrl-C."""
    from bot.app import engine_token
    from bot.storage.migrate import migrate
    from bot.supervise import Supervisor, check_ports, parts
    from bot.training import ensure_trained

    settings = load_settings()
    os.chdir(settings_root())
    _check_city(settings)
    migrate(settings)
    model = ensure_trained(settings)
    watched = parts(settings, engine_token(settings), model)
    check_ports(watched)
    password = asyncio.run(_first_administrator(settings))
    if password:
        typer.echo(f"Administrator of the console: {settings.admin_user}\nOne-time password: {password}")
    raise typer.Exit(asyncio.run(Supervisor(watched, settings).run()))


@app.command()
def serve() -> None:
    """Run the gateway alone; `hotline run` starts it together with the rest."""
    import uvicorn

    from bot.app import build_app
    from bot.logs import set_up_logs
    from bot.web import build_asgi

    settings = load_settings()
    set_up_logs(settings.log_level)
    uvicorn.run(
        build_asgi(build_app(settings)),
        host="127.0.0.1",
        port=settings.port,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=3,
    )


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    from bot.storage.migrate import migrate as bring_up

    bring_up(load_settings())


@app.command()
def train(
    what: Annotated[str, typer.Argument(help="routing, with FILE: the city's own history. Empty: all models.")] = "",
    file: Annotated[Path | None, typer.Argument(help="CSV with the columns text,label.")] = None,
    force: Annotated[bool, typer.Option(help="Train even when nothing has changed.")] = False,
) -> None:
    """Train the engine's model and our own classifiers, if their data has changed."""
    from bot.training import ensure_trained

    settings = load_settings()
    if what == "routing" and file:
        _train_routing(settings, file)
        return
    if what:
        raise Misconfigured("Write `hotline train` for all models, or `hotline train routing FILE.csv`.")
    os.chdir(settings_root())
    _check_city(settings)
    typer.echo(f"Model: {ensure_trained(settings, force=force).name}")


@app.command()
def evaluate(
    suite: Annotated[str, typer.Argument(help="crisis, intents, policies, complaints, remit, dialogues, routing, all")],
    files: Annotated[list[Path] | None, typer.Argument(help="The cases; `all` needs none.")] = None,
    errors: Annotated[int, typer.Option(help="Print the first N cases that went wrong.")] = 0,
    url: Annotated[str, typer.Option(help="dialogues: a running service; empty: start one.")] = "",
    channel: Annotated[str, typer.Option(help="dialogues: webchat or telegram.")] = "webchat",
) -> None:
    """Measure the assistant on cases; one JSON object on the last line (docs/run.md)."""
    from bot.evaluate.suites import evaluate as measure

    os.chdir(settings_root())
    sys.exit(measure(load_settings(), suite, files or [], errors, url, channel))


@app.command()
def new_key() -> None:
    """Print a fresh secret key for HOTLINE_SECRET_KEY."""
    typer.echo(Fernet.generate_key().decode())


@articles.command("check")
def articles_check() -> None:
    """Check every article; each fault is one line with its file, and the exit status tells."""
    from bot.city import load_city
    from bot.knowledge.article import check

    city = load_city(load_settings().city_dir)
    faults = check(city.file("articles"), city)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo("All articles are in order.")


@crisis.command("explain")
def crisis_explain(
    text: str, after: Annotated[str, typer.Option(help="What the resident wrote just before.")] = ""
) -> None:
    """Say what the recogniser sees in a text: clues, vetoes, score."""
    from bot.app import build_recogniser
    from bot.city import load_city
    from bot.crisis.finding import explain

    settings = load_settings()
    finding = build_recogniser(settings, load_city(settings.city_dir)).assess(text, after)
    typer.echo(explain(finding))
    typer.echo(json.dumps(finding.to_json(), ensure_ascii=False))


def settings_root() -> Path:
    """The repository's root, where Rasa expects its files."""
    from bot.settings import ROOT

    return ROOT


def _train_routing(settings: Settings, history: Path) -> None:
    from bot.city import load_city
    from bot.encoder import SentenceEncoder
    from bot.settings import routing_model
    from bot.tickets.router import Router, departments_of, read_history

    texts, labels = read_history(history)
    departments = departments_of(labels, load_city(settings.city_dir))
    router = Router.train(texts, departments, SentenceEncoder(threads=os.cpu_count() or 1))
    router.save(routing_model(settings))
    typer.echo(
        f"Learned from {len(texts)} complaints of {len(set(departments))} departments. "
        "New tickets go by it from the next start; delete models/routing.npz to go by category alone."
    )


def _check_city(settings: Settings) -> None:
    from bot.city import load_city
    from bot.crisis.protocol import load_protocol
    from bot.knowledge.article import load_articles

    city = load_city(settings.city_dir)
    load_protocol(city)
    load_articles(city.file("articles"), city)


async def _first_administrator(settings: Settings) -> str | None:
    from bot.app import now_utc
    from bot.console.auth import Accounts
    from bot.storage.database import Database, use_key
    from bot.storage.unit import Storage

    use_key(settings.key)
    storage = Storage(Database(settings.resolved_database_url))
    try:
        accounts = Accounts(storage, settings.key, now_utc)
        return await accounts.ensure_first_admin(settings.admin_user, settings.admin_password)
    finally:
        await storage.database.close()


def main() -> None:
    """The command: an error of ours is one line on standard error."""
    try:
        app()
    except HotlineError as error:
        typer.echo(f"hotline: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
