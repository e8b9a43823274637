"""`python -m engine …`: Rasa's own command line with our wrappers in place; `run` and `train` are used."""

from __future__ import annotations

import logging
import os
import warnings


def main() -> None:
    """Install the wrappers, then hand over to Rasa."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.simplefilter("ignore")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)

    from rasa.__main__ import main as rasa_main

    from engine.wrappers import install

    install()
    rasa_main()


if __name__ == "__main__":
    main()
