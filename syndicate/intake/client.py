# SPDX-License-Identifier: Apache-2.0
"""Adapter: one bounded, polite GET. Feeds and pages are fetched through one client, so that they share its manners.

Promises: http and https only; no connection to an address that is not public, checked where the socket is made, for
every redirect anew (unless ``allow_private``); few requests at a time to one host; a body is whole or an error; nothing
larger than ``max_bytes`` after decoding; no cookies, no proxies from the environment, credentials of a URL for its own
host only.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from syndicate.errors import FetchError
from syndicate.intake.address import is_public
from syndicate.intake.coding import ACCEPTED, CodingError, Decoder
from syndicate.intake.hosts import host_of
from syndicate.intake.turns import Turns

_PIECE = 65_536
_CONNECT = 10.0
_CONNECTIONS = 600  # at once, over all hosts: below what systems allow a process
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_AGAIN = "nothing was changed; the next poll tries again"

Permit = Callable[[URL], Awaitable[None]]


class AddressRefusedError(OSError):
    """The host's address is not a public one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take: ``timeout`` in seconds for the whole of it, ``max_bytes`` of body after decoding.

    ``per_host`` requests at a time go to one host (and as many that are stuck).
    """

    timeout: float = 30.0
    max_bytes: int = 10_000_000
    max_redirects: int = 5
    per_host: int = 2


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP answer of any status but a redirect's. ``url`` is where it came from, without credentials.

    ``moved_to`` is the same with credentials if every redirect on the way was permanent (301, 308), else "".
    ``body`` is without its content coding, and empty unless ``status`` is 200.
    """

    status: int
    reason: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request on the way: where to, whether the redirects so far were all permanent, how many there were."""

    url: URL
    permanent: bool = True
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for: the address as given, headers, and who may object to a hop."""

    source: str
    headers: Mapping[str, str] = field(default_factory=dict)
    permit: Permit | None = None


class Client:
    """One session for everything that is fetched; an async context manager."""

    def __init__(self, user_agent: str, *, allow_private: bool = False, limits: Limits | None = None) -> None:
        """``user_agent`` says who we are and where to reach us."""
        self.limits = limits or Limits()
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": ACCEPTED}
        self._allow_private = allow_private
        self._turns = Turns(self.limits.per_host)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, socket_factory=self._socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        if self._session:
            await self._session.close()

    async def get(self, url: str, headers: Mapping[str, str], *, permit: Permit | None = None) -> Reply:
        """Get ``url``, following redirects; any status is an answer.

        ``permit`` is asked before each hop and objects by raising FetchError. Raises FetchError where there is no
        complete answer; the deadline counts from the first request's turn.
        """
        wish, deadline = _Wish(url, headers, permit), _Deadline(self.limits.timeout)
        hop = _Hop(checked(url, url))
        while True:
            answer = await self._hop(wish, hop, deadline)
            if isinstance(answer, Reply):
                return answer
            hop = answer
            if hop.count > self.limits.max_redirects:
                what = f"the site redirects more than {self.limits.max_redirects} times"
                raise FetchError(what, subject=url, remedy="ask the publisher for the feed's address")

    async def _hop(self, wish: _Wish, hop: _Hop, deadline: _Deadline) -> Reply | _Hop:
        """One request in its host's turn, under the deadline, with a name for what went wrong."""
        url = wish.source
        if wish.permit:
            await wish.permit(hop.url)
        try:
            async with self._turns.turn(host_of(str(hop.url))), deadline.running():
                return await self._ask(wish, hop)
        except TimeoutError as error:
            what = f"the answer was not complete after {self.limits.timeout:g} seconds"
            raise FetchError(what, subject=url, remedy=_AGAIN) from error
        except CodingError as error:
            raise FetchError(str(error), subject=url, remedy=_AGAIN) from error
        except aiohttp.ClientPayloadError as error:
            raise FetchError("the answer was cut short", subject=url, remedy=_AGAIN) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise unreached(url, error) from error

    async def _ask(self, wish: _Wish, hop: _Hop) -> Reply | _Hop:
        if self._session is None:
            raise RuntimeError("a client is used inside 'async with'")
        async with self._session.get(hop.url, headers=wish.headers, allow_redirects=False) as response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                permanent = hop.permanent and response.status in _PERMANENT
                onward = next_url(wish.source, hop.url, response.headers["Location"])
                return _Hop(onward, permanent, hop.count + 1)
            return Reply(
                status=response.status,
                reason=response.reason or "",
                url=str(hop.url.with_user(None)),
                headers=response.headers,
                body=await self._read(response) if response.status == 200 else b"",  # noqa: PLR2004 -- its number is its name
                moved_to=str(hop.url) if hop.count and hop.permanent else "",
            )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        decoder = Decoder(response.headers.get("Content-Encoding", ""), self.limits.max_bytes)
        async for piece in response.content.iter_chunked(_PIECE):
            decoder.feed(piece)
        return decoder.finish()

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The one place where a connection begins: whatever a name resolved to, this address is checked."""
        family, kind, protocol, _, address = info
        if not self._allow_private and not is_public(str(address[0])):
            raise AddressRefusedError  # every address of a host says the same, so that one remedy is named
        return socket.socket(family=family, type=kind, proto=protocol)


class _Deadline:
    """The seconds that a fetch has, over all its requests; waiting for a turn does not count."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the time run; TimeoutError when it is up."""
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.timeout(self._left):
            yield
        self._left -= clock() - began


def checked(url: str, source: str, base: URL | None = None) -> URL:
    """The address to ask for ``url``, relative to ``base``; FetchError about ``source`` if it is no web address."""
    try:
        target = base.join(URL(url)) if base else URL(url)
        usable = target.scheme in ("http", "https") and bool(target.host)
    except ValueError:
        usable = False
    if not usable:
        what = (
            f"{url!r} is no web address" if base is None else f"the site redirects to {url!r}, which is no web address"
        )
        raise _no_address(what, source)
    return target.with_fragment(None)


def _no_address(what: str, source: str) -> FetchError:
    return FetchError(
        what, subject=source, remedy="use an address that starts with http:// or https:// and a host name"
    )


def next_url(source: str, here: URL, location: str) -> URL:
    """Where a redirect leads. Credentials go along to the same host only, and never from https to http."""
    target = checked(location, source, here).with_user(None)
    same = target.host == here.host and (target.port == here.port or target.scheme != here.scheme)
    if here.user and same and (target.scheme == "https" or here.scheme == "http"):
        return target.with_user(here.user).with_password(here.password)
    return target


def unreached(url: str, error: Exception) -> FetchError:
    """What a failed connection is called, and what to do about it."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, AddressRefusedError):
        remedy = "set network.allow_private if this source really is on your own network"
        return FetchError("the host has no public address, so we did not connect", subject=url, remedy=remedy)
    if isinstance(error, aiohttp.InvalidURL):
        return _no_address(f"{url!r} is no web address", url)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError("the host is not known", subject=url, remedy="check the spelling of the address")
    if isinstance(error, aiohttp.ClientSSLError):
        return FetchError("the site's certificate is not valid", subject=url, remedy="ask the publisher to renew it")
    what = f"the connection failed ({str(error) or type(error).__name__})"
    return FetchError(what, subject=url, remedy=_AGAIN)
