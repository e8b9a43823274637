"""Who may import whom: the table of the design, on the syntax tree."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

VALUES = {"bot.messages", "bot.events", "bot.errors", "bot.language"}
PURE = VALUES | {
    "bot.extract",
    "bot.text",
    "bot.spans",
    "bot.again",
    "bot.city",
    "bot.encoder",
    "bot.examples",
    "bot.linear",
    "bot.opening",
    "bot.unknown",
    "bot.vectors",
    "bot.wording",
}

# Folder -> what of ours it may import. Its own package is always allowed.
ALLOWED = {
    "bot/crisis": PURE,
    "bot/knowledge": PURE,
    "bot/tickets": PURE,
    "bot/desk": VALUES,
    "bot/conversation": VALUES,
    "bot/channels": VALUES,
    "bot/storage": PURE
    | {
        "bot.conversation.state",
        "bot.desk.queue",
        "bot.tickets.ticket",
        "bot.knowledge.gaps",
        "bot.settings",
    },
    "engine": PURE,
}


def imports_of(path: Path) -> list[str]:
    """The modules that a file imports at run time; what only the type checker reads is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return found


def source_files(folder: str) -> list[Path]:
    return [
        path for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts and "migrations" not in path.parts
    ]


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    own = folder.replace("/", ".")
    for path in source_files(folder):
        for name in imports_of(path):
            if name.split(".")[0] not in {"bot", "actions", "engine"}:
                continue
            is_allowed = name.startswith(own) or any(
                name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED[folder]
            )
            # `from bot import x` names the package first, then the module: only the second counts.
            assert is_allowed or name == "bot", f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("rasa", "engine"),
        ("rasa_sdk", "actions"),
        ("telegram", ("bot/channels/telegram.py", "bot/channels/botapi/")),
        ("sqlalchemy", "bot/storage"),
    ],
)
def test_a_library_has_one_home(library: str, home: str | tuple[str, ...]) -> None:
    # The transaction's type and the database's errors are named where transactions are opened.
    may_name_errors = {
        "sqlalchemy.exc",
        "sqlalchemy.exc.DBAPIError",
        "sqlalchemy.ext.asyncio",
        "sqlalchemy.ext.asyncio.AsyncConnection",
    }
    for folder in ("bot", "actions", "engine"):
        for path in source_files(folder):
            relative = path.relative_to(ROOT).as_posix()
            foreign = [
                name for name in imports_of(path) if name.split(".")[0] == library and name not in may_name_errors
            ]
            assert not foreign or relative.startswith(home), f"{relative} imports {foreign}"


def test_the_channels_and_the_console_are_imported_by_nobody_but_the_edge() -> None:
    edge = {"bot/app.py", "bot/web.py", "bot/cli.py", "bot/evaluate/service.py"}
    for path in source_files("bot"):
        relative = path.relative_to(ROOT).as_posix()
        if relative in edge or relative.startswith(("bot/channels", "bot/console")):
            continue
        for name in imports_of(path):
            assert not name.startswith(
                ("bot.console", "bot.channels.webchat", "bot.channels.telegram", "bot.channels.botapi")
            ), relative
