# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests and measurements: it keeps a record that survives it, and does all that relays do wrong.

It runs in a thread, so that the program under test can be a process that is killed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from syndicate.model import Outcome

_ADDRESS = re.compile(rb"<([^>]*)>")
_ID = re.compile(rb"(?im)^Message-ID: *(\S+)")

Plan = Callable[[str, int], str]
"""Which fault a recipient's mail meets at its n-th try (from 1): "" for none, or a key of ``FAULTS``."""

FAULTS = {
    "grey": "450 4.2.0 greylisted, come back",
    "busy": "451 4.3.0 later",
    "full": "452 4.2.2 mailbox full",
    "dead": "550 5.1.1 no such person",
    "policy": "550 5.7.1 we do not want this",
    "message": "554 5.6.0 not this message",
    "closing": "421 4.3.2 closing",
    "drop": "",  # at RCPT
    "dropafter": "",  # after the message: it is kept, its answer is lost
    "badreply": "",  # the same with nonsense for an answer
    "hang": "",  # the same without any
}
AFTER = {"busy", "full", "message", "dropafter", "badreply", "hang"}
KEPT = {"", "dropafter", "badreply", "hang"}


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that the server kept: its envelope, its Message-ID and the SHA-256 of its bytes."""

    sender: str
    recipient: str
    message_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter."""

    wire: bytes
    recipient: str = "ann@mail.example"
    sender: str = "bounces+1@bulletin.example"


class Desk:
    """A desk with letters on it; ``on_data`` is called when one is about to go out, and may answer False."""

    def __init__(self, *letters: Sent, on_data: Callable[[], object] = lambda: True) -> None:
        """The letters, in order."""
        self.letters = list(letters)
        self.on_data = on_data
        self.outcomes: list[Outcome] = []
        self.returned: list[Sent] = []

    def ready(self) -> Sent | None:
        """The next letter."""
        return self.letters.pop(0) if self.letters else None

    async def next(self) -> Sent | None:
        """The next letter."""
        return self.ready()

    async def in_data(self, _letter: Sent) -> bool:
        """Ask the test."""
        return self.on_data() is not False

    def settle(self, _letter: Sent, outcome: Outcome) -> None:
        """Keep the outcome."""
        self.outcomes.append(outcome)

    def back(self, letter: Sent) -> None:
        """Keep the letter."""
        self.returned.append(letter)


class Sink:
    """The server. ``taken`` is what it kept, ``faults`` counts what it did wrong, ``connections`` who came.

    With ``ledger`` each message is on the disk in that file before it is acknowledged.
    """

    def __init__(self, plan: Plan = lambda _recipient, _attempt: "", ledger: Path | None = None) -> None:
        """``plan`` may be changed while it runs."""
        self.plan = plan
        self.taken: list[Taken] = []
        self.faults: Counter[str] = Counter()
        self.tries: Counter[str] = Counter()
        self.connections = 0
        self.greeting = "220 sink.example"
        self.extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME")
        self.port = 0
        self.bodies: dict[str, bytes] = {}
        self.keep_bodies = False
        self.open: set[asyncio.Transport] = set()
        self._ledger = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if ledger else -1
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)

    def __enter__(self) -> Self:
        """Listen on a free port of loopback."""
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._ledger >= 0:
            os.close(self._ledger)

    def keep(self, taken: Taken, body: bytes) -> None:
        """Put a message on record."""
        self.taken.append(taken)
        if self.keep_bodies:
            self.bodies[taken.recipient] = body
        if self._ledger >= 0:
            os.write(self._ledger, f"{taken.recipient}\t{taken.message_id}\t{taken.sha256}\n".encode())
            os.fdatasync(self._ledger)

    def copies(self) -> Counter[str]:
        """How many copies each recipient was sent."""
        return Counter(one.recipient for one in self.taken)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(lambda: _Conversation(self), "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        while self.open:
            for transport in list(self.open):
                transport.abort()
            await asyncio.sleep(0)


class _Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._in_data = False
        self._sender = self._recipient = self._fault = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it is a stream
        self._transport = transport
        self._sink.connections += 1
        self._sink.open.add(transport)
        self._say(self._sink.greeting)
        if not self._sink.greeting.startswith("220"):
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._sink.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while not self._transport.is_closing():
            end = self._buffer.find(b"\r\n.\r\n" if self._in_data else b"\r\n")
            if self._in_data and self._buffer.startswith(b".\r\n"):
                end = -2
            elif end < 0:
                return
            content = bytes(self._buffer[: max(end, 0)])
            del self._buffer[: end + (5 if self._in_data else 2)]
            if self._in_data:
                self._message(content)
            else:
                self._command(content)

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"MAIL":
            self._sender, self._recipient = _address(line), ""
            self._say("250 2.1.0 ok")
        elif verb == b"RCPT":
            self._rcpt(_address(line))
        elif verb == b"DATA":
            self._in_data = bool(self._recipient)
            self._say("354 go on" if self._recipient else "503 5.5.1 nobody to send it to")
        elif verb in (b"EHLO", b"HELO"):
            lines = ["sink.example", *self._sink.extensions]
            self._say("\r\n".join(f"250{' ' if word is lines[-1] else '-'}{word}" for word in lines))
        elif verb == b"QUIT":
            self._say("221 2.0.0 bye")
            self._transport.close()
        else:
            self._say("250 2.0.0 ok" if verb == b"RSET" else "502 5.5.2 what?")

    def _rcpt(self, recipient: str) -> None:
        sink = self._sink
        sink.tries[recipient] += 1
        self._fault = sink.plan(recipient, sink.tries[recipient])
        if self._fault:
            sink.faults[self._fault] += 1
        if self._fault == "drop":
            self._transport.abort()
        elif self._fault and self._fault not in AFTER:
            self._say(FAULTS[self._fault])
            if self._fault == "closing":
                self._transport.close()
        else:
            self._recipient = recipient
            self._say("250 2.1.5 ok")

    def _message(self, content: bytes) -> None:
        self._in_data = False
        if self._fault in KEPT:
            body = content.replace(b"\r\n..", b"\r\n.") + b"\r\n"
            found = _ID.search(body)
            digest = hashlib.sha256(body).hexdigest()
            name = found[1].decode() if found else ""
            self._sink.keep(Taken(self._sender, self._recipient, name, digest), body)
        if self._fault == "dropafter":
            self._transport.abort()
        elif self._fault == "badreply":
            self._say("what is this")
        elif self._fault == "hang":
            self._transport.pause_reading()
            self._buffer.clear()
        elif self._fault in FAULTS:
            self._say(FAULTS[self._fault])
        elif not self._fault:
            self._say("250 2.0.0 kept")

    def _say(self, line: str) -> None:
        self._transport.write(line.encode() + b"\r\n")


def _address(line: bytes) -> str:
    found = _ADDRESS.search(line)
    return found[1].decode("latin-1") if found else ""
