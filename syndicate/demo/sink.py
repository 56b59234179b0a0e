# SPDX-License-Identifier: Apache-2.0
"""A mail server that delivers nothing: each message becomes a file of a Maildir, which any mail program opens."""

from __future__ import annotations

import asyncio
import contextlib
import mailbox
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from syndicate.errors import UsageError

HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Received:
    """One message: whom it was for and the file that holds it."""

    recipients: tuple[str, ...]
    path: Path


@dataclass(slots=True)
class Sink:
    """The mail server while it runs."""

    port: int
    folder: Path
    messages: list[Received] = field(default_factory=list)


@contextlib.asynccontextmanager
async def sink(folder: Path, port: int = 0) -> AsyncIterator[Sink]:
    """Accept mail until the block ends, on ``port`` or a free one; ``folder`` becomes a Maildir.

    Raises UsageError if the package aiosmtpd is missing or the port is taken.
    """
    smtp = _smtp()
    running = Sink(port, folder)
    for part in ("tmp", "new", "cur"):  # mailbox makes them only together with the folder itself
        (folder / part).mkdir(parents=True, exist_ok=True)
    handler = _Handler(running, mailbox.Maildir(str(folder)))
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: smtp(handler, enable_SMTPUTF8=True, loop=loop), HOST, port)
    except OSError as error:
        raise UsageError(
            f"cannot listen there: {error.strerror or error}", subject=f"{HOST}:{port}", remedy="choose another port"
        ) from error
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        await server.wait_closed()


def _smtp() -> Any:
    try:
        from aiosmtpd.smtp import SMTP
    except ImportError as error:
        raise UsageError(
            "the demo needs the package aiosmtpd for its mail server",
            remedy="install it with: pip install 'syndicate-press[demo]'",
        ) from error
    return SMTP


class _Handler:
    """The two words of aiosmtpd's protocol that a sink needs."""

    def __init__(self, running: Sink, maildir: mailbox.Maildir) -> None:
        self._running = running
        self._maildir = maildir

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        key = await asyncio.to_thread(self._maildir.add, envelope.content)
        path = Path(self._running.folder, "new", key)
        self._running.messages.append(Received(tuple(envelope.rcpt_tos), path))
        return "250 kept, not delivered"
