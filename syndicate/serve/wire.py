# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 for the server, with a short way for feeds: their bytes are written before uvicorn makes a request of it.

What is not the plain case (a query, another version, a connection that is to close, a client that does not take what it
was sent, an answer still under way) goes uvicorn's way. Both ways give the same answer: a test compares them.

Readers ask again and again in the very same bytes. A request that was read once and answered the short way is known by
them: it is not read again as long as the feed stays what it is.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from syndicate.serve.documents import Document
from syndicate.serve.quick import Answer, Quick

FEEDS: Final = b"/feeds/"
LONGEST: Final = 2_000
"""Bytes of a request that is worth knowing."""
MOST: Final = 1_000
"""Requests that are known at a time: as many kinds of reader as ask for the feeds, by what they have already."""
# What uvicorn asks of the request before: it is over, and whatever body comes with it is nobody's.
OVER: Final = SimpleNamespace(response_complete=True, disconnected=False, message_event=SimpleNamespace(set=bool))

Found = tuple[str, bool, Answer]
"""What a request asked for: the feed, whether its bytes too, and what it got."""


class _Looks:
    """What stands on the shelf, looked at once in a turn of the event loop: all that came by then sees the same."""

    def __init__(self, quick: Quick) -> None:
        self._quick = quick
        self._seen: dict[str, Document | None] = {}

    def at(self, name: str, loop: asyncio.AbstractEventLoop) -> Document | None:
        if name not in self._seen:
            if not self._seen:
                loop.call_soon(self._seen.clear)
            self._seen[name] = self._quick.shelf.get(name)
        return self._seen[name]


class Protocol(HttpToolsProtocol):
    """One connection to what ``protocol`` was called with."""

    quick: ClassVar[Quick]
    looks: ClassVar[_Looks]
    known: ClassVar[dict[bytes, Found]]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._between = True  # no request has begun that is not whole
        self._begun = 0  # requests in what is being read
        self._found: Found | None = None  # what the last of them got the short way
        self._heard = 0.0

    def data_received(self, data: bytes) -> None:
        """Answer what is known, read everything else."""
        found = self.known.get(data)
        if found and self._between and self._is_free():
            name, whole, answer = found
            if self.looks.at(name, self.loop) is answer.document:
                self._heard = self.loop.time()
                self.server_state.total_requests += 1
                self._write(answer, whole=whole)
                return
            del self.known[data]
        begins, self._begun, self._found = self._between, 0, None
        super().data_received(data)
        if begins and len(data) <= LONGEST:
            self._remember(data)

    def _remember(self, data: bytes) -> None:
        """Know ``data`` again, if it was one whole request that went the short way."""
        if self._found and self._begun == 1 and self._between:
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[data] = self._found

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between = False
        self._begun += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._between = True
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        """A request is whole but for its body, which no reading has."""
        name = self.url[len(FEEDS) :].decode("latin-1")
        answer = self.quick.answer(name, self.headers) if self._is_plain() else None
        if answer is None:
            super().on_headers_complete()
            return
        self._found = (name, self.parser.get_method() == b"GET", answer)
        self._write(answer, whole=self._found[1])
        self.cycle: Any = OVER
        self.on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close what has been silent; known requests do not set the clock anew, so it is looked at here."""
        left = self._heard + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _write(self, answer: Answer, *, whole: bool) -> None:
        head = b"%bdate: %b\r\n\r\n" % (answer.lines, self.server_state.default_headers[0][1])
        if whole and answer.body:
            self.transport.writelines((head, answer.body))
        else:
            self.transport.write(head)

    def _is_free(self) -> bool:
        return not self.flow.write_paused and (self.cycle is None or self.cycle.response_complete)

    def _is_plain(self) -> bool:
        parser = self.parser
        return (
            self.url.startswith(FEEDS)
            and parser.get_method() in {b"GET", b"HEAD"}
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and self._is_free()
        )


def protocol(quick: Quick) -> type[HttpToolsProtocol]:
    """The protocol of a server whose feeds are answered by ``quick``."""
    return type("FeedProtocol", (Protocol,), {"quick": quick, "looks": _Looks(quick), "known": {}})
