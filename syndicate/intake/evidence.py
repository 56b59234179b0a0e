# SPDX-License-Identifier: Apache-2.0
"""What an XML feed states of rights and origin, verbatim, by namespace and never by prefix.

Reads the raw tree, because a parser that merges keys lets a photo's licence pass as the article's and loses names. Only
direct children of the feed, the entry and its ``atom:source`` count, so what stands inside a body says nothing here.
What stands in media elements and images is kept under kinds of its own, since it speaks of an asset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urljoin

from lxml import etree

from syndicate.intake import markup
from syndicate.intake import vocabularies as of
from syndicate.intake.parsed import Deleted, Origin
from syndicate.intake.text import legal, one_line, person_name, web_url
from syndicate.intake.vocabularies import ATOM, RDF
from syndicate.model import Category, Evidence, Level, Person

_REGISTRY = "http://www.iana.org/assignments/relation/"
_ENTRIES = tuple(f"{{*}}{name}" for name in ("item", "entry", "Item", "Entry", "ITEM", "ENTRY"))
_GROUPS = ("content", "group")
_ASSET, _IMAGE = "asset.", "image."


@dataclass(frozen=True, slots=True)
class Stated:
    """What stands on one entry; ``keys`` are its id and links, by which it can be found again."""

    keys: frozenset[str]
    evidence: tuple[Evidence, ...]
    authors: tuple[Person, ...] = ()
    origins: tuple[Origin, ...] = ()
    categories: tuple[Category, ...] = ()


def feed_evidence(root: etree._Element, url: str) -> tuple[Evidence, ...]:
    """Every statement on the feed or channel itself, level FEED, in document order; then those about its image."""
    feed = feed_element(root)
    return tuple(_feed_statements(root, feed, url)) if feed is not None else ()


def _feed_statements(root: etree._Element, feed: etree._Element, url: str) -> Iterator[Evidence]:
    label = _name(feed)[1]
    for element in dict.fromkeys((root, feed)):
        if index := element.get(of.INDEX, "").strip():
            yield Evidence("indexing", Level.FEED, index, f"{_name(element)[1]}@index", url)
    yield from _statements(feed, Level.FEED, label, url)
    for parent in dict.fromkeys((root, feed)):
        for child in parent:
            uri, local = _name(child)
            if uri in of.CC and local == "License":  # RSS 1.0 puts it beside the channel
                yield from (_statement(child, Level.FEED, label, url) if parent is not feed else ())
                yield from _statements(child, Level.FEED, f"{label}/{_label(child)}", url)
            elif local == "image" and _is_feed_namespace(uri):
                yield from _statements(child, Level.FEED, f"{label}/image", url, _IMAGE)


def entries_stated(root: etree._Element, url: str) -> tuple[Stated, ...]:
    """For each entry in order: authors, origins, its statements (ITEM) and those of its ``atom:source`` (SOURCE)."""
    return tuple(_entry(element, url) for element in root.iter(*_ENTRIES) if _is_entry(element))


def deleted(root: etree._Element) -> tuple[Deleted, ...]:
    """The tombstones of a feed; one without an id or a time that can be read says nothing. Spec: RFC 6721 3."""
    feed = feed_element(root)
    return tuple(_deleted(feed)) if feed is not None else ()


def _deleted(feed: etree._Element) -> Iterator[Deleted]:
    for child in feed:
        if _name(child) == (of.TOMBSTONES, "deleted-entry"):
            identity, when = child.get("ref", "").strip(), _moment(child.get("when", ""))
            if identity and when:
                yield Deleted(identity, when, _part(child, "comment") or identity, f"{_name(feed)[1]}/{_label(child)}")


def _moment(text: str) -> datetime | None:
    """Spec: RFC 3339."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def matched(entries: Sequence[Stated], keys: Sequence[frozenset[str]]) -> Sequence[Stated] | None:
    """What stands on each of ``keys`` (ids and links of entries as another parser saw them); None if it is unsure.

    By order when the counts agree, else by id or link when each is found exactly once.
    """
    if len(entries) == len(keys):
        return entries
    found = []
    for wanted in keys:
        hits = [entry for entry in entries if entry.keys & wanted]
        if len(hits) != 1:
            return None
        found.append(hits[0])
    return found


def _name(element: etree._Element) -> tuple[str, str]:
    """Namespace and local name; ("", "") for comments. A prefix without a declaration is read as usual.

    An element without a prefix whose namespace says nothing to us belongs to the feed format: publishers put all kinds
    of URLs into ``xmlns``.
    """
    tag = element.tag
    return _parted(tag, element.prefix) if isinstance(tag, str) else ("", "")


@lru_cache(4096)
def _parted(tag: str, prefix: str | None) -> tuple[str, str]:
    uri, _, local = tag.rpartition("}")
    undeclared, colon, rest = local.partition(":")
    if colon and not uri:
        return of.PREFIXES.get(undeclared, undeclared), rest
    uri = uri.removeprefix("{")
    return uri if prefix or uri in of.NAMESPACES or uri.startswith(of.PRISM) else "", local


def _is_feed_namespace(uri: str) -> bool:
    return uri in (*of.RSS, ATOM, of.ATOM_OLD) or uri.startswith(of.RSS_USERLAND)


def _is_entry(element: etree._Element) -> bool:
    uri, local = _name(element)
    return local.lower() in ("item", "entry") and _is_feed_namespace(uri)


def feed_element(root: etree._Element) -> etree._Element | None:
    """The element that says what is true of the whole feed; None if there is none."""
    if _name(root)[1].lower() in ("feed", "channel"):
        return root
    return next((child for child in root if _name(child)[1].lower() == "channel"), None)


# ------------------------------------------------------------------------------------------------ entries


def _entry(element: etree._Element, url: str) -> Stated:
    label = _name(element)[1]
    found = list(_statements(element, Level.ITEM, label, url))
    sources: list[Origin] = []
    origins: list[Origin] = []
    categories: list[Category] = []
    for child in element:
        name = _name(child)
        if name[1] == "source" and _is_feed_namespace(name[0]):
            sources += _source(child, label)
            found += _statements(child, Level.SOURCE, f"{label}/source", url) if name[0] == ATOM else ()
        elif name[0] in of.MEDIA and name[1] in _GROUPS:
            found += _of_assets(child, label, url)
        elif name in of.ORIGINS:
            origins += _origin(child, of.ORIGINS[name], label)
        elif name in of.COVERAGE and _text(child):
            categories.append(Category(_text(child), "".join(name)))
    if not any(_name(child)[1] == "category" for child in element):
        categories += _of_source(element)
    authors = {person.name: person for person in _authors(element) if person.name}
    origins = [*sources[-1:], *origins]
    return Stated(frozenset(_keys(element)), tuple(found), tuple(authors.values()), tuple(origins), tuple(categories))


def _source(element: etree._Element, label: str) -> Iterator[Origin]:
    """The feed that an entry says it was taken from. Spec: RFC 4287 4.2.11."""
    feed, name = element.get("url", "").strip(), one_line(_text(element))
    if _name(element)[0] != ATOM:
        yield Origin("rss.source", name, "", feed, name or feed, f"{label}/source")
        return
    links = [child for child in element if _name(child) == (ATOM, "link")]
    pages = (link for link in links if link.get("type", "text/html") in ("text/html", "application/xhtml+xml"))
    page = next((_resolved(link) for link in pages if _relation(link) == "alternate"), "")
    page = page or web_url(_part(element, "id"))
    feed = next((_resolved(link) for link in links if _relation(link) == "self"), "")
    title = next((one_line(_words(child)) for child in element if _name(child) == (ATOM, "title")), "")
    authors = {person.name: person for person in _authors(element) if person.name}
    yield Origin("atom.source", title, page, feed, title or page or feed, f"{label}/source", tuple(authors.values()))


def _origin(element: etree._Element, kind: str, label: str) -> Iterator[Origin]:
    """What an element names as the work that the entry was taken from: a page, or a name."""
    if stated := _value(element, (RDF + "resource",)):
        page = web_url(stated)
        yield Origin(kind, "" if page else stated, page, "", stated, f"{label}/{_label(element)}")


def _of_source(element: etree._Element) -> Iterator[Category]:
    """The categories that a copied entry's ``atom:source`` brings along. Spec: RFC 4287 4.2.11."""
    for source in element:
        for child in source if _name(source) == (ATOM, "source") else ():
            if _name(child) == (ATOM, "category") and child.get("term", "").strip():
                yield Category(*(child.get(name, "").strip() for name in ("term", "scheme", "label")))


def _authors(element: etree._Element) -> Iterator[Person]:
    """Everybody named on an entry, mail addresses left out; a name may stand in several elements."""
    for child in element:
        uri, local = _name(child)
        name = _part(child, "name") if local == "author" else ""
        if name:
            yield Person(person_name(name), web_url(_part(child, "uri")))
        elif _is_byline(uri, local):
            yield Person(person_name(_text(child)))


def _is_byline(uri: str, local: str) -> bool:
    if local == "author":
        return _is_feed_namespace(uri) or uri.lower() == of.ITUNES
    return (uri, local) in of.BYLINES


def _part(element: etree._Element, local: str) -> str:
    return next((_text(child) for child in element if _name(child)[1] == local), "")


def _keys(element: etree._Element) -> Iterator[str]:
    for child in element:
        uri, local = _name(child)
        if _is_feed_namespace(uri) and local in ("guid", "id", "link"):
            yield _text(child)
            yield child.get("href", "").strip()
    yield element.get(RDF + "about", "")


def _of_assets(group: etree._Element, label: str, url: str) -> Iterator[Evidence]:
    """What stands in a media element, at any depth: it speaks of the content or group that it stands in."""
    for element in group.iterdescendants():
        uri, parent = _name(element)[0], element.getparent()
        place = f"{label}/{_label(group if parent is None else parent)}"
        yield from _statement(element, Level.ITEM, place, url, "" if uri in of.MEDIA else _ASSET)


# ------------------------------------------------------------------------------------------------ statements


def _statements(parent: etree._Element, level: Level, place: str, url: str, prefix: str = "") -> Iterator[Evidence]:
    for child in parent:
        name = _name(child)
        if _may_state(*name):
            yield from _statement(child, level, place, url, prefix)
        if name == (of.PLUS, "Licensor"):
            yield from (x for part in child.iterdescendants() for x in _statement(part, level, place, url, prefix))


@lru_cache(4096)
def _may_state(uri: str, local: str) -> bool:
    return uri == of.RSL or (local == "link" and _is_feed_namespace(uri)) or of.term(uri, local) is not None


def _statement(element: etree._Element, level: Level, place: str, url: str, prefix: str = "") -> Iterator[Evidence]:
    for kind, value, where in _readings(element):
        if value:
            yield Evidence(prefix + kind, level, legal(value), f"{place}/{where}", url)


def _readings(element: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Kind, value and label of each statement that an element is."""
    uri, local = _name(element)
    if local == "link" and _is_feed_namespace(uri):
        relation = _relation(element)
        if relation in of.LINKS:
            yield of.LINKS[relation], _resolved(element), f"{_label(element)}[rel={relation}]"
    elif uri == of.RSL:
        yield "rsl", etree.tostring(element, encoding="unicode", with_tail=False), _label(element)
    elif term := of.term(uri, local):
        label = _label(element) + "".join(f"[{m}={element.get(m)}]" for m in term.marks if element.get(m))
        yield term.kind, _value(element, term.attributes) or (local if term.empty else ""), label
        for name in term.also:
            yield f"{term.kind}.{name}", element.get(name, "").strip(), f"{label}@{name}"


def _value(element: etree._Element, attributes: tuple[str, ...]) -> str:
    stated = next((element.get(name, "") for name in attributes if element.get(name)), "")
    return stated.strip() or _words(element)


def _relation(element: etree._Element) -> str:
    return element.get("rel", "alternate").strip().lower().removeprefix(_REGISTRY)


def _resolved(element: etree._Element) -> str:
    """Spec: RFC 4946 2.1 and 2.3, licences are compared as strings after resolving against xml:base."""
    href = element.get("href", "").strip()
    try:
        return urljoin(element.base or "", href) if href else ""
    except ValueError:
        return href


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext()).strip()


def _words(element: etree._Element) -> str:
    """The words of a text construct; if it says that it is HTML, those that a reader would see (RFC 4287 3.1)."""
    text = _text(element)
    return markup.plain(text) if element.get("type", "").lower() in ("html", "text/html") else text


def _label(element: etree._Element) -> str:
    local = _name(element)[1]
    return f"{element.prefix}:{local}" if element.prefix else local
