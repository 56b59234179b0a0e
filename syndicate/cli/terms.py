# SPDX-License-Identifier: Apache-2.0
"""`terms read`: the reader of notices alone, lines of JSON in and out, without configuration or writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from syndicate.cli.show import trouble
from syndicate.errors import UsageError
from syndicate.rights.notices import FORMATS, PLACES, Notice, as_row
from syndicate.rights.notices import read as read_notices

_KEYS = ("place", "format", "text")


def read(path: Path) -> int:
    """Print one line for each line of the file; 0 if all could be read, 1 if some could not.

    A bad line is named on stderr, the others are read. Raises UsageError if the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(
            error.strerror or "cannot be read", subject=str(path), remedy="name a file of JSON lines"
        ) from error
    bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            id_, notices = _parse(line)
        except UsageError as error:
            trouble(f"{path}:{number}: {error}")
            bad = 1
            continue
        row = json.dumps({"id": id_} | as_row(read_notices(notices)), ensure_ascii=False)
        typer.echo(row.encode("utf-8", "backslashreplace"))  # half a surrogate pair goes out as it came in
    return bad


def _parse(line: bytes) -> tuple[Any, list[Notice]]:
    """The id and the notices of a line. Raises UsageError that says what is wrong with it."""
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UsageError("is not JSON") from error
    if not isinstance(data, dict):
        raise UsageError("is not an object")
    if not isinstance(data.get("id"), (str, int)) or isinstance(data["id"], bool):
        raise UsageError("has no id")
    if not isinstance(data.get("language", ""), (str, type(None))):
        raise UsageError("language is not a string")
    statements = data.get("statements")
    if not isinstance(statements, list):
        raise UsageError("has no list of statements")
    return data["id"], [_notice(number, one) for number, one in enumerate(statements, 1)]


def _notice(number: int, data: object) -> Notice:
    """One statement. ``format`` may be absent: text."""
    if not isinstance(data, Mapping):
        raise UsageError(f"statement {number} is not an object")
    place, form, text = (data.get(key, "text" if key == "format" else None) for key in _KEYS)
    if not isinstance(place, str) or place not in PLACES:
        raise UsageError(f"statement {number}: place is none of {', '.join(sorted(PLACES))}")
    if form not in FORMATS:
        raise UsageError(f"statement {number}: format is none of {', '.join(FORMATS)}")
    if not isinstance(text, str):
        raise UsageError(f"statement {number} has no text")
    return Notice(place, text, form)
