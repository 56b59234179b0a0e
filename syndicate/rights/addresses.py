# SPDX-License-Identifier: Apache-2.0
"""Addresses as names of pages: the key under which two spellings of one address are the same, and whose it is.

A key is for comparing only; what is shown or linked is always the address as it came.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from syndicate.model import Publisher

_TRACKING = re.compile(
    r"(?:utm_|at_|mtm_|pk_)\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|cmpid|ocid|spm", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443}


def url_key(url: str) -> str:
    """The comparison key of an address; "" for anything that is not an http address.

    Left out: scheme, "www.", case of the host, default port, user, fragment, tracking parameters, trailing slash.
    """
    parts = _split(url)
    if parts is None:
        return ""
    kept = [p for p in parts.query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0])]
    query = "?" + "&".join(kept) if kept else ""
    return f"{_authority(parts)}{parts.path.rstrip('/')}{query}"


def host(url: str) -> str:
    """The host that a person would name, without "www.", with its port unless that is usual; "" if not http."""
    parts = _split(url)
    return _authority(parts) if parts else ""


def under(url: str, home: str) -> bool:
    """True if an address is a home or lies below it, on a path boundary."""
    return _below(_page(url), _page(home))


def owner(url: str, publishers: Iterable[Publisher], *, prefer: str = "") -> Publisher | None:
    """The publisher whose home an address lies under: the longest home wins, then the one with the id ``prefer``."""
    page = _page(url)
    owners = [p for p in publishers if _below(page, _page(p.home))]
    return max(owners, key=lambda p: (len(_page(p.home)), p.id == prefer), default=None)


@lru_cache(maxsize=65536)
def _page(url: str) -> str:
    return url_key(url).partition("?")[0]


def _below(page: str, home: str) -> bool:
    return bool(home) and page.startswith(home) and page[len(home) : len(home) + 1] in ("", "/")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return None
    return parts if usable else None


def _authority(parts: SplitResult) -> str:
    name = (parts.hostname or "").removeprefix("www.")
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return name + port
