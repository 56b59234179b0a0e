# SPDX-License-Identifier: Apache-2.0
"""When to poll a source next, and why then. Pure: what we know of the source and the time go in, a time comes out.

Three voices, in order of rank: the publisher, who may ask us to come less often and is obeyed (for a week at most); the
operator, whose ``every`` is the shortest interval; and the source's own rhythm, which stretches it where little comes.
Nobody's wish makes us come sooner than another's allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from syndicate.model import Asks, Item, Memory

DAY = 86_400
WEEK = 7 * DAY
"""Seconds: no wish is honoured for longer, since it may be a mistake."""

STRETCH = 8
"""A quiet source is polled at least every so many ``every``, and once a day."""

LOOKS_PER_ITEM = 4
"""Polls from one item to the next, where ``every`` and the stretch allow it."""

SPREAD = 0.1
"""The share of an interval over which sources are spread, so that those with one rhythm do not come at once."""

_SAMPLE = 20
_ENOUGH = 3
_HOURS, _DAYS = 24, 7
_ONE_HOUR = timedelta(hours=1)
_DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True)
class Next:
    """The next poll: when, and why not sooner or later, in words for a list. ``at`` is None for a source that ended."""

    at: datetime | None
    why: str


def after_answer(source_id: str, every: int, memory: Memory, now: datetime) -> Next:
    """The next poll of a source that has answered. ``every`` is in seconds."""
    own = interval(every, memory, now)
    asked, wish = _asked(memory)
    if asked > own:
        chosen = Next(now + timedelta(seconds=asked * (1 + SPREAD / 2 * _place(source_id))), f"{spell(asked)}, {wish}")
    else:
        soonest = max(own * _share(source_id), asked)
        why = spell(own) if own == every else f"{spell(own)}: little comes"
        chosen = Next(now + timedelta(seconds=soonest), why)
    return _awake(chosen, memory.asks, now)


def after_failure(
    source_id: str, every: int, failures: int, now: datetime, *, retry_after: float | None, what: str
) -> Next:
    """The next try at a source that failed ``failures`` times in a row; ``what`` says how, in a word or two.

    A Retry-After is kept to the second; without one the wait doubles from failure to failure, up to a day.
    """
    longest = max(every, DAY)
    wait = min(every * 2 ** min(max(failures - 1, 0), 16), longest) * _share(source_id)
    if retry_after is not None and retry_after >= wait:
        return Next(now + timedelta(seconds=min(retry_after, WEEK)), "as it asks (Retry-After)")
    return Next(now + timedelta(seconds=wait), f"backing off after {what}")


def after_gone(source_id: str, now: datetime, *, believed: bool) -> Next:
    """Never again if the word that a feed is gone is believed; else one more look, a day later."""
    if believed:
        return Next(None, "its publisher has removed it for good")
    return Next(now + timedelta(seconds=DAY * (1 + SPREAD * _place(source_id))), "gone, it says: one more look")


def interval(every: int, memory: Memory, now: datetime) -> int:
    """Seconds between polls as the source's own rhythm has it: ``every`` at least, longer where little comes."""
    gap = memory.gap
    if memory.newest:
        gap = max(gap, (now - memory.newest).total_seconds() / 2)
    longest = max(every, min(STRETCH * every, DAY))
    return int(min(max(every, gap / LOOKS_PER_ITEM), longest))


def observed(memory: Memory, items: Iterable[Item], now: datetime, *, brought: bool) -> Memory:
    """The memory with what a document tells of the source's rhythm; ``brought``: something in it was new."""
    arrivals = (*memory.arrivals, now)[-_SAMPLE:] if brought else memory.arrivals
    dates = sorted({item.published for item in items if item.published and item.published <= now})[-_SAMPLE:]
    newest = max(filter(None, [memory.newest, *dates[-1:], *arrivals[-1:]]), default=None)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(dates)]
    if len(gaps) < _ENOUGH:
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(arrivals)]
    gap = median(gaps) if len(gaps) >= _ENOUGH else memory.gap
    return replace(memory, arrivals=arrivals, newest=newest, gap=gap)


def spell(seconds: float) -> str:
    """An interval in words: ``every 30 min``, ``every hour``, ``every 2 days``."""
    for unit, name in ((DAY, "day"), (3600, "hour")):
        if seconds >= unit:
            count = round(seconds / unit, 1)
            return f"every {name}" if count == 1 else f"every {count:g} {name}s"
    return f"every {max(round(seconds / 60), 1)} min"


def _asked(memory: Memory) -> tuple[float, str]:
    """The longest of the publisher's wishes, in seconds, and its name."""
    wishes = ((memory.fresh_for or 0.0, "as its server asks"), (float(memory.asks.interval), "as it asks"))
    seconds, name = max(wishes)
    return min(seconds, WEEK), name


def _share(source_id: str) -> float:
    """From 0.9 to 1 of an interval, always the same for a source: a herd comes apart and a restart makes none."""
    return 1 - SPREAD * (1 - _place(source_id))


def _place(source_id: str) -> float:
    """A number from 0 to 1 that belongs to a source for ever."""
    return int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:4]) / 2**32


def _awake(chosen: Next, asks: Asks, now: datetime) -> Next:
    """Moved on to the first hour in which the source may be read."""
    hours, days = set(asks.skip_hours), set(asks.skip_days)
    at = chosen.at
    if at is None or not (_sleeps(at, hours, days)):
        return chosen
    if len(hours) == _HOURS or len(days) == _DAYS:
        return Next(max(at, now + timedelta(seconds=WEEK)), "it asks never to be read: once a week")
    while _sleeps(at, hours, days):
        at = at.replace(minute=0, second=0, microsecond=0) + _ONE_HOUR
    return Next(at, "as it asks: " + _not_then(hours, days))


def _sleeps(at: datetime, hours: set[int], days: set[int]) -> bool:
    return at.hour in hours or at.weekday() in days


def _not_then(hours: set[int], days: set[int]) -> str:
    named = [_DAY_NAMES[day] for day in sorted(days)]
    return "not on " + ", ".join(named) if named else f"not in {len(hours)} hours of the day"
