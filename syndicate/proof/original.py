# SPDX-License-Identifier: Apache-2.0
"""An item's own text as the measure: is it there whole, is a part of it one run, how long is that part.

The text is held in two readings, the item's ``text`` and what we see of its ``html``, since markup may or may not part
words; either may be met.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from syndicate.model import Entry, Item, Limit
from syndicate.proof.scope import Sight
from syndicate.proof.sight import look_at, parse_html
from syndicate.proof.words import find_whole, fold, length, undecorate, unwrap

_SENTENCE_END = re.compile(r"[.!?…:\u06d4。\uff01\uff1f؟।][\"'“”\u2019»)\]』」]*$")
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"))
_AROUND = 3
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the text: folded, with the places where paragraphs start and end."""

    text: str
    starts: frozenset[int]
    ends: frozenset[int]

    @classmethod
    def of(cls, paragraphs: Iterable[str]) -> "Reading":
        """The reading of ``paragraphs``."""
        folded = [one for one in map(fold, paragraphs) if one]
        starts: set[int] = set()
        ends: set[int] = set()
        at = 0
        for paragraph in folded:
            starts.add(at)
            ends.add(at + len(paragraph))
            at += len(paragraph) + 1
        return cls(" ".join(folded), frozenset(starts), frozenset(ends))

    def places(self, run: str) -> Iterator[tuple[int, int]]:
        """The first places where ``run`` stands in the text as whole words."""
        end = find_whole(run, self.text) if run else -1
        for _ in range(_MOST_PLACES):
            if end < 0:
                return
            yield end - len(run), end
            end = find_whole(run, self.text, end)

    def ends_well(self, start: int, end: int) -> bool:
        """Whether the run starts and ends where a sentence or paragraph does, outside a quotation it would cut."""
        head = start in self.starts or _SENTENCE_END.search(self.text[max(0, start - 20) : start].rstrip()) is not None
        tail = end in self.ends or _SENTENCE_END.search(self.text[max(0, end - 20) : end]) is not None
        return head and tail and not self._cuts_quotation(start, end)

    def _cuts_quotation(self, start: int, end: int) -> bool:
        """Whether the last paragraph of the run opens a quotation that it closes only after the run."""
        opening = max((place for place in self.starts if place < end), default=0)
        closing = min((place for place in self.ends if place >= end), default=len(self.text))
        taken, whole = self.text[max(start, opening) : end], self.text[opening:closing]
        return any(
            taken.count(left) > taken.count(right) and whole.count(left) == whole.count(right)
            for left, right in _QUOTES
        )

    def paragraphs(self, start: int, end: int) -> int:
        """How many paragraphs the run touches."""
        return sum(1 for place in self.starts if start <= place < end) or 1


def left_out(entry: Entry) -> tuple[str, ...]:
    """The captions and appeals that are not carried with a text."""
    duties = (d for d in entry.decision.duties if d.id == "O28" or (d.id == "O15" and d.how != "in"))
    return tuple(text for duty in duties for text in duty.texts)


class Original:
    """The text of ``item`` in both readings, without the paragraphs ``left_out``.

    The second reading is made when the first is not met.
    """

    def __init__(self, item: Item, left_out: Iterable[str] = ()) -> None:
        self._item = item
        self._left_out = frozenset(map(fold, left_out))

    @cached_property
    def _told(self) -> Reading:
        return self._read(self._item.text.split("\n\n"))

    @cached_property
    def _seen(self) -> Reading:
        return self._read(self._sight.visible.split("\n")) if self._item.html else self._told

    @cached_property
    def _sight(self) -> Sight:
        return look_at(self._item.html)

    def _read(self, paragraphs: Iterable[str]) -> Reading:
        return Reading.of([one for one in paragraphs if fold(one) not in self._left_out])

    @property
    def links(self) -> tuple[str, ...]:
        """Every address that the text links to, as often as it does."""
        return tuple(anchor.href for anchor in self._sight.anchors) if self._item.html else ()

    @cached_property
    def captions(self) -> frozenset[str]:
        """The captions of its pictures and films, folded."""
        root = parse_html(self._item.html) if "<figcaption" in self._item.html else None
        nodes = root.iter("figcaption") if root is not None else ()
        return frozenset(fold("".join(map(str, node.itertext()))) for node in nodes)

    @property
    def fingerprint(self) -> str:
        """The first 16 hex digits of SHA-256 over the text in NFC without white space."""
        return sha256("".join(self.text.split()).encode()).hexdigest()[:16]

    @property
    def readings(self) -> Iterator[Reading]:
        """Both readings, one if they are the same."""
        yield self._told
        if self._seen != self._told:
            yield self._seen

    @property
    def text(self) -> str:
        """The text, folded."""
        return self._told.text

    def is_all_of(self, body: str) -> bool:
        """Whether ``body`` is this text and nothing else."""
        return any(fold(body) == reading.text for reading in self.readings)

    def stands_in(self, body: str) -> bool:
        """Whether this text is one run of ``body``."""
        folded = fold(body)
        return any(find_whole(reading.text, folded) >= 0 for reading in self.readings)

    def stands_in_plain(self, section: str) -> bool:
        """Whether this text is one run of the plain ``section``, wrapping, list marks and footnotes undone."""
        return any(
            find_whole(undo(reading.text), undo(section)) >= 0
            for undo in (unwrap, undecorate)
            for reading in self.readings
        )

    def difference(self, body: str) -> str:
        """The words of ``body`` where it leaves this text first, for a person."""
        ours, theirs = self.text.split(" "), fold(body).split(" ")
        pairs = enumerate(zip(ours, theirs, strict=False))
        at = next((place for place, (one, two) in pairs if one != two), min(len(ours), len(theirs)))
        return " ".join(theirs[max(0, at - 2) : at + _AROUND]) or "nothing"

    def faults_of_run(self, run: str) -> tuple[str, ...]:
        """What is wrong with ``run`` as an excerpt: not one run of the text, or cut inside a sentence."""
        folded = fold(run)
        found = False
        for reading in self.readings:
            for place in reading.places(folded):
                if reading.ends_well(*place):
                    return ()
                found = True
        if found:
            return ("does not start and end with whole sentences",)
        return (f'is not one run of the original at "{self.difference(run)}"',)

    def excess_of_run(self, run: str, limit: Limit) -> str:
        """By what ``run`` is longer than ``limit``, "" if it is not. Without any limit the whole text is too much."""
        words, folded = length(run), fold(run)
        if limit.words and words > limit.words:
            return f"has {words} words, {limit.words} are the most"
        characters = len("".join(folded.split()))
        if limit.characters and characters > limit.characters:
            return f"has {characters} characters, {limit.characters} are the most"
        places = ((reading, place) for reading in self.readings if limit.paragraphs for place in reading.places(folded))
        counts = [reading.paragraphs(*place) for reading, place in places]
        if limit.paragraphs and counts and min(counts) > limit.paragraphs:
            return f"has {min(counts)} paragraphs, {limit.paragraphs} are the most"
        return "is the whole text" if limit == Limit() and self.is_all_of(run) else ""


def longest_run(section: str, original: str) -> str:
    """The longest run of words of ``original`` in ``section``, found by its runs of four words; linear."""
    ours, theirs = unwrap(original).split(), unwrap(section).split()
    index: dict[tuple[str, ...], int] = {}
    for at in range(len(ours) - 3):
        index.setdefault(tuple(ours[at : at + 4]), at)
    best = (0, 0)
    place = 0
    while place < len(theirs) - 3:
        start = index.get(tuple(theirs[place : place + 4]))
        size = _extent(theirs, place, ours, start) if start is not None else 1
        if start is not None and size > best[1] - best[0]:
            best = (place, place + size)
        place += size
    return " ".join(theirs[best[0] : best[1]])


def _extent(theirs: list[str], place: int, ours: list[str], start: int) -> int:
    size = 0
    while place + size < len(theirs) and start + size < len(ours) and theirs[place + size] == ours[start + size]:
        size += 1
    return size
