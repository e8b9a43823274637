"""`python -m tests.botapi`: the emulator as a process. Prints its address and token, then serves until it is ended.

Beside the Bot API it has two addresses for whoever plays the residents: `POST /control/say` {chat, text, language} and
`GET /control/said?chat=` with the bot's texts so far and the number of updates that are not confirmed.
"""

import asyncio
import sys

from aiohttp import web

from tests.botapi.server import BotApi
from tests.botapi.world import Person


def add_control(api: BotApi) -> None:
    """The residents' side."""

    async def say(request: web.Request) -> web.Response:
        body = await request.json()
        message = Person(api.world, body["chat"], body["language"]).says(body["text"])
        return web.json_response({"message_id": message["message_id"]})

    async def said(request: web.Request) -> web.Response:
        chat_id = int(request.query["chat"])
        mine = [
            update for update in api.world.updates if update.get("message", {}).get("chat", {}).get("id") == chat_id
        ]
        return web.json_response({"texts": api.world.texts(chat_id), "pending": len(mine)})

    api.app.router.add_post("/control/say", say)
    api.app.router.add_get("/control/said", said)


async def main() -> None:
    """Serve."""
    api = BotApi()
    add_control(api)
    await api.start()
    sys.stdout.write(f"{api.url} {api.world.token}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
