# SPDX-License-Identifier: Apache-2.0
"""Whom a request burdens: the service behind an address, so that many names of one service count as one host."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=65536)
def host_of(url: str) -> str:
    """The name under which requests to ``url`` are counted; "" if it names no host.

    The registrable domain: ``a.blogs.example`` and ``b.blogs.example`` are one service. An address in figures stands
    for itself, and so does a name without a dot. Ports do not matter: they are the same machine.
    """
    try:
        name = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    return name if _is_address(name) else _suffixes().privatesuffix(name) or name


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    # Without the private section: the owners of blogspot.com are strangers to each other, their machines are not.
    return PublicSuffixList(only_icann=True)
