# SPDX-License-Identifier: Apache-2.0
"""Parsed feed -> feed of items: identity, dates, absolute URLs, safe HTML, what each item says about rights and origin.

Promises: the same document gives the same items for ever; every URL is absolute http or https; no text holds a control
character; an item's evidence holds what it inherits, each statement with its level.
"""

from __future__ import annotations

import hashlib
import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from syndicate.intake import credits as credit_lines
from syndicate.intake import markup
from syndicate.intake.bylines import bylines
from syndicate.intake.own import Own
from syndicate.intake.parsed import Origin, ParsedEntry, ParsedFeed, Text
from syndicate.intake.text import language_tag, one_line, untracked, web_url
from syndicate.model import Category, Claim, Enclosure, Evidence, Feed, Item, Level, Link, Person, Retraction, Source

# Statements that name a licence: one on the entry stops those of its source and feed. Spec: RFC 4946 2.3.
_LICENCES = frozenset(("atom.license", "cc.userland", "cc.rdf", "dcterms.license", "jsonfeed.licence"))
_CLAIMS = {"dcterms.isVersionOf": "based-on", "dcterms.isFormatOf": "based-on"}
# Years outside are the placeholders of programs that know no date: no mail header can hold them, no clock convert them.
_YEARS = range(1000, 9999)
_FIRST = 300  # characters
_LONGEST_REFERENCE = 40  # characters of a reference that a cut may have broken
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Names:
    """Fingerprints of an entry's id, link and title (b"" for none): all that it takes to judge the ids of others."""

    identity: bytes = b""
    link: bytes = b""
    title: bytes = b""


@dataclass(frozen=True, slots=True)
class Shared:
    """The ids and links, as fingerprints, that a document gives to different entries: they identify none."""

    ids: frozenset[bytes] = frozenset()
    links: frozenset[bytes] = frozenset()

    def spoils(self, names: Names) -> tuple[bool, bool]:
        """Whether an entry's id and its link are among them."""
        both = self.ids | self.links
        return names.identity in both, names.link in both


@dataclass(frozen=True, slots=True)
class _Context:
    """What the entries of one document share."""

    feed: ParsedFeed
    source: Source
    own: Own
    reader: credit_lines.Reader


def normalise(parsed: ParsedFeed, source: Source) -> Feed:
    """A parsed feed, polled as ``source`` -> the feed with its items in document order, each once. Raises nothing."""
    feed, items = normalise_beside(parsed, source, ())
    return replace(feed, items=each_once(items))


def normalise_beside(parsed: ParsedFeed, source: Source, others: Sequence[Names]) -> tuple[Feed, tuple[Item, ...]]:
    """The feed without its items, and the item of each entry, in a document that has ``others`` besides. No raise."""
    names = [names_of(entry) for entry in parsed.entries]
    shared = shared_names(parsed, [*names, *others])
    title, home = _plain(parsed.title), web_url(parsed.home, parsed.url)
    own = Own(source.publisher.home or home, parsed.url)
    own_names = frozenset(name.lower() for name in (source.publisher.name, title) if name)
    reader = credit_lines.Reader(own.is_own, own_names, parsed.url)
    context = _Context(parsed, source, own, reader)
    told = [
        _identities(entry, context, *shared.spoils(mine)) for entry, mine in zip(parsed.entries, names, strict=True)
    ]
    items = tuple(_item(entry, mine[0], context) for entry, mine in zip(parsed.entries, told, strict=True))
    feed = Feed(
        title=title,
        url=parsed.url,
        home=home,
        language=language_tag(parsed.language),
        format=parsed.format,
        items=(),
        evidence=parsed.evidence,
        problems=(*parsed.problems, *_about_ids(shared)),
        retractions=tuple(_retractions(parsed, source)),
        asks=parsed.asks,
        aliases={
            item.id: tuple(item_id(source.id, other) for other in mine[1:])
            for item, mine in zip(items, told, strict=True)
            if mine[1:]
        },
    )
    return feed, items


def _retractions(parsed: ParsedFeed, source: Source) -> Iterator[Retraction]:
    """Tombstones name entries by their ids, by which we identify items too."""
    for gone in parsed.deleted:
        evidence = Evidence("tombstone", Level.ITEM, gone.value, gone.place, parsed.url)
        yield Retraction(item_id(source.id, one_line(gone.identity)), gone.when, evidence)


def names_of(entry: ParsedEntry) -> Names:
    """The fingerprints of an entry's names."""
    return Names(*(_fingerprint(text) for text in (entry.identity, entry.link, entry.title.value)))


def _fingerprint(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest() if text else b""


def shared_names(parsed: ParsedFeed, entries: Sequence[Names]) -> Shared:
    """What entries share. In Atom two versions of an entry may share an id (RFC 4287 4.1.1), title or not.

    A link to the feed's own home identifies no entry either.
    """
    ids = _shared((entry.identity, entry.link) for entry in entries)
    if not parsed.format.startswith("atom"):
        ids |= _shared((entry.identity, entry.title) for entry in entries)
    return Shared(ids, _shared((entry.link, entry.title) for entry in entries) | {_fingerprint(parsed.home)})


def _about_ids(shared: Shared) -> tuple[str, ...]:
    return ("different entries share an id; their links identify them instead",) if shared.ids else ()


def _shared(pairs: Iterable[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """The first parts that stand beside different second parts."""
    counted = Counter(first for first, second in set(pairs) if first and second)
    return frozenset(first for first, count in counted.items() if count > 1)


def each_once(items: Iterable[Item]) -> tuple[Item, ...]:
    """One item an id, where it first stands; of several versions the last updated."""
    kept: dict[str, Item] = {}
    for item in items:
        known = kept.get(item.id)
        if known is None or (item.updated or _LONG_AGO) > (known.updated or _LONG_AGO):
            kept[item.id] = item
    return tuple(kept.values())


def _item(entry: ParsedEntry, identity: str, context: _Context) -> Item:
    url = untracked(web_url(entry.link, context.feed.url) or _permalink(entry))
    body = max(entry.bodies, key=lambda text: len(text.value), default=entry.summary)
    base = _base(body, url, context.feed)
    cleaned = markup.clean(body.value, base) if body.markup else markup.from_text(body.value)
    shown = markup.blocks_of(body.value if body.markup else "", cleaned, base)
    links = tuple(_links(entry, context.feed.url))
    own = replace(context.own, page=url)
    reader = replace(context.reader, is_own=own.is_own)
    claims = (
        *_claims(entry, links, url, own, context.feed.url),
        *reader.claims(shown),
        *bylines(shown, reader.names, own.is_own, context.feed.url),
    )
    return Item(
        id=item_id(context.source.id, identity),
        source_id=context.source.id,
        publisher_id=context.source.publisher.id,
        identity=identity,
        url=url,
        title=_plain(entry.title),
        html=cleaned,
        text=markup.visible_text(shown),
        summary=markup.line_of(shown) if body.markup and _is_same(entry.summary, body) else _plain(entry.summary),
        authors=_authors(entry, context.feed),
        published=_usable(entry.published),
        updated=_usable(entry.updated),
        language=_language(entry, body, context.feed),
        categories=tuple(_categories(entry)),
        enclosures=tuple(_enclosures(entry, context.feed.url)),
        links=links,
        evidence=(*_inherited(entry, claims, context.feed), *reader.statements(shown)),
        claims=claims,
        raw_html=body.value if body.markup and _differ(body.value, cleaned) else "",
    )


def item_id(source_id: str, identity: str) -> str:
    """The id of the item that ``source_id`` identifies by ``identity``: "i-" and 16 hex digits."""
    return "i-" + hashlib.sha256(f"{source_id}\0{identity}".encode(errors="replace")).hexdigest()[:16]


def _identities(entry: ParsedEntry, context: _Context, no_id: bool, no_link: bool) -> list[str]:
    """By what an entry may be identified, first by what it is: its own id, else its link, else a hash.

    The link is taken without what tracks its reader; the hash is of title and date, else of what the entry carries. An
    id or link that different entries share (``no_id``, ``no_link``) comes last. The others are aliases: ids under which
    the entry may have been read from a document that shares other names.
    """
    given, link = one_line(entry.identity), untracked(web_url(entry.link, context.feed.url))
    parts = [entry.title.value, entry.published.isoformat() if entry.published else ""]
    if not any(parts):
        parts += [body.value for body in (*entry.bodies, entry.summary)]
        parts += [enclosure.url for enclosure in entry.enclosures]
    hashed = "sha256:" + hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
    told = [(given, no_id), (link, no_link), (hashed, False)]
    return [name for shared in (False, True) for name, spoilt in told if name and spoilt is shared]


def _usable(moment: datetime | None) -> datetime | None:
    return moment if moment and moment.year in _YEARS else None


def _permalink(entry: ParsedEntry) -> str:
    return web_url(next((link.href for link in entry.links if link.rel == "alternate"), ""))


def _plain(text: Text) -> str:
    return markup.plain(text.value) if text.markup else one_line(text.value)


def _base(body: Text, url: str, feed: ParsedFeed) -> str:
    """What addresses in a body count from. Without an xml:base of its own, in RSS the page that it is the text of."""
    stated = body.base if body.base != feed.url or feed.format.startswith("atom") else ""
    return stated or url or feed.url


def _is_same(one: Text, other: Text) -> bool:
    return one.markup == other.markup and one.value == other.value


def _differ(raw: str, cleaned: str) -> bool:
    """Whether more than white space and the way of writing differs; mostly the first lines tell."""
    if raw == cleaned:
        return False
    told, shown = _folded(raw[:_FIRST]), _folded(cleaned[:_FIRST])
    same = min(len(told), len(shown)) - _LONGEST_REFERENCE
    return told[: max(same, 0)] != shown[: max(same, 0)] or _folded(raw) != _folded(cleaned)


def _folded(text: str) -> str:
    return "".join(html.unescape(text).split()).replace("/>", ">").replace("'", '"')


def _authors(entry: ParsedEntry, feed: ParsedFeed) -> tuple[Person, ...]:
    """Spec: RFC 4287 4.2.1: the entry's authors, else those of its source, else the feed's."""
    brought = next((origin.authors for origin in entry.origins if origin.authors), ())
    return entry.authors or brought or feed.authors


def _language(entry: ParsedEntry, body: Text, feed: ParsedFeed) -> str:
    return language_tag(entry.language) or language_tag(body.language) or language_tag(feed.language)


def _categories(entry: ParsedEntry) -> Iterator[Category]:
    seen = set()
    for raw in entry.categories:
        category = Category(one_line(raw.term), one_line(raw.scheme), one_line(raw.label))
        if category.term and category not in seen:
            seen.add(category)
            yield category


def _enclosures(entry: ParsedEntry, base: str) -> Iterator[Enclosure]:
    for enclosure in entry.enclosures:
        if url := web_url(enclosure.url, base):
            yield Enclosure(url, one_line(enclosure.type), enclosure.length)


def _links(entry: ParsedEntry, base: str) -> Iterator[Link]:
    for link in entry.links:
        if href := web_url(link.href, base):
            yield Link(link.rel, href, one_line(link.type), one_line(link.title))


def _claims(entry: ParsedEntry, links: tuple[Link, ...], url: str, own: Own, document: str) -> Iterator[Claim]:
    for origin in entry.origins:
        yield from _source_claim(origin, own, document)
    for link in links:
        if link.rel in ("via", "canonical") and link.href != url and not own.is_own(link.href):
            evidence = Evidence(f"atom.{link.rel}", Level.ITEM, link.href, f"entry/link[rel={link.rel}]", document)
            yield Claim(link.rel, link.title, link.href, "", evidence)


def _source_claim(origin: Origin, own: Own, document: str) -> Iterator[Claim]:
    page, feed, name = web_url(origin.url, document), web_url(origin.feed_url, document), one_line(origin.name)
    if any(own.is_own(target) for target in (page, feed) if target) or not (page or feed or name):
        return
    evidence = Evidence(origin.kind, Level.SOURCE, origin.value, origin.place, document)
    yield Claim(_CLAIMS.get(origin.kind, "source"), name, page, feed, evidence)


def _inherited(entry: ParsedEntry, claims: tuple[Claim, ...], feed: ParsedFeed) -> Iterator[Evidence]:
    """The entry's own statements, its source's, the feed's; licences only until one is found. Spec: RFC 4946 2.3.

    A copy (an entry that names another source) does not take over the licence of the feed that shows it: that licence
    is for the publisher's own texts.
    """
    own = [x for x in entry.evidence if x.level is Level.ITEM]
    brought = [x for x in entry.evidence if x.level is Level.SOURCE]
    copied = any(claim.kind in ("source", "based-on") for claim in claims)
    yield from own
    licensed = _licensed(own)
    yield from _unless(licensed, brought)
    yield from _unless(licensed or copied or _licensed(brought), feed.evidence)


def _licensed(statements: Iterable[Evidence]) -> bool:
    return any(statement.kind in _LICENCES for statement in statements)


def _unless(stopped: bool, statements: Iterable[Evidence]) -> Iterator[Evidence]:
    return (statement for statement in statements if not (stopped and statement.kind in _LICENCES))
