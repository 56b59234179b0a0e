# SPDX-License-Identifier: Apache-2.0
"""An HTTP server as a guest in somebody's event loop: it says its real port, stops when asked, touches no signals."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from syndicate.errors import UsageError
from syndicate.serve.quick import Quick
from syndicate.serve.wire import protocol

GRACE = 3  # seconds for open connections when the server stops


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve ``app`` until the block ends; yields the port (a free one if ``port`` is 0).

    Raises UsageError if the address cannot be taken.
    """
    with _bound(host, port) as bound:
        server = _Guest(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,  # the application reads them itself, behind what is quick
                ws="none",
                http=protocol(app) if isinstance(app, Quick) else "auto",
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            await server.begun.wait()
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await task


class _Guest(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.begun.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound(host: str, port: int) -> socket.socket:
    try:
        bound = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, UnicodeError) as error:  # a name that no host can have is no OSError
        raise UsageError(
            f"cannot listen there: {getattr(error, 'strerror', None) or error}",
            subject=f"{host}:{port}",
            remedy="stop the other program or choose another port",
        ) from error
    # Head and body are written one after the other: on a kept connection the body would wait 40 ms for the client's
    # word that the head is there. asyncio sets this for the sockets that it makes itself alone; these are inherited.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
