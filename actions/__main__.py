"""`python -m actions`: the action server on loopback, with its services built once."""

from __future__ import annotations

import logging
import sys
import warnings

from actions.services import use
from bot.errors import HotlineError
from bot.settings import load_settings


def main() -> None:
    """Build the services, then serve until the process is ended."""
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        from rasa_sdk.endpoint import create_app
        from rasa_sdk.executor import ActionExecutor

        from bot.app import build_services

        settings = load_settings()
        use(build_services(settings))
    except HotlineError as error:
        sys.exit(f"actions: {error}")
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor, cors_origins=[])
    app.run(
        host="127.0.0.1",
        port=settings.actions_port,
        workers=1,
        single_process=True,
        access_log=False,
        motd=False,
    )


if __name__ == "__main__":
    main()
