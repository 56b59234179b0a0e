# SPDX-License-Identifier: Apache-2.0
"""Days as people write them in by-lines and credit lines, in English, French, German and Spanish."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_MONTHS = (
    "january janvier januar enero jan janv ene",
    "february février februar febrero feb févr",
    "march mars märz marzo mar",
    "april avril abril apr avr abr",
    "may mai mayo",
    "june juin juni junio jun",
    "july juillet juli julio jul juil",
    "august août agosto aug ago",
    "september septembre septiembre setiembre sept sep",
    "october octobre oktober octubre oct okt",
    "november novembre noviembre nov",
    "december décembre dezember diciembre dec déc dez dic",
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_MONTH = rf"(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\.?"
_DATES = (  # "@" is where a date's groups get their name
    rf"(?P<@month>{_MONTH})\s(?P<@day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<@year>\d{{4}})",
    rf"(?P<@day2>\d{{1,2}})(?:\.|er|st|nd|rd|th|º)?\s(?:de\s)?(?P<@month2>{_MONTH}),?\s(?:del?\s)?(?P<@year2>\d{{4}})",
    r"(?P<@year3>\d{4})-(?P<@month3>\d\d)-(?P<@day3>\d\d)",
    r"(?P<@day4>\d{1,2})\.\s?(?P<@month4>\d{1,2})\.\s?(?P<@year4>\d{4})",
)


def pattern(name: str) -> str:
    """A day as a pattern whose groups begin with ``name``; to be matched in any case."""
    return rf"(?:(?:on|le|am|el|vom|den)\s)?(?:{'|'.join(_DATES).replace('@', name)})"


def moment(match: re.Match[str], name: str) -> datetime | None:
    """The day that a pattern of this name found, at midnight UTC; None if there is no such day."""
    found = match.groupdict()
    year, month, day = (
        next(found[f"{name}{part}{form}"] for form in ("", "2", "3", "4") if found[f"{name}{part}{form}"])
        for part in ("year", "month", "day")
    )
    number = int(month) if month.isdigit() else _NUMBERS[month.lower().rstrip(".")]
    try:
        return datetime(int(year), number, int(day), tzinfo=UTC)
    except ValueError:
        return None


_ANY = re.compile(rf"(?<!\w){pattern('d')}(?!\w)", re.IGNORECASE)


def only_day(text: str) -> datetime | None:
    """The day that a text names, at midnight UTC; None if it names none or several."""
    found = [moment(match, "d") for match in _ANY.finditer(text)]
    return found[0] if len(found) == 1 else None
