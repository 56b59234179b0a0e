# SPDX-License-Identifier: Apache-2.0
"""How the commands speak: aligned words on stdout, trouble and progress on stderr, JSON for machines.

Colour repeats what a word says and is never the only sign; rich honours NO_COLOR and leaves it out of pipes.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from syndicate.model import Mode

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
NO_SOURCES = "Nothing is polled yet. Add a site, or the address of its feed: syndicate add ADDRESS"
STYLES = {Mode.FULL: "bright_blue", Mode.EXCERPT: "", Mode.LINK: "", Mode.WITHHOLD: "dim"}


def mode_text(mode: Mode) -> Text:
    """The word for a mode, in its colour."""
    return Text(mode.name.lower(), style=STYLES[mode])


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Text]],
    *,
    indent: int = 0,
    gap: int = 3,
    prose: Collection[int] = (),
) -> None:
    """Print columns without borders; the first, which names the row, is never folded, other long cells are.

    With ``prose``, columns by number, these are folded between their words and no others are.
    """
    grid = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim", show_edge=False)
    for number, head in enumerate(heads):
        grid.add_column(head, overflow="fold", no_wrap=number not in prose if prose else number == 0)
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    from rich.padding import Padding

    OUT.print(Padding(grid, (0, 0, 0, indent)), soft_wrap=False)


def line(label: str, subject: str, text: str | Text) -> None:
    """One row of a summary: what was done, to what, with which result."""
    OUT.print(Text.assemble((f"{label:<10}", "bold"), f"{subject:<15} ", text))


def as_json(value: Any) -> None:
    """Print a value for machines: records as objects, times in ISO 8601, choices by the words of the configuration."""
    json.dump(_plain(value), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value if isinstance(value, str) else value.name.lower()
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        plain = [_plain(one) for one in value]
        return plain if isinstance(value, (list, tuple)) else sorted(plain)
    return value


def trouble(text: str) -> None:
    """Print what went wrong, to stderr."""
    ERR.print(Text(text, style="red"))


def count(number: int, one: str, many: str = "") -> str:
    """``1 item``, ``2 items``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
