# SPDX-License-Identifier: Apache-2.0
"""Dates that are meant: feedparser rolls "2026-13-45" over and reads "2026/11/22" as the first of the month."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# Year, month and day as figures, in this order, then perhaps a time.
_FIGURES = re.compile(
    r"\s*(\d{4})(?:\D{0,2}(\d{1,2})(?:\D{0,3}(\d{1,2}))?)?(?!\d)(?:[Tt\s]\s*(\d{1,2}):(\d\d)(?::(\d\d))?)?"
)
_ZONE = timedelta(hours=15)  # no clock is further from UTC
_DAY = timedelta(days=1)
_LAST = timedelta(hours=24, seconds=60)  # midnight may be written 24:00, a leap second as 60


def meant(text: str, moment: datetime | None) -> datetime | None:
    """``moment``, read from ``text`` by a lenient parser, if the text begins with that day; None if it is no date.

    Only a text that begins with a year in four figures is judged.
    """
    if moment is None or not text.strip()[:4].isdecimal():
        return moment
    found = _FIGURES.match(text)
    if not found:
        return None
    year, month, day = (int(group or 1) for group in found.groups()[:3])
    hour, minute, second = (int(group or 0) for group in found.groups()[3:])
    try:
        said = datetime(year, month, day, 0, minute, tzinfo=UTC)
    except ValueError:
        return None
    later = timedelta(hours=hour, seconds=second)
    if later > _LAST:
        return None
    leeway = _ZONE if found[4] else _ZONE + _DAY
    return moment if abs(moment - said - later) <= leeway else None
