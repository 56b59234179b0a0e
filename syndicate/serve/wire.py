# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 for the server, with a short way for feeds: their bytes are written before uvicorn makes a request of it.

What is not the plain case (a query, another version, a connection that is to close, a client that does not take what it
was sent, an answer still under way) goes uvicorn's way. Both ways give the same answer: a test compares them.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from syndicate.serve.quick import Quick

FEEDS: Final = b"/feeds/"
# What uvicorn asks of the request before: it is over, and whatever body comes with it is nobody's.
OVER: Final = SimpleNamespace(response_complete=True, disconnected=False, message_event=SimpleNamespace(set=bool))


def protocol(quick: Quick) -> type[HttpToolsProtocol]:
    """The protocol of a server whose feeds are answered by ``quick``."""

    class Protocol(HttpToolsProtocol):
        """One connection."""

        def on_headers_complete(self) -> None:
            """A request is whole but for its body, which no reading has."""
            found = quick.answer(self.url[len(FEEDS) :].decode("latin-1"), self.headers) if self._is_plain() else None
            if found is None:
                super().on_headers_complete()
                return
            (_, date), *_ = self.server_state.default_headers
            body = found.body if self.parser.get_method() == b"GET" else b""
            self.transport.write(b"%bdate: %b\r\n\r\n%b" % (found.lines, date, body))
            self.cycle: Any = OVER
            self.on_response_complete()

        def _is_plain(self) -> bool:
            parser = self.parser
            return (
                self.url.startswith(FEEDS)
                and parser.get_method() in {b"GET", b"HEAD"}
                and parser.get_http_version() == "1.1"
                and parser.should_keep_alive()
                and not parser.should_upgrade()
                and not self.flow.write_paused
                and (self.cycle is None or self.cycle.response_complete)
            )

    return Protocol
