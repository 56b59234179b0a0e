# SPDX-License-Identifier: Apache-2.0
"""Adapter: one bounded, polite GET. Feeds and pages are fetched through one client, so that they share its manners.

Promises: http and https only; no connection to an address that is not public, checked where the socket is made, for
every redirect anew (unless ``allow_private``); few requests at a time to one host; a body is whole or an error; nothing
larger than ``max_bytes`` after decoding; no cookies, no proxies from the environment, credentials of a URL for its own
host only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from yarl import URL

from syndicate.errors import FetchError
from syndicate.intake.address import is_public
from syndicate.intake.coding import ACCEPTED, CodingError
from syndicate.intake.hosts import host_of
from syndicate.intake.transfer import NoAnswerError, Transfers, Why
from syndicate.intake.turns import Turns

_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_AGAIN = "nothing was changed; the next poll tries again"

Permit = Callable[[URL], Awaitable[None]]


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
    """What is asked for: the address as given, and the headers."""

    source: str
    headers: Mapping[str, str]


class Client:
    """One session for everything that is fetched; an async context manager."""

    def __init__(self, user_agent: str, *, allow_private: bool = False, limits: Limits | None = None) -> None:
        """``user_agent`` says who we are and where to reach us."""
        self.limits = limits or Limits()
        self._user_agent = user_agent
        self._allow_private = allow_private
        self._turns = Turns(self.limits.per_host)
        self._transfers: Transfers | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        is_allowed = None if self._allow_private else is_public
        limit = self.limits.max_bytes
        self._transfers = Transfers(self._user_agent, accepted=ACCEPTED, max_bytes=limit, is_allowed=is_allowed)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        if self._transfers:
            await self._transfers.close()

    async def get(self, url: str, headers: Mapping[str, str], *, permit: Permit | None = None) -> Reply:
        """Get ``url``, following redirects; any status is an answer.

        ``permit`` is asked before each hop and objects by raising FetchError. Raises FetchError where there is no
        complete answer; the deadline counts from the first request's turn.
        """
        wish, hop, left = _Wish(url, headers), _Hop(checked(url, url)), self.limits.timeout
        while True:
            if permit:
                await permit(hop.url)
            async with self._turns.turn(host_of(str(hop.url))):
                began = _now()
                answer = await self._ask(wish, hop, left)
                left -= _now() - began  # waiting for a turn does not count
            if isinstance(answer, Reply):
                return answer
            hop = answer
            if hop.count > self.limits.max_redirects:
                what = f"the site redirects more than {self.limits.max_redirects} times"
                raise FetchError(what, subject=url, remedy="ask the publisher for the feed's address")

    async def _ask(self, wish: _Wish, hop: _Hop, seconds: float) -> Reply | _Hop:
        """One request, with a name for what went wrong."""
        if self._transfers is None:
            raise RuntimeError("a client is used inside 'async with'")
        try:
            answer = await self._transfers.get(str(hop.url), wish.headers, seconds)
        except CodingError as error:
            raise FetchError(str(error), subject=wish.source, remedy=_AGAIN) from error
        except NoAnswerError as error:
            raise self._unreached(wish.source, error) from error
        if answer.status in _REDIRECTS and "Location" in answer.headers:
            permanent = hop.permanent and answer.status in _PERMANENT
            return _Hop(next_url(wish.source, hop.url, answer.headers["Location"]), permanent, hop.count + 1)
        return Reply(
            status=answer.status,
            reason=answer.reason,
            url=str(hop.url.with_user(None)),
            headers=answer.headers,
            body=answer.body,
            moved_to=str(hop.url) if hop.count and hop.permanent else "",
        )

    def _unreached(self, url: str, error: NoAnswerError) -> FetchError:
        """What a request without a complete answer is called, and what to do about it."""
        if error.why is Why.URL:
            return _no_address(f"{url!r} is no web address", url)
        what, remedy = _UNREACHED[error.why]
        return FetchError(what.format(said=error.said, seconds=f"{self.limits.timeout:g}"), subject=url, remedy=remedy)


_UNREACHED = {
    Why.ADDRESS: (
        "the host has no public address, so we did not connect",
        "set network.allow_private if this source really is on your own network",
    ),
    Why.CERTIFICATE: ("the site's certificate is not valid", "ask the publisher to renew it"),
    Why.CONNECTION: ("the connection failed ({said})", _AGAIN),
    Why.CUT: ("the answer was cut short", _AGAIN),
    Why.HOST: ("the host is not known", "check the spelling of the address"),
    Why.TIME: ("the answer was not complete after {seconds} seconds", _AGAIN),
}


def _now() -> float:
    return asyncio.get_running_loop().time()


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
