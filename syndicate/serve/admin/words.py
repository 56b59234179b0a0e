# SPDX-License-Identifier: Apache-2.0
"""What the console's pages say: figures, spans of time, modes and states in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from syndicate.errors import ConfigError, SyndicateError
from syndicate.model import Mode, SendingState
from syndicate.publish.words import day, figure

MODES = {Mode.FULL: "Full text", Mode.EXCERPT: "Excerpt", Mode.LINK: "Link only", Mode.WITHHOLD: "Withheld"}
STATES = {
    SendingState.RUNNING: "going out",
    SendingState.PAUSED: "paused",
    SendingState.HELD: "on hold",
    SendingState.CANCELLED: "cancelled",
}
MINUTE, HOUR, DAY, KILO = 60, 3600, 86_400, 1000
FIELD = r"\1: "
_FIELD = re.compile(r"^\S+?:\d+(?::\d+)?: (?:\S*\.)?([a-z_]+)(?:\[\d+\])?: ")
"""Before what is wrong: the line of a text that nobody sees, and the path to a field."""


def error(error: SyndicateError) -> str:
    """What happened, to what, and what to do about it, as sentences; of a statement, what is wrong with its fields."""
    if isinstance(error, ConfigError):
        return " ".join(f"{_FIELD.sub(FIELD, one)}." for one in error.problems)
    line = f"{error.subject}: {error.what}" if error.subject else error.what
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in (line, error.remedy) if part)


def mode(of: Mode) -> str:
    """A mode in words."""
    return MODES[of]


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 item", "1,284 items"."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def counted(number: int, one: str, many: str = "") -> str:
    """The same with the number as a word up to twelve, and a capital: "Three publishers"."""
    words = f"{figure(number)} {one if number == 1 else many or f'{one}s'}"
    return f"{words[:1].upper()}{words[1:]}"


def seconds(number: float) -> str:
    """A span of time, roughly: "36 seconds", "4 minutes"."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if number >= unit * 1.5 or (number >= unit and unit != MINUTE):
            return count(round(number / unit), name)
    return count(max(round(number), 0), "second")


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago."""
    return "never" if moment is None else f"{seconds((now - moment).total_seconds())} ago"


def at(moment: datetime, now: datetime) -> str:
    """A local time as one says it: the hour alone today, else with the day."""
    hour = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return hour
    near = abs(moment.date() - now.date()) < timedelta(days=6)
    return f"{moment:%a} {hour}" if near else f"{day(moment, year=moment.year != now.year)}, {hour}"


def listed(names: Sequence[str]) -> str:
    """Names in a row, "and" before the last."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def bytes_of(number: int) -> str:
    """A size: "22 kB"."""
    return f"{number / KILO:.0f} kB" if number >= KILO else f"{number} bytes"
