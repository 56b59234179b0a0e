# SPDX-License-Identifier: Apache-2.0
"""Small charts as numbers for a template to draw: bars from a zero baseline, a line, marks. Each can say itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its value, and its place and height in the drawing."""

    label: str
    value: int
    x: float
    height: float
    last: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars, ``width`` by ``height``; ``sentence`` has its numbers, ``unit`` says what they count."""

    bars: tuple[Bar, ...]
    width: float
    height: float
    bar: float
    most: int
    unit: str
    sentence: str


def bars(values: Sequence[tuple[str, int]], unit: str, *, width: float = 104, height: float = 28) -> Bars:
    """Bars for (label, value), the last one being now."""
    most = max((value for _, value in values), default=0)
    step = width / max(len(values), 1)
    drawn = tuple(
        Bar(label, value, round(n * step, 2), round(value / most * height, 2) if most else 0.0, n == len(values) - 1)
        for n, (label, value) in enumerate(values)
    )
    told = f"{unit}: " + ", ".join(f"{label} {value}" for label, value in values)
    return Bars(drawn, width, height, round(step * 0.78, 2), most, unit, told)


def pace(times: Sequence[datetime], start: datetime, end: datetime, number: int) -> Bars | None:
    """How many events fell into each of at most ``number`` equal spans from start to end; None if there were none."""
    if not times:
        return None
    whole = max((end - start).total_seconds(), 1)
    span = max(ceil(whole / number), 1)
    counts = [0] * (int(whole // span) + 1)
    for time in times:
        counts[min(max(int((time - start).total_seconds() // span), 0), len(counts) - 1)] += 1
    labels = [datetime.fromtimestamp(start.timestamp() + n * span, start.tzinfo) for n in range(len(counts))]
    unit = "Accepted a second" if span == 1 else f"Accepted every {span} seconds"
    return bars(
        [(f"{label:%H:%M:%S}", count) for label, count in zip(labels, counts, strict=True)], unit, width=456, height=52
    )


@dataclass(frozen=True, slots=True)
class Polls:
    """Marks of the last polls, each (kind, x): new, quiet, failed, held; ``sentence`` says how many of each."""

    marks: tuple[tuple[str, int], ...]
    width: int
    sentence: str


STEP = 7
_TOLD = {"new": "brought new items", "quiet": "brought nothing new", "failed": "failed", "held": "is held"}


def marks(kinds: Sequence[str], places: int) -> Polls:
    """Marks for polls, oldest first, at the right end of so many places."""
    first = places - len(kinds)
    drawn = tuple((kind, (first + n) * STEP) for n, kind in enumerate(kinds))
    counts = [f"{kinds.count(kind)} {told}" for kind, told in _TOLD.items() if kind in kinds]
    told = f"Of the last {len(kinds)} polls {', '.join(counts)}" if kinds else "Not polled yet"
    return Polls(drawn, places * STEP, told)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of growth: its points, both ends of the axis, the last value and where it stands."""

    points: str
    low: int
    high: int
    first: str
    last: str
    value: int
    end: tuple[float, float]
    rows: tuple[tuple[str, int], ...]
    sentence: str


def line(values: Sequence[tuple[str, int]], what: str, *, width: float = 300, height: float = 100) -> Line:
    """A line through (label, value), at least two of them."""
    numbers = [value for _, value in values]
    low, high = min(numbers), max(numbers)
    spread, step = max(high - low, 1), width / max(len(values) - 1, 1)
    places = [
        (round(n * step, 1), round(height - (value - low) / spread * height, 1)) for n, value in enumerate(numbers)
    ]
    told = f"{what}: {values[0][1]} on {values[0][0]}, {values[-1][1]} on {values[-1][0]}"
    points = " ".join(f"{x},{y}" for x, y in places)
    return Line(points, low, high, values[0][0], values[-1][0], numbers[-1], places[-1], tuple(values), told)


@dataclass(frozen=True, slots=True)
class Stack:
    """Columns of several parts, each part (name, x, y, height)."""

    parts: tuple[tuple[str, float, float, float], ...]
    bar: float
    width: float
    height: float
    most: int
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    names: tuple[str, ...]
    sentence: str


def stack(
    rows: Sequence[tuple[str, tuple[int, ...]]],
    names: tuple[str, ...],
    what: str,
    *,
    width: float = 330,
    height: float = 100,
) -> Stack:
    """Columns for (label, a value for each name), the first name at the bottom."""
    most = max((sum(values) for _, values in rows), default=0)
    step = width / max(len(rows), 1)
    parts = []
    for n, (_, values) in enumerate(rows):
        top = height
        for name, value in zip(names, values, strict=True):
            tall = value / most * height if most else 0.0
            top -= tall
            if value:
                parts.append((name, round(n * step, 1), round(top, 1), round(max(tall - 1, 0.5), 1)))
    sums = [sum(values[place] for _, values in rows) for place in range(len(names))]
    told = f"{what}: " + ", ".join(f"{number} {name}" for name, number in zip(names, sums, strict=True))
    return Stack(tuple(parts), round(step * 0.7, 1), width, height, most, tuple(rows), names, told)
