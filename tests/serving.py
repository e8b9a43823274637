"""An ASGI application over HTTP, in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


@asynccontextmanager
async def serving(app: Any, port: int, **options: Any) -> AsyncIterator[None]:
    """The application on that port of 127.0.0.1. Raises RuntimeError when it does not start: uvicorn leaves with
    SystemExit, which would end the loop, and with it every later test of this worker."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1, **options)
    )

    async def serve() -> None:
        try:
            await server.serve()
        except SystemExit as end:
            raise RuntimeError(f"The server did not start on port {port}.") from end

    task = asyncio.create_task(serve())
    async with asyncio.timeout(20):
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.01)
    yield
    server.should_exit = server.force_exit = True
    await asyncio.wait({task}, timeout=10)
