# SPDX-License-Identifier: Apache-2.0
"""An XML feed cut into its entries by byte span, without parsing it.

In a well-formed document "<" begins markup everywhere but in CDATA sections, comments and processing instructions, so
a scan that skips those finds every element of a name, and finds them where a parser would. Of a document that is not
well-formed the scan may be wrong: who uses it checks what it cut by parsing it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

MARK = "e"
"""Target of the processing instruction that stands for entries left out: parsers pass over it."""

_MARK = f"<?{MARK}?>".encode()

_ENTRY = re.compile(rb"<(?:!--|!\[CDATA\[|\?|!DOCTYPE|((?:[\w.-]+:)?(?:item|entry))(?=[\s/>]))")
_OPAQUE = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>", b"<!DOCTYPE": b">"}
_START = re.compile(rb"<[\w.:-]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the entries of a document stand: (start, end) of each, in order, none inside another."""

    data: bytes
    entries: tuple[tuple[int, int], ...]

    @property
    def slices(self) -> tuple[bytes, ...]:
        """The bytes of each entry."""
        return tuple(self.data[start:end] for start, end in self.entries)

    def without(self, left_out: Container[int]) -> bytes:
        """The document without the entries of these numbers; a mark stands where one or several in a row were."""
        pieces, position, marked = [], 0, False
        for number, (start, end) in enumerate(self.entries):
            between, gone = self.data[position:start], number in left_out
            if not (marked and gone) or between.strip():
                pieces += [between, _MARK if gone else self.data[start:end]]
            marked, position = gone, end
        return b"".join([*pieces, self.data[position:]])


def cut(data: bytes) -> Spans | None:
    """The entries of a document in UTF-8; None if it has none, or if one is not closed or holds another.

    What the first entry is called, "item" or "entry", prefix included, the others are called too.
    """
    first = _first(data)
    if first is None:
        return None
    name, position = first
    mark = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(/?)" + re.escape(name) + rb"(?=[\s/>]))")
    entries: list[tuple[int, int]] = []
    opened = -1
    while match := mark.search(data, position):
        closing, position = match[1], match.end()
        if closing is None:
            position = data.find(_OPAQUE[match[0]], position)
            if position < 0:
                return None
        elif closing:
            position = data.find(b">", position) + 1
            if opened < 0 or not position:
                return None
            entries.append((opened, position))
            opened = -1
        else:
            tag = _START.match(data, match.start())
            if opened >= 0 or not tag:
                return None
            position = tag.end()
            if data[position - 2] == ord("/"):
                entries.append((match.start(), position))
            else:
                opened = match.start()
    return Spans(data, tuple(entries)) if opened < 0 else None


def _first(data: bytes) -> tuple[bytes, int] | None:
    """Name and place of the first entry."""
    position = 0
    while match := _ENTRY.search(data, position):
        if match[1]:
            return match[1], match.start()
        position = data.find(_OPAQUE[match[0]], match.end())
        if position < 0:
            return None
    return None
