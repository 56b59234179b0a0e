# SPDX-License-Identifier: Apache-2.0
"""Read of a document only what is not as it was when it was last read.

Each reading leaves marks for the next: the fingerprint of every entry's bytes, and of all that entries inherit (the
head and tail of the document, its address, whose it is, the versions of the readers). An entry with a known mark is the
item that it was. Promises: the items are those that reading the whole document gives, field by field; where that is not
certain, the whole document is read. What is absent from a document is not thereby taken back.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections import Counter
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import nh3
from lxml import etree

from syndicate import __version__
from syndicate.errors import ParseError
from syndicate.intake import jsonfeed
from syndicate.intake.document import decode, read_text
from syndicate.intake.normalise import Names, each_once, names_of, normalise_beside, shared_names
from syndicate.intake.parse import FEEDPARSER, parse_text
from syndicate.intake.parsed import ParsedEntry, ParsedFeed
from syndicate.intake.spans import MARK, Spans, cut
from syndicate.model import Feed, Item, Reading, Source

# Raised when the same bytes are to give other items than before, so that everything is read again.
_MEANING = "3"
_CLEANER: str = nh3.__version__  # type: ignore[attr-defined] # its stub leaves it out
_READERS = (_MEANING, __version__, FEEDPARSER, _CLEANER, etree.LXML_VERSION, etree.LIBXML_VERSION)

# What changes in a head with every edition of a document, and what no entry inherits.
_PASSING = frozenset(("lastbuilddate", "pubdate", "updated", "modified", "date", "totalresults"))
_RDF_LIST = "{http://purl.org/rss/1.0/}items"


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entry that was read: fingerprint of its bytes, the item it became, its names."""

    slice: bytes
    item: bytes
    names: Names


_PACKED = struct.Struct("16s8s8s8s8s")
_INHERITED = 16  # bytes


@dataclass(frozen=True, slots=True)
class _Marks:
    """All that a reading leaves behind. ``inherited`` is the fingerprint of what the entries inherit."""

    inherited: bytes
    entries: tuple[_Mark, ...]

    def packed(self) -> bytes:
        """As the store keeps it."""
        rows = (_PACKED.pack(x.slice, x.item, x.names.identity, x.names.link, x.names.title) for x in self.entries)
        return self.inherited + b"".join(rows)


def _unpacked(packed: bytes) -> _Marks:
    """From the store. A missing name is zeros there."""
    rows = _PACKED.iter_unpack(packed[_INHERITED:])
    marks = (_Mark(one, item, Names(*(name.rstrip(b"\0") for name in names))) for one, item, *names in rows)
    return _Marks(packed[:_INHERITED], tuple(marks))


@dataclass(frozen=True, slots=True)
class _Xml:
    """A document cut by spans."""

    spans: Spans
    url: str

    @property
    def slices(self) -> tuple[bytes, ...]:
        return self.spans.slices

    def frame(self) -> bytes:
        """What is left of the document without its entries, less what passes."""
        left = self.spans.without(range(len(self.spans.entries)))
        document = read_text(left.decode(), url=self.url)
        return repr(document.entities).encode() + _lasting(document.tree) if document.sound else b""

    def read(self, left_out: Container[int]) -> ParsedFeed:
        return parse_text(self.spans.without(left_out).decode(), url=self.url)


@dataclass(frozen=True, slots=True)
class _Json:
    """A JSON Feed, loaded."""

    feed: jsonfeed.Object
    items: list[jsonfeed.Object]
    url: str

    @property
    def slices(self) -> tuple[bytes, ...]:
        return tuple(_plain(item) for item in self.items)

    def frame(self) -> bytes:
        return _plain(self.feed)

    def read(self, left_out: Container[int]) -> ParsedFeed:
        wanted = (item for number, item in enumerate(self.items) if number not in left_out)
        return jsonfeed.read_object(self.feed, wanted, self.url)


def read(body: bytes, *, url: str, content_type: str = "", source: Source, marks: bytes = b"") -> Reading:
    """A complete HTTP body -> what is new in it since the reading that left ``marks``; all of it if there was none.

    ``url`` is the final one, ``content_type`` the header, verbatim. Raises ParseError as ``parse`` does.
    """
    text = decode(body, content_type)
    pieces = _pieces(text, url)
    if pieces is None:
        return _whole(parse_text(text, url=url), source, b"", ())
    inherited, slices = _inherited(pieces, url, source), [_fingerprint(piece) for piece in pieces.slices]
    if inherited and marks.startswith(inherited):
        reading = _as_it_was(slices, marks) or _changes(pieces, slices, _unpacked(marks), source)
        if reading:
            return reading
    return _whole(parse_text(text, url=url), source, inherited, slices)


def _pieces(text: str, url: str) -> _Xml | _Json | None:
    try:
        if jsonfeed.looks_like_json(text):
            return _Json(*jsonfeed.load(text, url), url)
    except ParseError:
        return None
    spans = cut(text.encode())
    return _Xml(spans, url) if spans else None


def _inherited(pieces: _Xml | _Json, url: str, source: Source) -> bytes:
    """The fingerprint of all that entries inherit; b"" if the document is not sound."""
    try:
        frame = pieces.frame()
    except ParseError:
        return b""
    publisher = source.publisher
    told = repr((_READERS, url, source.id, publisher.id, publisher.name, publisher.home)).encode()
    return _fingerprint(told + frame) if frame else b""


def _fingerprint(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_INHERITED]


def _plain(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _lasting(root: etree._Element) -> bytes:
    """The document without its entries and without what passes; white space and comments around elements aside."""
    for holder in (root, *root.iter("{*}channel")):
        marked = False
        for child in list(holder):
            mark = getattr(child, "target", "") == MARK  # only processing instructions have one
            if (mark and marked) or not (mark or _lasts(child)):
                holder.remove(child)
            else:
                child.tail = (child.tail or "").strip()
                marked = mark
    return etree.tostring(root)


def _lasts(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag == _RDF_LIST:
        return False
    return element.tag.rpartition("}")[2].lower() not in _PASSING or len(element) > 0


def _whole(parsed: ParsedFeed, source: Source, inherited: bytes, slices: Sequence[bytes]) -> Reading:
    """Everything; with marks if each entry was cut as it was parsed."""
    feed, items = normalise_beside(parsed, source, ())
    marks = b""
    if inherited and parsed.sound and len(slices) == len(items):
        entries = zip(slices, items, parsed.entries, strict=True)
        marks = _Marks(inherited, tuple(_mark(*entry) for entry in entries)).packed()
    return Reading(replace(feed, items=each_once(items)), tuple(dict.fromkeys(item.id for item in items)), marks)


def _as_it_was(slices: Sequence[bytes], marks: bytes) -> Reading | None:
    """The reading of a document that has the entries it had, in the same order: told without unpacking the marks."""
    starts = range(_INHERITED, len(marks), _PACKED.size)
    if len(slices) != len(starts) or any(marks[at : at + 16] != one for at, one in zip(starts, slices, strict=True)):
        return None
    return Reading(None, tuple(dict.fromkeys(f"i-{marks[at + 16 : at + 24].hex()}" for at in starts)), marks)


def _changes(pieces: _Xml | _Json, slices: Sequence[bytes], old: _Marks, source: Source) -> Reading | None:
    """What is new beside the entries with known marks; None if that cannot be told without the others."""
    known = {mark.slice: mark for mark in old.entries}
    kept = {number: known[piece] for number, piece in enumerate(slices) if piece in known}
    doubled = _doubled(old.entries)
    if doubled and _versions(old.entries, doubled) != _versions(kept.values(), doubled):
        return None
    if len(kept) == len(slices) and known.keys() == set(slices):
        return _found(None, _Marks(old.inherited, tuple(kept.values())))
    parsed = pieces.read(kept)
    new = [number for number in range(len(slices)) if number not in kept]
    if not parsed.sound or len(parsed.entries) != len(new) or _judged_anew(parsed, old.entries, kept.values()):
        return None
    feed, items = normalise_beside(parsed, source, [mark.names for mark in kept.values()])
    entries = zip(new, items, parsed.entries, strict=True)
    fresh = {number: _mark(slices[number], item, entry) for number, item, entry in entries}
    if {mark.item for mark in fresh.values()} & {mark.item for mark in kept.values()}:
        return None
    marks = tuple(mark for _, mark in sorted((kept | fresh).items(), key=itemgetter(0)))
    return _found(replace(feed, items=each_once(items)), _Marks(old.inherited, marks))


def _found(feed: Feed | None, marks: _Marks) -> Reading:
    return Reading(feed, tuple(dict.fromkeys(f"i-{mark.item.hex()}" for mark in marks.entries)), marks.packed())


def _mark(piece: bytes, item: Item, entry: ParsedEntry) -> _Mark:
    return _Mark(piece, bytes.fromhex(item.id.removeprefix("i-")), names_of(entry))


def _doubled(entries: Collection[_Mark]) -> Collection[bytes]:
    """The items that several entries are versions of: which of them it is depends on the others."""
    if len({mark.item for mark in entries}) == len(entries):
        return ()
    counted = Counter(item for _, item in {(mark.slice, mark.item) for mark in entries})
    return {item for item, count in counted.items() if count > 1}


def _versions(entries: Iterable[_Mark], doubled: Container[bytes]) -> list[bytes]:
    return [mark.slice for mark in entries if mark.item in doubled]


def _judged_anew(parsed: ParsedFeed, old: Iterable[_Mark], kept: Collection[_Mark]) -> bool:
    """Whether an entry that was kept is now identified by something else, for what it shares with others."""
    names = [mark.names for mark in kept]
    before = shared_names(parsed, [mark.names for mark in old])
    after = shared_names(parsed, [*names, *map(names_of, parsed.entries)])
    return any(before.spoils(one) != after.spoils(one) for one in names)
