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
