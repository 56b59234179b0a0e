# SPDX-License-Identifier: Apache-2.0
"""The relay's answers, one by one, whatever it sends; and messages in the form in which they go over the wire.

Spec: RFC 5321 4.2, 4.5.2; RFC 2920 3.1.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from typing import cast

from syndicate.errors import DeliveryError

LONGEST_LINE = 998
LONGEST_ANSWER = 32_768
LONGEST_TEXT = 500
_CODE = re.compile(rb"[2-5][0-9]{2}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply of the relay: its code (0: it makes no sense) and its lines joined."""

    code: int
    text: str


class Gone(Exception):  # noqa: N818 - it says what the other side is
    """The relay closed the connection."""


class Silent(Gone):
    """The relay does not answer."""


class Wire(asyncio.Protocol):
    """A connection that is set up already, taken over to write at will and read answers in order."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """``transport`` is connected; from here on what it receives comes here."""
        self._transport = transport
        self._lines = bytearray()
        self._answers: deque[Answer] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._gone = transport.is_closing()
        self._closed = asyncio.Event()
        transport.set_protocol(self)
        transport.resume_reading()

    @property
    def is_open(self) -> bool:
        """Whether something can still be sent."""
        return not self._gone and not self._transport.is_closing()

    def write(self, content: bytes) -> bool:
        """Send; False, and nothing was sent, if the connection is gone."""
        if not self.is_open:
            return False
        self._transport.write(content)
        return True

    async def answer(self, seconds: float) -> Answer:
        """The next answer. Gone: none will come, or none came in that time."""
        if not self._answers:
            await self._wait(seconds)
        if self._answers:
            return self._answers.popleft()
        raise Gone("the relay closed the connection")

    async def _wait(self, seconds: float) -> None:
        if self._gone:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._waiter
        except TimeoutError:
            raise Silent("the relay does not answer") from None
        finally:
            self._waiter = None

    def close(self) -> None:
        """Hang up at once; what was not written yet is not written any more."""
        self._gone = True
        self._transport.abort()

    async def closed(self) -> None:
        """Wait until the connection is closed on our side."""
        await self._closed.wait()

    def data_received(self, data: bytes) -> None:
        """Cut what came into answers."""
        self._lines += data
        while True:
            end = self._end_of_answer()
            if not end:
                break
            whole = bytes(self._lines[:end])
            del self._lines[:end]
            self._answers.append(_answer(whole))
        if len(self._lines) > LONGEST_ANSWER:
            self._lines.clear()
            self._answers.append(Answer(0, "an answer without end"))
        self._wake()

    def eof_received(self) -> None:
        """The relay says no more."""
        self._lost()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The connection is gone."""
        self._lost()
        self._closed.set()

    def _lost(self) -> None:
        self._gone = True
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _wake(self) -> None:
        if self._answers and self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _end_of_answer(self) -> int:
        """Where the first whole answer ends; 0 if there is none yet."""
        start = 0
        while (end := self._lines.find(b"\n", start)) >= 0:
            if self._lines[start + 3 : start + 4] != b"-":
                return end + 1
            start = end + 1
        return 0


def take_over(transport: asyncio.BaseTransport) -> Wire:
    """The wire behind a transport that another protocol has set up."""
    return Wire(cast("asyncio.Transport", transport))


def on_the_wire(message: bytes, subject: str = "mail") -> bytes:
    """The message as DATA carries it: dots doubled, with its end. DeliveryError: no relay could take it, ever."""
    count = message.count(b"\r\n")
    if message.count(b"\n") != count or message.count(b"\r") != count:
        raise DeliveryError("the message has a bare CR or LF", subject=subject, remedy="see what made it")
    if max(map(len, message.split(b"\r\n"))) > LONGEST_LINE:
        raise DeliveryError(
            f"the message has a line of more than {LONGEST_LINE} bytes", subject=subject, remedy="see what made it"
        )
    dotted = b"." + message if message.startswith(b".") else message
    end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
    return dotted.replace(b"\r\n.", b"\r\n..") + end


def clean(text: str) -> str:
    """One printable line: the relay's bytes may be anything."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:LONGEST_TEXT]
    known = text.encode(errors="replace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in known).split())[:LONGEST_TEXT]


def _answer(whole: bytes) -> Answer:
    lines = whole.splitlines() if whole.count(b"\n") > 1 else [whole.rstrip(b"\r\n")]
    last = lines[-1]
    code = int(last[:3]) if _CODE.fullmatch(last[:3]) and last[3:4] in (b"", b" ") else 0
    text = " ".join(line[4:].decode("utf-8", "replace") for line in lines) if code else last.decode("utf-8", "replace")
    return Answer(code, clean(text))
