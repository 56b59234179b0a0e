# SPDX-License-Identifier: Apache-2.0
"""Feeds before everything else: their answers are made once for each release and only sent after that.

This is what nearly all requests ask for. It stands around the application, which gets whatever is no plain reading of
a feed: other methods, other paths, and a browser that opens a feed as a page. ``wire`` asks it before there is even a
request of the application's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syndicate.serve.documents import FEED_CACHE, Document, Shelf, has_it, head

FEEDS: Final = "/feeds/"
READING: Final = frozenset({"GET", "HEAD"})
HEADERS: Final = {
    "Cache-Control": FEED_CACHE,
    # Reading a feed from a page of another site shows nobody more than fetching it would.
    "Access-Control-Allow-Origin": "*",
    # To a browser that opens it as a page a feed is another document.
    "Vary": "Accept-Encoding, Sec-Fetch-Dest",
}
_ASKED: Final = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"sec-fetch-dest"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a document, ready to be sent: as messages of ASGI, and as the lines of its head without the date."""

    start: Message
    body: bytes
    lines: bytes
    document: Document


@dataclass(frozen=True, slots=True)
class Ready:
    """The answers of one representation: its tag, the whole of it, and that it has not changed."""

    tag: str
    whole: Answer
    unchanged: Answer


class Quick:
    """Answers requests for feeds from ``shelf``, and passes on all others, without the path that the site is below."""

    def __init__(self, app: ASGIApp, shelf: Shelf, base: str, headers: Mapping[str, str]) -> None:
        """``base`` is the path of the site's own address, "" if it has none; ``headers`` stand on every answer."""
        self._app = app
        self.shelf = shelf
        self._base = base
        self._headers = {**HEADERS, **headers}
        self._ready: dict[str, tuple[Document, dict[str, Ready]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if self._base and path.startswith(f"{self._base}/"):
            path = path[len(self._base) :]
            scope = {**scope, "path": path, "raw_path": path.encode()}
        if path.startswith(FEEDS) and scope["method"] in READING:
            plain = scope["query_string"] == b"plain"
            found = self.answer(path[len(FEEDS) :], scope["headers"], plain=plain)
            if found:
                await send(found.start)
                await send({"type": "http.response.body", "body": found.body})
                return
        await self._app(scope, receive, send)

    def answer(self, name: str, headers: Iterable[tuple[bytes, bytes]], *, plain: bool = False) -> Answer | None:
        """The answer to who reads the feed of that file name with these headers, their names in small letters.

        None if there is no such feed, or if a browser opens it; ``plain``: it wants the bytes all the same.
        """
        asked = {key: value.decode("latin-1") for key, value in headers if key in _ASKED}
        if not plain and asked.get(b"sec-fetch-dest") == "document":
            return None
        document = self.shelf.get(name)
        if document is None:
            return None
        known = self._ready.get(name)
        if known is None or known[0] is not document:
            known = self._ready[name] = (document, {})
        coding = document.coding(asked.get(b"accept-encoding", ""))
        ready = known[1].get(coding)
        if ready is None:
            ready = known[1][coding] = self._made(document, coding)
        if has_it(document, ready.tag, asked.get(b"if-none-match"), asked.get(b"if-modified-since")):
            return ready.unchanged
        return ready.whole

    def _made(self, document: Document, coding: str) -> Ready:
        sent = head(document, coding, self._headers)
        body = document.coded[coding] if coding else document.body
        of_body = {"Content-Type": document.media_type, "Content-Length": str(len(body))}
        if coding:
            of_body["Content-Encoding"] = coding
        whole = _answer(document, HTTPStatus.OK, sent | of_body, body)
        return Ready(sent["ETag"], whole, _answer(document, HTTPStatus.NOT_MODIFIED, sent))


def _answer(document: Document, status: HTTPStatus, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    lines = b"".join(b"%b: %b\r\n" % pair for pair in raw)
    first = f"HTTP/1.1 {status} {status.phrase}\r\n".encode()
    return Answer({"type": "http.response.start", "status": int(status), "headers": raw}, body, first + lines, document)
