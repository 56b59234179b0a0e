# SPDX-License-Identifier: Apache-2.0
"""What the pipeline needs from the world. Adapters satisfy these; nobody inherits from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from syndicate.model import Feed, Fetched, Outcome, PageReading, Reading, Source, Verified

Clock = Callable[[], datetime]


class Fetcher(Protocol):
    """Bounded, polite HTTP."""

    async def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Answer of a conditional GET; raises FetchError."""
        ...


class Page(Protocol):
    """A complete answer to the request for a web page, of any status."""

    @property
    def url(self) -> str:
        """The final address."""
        ...

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names may be asked for in any case."""
        ...

    @property
    def body(self) -> bytes:
        """The whole body without its coding; empty unless the status is 200."""
        ...


class PageFetcher(Protocol):
    """Web pages, as robots.txt and their servers let us."""

    async def fetch(self, url: str) -> Page:
        """The page; raises FetchError, whose ``what`` is why not."""
        ...

    async def robots_txt(self, url: str) -> str:
        """The text of the robots.txt of a page's site; "" if it has none that can be read."""
        ...


class PageReader(Protocol):
    """Bytes of a web page to what it states, where a hostile page can do no harm."""

    async def read_page(
        self,
        body: bytes,
        *,
        url: str,
        headers: Mapping[str, str],
        source: Source,
        robots_txt: str = "",
        tdmrep: str = "",
        terms: bool = False,
    ) -> PageReading:
        """What the page states; raises ParseError."""
        ...


class Reader(Protocol):
    """Bytes to normalised items, where a hostile document can do no harm."""

    async def read(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str,
        source: Source,
        marks: bytes = b"",
        then: Callable[[Feed], Feed] | None = None,
    ) -> Reading:
        """Parse and normalise what is new since the reading that left ``marks``; raises ParseError.

        ``then``, a pure function that stands in a module, is done with the feed in the place where it is read.
        """
        ...


class Letter(Protocol):
    """One message to one recipient, as it goes over the wire."""

    @property
    def sender(self) -> str:
        """The envelope's sender."""
        ...

    @property
    def recipient(self) -> str:
        """The one recipient."""
        ...

    @property
    def wire(self) -> bytes:
        """The message with its end."""
        ...


L = TypeVar("L", bound=Letter)


class Desk(Protocol[L]):
    """Where letters come from, and where it is put on record what became of them."""

    async def next(self) -> L | None:
        """The next letter, None at the end; may wait."""
        ...

    def ready(self) -> L | None:
        """The next letter if it can go at once."""
        ...

    async def in_data(self, letter: L) -> bool:
        """On record: its first byte is about to leave. False: it must not."""
        ...

    def settle(self, letter: L, outcome: Outcome) -> None:
        """What became of it."""
        ...

    def back(self, letter: L) -> None:
        """Nothing of it was sent."""
        ...


class Post(Protocol):
    """One open conversation with the relay."""

    async def drain(self, desk: Desk[L]) -> None:
        """Send the desk's letters until there is none; raises DeliveryError if the relay cannot be used now."""
        ...


class Relay(Protocol):
    """The mail server that takes our post."""

    @property
    def name(self) -> str:
        """What tells it from others."""
        ...

    def session(self) -> AbstractAsyncContextManager[Post]:
        """Open a connection; raises DeliveryError if the relay cannot be used now."""
        ...


class FeedFolder(Protocol):
    """Where finished feeds are put for any web server."""

    def __call__(self, verified: Verified) -> tuple[Path, ...]:
        """Replace the files of one channel atomically; raises DeliveryError."""
        ...
