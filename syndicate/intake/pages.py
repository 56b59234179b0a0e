# SPDX-License-Identifier: Apache-2.0
"""Adapter: fetch web pages (an article, a page of terms) as its robots.txt and its server ask us to.

Feeds are published to be polled; pages are not. So a page is asked for only where robots.txt lets us, one page of a
host at a time with a pause between, and not again while the answer is fresh.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from protego import Protego
from yarl import URL

from syndicate.errors import FetchError
from syndicate.intake.client import Client, checked
from syndicate.intake.freshness import fresh_for, retry_after
from syndicate.intake.hosts import host_of

ROBOT = "syndicate"
"""The name under which robots.txt may address us."""

_ACCEPT = {"Accept": "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5, */*;q=0.1"}
_DAY = 86_400.0  # no robots.txt is kept longer. Spec: RFC 9309 2.4
_ROBOTS_SIZE = 512 * 1024  # what follows is not read. Spec: RFC 9309 2.5
_LEAST_KEPT = 300.0  # seconds for which a page is not asked for twice, whatever it says
_KEPT = 200  # pages, and rules of sites
_LONGEST_PAUSE = 60.0  # seconds; a longer Crawl-delay is meant for crawlers of whole sites
_OK, _CLIENT_ERROR, _SERVER_ERROR = 200, 400, 500
_AWAY = (429, 503)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A complete answer of any status. ``url`` is the final address; ``body`` is empty unless ``status`` is 200.

    ``headers`` may be asked for in any case.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(slots=True)
class _Host:
    """What we know of one host: its turn, and when it may be asked again, in seconds of the event loop's clock."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    not_before: float = 0.0
    away_until: float = 0.0


@dataclass(frozen=True, slots=True)
class _Robots:
    """One site's rules. ``rules`` is None where nothing is forbidden; ``closed`` says why everything is."""

    rules: Protego | None
    closed: str
    until: float
    text: str = ""


class Turns(Protocol):
    """Whose turn it is to ask a host for a page, known to all processes that ask."""

    def turn(self, host: str) -> AbstractAsyncContextManager[Callable[[float], object]]:
        """Wait for the turn, at most for a minute or two; what is called with the seconds that the host is left alone.

        Raises FetchError with ``retry_after`` if the host wants to be left alone for longer.
        """
        ...


class _OwnTurns:
    """Nobody else asks: what each host says is remembered here."""

    def turn(self, _host: str) -> AbstractAsyncContextManager[Callable[[float], object]]:
        return nullcontext(lambda _: None)


class Pages:
    """A polite reader of web pages, through an open client; ``pause`` is in seconds between two pages of a host."""

    def __init__(self, client: Client, *, pause: float = 1.0, turns: Turns | None = None) -> None:
        """The client brings the bounds and the name; ``turns`` are shared with whoever else reads pages."""
        self._client = client
        self._pause = pause
        self._turns = turns or _OwnTurns()
        self._hosts: dict[str, _Host] = {}
        self._robots: OrderedDict[str, _Robots] = OrderedDict()
        self._kept: OrderedDict[str, tuple[float, Page]] = OrderedDict()

    async def fetch(self, url: str) -> Page:
        """The page at ``url``, from memory if it was fetched lately and is still fresh.

        Raises FetchError, whose ``what`` is the reason: robots.txt forbids it, the host asked us to stay away (then
        with ``retry_after``), or there is no complete answer.
        """
        address = str(checked(url, url))
        host = self._hosts.setdefault(host_of(address), _Host())
        async with host.turn:
            if kept := self._fresh(address):
                return kept
            await self._wait(address, host)
            async with self._turns.turn(host_of(address)) as leave:
                try:
                    reply = await self._client.get(address, _ACCEPT, permit=self._permit)
                    page = Page(reply.url, reply.status, reply.headers, reply.body)
                    self._learn(address, host, page)
                finally:
                    host.not_before = max(host.not_before, _now() + self._pause)
                    leave(max(host.not_before, host.away_until) - _now())
        return page

    async def robots_txt(self, url: str) -> str:
        """The text of the robots.txt of a page's site, as it was read; "" if there is none that can be read."""
        return (await self._robots_of(checked(url, url))).text

    def _fresh(self, address: str) -> Page | None:
        until, page = self._kept.get(address, (0.0, None))
        return page if until > _now() else None

    async def _wait(self, address: str, host: _Host) -> None:
        """Keep the pause; refuse while the host wants to be left alone."""
        away = host.away_until - _now()
        if away > 0:
            what = f"the host asked us to stay away for another {away:.0f} seconds"
            raise FetchError(what, subject=address, remedy="ask again after that", retry_after=away)
        await asyncio.sleep(host.not_before - _now())

    def _learn(self, address: str, host: _Host, page: Page) -> None:
        """Remember the page for as long as it is good, and what the host asks for."""
        if page.status in _AWAY:
            host.away_until = _now() + (retry_after(page.headers) or self._pause)
            return
        good = min(max(fresh_for(page.headers) or 0.0, _LEAST_KEPT), _DAY)
        _remember(self._kept, address, (_now() + good, page))

    async def _permit(self, url: URL) -> None:
        """Object to an address that robots.txt keeps from us. Spec: RFC 9309."""
        robots = await self._robots_of(url)
        if robots.closed:
            raise FetchError(robots.closed, subject=str(url), remedy="ask again tomorrow, or open the page yourself")
        if robots.rules is None:
            return
        if not robots.rules.can_fetch(str(url.with_user(None)), ROBOT):
            what = "the site's robots.txt asks programs not to read this page"
            raise FetchError(what, subject=str(url.with_user(None)), remedy="open it yourself and record what it says")
        delay = robots.rules.crawl_delay(ROBOT)
        if delay:
            host = self._hosts.setdefault(host_of(str(url)), _Host())
            host.not_before = max(host.not_before, _now() + min(float(delay), _LONGEST_PAUSE))

    async def _robots_of(self, url: URL) -> _Robots:
        site = str(url.origin())
        known = self._robots.get(site)
        if known is None or known.until <= _now():
            known = await self._read_robots(site)
            _remember(self._robots, site, known)
        return known

    async def _read_robots(self, site: str) -> _Robots:
        """Spec: RFC 9309 2.3.1: a site without the file allows everything, one that cannot answer allows nothing."""
        try:
            reply = await self._client.get(f"{site}/robots.txt", {"Accept": "text/plain, */*;q=0.1"})
        except FetchError as error:
            return _Robots(None, f"the site's robots.txt could not be read ({error.what})", _now() + _LEAST_KEPT)
        if reply.status == _OK:
            text = reply.body[:_ROBOTS_SIZE].decode("utf-8", errors="replace")
            good = max(fresh_for(reply.headers) or _DAY, _LEAST_KEPT)
            return _Robots(Protego.parse(text), "", _now() + min(good, _DAY), text)
        if _CLIENT_ERROR <= reply.status < _SERVER_ERROR and reply.status not in _AWAY:
            return _Robots(None, "", _now() + _DAY)
        wait = retry_after(reply.headers) or _LEAST_KEPT
        return _Robots(None, f"the site's robots.txt could not be read ({reply.status})", _now() + wait)


def _remember(memory: OrderedDict[str, T], key: str, value: T) -> None:
    """Keep a value; of very many, the one that was kept first is forgotten."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _KEPT:
        memory.popitem(last=False)


def _now() -> float:
    return asyncio.get_running_loop().time()
