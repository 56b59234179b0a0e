# SPDX-License-Identifier: Apache-2.0
"""Adapter: read documents of strangers in child processes with bounds on time and memory.

Promises: whatever a document does to its child, it costs that document only; the answer is a feed or a ParseError.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from syndicate.errors import ParseError
from syndicate.intake import delta, webpage
from syndicate.intake.pages import ROBOT
from syndicate.model import Feed, PageReading, Reading, Source

try:
    import resource
except ImportError:  # no such limits on this platform; the time limit still holds
    resource = None  # type: ignore[assignment] # a module or nothing

T = TypeVar("T")

_GRACE = 5  # seconds of wall clock beyond the CPU limit, for a busy machine
_DOCUMENTS_PER_CHILD = 500


class Reader:
    """Reads documents in ``workers`` child processes. ``seconds`` a document may take, ``memory`` a child, in bytes."""

    def __init__(
        self,
        *,
        workers: int = 1,
        seconds: float = 20.0,
        memory: int = 1_000_000_000,
        loaded: Sequence[str] = (),
    ) -> None:
        """Starts nothing yet; the first document starts the children, with the modules ``loaded`` at hand."""
        self._seconds = seconds
        self._running: set[concurrent.futures.Future[Any]] = set()
        self._closing = False
        self._pool: Any = ProcessPool(
            max_workers=workers,
            max_tasks=_DOCUMENTS_PER_CHILD,
            initializer=_limit_memory,
            initargs=[memory],
            context=_context(loaded),
        )

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
        """A whole body -> what is new since the reading that left ``marks``. Raises ParseError, also for excess.

        ``then``, a pure function that stands in a module, is done with the feed in the child.
        """
        bare = replace(source, publisher=replace(source.publisher, records=()))  # terms are no business of a child
        arguments = [body, url, content_type, bare, marks, then, int(self._seconds) + 1]
        future = self._pool.schedule(_read, args=arguments, timeout=self._seconds + _GRACE)
        self._running.add(future)
        try:
            return await self._outcome(future, url)
        finally:
            self._running.discard(future)

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
        """A whole web page -> what it states. Raises ParseError, also for excess."""
        bare = replace(source, publisher=replace(source.publisher, records=()))
        about = webpage.About(bare, robots_txt, tdmrep, ROBOT, terms)
        arguments = [body, url, dict(headers), about, int(self._seconds) + 1]
        future = self._pool.schedule(_read_page, args=arguments, timeout=self._seconds + _GRACE)
        self._running.add(future)
        try:
            return await self._outcome(future, url)
        finally:
            self._running.discard(future)

    async def close(self) -> None:
        """Stop the children; documents that are being read are given up with a ParseError."""
        self._closing = True
        for future in tuple(self._running):
            future.cancel()
        self._pool.close()
        await asyncio.to_thread(self._pool.join)

    async def _outcome(self, future: concurrent.futures.Future[T], url: str) -> T:
        remedy = "nothing was changed; if it happens again, ask the publisher to make the feed smaller"
        try:
            return await asyncio.wrap_future(future)
        except (concurrent.futures.TimeoutError, ProcessExpired) as error:
            what = f"reading the document took more than {self._seconds:g} seconds or ended its process"
            raise ParseError(what, subject=url, remedy=remedy) from error
        except MemoryError as error:
            raise ParseError("reading the document took too much memory", subject=url, remedy=remedy) from error
        except asyncio.CancelledError as error:
            if not self._closing:
                raise
            raise ParseError("reading was given up on closing", subject=url, remedy="poll the source again") from error


def _context(loaded: Sequence[str]) -> BaseContext:
    """Children start from a clean server process that has the parsers loaded, never as copies of ours."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *loaded])
    return context


def _limit_memory(memory: int) -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _limit_time(seconds: int) -> None:
    """The limit counts the child's whole life, so each document gets its share on top of what is spent."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(usage.ru_utime + usage.ru_stime)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, hard))


def _read(
    body: bytes,
    url: str,
    content_type: str,
    source: Source,
    marks: bytes,
    then: Callable[[Feed], Feed] | None,
    seconds: int,
) -> Reading:
    _limit_time(seconds)
    reading = delta.read(body, url=url, content_type=content_type, source=source, marks=marks)
    return replace(reading, feed=then(reading.feed)) if then and reading.feed else reading


def _read_page(body: bytes, url: str, headers: dict[str, str], about: webpage.About, seconds: int) -> PageReading:
    _limit_time(seconds)
    return webpage.read(body, url=url, headers=headers, about=about)
