# SPDX-License-Identifier: Apache-2.0
"""How the commands speak: aligned words on stdout, trouble and progress on stderr, JSON for machines.

Colour repeats what a word says and is never the only sign; rich honours NO_COLOR and leaves it out of pipes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from syndicate.model import Mode

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
STYLES = {Mode.FULL: "bright_blue", Mode.EXCERPT: "", Mode.LINK: "", Mode.WITHHOLD: "dim"}


def mode_text(mode: Mode) -> Text:
    """The word for a mode, in its colour."""
    return Text(mode.name.lower(), style=STYLES[mode])


def table(heads: Sequence[str], rows: Iterable[Sequence[str | Text]], *, indent: int = 0) -> None:
    """Print columns without borders; long cells fold inside their column."""
    grid = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style="dim", show_edge=False)
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    from rich.padding import Padding

    OUT.print(Padding(grid, (0, 0, 0, indent)), soft_wrap=False)


def line(label: str, subject: str, text: str | Text) -> None:
    """One row of a summary: what was done, to what, with which result."""
    OUT.print(Text.assemble((f"{label:<10}", "bold"), f"{subject:<16}", text))


def as_json(value: Any) -> None:
    """Print a value for machines."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def trouble(text: str) -> None:
    """Print what went wrong, to stderr."""
    ERR.print(Text(text, style="red"))


def count(number: int, one: str, many: str = "") -> str:
    """``1 item``, ``2 items``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
