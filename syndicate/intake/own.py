# SPDX-License-Identifier: Apache-2.0
"""Which pages are the publisher's own: a credit that leads there says nothing about an origin elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Own:
    """``home`` is the publisher's, else the feed's; ``feed`` the document; ``page`` the item at hand.

    Own is what lies under the home, so that publishers who share a host stay apart, or on a host below that of a home
    which is a whole site. Where an item itself links to says nothing: in a feed that gathers others' work it is the
    origin's page. Without any home the feed's host decides.
    """

    home: str
    feed: str
    page: str = ""

    def is_own(self, url: str) -> bool:
        """Whether ``url`` belongs to the publisher."""
        if not self.home:
            return url == self.page or _host(url) == _host(self.feed or self.page)
        if url == self.feed or _under(url, self.home):
            return True
        host, home = _host(url), _host(self.home)
        if urlsplit(self.home).path in {"", "/"}:
            return host.endswith(f".{home}")
        # Its items lie beside its home on the same host, so the home is a page there rather than the publisher's part.
        return host == home == _host(self.page) and not _under(self.page, self.home)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.")
    except ValueError:
        return ""


def _under(url: str, home: str) -> bool:
    """``https://a.example/blog/index.html`` is the home of all below ``a.example/blog/``."""
    path = urlsplit(home).path
    folder = path if path.endswith("/") or "." not in path.rpartition("/")[2] else path.rpartition("/")[0]
    folder = folder.rstrip("/")
    below = urlsplit(url).path
    return _host(url) == _host(home) and (below == folder or below.startswith(f"{folder}/"))
