# SPDX-License-Identifier: Apache-2.0
"""Addresses as names of pages: the key under which two spellings of one address are the same, and whose it is.

A key is for comparing only; what is shown or linked is always the address as it came.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

_TRACKING = re.compile(
    r"(?:utm_|at_|mtm_|pk_)\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|cmpid|ocid|spm", re.IGNORECASE
)
_REDIRECTORS = re.compile(
    r"""(?:^|\.)(?:
      t\.co | bit\.ly | tinyurl\.com | goo\.gl | ow\.ly | buff\.ly | lnkd\.in | is\.gd | dlvr\.it | ift\.tt | trib\.al
    | feedproxy\.google\.com | feeds?portal\.com | list-manage\.com | ct\.sendgrid\.net | mailchimp\.com | mjt\.lu
    | (?:l|lm)\.facebook\.com | l\.instagram\.com | out\.reddit\.com | nl\.pepipost\.com
    )$""",
    re.VERBOSE,
)
_PASSING = re.compile(r"^(?:www\.)?google\.[a-z.]+/url$|^feeds\.feedburner\.com/~r/|^news\.google\.com/rss/articles/")
_INSIDE = re.compile(r"[=&?]https?:/", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_KEPT = 4096  # addresses come again and again: homes of publishers, pages that are credited


@lru_cache(maxsize=_KEPT)
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


@lru_cache(maxsize=_KEPT)
def host(url: str) -> str:
    """The host that a person would name, without "www.", with its port unless that is usual; "" if not http."""
    parts = _split(url)
    return _authority(parts) if parts else ""


def page_key(url: str) -> str:
    """The key of an address without its query: what lies under it begins with it and a slash."""
    return url_key(url).partition("?")[0]


def leads_elsewhere(url: str) -> bool:
    """Whether an address only passes its reader on: a redirector's, or one with another address in its query."""
    parts = _split(url)
    if parts is None:
        return False
    host_ = (parts.hostname or "").lower()
    inside = _INSIDE.search(f"?{unquote(unquote(parts.query))}") is not None
    return inside or _REDIRECTORS.search(host_) is not None or _PASSING.search(host_ + parts.path) is not None


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
