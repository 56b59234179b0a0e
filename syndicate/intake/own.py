# SPDX-License-Identifier: Apache-2.0
"""Which pages are the publisher's own: a credit that leads there says nothing about an origin elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Own:
    """``home`` is the publisher's, else the feed's; ``feed`` the document; ``page`` the item at hand.

    Own is what lies under the home, so that publishers who share a host stay apart. An item that does not lie there
    itself, or a publisher without a home, is judged by host.
    """

    home: str
    feed: str
    page: str = ""

    def is_own(self, url: str) -> bool:
        """Whether ``url`` belongs to the publisher."""
        if url in (self.page, self.feed):
            return True
        if self.home and _under(url, self.home):
            return True
        hosts = [_host(x) for x in (self.page or self.feed,) if x and not (self.home and _under(x, self.home))]
        return _host(url) in hosts


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
