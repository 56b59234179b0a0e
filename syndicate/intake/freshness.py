# SPDX-License-Identifier: Apache-2.0
"""What the headers of an answer say about time: how long it stays good, and how long to stay away. Pure.

We are a private cache: what is meant for shared ones does not concern us. Junk is as if it did not stand there, and
nobody's word counts for more than ``LONGEST``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST = 7 * 86_400.0
"""Seconds: the longest time for which a header is taken at its word."""

_DIRECTIVE = re.compile(r'(?:^|,)\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,"]*)))?')


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """Seconds for which an answer need not be asked for again; None if the publisher says nothing of it.

    Spec: RFC 9111 4.2. ``Expires`` is read by the server's own clock; what the answer spent in caches is over.
    """
    lifetime = _lifetime(headers)
    if lifetime is None:
        return None
    age = headers.get("Age", "").strip()
    spent = float(age) if _is_number(age) else 0.0
    return min(max(lifetime - spent, 0.0), LONGEST)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to stay away; a date is read by the server's own clock. None if not said. Spec: RFC 9110 10.2.3."""
    value = headers.get("Retry-After", "").strip()
    if _is_number(value):
        return min(float(value), LONGEST)
    wait = _until(value, headers)
    return None if wait is None else min(max(wait, 0.0), LONGEST)


def _lifetime(headers: Mapping[str, str]) -> float | None:
    """Spec: RFC 9111 4.2.1, without heuristics; of a repeated directive the first counts."""
    directives: dict[str, str] = {}
    for name, quoted, bare in _DIRECTIVE.findall(headers.get("Cache-Control", "")):
        directives.setdefault(name.lower(), quoted or bare)
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    if _is_number(directives.get("max-age", "")):
        return float(directives["max-age"])
    if "Expires" not in headers:
        return None
    return _until(headers["Expires"], headers) or 0.0  # an invalid date is one in the past. Spec: RFC 9111 5.3


def _until(value: str, headers: Mapping[str, str]) -> float | None:
    there, here = _moment(value), _moment(headers.get("Date", ""))
    return (there - here).total_seconds() if there and here else None


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
