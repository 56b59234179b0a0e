# SPDX-License-Identifier: Apache-2.0
"""Adapter: fetch one source by HTTP, politely and within bounds.

Promises: http and https only; no connection to an address that is not public, checked where the socket is made, for
every redirect anew (unless ``allow_private``); a body is whole or an error; nothing larger than ``max_bytes`` after
decoding; no cookies, no proxies from the environment, credentials of a URL for its own host only.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from syndicate.errors import FetchError
from syndicate.intake.address import is_public
from syndicate.intake.coding import ACCEPTED, CodingError, Decoder
from syndicate.model import Fetched

_PER_HOST = 2
_PIECE = 65_536
_CONNECT = 10.0
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_LONGEST_WAIT = 7 * 86_400.0
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REFUSALS = {
    401: ("the site asks for a name and a password", "put them into the address: https://name:password@host/feed"),
    403: ("the site refuses us", "ask the publisher to let our User-Agent in"),
    404: ("there is no feed at this address", "look up the feed's present address on the publisher's site"),
    410: ("the publisher has removed this feed for good", "remove the source or find its successor"),
    429: ("the site asks us to come less often", "nothing to do; the next poll waits as long as it asks"),
}


class AddressRefusedError(OSError):
    """The host's address is not a public one."""


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request on the way: where to, whether the redirects so far were all permanent, how many there were."""

    url: URL
    permanent: bool = True
    count: int = 0


class Fetcher:
    """One session for all sources; an async context manager. ``timeout`` is the deadline of a fetch in seconds."""

    def __init__(
        self,
        user_agent: str,
        *,
        allow_private: bool = False,
        max_bytes: int = 10_000_000,
        timeout: float = 30.0,
        max_redirects: int = 5,
    ) -> None:
        """``user_agent`` says who we are and where to reach us; ``max_bytes`` counts the body after decoding."""
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED}
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._max_redirects = max_redirects
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        connector = aiohttp.TCPConnector(limit_per_host=_PER_HOST, socket_factory=self._socket)
        self._session = aiohttp.ClientSession(
            connector=connector,
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

    async def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Get ``url``, with the validators of the last complete answer if there are any (RFC 9110 13.1).

        Gives status 200 with the whole body, or 304. Raises FetchError for everything else.
        """
        target = _checked(url, url)
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in validators.items() if value}
        async with self._hosts.setdefault(target.host or "", asyncio.Semaphore(_PER_HOST)):
            return await self._guarded(url, lambda: self._follow(url, target, headers))

    async def _guarded(self, url: str, fetch: Callable[[], Awaitable[Fetched]]) -> Fetched:
        """Run a fetch under the deadline and name what went wrong."""
        again = "nothing was changed; the next poll tries again"
        try:
            async with asyncio.timeout(self._timeout):
                return await fetch()
        except TimeoutError as error:
            what = f"the answer was not complete after {self._timeout:g} seconds"
            raise FetchError(what, subject=url, remedy=again) from error
        except CodingError as error:
            raise FetchError(str(error), subject=url, remedy=again) from error
        except aiohttp.ClientPayloadError as error:
            raise FetchError("the answer was cut short", subject=url, remedy=again) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _unreached(url, error) from error

    async def _follow(self, source: str, target: URL, validators: dict[str, str]) -> Fetched:
        hop = _Hop(target)
        while True:
            answer = await self._ask(source, hop, validators)
            if isinstance(answer, Fetched):
                return answer
            hop = answer
            if hop.count > self._max_redirects:
                what = f"the site redirects more than {self._max_redirects} times"
                raise FetchError(what, subject=source, remedy="ask the publisher for the feed's address")

    async def _ask(self, source: str, hop: _Hop, validators: dict[str, str]) -> Fetched | _Hop:
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside 'async with'")
        async with self._session.get(hop.url, headers=validators, allow_redirects=False) as response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                location = response.headers["Location"]
                permanent = hop.permanent and response.status in _PERMANENT
                return _Hop(_next(source, hop.url, location), permanent, hop.count + 1)
            if response.status == 304 and validators:  # noqa: PLR2004 -- its number is its name
                return _fetched(response, hop, b"")
            if response.status != 200:  # noqa: PLR2004 -- same
                raise _refused(source, response)
            return _fetched(response, hop, await self._read(response))

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        decoder = Decoder(response.headers.get("Content-Encoding", ""), self._max_bytes)
        async for piece in response.content.iter_chunked(_PIECE):
            decoder.feed(piece)
        return decoder.finish()

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The one place where a connection begins: whatever a name resolved to, this address is checked."""
        family, kind, protocol, _, address = info
        if not self._allow_private and not is_public(str(address[0])):
            raise AddressRefusedError  # every address of a host says the same, so that one remedy is named
        return socket.socket(family=family, type=kind, proto=protocol)


def _checked(url: str, source: str, base: URL | None = None) -> URL:
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


def _next(source: str, here: URL, location: str) -> URL:
    """Where a redirect leads. Credentials go along to the same host only, and never from https to http."""
    target = _checked(location, source, here).with_user(None)
    same = target.host == here.host and (target.port == here.port or target.scheme != here.scheme)
    if here.user and same and (target.scheme == "https" or here.scheme == "http"):
        return target.with_user(here.user).with_password(here.password)
    return target


def _fetched(response: aiohttp.ClientResponse, hop: _Hop, body: bytes) -> Fetched:
    return Fetched(
        status=response.status,
        url=str(hop.url.with_user(None)),
        body=body,
        content_type=response.headers.get("Content-Type", ""),
        etag=_sendable(response.headers.get("ETag", "")),
        last_modified=_sendable(response.headers.get("Last-Modified", "")),
        moved_to=str(hop.url) if hop.count and hop.permanent else "",
    )


def _sendable(validator: str) -> str:
    """A validator verbatim, or "" if it holds what no request header may."""
    return validator if validator.isascii() and validator.isprintable() else ""


def _refused(source: str, response: aiohttp.ClientResponse) -> FetchError:
    status = response.status
    other = ("the site could not give us the feed", "nothing was changed; the next poll tries again")
    what, remedy = _REFUSALS.get(status, other)
    wait = _retry_after(response)
    return FetchError(
        f"{what} ({status} {response.reason or ''})".replace(" )", ")"),
        subject=source,
        remedy=remedy,
        status=status,
        retry_after=wait,
    )


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds to wait; a date is read by the server's own clock. None if not said. Spec: RFC 9110 10.2.3."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return min(float(value), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers.get("Date", ""))
        return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT)
    except (ValueError, TypeError):
        return None


def _unreached(url: str, error: Exception) -> FetchError:
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
    return FetchError(what, subject=url, remedy="nothing was changed; the next poll tries again")
