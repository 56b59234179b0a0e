# SPDX-License-Identifier: Apache-2.0
"""Adapter: fetch one feed by a conditional GET. The answer is a whole body, or that nothing changed, or an error."""

from __future__ import annotations

from syndicate.errors import FetchError
from syndicate.intake.client import Client, Reply
from syndicate.intake.freshness import fresh_for, retry_after
from syndicate.model import Fetched

_OK, _NOT_MODIFIED = 200, 304
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


class Fetcher:
    """Fetches feeds through a client that is open."""

    def __init__(self, client: Client) -> None:
        """The client brings the manners."""
        self._client = client

    async def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Get ``url``, with the validators of the last complete answer if there are any (RFC 9110 13.1).

        Gives status 200 with the whole body, or 304. Raises FetchError for everything else.
        """
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        sent = {name: value for name, value in validators.items() if value}
        reply = await self._client.get(url, {"Accept": _ACCEPT, **sent})
        if reply.status == _OK or (reply.status == _NOT_MODIFIED and sent):
            return _fetched(reply)
        raise _refused(url, reply)


def _fetched(reply: Reply) -> Fetched:
    return Fetched(
        status=reply.status,
        url=reply.url,
        body=reply.body,
        content_type=reply.headers.get("Content-Type", ""),
        etag=_sendable(reply.headers.get("ETag", "")),
        last_modified=_sendable(reply.headers.get("Last-Modified", "")),
        moved_to=reply.moved_to,
        fresh_for=fresh_for(reply.headers),
    )


def _sendable(validator: str) -> str:
    """A validator verbatim, or "" if it holds what no request header may."""
    return validator if validator.isascii() and validator.isprintable() else ""


def _refused(source: str, reply: Reply) -> FetchError:
    other = ("the site could not give us the feed", "nothing was changed; the next poll tries again")
    what, remedy = _REFUSALS.get(reply.status, other)
    return FetchError(
        f"{what} ({reply.status} {reply.reason})".replace(" )", ")"),
        subject=source,
        remedy=remedy,
        status=reply.status,
        retry_after=retry_after(reply.headers),
    )
