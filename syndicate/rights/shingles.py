# SPDX-License-Identifier: Apache-2.0
"""Near copies: which texts may share a passage, found by a few numbers each, and how much two texts really share.

A shingle is a run of 24 words. One in eight is kept, chosen by its own first words, so that the same passage keeps
the same ones wherever it stands. Credit lines and notices that stand in the evidence are nobody's article: they do not
count. Where a language writes no blanks, three characters are taken for a word.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, islice
from sys import intern
from typing import Final
from zlib import crc32

from syndicate.model import Item
from syndicate.rights.copies import is_unspaced, paragraphs, quoted
from syndicate.rights.texts import UNSEEN

SHINGLE: Final = 24
"""Words in a shingle: longer than nearly every sentence, so that texts made of common sentences differ."""

ONE_IN: Final = 8
"""One shingle in so many is kept: a run long enough for a copy has three, a long text costs a small table."""

LEAST: Final = 40
"""Words that a text must have to be compared: teasers and captions say too little to tell whose they are."""

RUN: Final = 47
"""Words that must stand in one run: quoted statements are rarely longer, copied paragraphs are."""

UNLIKE_RUN: Final = 80
"""The same where neither the title nor an author agrees: two stories that quote the same twice are no copies."""

TITLE: Final = 0.5
"""The share of the shorter title's words that agree in edited headlines."""

SHARE: Final = 0.5
"""The share of the shorter text that must be common: less is a quotation."""

PART: Final = 0.25
"""The share of the longer text that must be common unless it opens with it: a statement quoted whole is no copy."""

OPENING: Final = 30
"""Words that may stand before a common opening: a by-line, a place, an editor's note."""

_CHARACTERS = 3
_QUOTED = 12
_PLACES = 50  # a passage that the original repeats more often is compared at its first places


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, in words: their longest common run, all long runs, and where these begin.

    ``shorter`` and ``longer`` are the lengths of the texts; ``before`` is what stands before the first long run in the
    longer one; ``quote`` are the first words of the longest run as they stand in the copy; ``alike`` tells whether the
    titles or an author agree; ``is_whole`` whether the longest run is all of the copy.
    """

    run: int = 0
    common: int = 0
    shorter: int = 0
    longer: int = 0
    before: int = 0
    quote: str = ""
    alike: bool = True
    is_whole: bool = False

    @property
    def share(self) -> float:
        """The share of the shorter text that both have, from 0 to 1."""
        return self.common / self.shorter if self.shorter else 0.0

    @property
    def is_copy(self) -> bool:
        """True if one text is a copy of the other, or of a part of it: nobody writes so many same words twice."""
        least = min(RUN if self.alike else UNLIKE_RUN, self.shorter)
        enough = self.shorter >= LEAST and self.run >= least
        return enough and self.share >= SHARE and (self.common >= PART * self.longer or self.before <= OPENING)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as words, or as characters of which ``unit`` make one."""

    text: str
    words: tuple[str, ...]
    unit: int

    def quote(self, start: int) -> str:
        """The words from ``start`` on as they stand in the text."""
        found = [m.span() for m in islice(_WORDS[self.unit].finditer(self.text), start, start + _QUOTED * self.unit)]
        return " ".join(self.text[found[0][0] : found[-1][1]].split())


def shingles(item: Item) -> tuple[int, ...]:
    """The numbers by which near copies of an item are found, in order, each once; none for a text too short.

    They fit a signed integer of 48 bits, and are the same on every machine.
    """
    text = _read(item)
    return tuple(sorted(set(_samples(text.words, SHINGLE * text.unit)))) if is_comparable(item) else ()


def is_comparable(item: Item) -> bool:
    """True if a text is long enough to tell whose it is."""
    text = _read(item)
    return len(text.words) >= LEAST * text.unit


def is_another(old: Item, new: Item) -> bool:
    """True if the words of an item have become others, and not corrected or longer ones: they are as new as that."""
    return is_comparable(old) and is_comparable(new) and not overlap(new, old).is_copy


def overlap(copy: Item, original: Item) -> Overlap:
    """What the texts of two items share; nothing if no run is long enough for a copy."""
    ours, theirs = _read(copy), _read(original)
    shorter, longer = sorted((len(ours.words), len(theirs.words)))
    unit = ours.unit
    if unit != theirs.unit or shorter < LEAST * unit:
        return Overlap()
    runs = list(_runs(ours.words, theirs.words, min(RUN * unit, shorter), SHINGLE * unit))
    if not runs:
        return Overlap()
    longest = max(runs, key=lambda run: run[2])
    # A passage that the copy repeats is in the original once: it counts once.
    each = list({run[1]: run for run in runs}.values())
    before = min(here if len(ours.words) > len(theirs.words) else there for here, there, _ in each)
    return Overlap(
        run=longest[2] // unit,
        common=sum(length for _, _, length in each) // unit,
        shorter=shorter // unit,
        longer=longer // unit,
        before=before // unit,
        quote=ours.quote(longest[0]),
        alike=_are_alike(copy, original),
        is_whole=longest[2] == len(ours.words),
    )


def _are_alike(one: Item, other: Item) -> bool:
    """True if the titles agree for the greater part, or an author does."""
    titles = [set(_TITLE.findall(item.title.casefold())) for item in (one, other)]
    shorter = min(map(len, titles))
    authors = [{person.name.casefold() for person in item.authors} for item in (one, other)]
    return bool(authors[0] & authors[1]) or (shorter > 0 and len(titles[0] & titles[1]) >= TITLE * shorter)


def _read(item: Item) -> _Text:
    return _split(item.text, quoted(item))


@lru_cache(maxsize=512)
def _split(whole: str, notices: tuple[str, ...]) -> _Text:
    """The words of a text. Cached: one text is compared with several others in turn."""
    text = UNSEEN.sub("", "\n".join(paragraphs(whole, notices)))
    unit = _CHARACTERS if is_unspaced(text) else 1
    return _Text(text, tuple(map(intern, _WORDS[unit].findall(text.casefold()))), unit)


_TITLE: Final = re.compile(r"[\u3040-\u9fff]|[^\W_]{2,}")
_WORDS: Final = {1: re.compile(r"\w+"), _CHARACTERS: re.compile(r"\w")}


_CHOSEN: Final = re.compile(b"[" + bytes(range(0, 16 * ONE_IN, ONE_IN)) + b"]")


def _samples(words: Sequence[str], size: int) -> Iterator[int]:
    """One run of ``size`` words in ``ONE_IN``, as a number: where the first four, weighed, leave no remainder."""
    marks = {word: crc32(word.encode()) % ONE_IN for word in set(words)}
    # All words are weighed at once, a byte each in one long number: no sum reaches 256 and runs over into the next.
    row = int.from_bytes(bytes(map(marks.__getitem__, words)), "little")
    sums = row + 3 * (row >> 8) + 5 * (row >> 16) + 7 * (row >> 24)
    line, ends = " ".join(words), list(accumulate(map(len, words), initial=0))
    for found in _CHOSEN.finditer(sums.to_bytes(len(words), "little"), 0, max(0, len(words) - size + 1)):
        n = found.start()
        run = line[ends[n] + n : ends[n + size] + n + size - 1]
        yield int.from_bytes(blake2b(run.encode(), digest_size=6).digest(), "big", signed=True)


def _runs(ours: Sequence[str], theirs: Sequence[str], least: int, probe: int) -> Iterator[tuple[int, int, int]]:
    """(place in ours, place in theirs, length) of the common runs of at least ``least`` words, from left to right.

    A run so long holds one of the passages of ``probe`` words that begin every ``least - probe + 1`` words.
    """
    line = f" {' '.join(theirs)} "
    places = list(accumulate((len(word) + 1 for word in theirs), initial=0))
    here = read = 0
    while here + probe <= len(ours):
        sought = f" {' '.join(ours[here : here + probe])} "
        found = [_grown(ours, theirs, here, there, read) for there in islice(_found(sought, line, places), _PLACES)]
        longest = max(found, key=lambda run: run[2], default=(0, 0, 0))
        if longest[2] >= least:
            yield longest
            here = read = longest[0] + longest[2]
        else:
            here += least - probe + 1


def _found(sought: str, line: str, places: Sequence[int]) -> Iterator[int]:
    """The numbers of the words at which a passage begins."""
    at = line.find(sought)
    while at >= 0:
        yield bisect_left(places, at)
        at = line.find(sought, at + 1)


def _grown(ours: Sequence[str], theirs: Sequence[str], here: int, there: int, read: int) -> tuple[int, int, int]:
    """The common run around two places, not before ``read`` in ours."""
    back = 0
    while here - back > read and there > back and ours[here - back - 1] == theirs[there - back - 1]:
        back += 1
    most = min(len(ours) - here, len(theirs) - there)
    if ours[here : here + most] == theirs[there : there + most]:
        length = most
    else:
        length = next(n for n in range(most) if ours[here + n] != theirs[there + n])
    return here - back, there - back, back + length
