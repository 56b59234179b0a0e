# SPDX-License-Identifier: Apache-2.0
"""Dates, numbers and addresses as a reader reads them: English, plain, the same for every output."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIGURES = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COLUMNS = 72
MARGIN = 15


def day(when: date, *, year: bool = True) -> str:
    """``18 November 2026``, or ``18 November``: the date of ``when`` in its own time zone."""
    words = f"{when.day} {MONTHS[when.month - 1]}"
    return f"{words} {when.year}" if year else words


def weekday(when: datetime) -> str:
    """``Monday 23 November 2026``."""
    return f"{WEEKDAYS[when.weekday()]} {day(when)}"


def figure(number: int) -> str:
    """A number as a word up to twelve, then in digits: ``two``, ``1,284``."""
    return FIGURES[number] if number < len(FIGURES) else f"{number:,}"


def counted(number: int, one: str, many: str) -> str:
    """``two stories``, ``one story``."""
    return f"{figure(number)} {one if number == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def address(url: str) -> str:
    """A web or mail address as it is shown: whole, without ``https://`` or ``mailto:`` and a lone closing slash."""
    shown = url.removeprefix("https://").removeprefix("http://").removeprefix("mailto:")
    return shown[:-1] if shown.count("/") == 1 and shown.endswith("/") else shown


def href(contact: str) -> str:
    """The link to a contact: its own address if it is one, else ``mailto:``."""
    return contact if urlsplit(contact).scheme in {"http", "https", "mailto"} else f"mailto:{contact}"


def sentence(text: str) -> str:
    """``text`` with a full stop if it has no closing mark of its own; "" stays ""."""
    text = text.strip()
    return text if not text or text.rstrip("\"')\u201d\u2019\u00bb").endswith((".", "!", "?", "…")) else f"{text}."


def nbsp(text: str) -> str:
    """``text`` whose words keep together on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def keep(line: str) -> str:
    """A copyright line whose sign and year keep together."""
    return line.replace("© ", "©\N{NO-BREAK SPACE}")


def wrap(text: str) -> str:
    """Paragraphs (parted by a blank line) in lines of 72 columns; a longer word, such as an address, stays whole."""
    return "\n\n".join(_fill(paragraph) for paragraph in text.split("\n\n"))


def row(text: str, label: str, margin: int = MARGIN) -> str:
    """``text`` in lines of 72 columns with ``label`` in the margin of the first."""
    return _fill(text, label.ljust(margin), " " * margin)


def _fill(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text, COLUMNS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
