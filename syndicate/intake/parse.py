# SPDX-License-Identifier: Apache-2.0
"""Bytes of a feed -> what it says, in one shape for RSS 0.9x, 1.0, 2.0, Atom and JSON Feed.

Common feeds are read from their tree, all others by feedparser, which only this module knows. Promises: raises nothing
but ParseError; opens no file and no connection; rights evidence is read from the raw tree, never from feedparser's
merged keys.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import feedparser

from syndicate.errors import ParseError
from syndicate.intake import elements, evidence, jsonfeed
from syndicate.intake.asks import read_asks
from syndicate.intake.dates import meant
from syndicate.intake.document import Document, decode, read_text
from syndicate.intake.elements import Found
from syndicate.intake.evidence import Stated
from syndicate.intake.names import UnknownReading
from syndicate.intake.parsed import Origin, ParsedEntry, ParsedFeed, Text
from syndicate.intake.text import person_name, web_url
from syndicate.intake.walk import Guesses
from syndicate.model import Category, Enclosure, Link, Person

FEEDPARSER: str = feedparser.__version__
"""Another version may read another thing into the same bytes."""


def find_guesses() -> Guesses | None:
    """Two functions from inside feedparser; None if this version has them no more, and then it reads everything."""
    try:
        from feedparser.datetimes import _parse_date
        from feedparser.mixin import _FeedParserMixin
    except ImportError:
        return None
    return Guesses(_parse_date, _FeedParserMixin.looks_like_html)


GUESSES = find_guesses()

_MARKUP = ("text/html", "application/xhtml+xml")
_READABLE = (*_MARKUP, "text/plain")
_REGISTRY = "http://www.iana.org/assignments/relation/"

# feedparser's dictionaries: any key may be missing, any value may be of any type.
_Fields = Mapping[str, Any]


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """A complete HTTP body -> the parsed feed. ``url`` is the final one; ``content_type`` the header, verbatim.

    Raises ParseError for an empty body, a web page, a document cut short, and anything else that is no feed.
    """
    return parse_text(decode(body, content_type), url=url)


def parse_text(text: str, *, url: str) -> ParsedFeed:
    """The same for a body that is decoded."""
    try:
        if jsonfeed.looks_like_json(text):
            return jsonfeed.read(text, url)
        return _read_xml(read_text(text, url=url), url)
    except ParseError:
        raise
    except Exception as error:
        # feedparser is no safety boundary: hostile input has made it raise almost anything.
        what = f"the document could not be read ({type(error).__name__})"
        remedy = "report the feed's address to its publisher or to us"
        raise ParseError(what, subject=url, remedy=remedy) from error


def _read_xml(document: Document, url: str) -> ParsedFeed:
    everything = evidence.entries_stated(document.tree, url)
    found = _found(document, url, len(everything))
    if not found.version and not found.entries:
        remedy = "check that the address is that of an RSS, Atom or JSON feed"
        raise ParseError("this is not a feed that we can read", subject=url, remedy=remedy)
    stated, problems = _matched(everything, found.entries)
    atom = found.version.startswith("atom")
    return ParsedFeed(
        url=url,
        format=found.version,
        title=_text(_get(found.feed, "title_detail")),
        home=_page(found.feed),
        language=_str(_get(found.feed, "language")),
        authors=_authors(found.feed) if atom else (),
        entries=tuple(_entry(entry, its, atom) for entry, its in zip(found.entries, stated, strict=True)),
        evidence=evidence.feed_evidence(document.tree, url),
        asks=read_asks(document.tree),
        problems=(*document.problems, *problems),
        deleted=evidence.deleted(document.tree),
        sound=found.sound and not problems,
    )


def _found(document: Document, url: str, count: int) -> Found:
    """What stands in the fields of feed and entries; read from the tree if that gives ``count`` entries."""
    if document.sound and GUESSES:
        with suppress(UnknownReading):
            found = elements.read(document.tree, url, GUESSES)
            if len(found.entries) == count:
                return found
    return by_feedparser(document, url)


def by_feedparser(document: Document, url: str) -> Found:
    """What feedparser finds, whatever the document."""
    # The URL keeps one entry's xml:base from leaking into the next; BytesIO keeps a body from being opened as a path.
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    stream = io.BytesIO(document.data)
    result = feedparser.parse(  # noqa: TID251 -- this is the one module
        stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    # A feed with a body of its own changes how its first entry is read.
    sound = document.sound and not result.bozo and _get(result.feed, "content") is None
    return Found(result.version, result.feed, result.entries, sound)


def _matched(everything: Sequence[Stated], entries: Sequence[_Fields]) -> tuple[Sequence[Stated], tuple[str, ...]]:
    """What the tree says of each entry; if the two readings disagree on the entries, only the author is known."""
    matched = evidence.matched(everything, [_keys(entry) for entry in entries])
    if matched is not None:
        return matched, ()
    last_named = [person_name(_str(_get(entry, "author"))) for entry in entries]
    named = [(Person(name),) if name else () for name in last_named]
    bare = [Stated(frozenset(), (), who, tuple(_origins(entry))) for who, entry in zip(named, entries, strict=True)]
    return bare, ("rights statements on single items could not be matched to them and were left out",)


def _keys(entry: _Fields) -> frozenset[str]:
    return frozenset((_str(_get(entry, "id")), _str(_get(entry, "link")))) - {""}


def _entry(entry: _Fields, stated: Stated, atom: bool) -> ParsedEntry:
    published, updated = _date(entry, "published"), _date(entry, "updated")
    bodies = tuple(_text(part) for part in _list(entry, "content") if _is_readable(part))
    return ParsedEntry(
        identity=_str(_get(entry, "id")),
        link=_str(_get(entry, "feedburner_origlink")) or _page(entry),
        title=_text(_get(entry, "title_detail")),
        bodies=bodies,
        summary=_text(_get(entry, "summary_detail")),
        authors=stated.authors,
        # RSS 1.0 has dc:date alone, which feedparser files under "updated".
        published=published or _date(entry, "created") or updated,
        updated=updated if atom or published else None,
        language=_language(entry),
        categories=(*_categories(entry), *stated.categories),
        enclosures=tuple(_enclosures(entry)),
        links=tuple(_links(entry)),
        origins=stated.origins,
        evidence=stated.evidence,
    )


def _get(fields: _Fields, key: str) -> Any:
    """A plain look-up: feedparser's own invents values for missing keys."""
    return dict.get(fields, key) if isinstance(fields, dict) else None


def _str(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _list(fields: _Fields, key: str) -> list[_Fields]:
    value = _get(fields, key)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _text(detail: Any) -> Text:
    markup = _get(detail, "type") in _MARKUP
    value, base = _str(_get(detail, "value")), _str(_get(detail, "base"))
    return Text(value, markup, base, _str(_get(detail, "language")))


def _is_readable(part: _Fields) -> bool:
    return _get(part, "type") in _READABLE and bool(_str(_get(part, "value")))


def _page(fields: _Fields) -> str:
    """The page of a feed, entry or source: the first alternate link in HTML, else what feedparser calls its link."""
    for link in _list(fields, "links"):
        href = _str(_get(link, "href"))
        if _get(link, "rel") == "alternate" and href and _get(link, "type") in _MARKUP:
            return href
    return _str(_get(fields, "link"))


def _date(entry: _Fields, key: str) -> datetime | None:
    try:
        year, month, day, hour, minute, second = _get(entry, f"{key}_parsed")[:6]
        return meant(_str(_get(entry, key)), datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (ValueError, TypeError, OverflowError):
        return None


def _language(entry: _Fields) -> str:
    parts = [*_list(entry, "content"), _get(entry, "summary_detail"), _get(entry, "title_detail")]
    stated = (_str(_get(part, "language")) for part in parts)
    return _str(_get(entry, "language")) or next(filter(None, stated), "")


def _authors(fields: _Fields) -> tuple[Person, ...]:
    """The people of an Atom feed or source, in order, once each; mail addresses never."""
    found: dict[str, Person] = {}
    for author in _list(fields, "authors"):
        name = person_name(_str(_get(author, "name")))
        if name and name not in found:
            found[name] = Person(name, web_url(_str(_get(author, "href"))))
    return tuple(found.values())


def _categories(entry: _Fields) -> Iterator[Category]:
    for tag in _list(entry, "tags"):
        if term := _str(_get(tag, "term")):
            yield Category(term, _str(_get(tag, "scheme")), _str(_get(tag, "label")))


def _enclosures(entry: _Fields) -> Iterator[Enclosure]:
    for link in _list(entry, "links"):
        if _get(link, "rel") == "enclosure":
            length = _str(_get(link, "length"))
            size = int(length) if length.isdecimal() and len(length) < len(str(2**63)) else 0
            yield Enclosure(_str(_get(link, "href")), _str(_get(link, "type")), size)


def _links(entry: _Fields) -> Iterator[Link]:
    for link in _list(entry, "links"):
        rel = _str(_get(link, "rel")).lower().removeprefix(_REGISTRY)
        href = _str(_get(link, "href"))
        if href and rel != "enclosure":
            yield Link(rel, href, _str(_get(link, "type")), _str(_get(link, "title")))


def _origins(entry: _Fields) -> Iterator[Origin]:
    """The source of an entry whose element in the tree is not known."""
    source = _get(entry, "source")
    title, feed = _str(_get(source, "title")), _str(_get(source, "href"))
    page = _page(source) if isinstance(source, dict) else ""
    if title or feed or page:
        yield Origin("rss.source", title, page, feed, title or page or feed, "item/source")
