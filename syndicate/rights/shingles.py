# SPDX-License-Identifier: Apache-2.0
"""Near copies: which texts may share a passage, found by a few numbers each, and how much two texts really share.

A shingle is a run of eight words. One in eight is kept, chosen by its own hash, so that the same passage keeps the same
ones wherever it stands. Credit lines and notices that stand in the evidence are nobody's article: they do not count.
Where a language writes no blanks, three characters are taken for a word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, islice
from typing import Final
from zlib import crc32

from syndicate.model import Item
from syndicate.rights.copies import is_unspaced, paragraphs

SHINGLE: Final = 8
"""Words in a shingle: shorter runs are idioms, longer ones miss lightly edited copies."""

ONE_IN: Final = 8
"""One shingle in so many is kept: a text of 40 words still has four, a long one costs a small table."""

LEAST: Final = 40
"""Words that a text must have to be compared: teasers and captions say too little to tell whose they are."""

RUN: Final = 47
"""Words (40 shingles) that must stand in one run: quoted statements are rarely longer, copied paragraphs are."""

SHARE: Final = 0.5
"""The share of the shorter text that must be common: less is a quotation."""

PART: Final = 0.25
"""The share of the longer text that must be common unless it opens with it: a statement quoted whole is no copy."""

OPENING: Final = 30
"""Words that may stand before a common opening: a by-line, a place, an editor's note."""

_CHARACTERS = 3
_QUOTED = 12


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, in words: their longest common run, all long runs, and where these begin.

    ``shorter`` and ``longer`` are the lengths of the texts; ``before`` is what stands before the first long run in the
    longer one; ``quote`` are the first words of the longest run as they stand in the copy.
    """

    run: int = 0
    common: int = 0
    shorter: int = 0
    longer: int = 0
    before: int = 0
    quote: str = ""

    @property
    def share(self) -> float:
        """The share of the shorter text that both have, from 0 to 1."""
        return self.common / self.shorter if self.shorter else 0.0

    @property
    def is_copy(self) -> bool:
        """True if one text is a copy of the other, or of a part of it: nobody writes so many same words twice."""
        enough = self.shorter >= LEAST and self.run >= min(RUN, self.shorter)
        return enough and self.share >= SHARE and (self.common >= PART * self.longer or self.before <= OPENING)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as words, or as characters of which ``unit`` make one."""

    text: str
    words: Sequence[str]
    unit: int

    def quote(self, start: int) -> str:
        """The words from ``start`` on as they stand in the text."""
        found = [m.span() for m in islice(_pattern(self.unit).finditer(self.text), start, start + _QUOTED * self.unit)]
        return " ".join(self.text[found[0][0] : found[-1][1]].split())


def shingles(item: Item) -> tuple[int, ...]:
    """The numbers by which near copies of an item are found, in order, each once; none for a text too short.

    They fit a signed integer of 64 bits, and are the same on every machine.
    """
    text = _read(item, 1 if not is_unspaced(item.text) else _CHARACTERS)
    enough = len(text.words) >= LEAST * text.unit
    return tuple(sorted(set(_samples(text.words, SHINGLE * text.unit)))) if enough else ()


def overlap(copy: Item, original: Item) -> Overlap:
    """What the texts of two items share."""
    unit = _CHARACTERS if is_unspaced(copy.text) else 1
    ours, theirs = _read(copy, unit), _read(original, unit)
    runs = list(_runs(ours.words, theirs.words, SHINGLE * unit))
    if not runs:
        return Overlap()
    longest = max(runs, key=lambda run: run[2])
    # A passage that the copy repeats is in the original once: it counts once.
    long = list({run[1]: run for run in runs if run[2] >= min(RUN * unit, longest[2])}.values())
    sizes = sorted((len(ours.words), len(theirs.words)))
    before = min(here if len(ours.words) > len(theirs.words) else there for here, there, _ in long)
    return Overlap(
        run=longest[2] // unit,
        common=sum(length for _, _, length in long) // unit,
        shorter=sizes[0] // unit,
        longer=sizes[1] // unit,
        before=before // unit,
        quote=ours.quote(longest[0]),
    )


def _read(item: Item, unit: int) -> _Text:
    text = "\n".join(paragraphs(item))
    return _Text(text, [word.casefold() for word in _pattern(unit).findall(text)], unit)


def _pattern(unit: int) -> re.Pattern[str]:
    return re.compile(r"\w+" if unit == 1 else r"\w")


def _samples(words: Sequence[str], size: int) -> Iterator[int]:
    """One run of ``size`` words in ``ONE_IN``, as a number."""
    line = memoryview(" ".join(words).encode())
    ends = [number + end for number, end in enumerate(accumulate(len(word.encode()) for word in words))]
    for start, end in zip([0, *(end + 1 for end in ends)], ends[size - 1 :], strict=False):
        run = line[start:end]
        if crc32(run) % ONE_IN == 0:
            yield int.from_bytes(blake2b(run, digest_size=8).digest(), "big", signed=True)


def _runs(ours: Sequence[str], theirs: Sequence[str], size: int) -> Iterator[tuple[int, int, int]]:
    """(place in ours, place in theirs, length) of every common run of at least ``size`` words, from left to right."""
    places = {tuple(theirs[n : n + size]): n for n in range(len(theirs) - size, -1, -1)}
    here = 0
    while here <= len(ours) - size:
        there = places.get(tuple(ours[here : here + size]))
        if there is None:
            here += 1
            continue
        length = size
        while ours[here + length : here + length + 1] == theirs[there + length : there + length + 1] != []:
            length += 1
        yield here, there, length
        here += length
