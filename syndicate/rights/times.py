# SPDX-License-Identifier: Apache-2.0
"""The times that elements state: before which an item may not be carried, and after which its text goes.

A date without an hour begins somewhere before and somewhere after it does at Greenwich: what opens waits until it has
begun everywhere, what closes ends when it begins anywhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from syndicate.model import Evidence, Mode

OPENS: Final = frozenset(
    {"prism.embargoDate", "pur.embargoDate", "pur.exclusivityEndDate", "dcterms.available", "dcterms.valid"}
)
"""Kinds that say from when on."""

CLOSES: Final = frozenset(
    {"prism.expirationDate", "pur.expirationDate", "prism.killDate", "schema.expires", "html.robots", "dcterms.valid"}
)
"""Kinds that say until when."""

_VAGUE: Final = frozenset({"dcterms.available", "dcterms.valid"})  # words may stand there; those say nothing
_EVERYWHERE, _ANYWHERE = timedelta(hours=12), timedelta(hours=14)
_DAY = re.compile(r"\d{4}(?:-?\d\d(?:-?\d\d)?)?")
_PERIOD = re.compile(r"\b(start|end)\s*=\s*([^;]+)", re.IGNORECASE)
_UNAVAILABLE = "unavailable_after:"


@dataclass(frozen=True, slots=True)
class Time:
    """A time that bounds what may be carried.

    ``opens`` tells an embargo from the end of a window. ``when`` is None if it cannot be read; ``mode`` is the most
    that may be carried outside: nothing of what is embargoed or was killed, else a link.
    """

    opens: bool
    when: datetime | None
    mode: Mode
    evidence: Evidence


def times(evidence: Iterable[Evidence]) -> tuple[Time, ...]:
    """Every time that evidence states, in its order."""
    return tuple(time for one in evidence for time in _times(one))


def _times(one: Evidence) -> Iterator[Time]:
    value = one.value.strip()
    if one.kind == "html.robots":
        if value.lower().startswith(_UNAVAILABLE):
            yield _closing(one, value[len(_UNAVAILABLE) :])
    elif one.kind == "dcterms.valid":
        yield from _period(one, value)
    elif one.kind in OPENS and (one.kind not in _VAGUE or moment(value)):
        mode = Mode.LINK if one.kind == "pur.exclusivityEndDate" else Mode.WITHHOLD
        yield Time(True, _shifted(value, _EVERYWHERE), mode, one)
    elif one.kind in CLOSES:
        yield _closing(one, value)


def _closing(one: Evidence, value: str) -> Time:
    mode = Mode.WITHHOLD if one.kind == "prism.killDate" else Mode.LINK
    return Time(False, _shifted(value, -_ANYWHERE), mode, one)


def _period(one: Evidence, value: str) -> Iterator[Time]:
    """Spec: DCMI Period; also start/end of ISO 8601. A single date is read as the last one."""
    parts = dict(_PERIOD.findall(value)) or dict(zip(("start", "end"), value.split("/"), strict=False))
    parts = parts if "/" in value or "=" in value else {"end": value}
    if moment(parts.get("start", "")):
        yield Time(True, _shifted(parts["start"], _EVERYWHERE), Mode.WITHHOLD, one)
    if moment(parts.get("end", "")):
        yield _closing(one, parts["end"])


def _shifted(value: str, shift: timedelta) -> datetime | None:
    when = moment(value)
    try:
        return when + shift if when and _DAY.fullmatch(value.strip()) else when
    except OverflowError:
        return when


def moment(text: str) -> datetime | None:
    """A time as ISO 8601 or RFC 5322 write it, in UTC; a year or month is its first day. None if it is none."""
    text = text.strip()
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    elif re.fullmatch(r"\d{4}-\d\d", text):
        text += "-01"
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(text)
            return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
    return None
