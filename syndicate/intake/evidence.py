# SPDX-License-Identifier: Apache-2.0
"""Rights evidence and authors of an XML feed, verbatim, by namespace and never by prefix.

Reads the raw tree, because a parser that merges keys lets a photo's licence pass as the article's and loses names. Only
direct children of the feed, the entry and its ``atom:source`` count, so what stands inside a body or an image says
nothing here; media elements are read at any depth and keep kinds of their own, since they speak of an asset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from syndicate.intake import markup
from syndicate.intake.text import legal, person_name, web_url
from syndicate.model import Evidence, Level, Person

ATOM = "http://www.w3.org/2005/Atom"
_ATOM_OLD = "http://purl.org/atom/ns#"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "http://purl.org/dc/elements/1.1/"
_DCTERMS = "http://purl.org/dc/terms/"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_RSL = "https://rslstandard.org/rsl"
_FAC = "http://www.bloglines.com/about/specs/fac-1.0"
_XMP = "http://ns.adobe.com/xap/1.0/rights/"
_PRISM = "http://prismstandard.org/namespaces/"
_USERLAND = (
    "http://backend.userland.com/creativeCommonsRssModule",
    "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html",
    "http://backend.userland.com/creativeCommonsRSSModule",
)
_CC = ("http://creativecommons.org/ns#", "http://web.resource.org/cc/")
_MEDIA = ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss")
_PODCAST = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_RSS = (
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://blogs.law.harvard.edu/tech/rss",
)
_RSS_USERLAND = "http://backend.userland.com/rss"  # and whatever version follows

# (namespace, local name) -> kind. The value is the first of the attributes that is there, else the text.
_KINDS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    (ATOM, "rights"): ("atom.rights", ()),
    (_ATOM_OLD, "copyright"): ("atom.rights", ()),
    (_DC, "rights"): ("dc.rights", (_RDF + "resource",)),
    (_FAC, "restriction"): ("fac", ("relationship",)),
    **{(_DCTERMS, name): (f"dcterms.{name}", (_RDF + "resource",)) for name in ("license", "rightsHolder", "rights")},
    (_DCTERMS, "accessRights"): ("dcterms.accessRights", (_RDF + "resource",)),
    **{(uri, "license"): ("cc.userland", ()) for uri in _USERLAND},
    **{(uri, "license"): ("cc.rdf", (_RDF + "resource", "resource")) for uri in _CC},
    **{(uri, "morePermissions"): ("cc.rdf.morePermissions", (_RDF + "resource", "resource")) for uri in _CC},
    **{(uri, "license"): ("mrss.license", ("href",)) for uri in _MEDIA},
    **{(uri, "copyright"): ("mrss.copyright", ()) for uri in _MEDIA},
    **{(uri, "credit"): ("mrss.credit", ()) for uri in _MEDIA},
    **{(uri, "license"): ("podcast.license", ("url",)) for uri in _PODCAST},
    **{(_XMP, name): (f"xmp.{name}", (_RDF + "resource",)) for name in ("WebStatement", "UsageTerms", "Owner")},
    **{(uri, "copyright"): ("rss.copyright", ()) for uri in _RSS},
}
_NAMESPACES = frozenset((*(uri for uri, _ in _KINDS), ATOM, _ATOM_OLD, _RSL))
_PRISM_NAMES = frozenset(
    (
        *("copyright", "creditLine", "rightsOwner", "rightsAgent", "agreement", "permissions", "restrictions"),
        *("reuseProhibited", "embargoDate", "expirationDate", "exclusivityEndDate", "killDate"),
    )
)
# What a document means by a prefix that it forgot to declare.
_PREFIXES = {
    "atom": ATOM,
    "dc": _DC,
    "dcterms": _DCTERMS,
    "creativeCommons": _USERLAND[0],
    "cc": _CC[0],
    "media": _MEDIA[0],
    "podcast": _PODCAST[0],
}
_REGISTRY = "http://www.iana.org/assignments/relation/"


@dataclass(frozen=True, slots=True)
class Stated:
    """What stands on one entry; ``keys`` are its id and links, by which it can be found again."""

    keys: frozenset[str]
    evidence: tuple[Evidence, ...]
    authors: tuple[Person, ...] = ()


def feed_evidence(root: etree._Element, url: str) -> tuple[Evidence, ...]:
    """Every rights statement on the feed or channel itself, level FEED, in document order."""
    feed = _feed(root)
    return tuple(_statements(feed, Level.FEED, _name(feed)[1], url)) if feed is not None else ()


def entries_stated(root: etree._Element, url: str) -> tuple[Stated, ...]:
    """For each entry in order: its authors, its statements (ITEM) and those of its ``atom:source`` (SOURCE)."""
    return tuple(_entry(element, url) for element in root.iter() if _is_entry(element))


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
    if not isinstance(element.tag, str):
        return "", ""
    uri, _, local = element.tag.rpartition("}")
    prefix, colon, rest = local.partition(":")
    if colon and not uri:
        return _PREFIXES.get(prefix, prefix), rest
    uri = uri.removeprefix("{")
    return uri if element.prefix or uri in _NAMESPACES or uri.startswith(_PRISM) else "", local


def _is_feed_namespace(uri: str) -> bool:
    return uri in (*_RSS, ATOM, _ATOM_OLD) or uri.startswith(_RSS_USERLAND)


def _is_entry(element: etree._Element) -> bool:
    uri, local = _name(element)
    return local.lower() in ("item", "entry") and _is_feed_namespace(uri)


def _feed(root: etree._Element) -> etree._Element | None:
    if _name(root)[1].lower() in ("feed", "channel"):
        return root
    return next((child for child in root if _name(child)[1].lower() == "channel"), None)


def _entry(element: etree._Element, url: str) -> Stated:
    label = _name(element)[1]
    found = list(_statements(element, Level.ITEM, label, url))
    found += [x for child in element.iterdescendants() for x in _media(child, label, url)]
    for child in element:
        if _name(child) == (ATOM, "source"):
            found += _statements(child, Level.SOURCE, f"{label}/source", url)
    authors = {person.name: person for person in _authors(element) if person.name}
    return Stated(frozenset(_keys(element)), tuple(found), tuple(authors.values()))


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
        return _is_feed_namespace(uri) or uri.lower() == _ITUNES
    return (uri, local) == (_DC, "creator")


def _part(element: etree._Element, local: str) -> str:
    return next((_text(child) for child in element if _name(child)[1] == local), "")


def _keys(element: etree._Element) -> Iterator[str]:
    for child in element:
        uri, local = _name(child)
        if _is_feed_namespace(uri) and local in ("guid", "id", "link"):
            yield _text(child)
            yield child.get("href", "").strip()
    yield element.get(_RDF + "about", "")


def _media(element: etree._Element, label: str, url: str) -> Iterator[Evidence]:
    """Media statements below the direct children: they belong to the content or group they stand in."""
    parent = element.getparent()
    if _name(element)[0] in _MEDIA and parent is not None and _name(parent)[0] in _MEDIA:
        yield from _statement(element, Level.ITEM, f"{label}/{_label(parent)}", url)


def _statements(parent: etree._Element, level: Level, place: str, url: str) -> Iterator[Evidence]:
    for child in parent:
        yield from _statement(child, level, place, url)


def _statement(element: etree._Element, level: Level, place: str, url: str) -> Iterator[Evidence]:
    kind, value = _reading(element)
    if kind and value:
        yield Evidence(kind, level, legal(value), f"{place}/{_label(element)}", url)


def _reading(element: etree._Element) -> tuple[str, str]:
    uri, local = _name(element)
    if local == "link" and _is_feed_namespace(uri):
        return ("atom.license", _resolved(element)) if _relation(element) == "license" else ("", "")
    if uri == _RSL:
        return "rsl", etree.tostring(element, encoding="unicode", with_tail=False)
    if uri.startswith(_PRISM) and local in _PRISM_NAMES:
        return f"pur.{local}" if "usagerights" in uri else f"prism.{local}", _text(element)
    if (uri, local) not in _KINDS:
        return "", ""
    kind, attributes = _KINDS[uri, local]
    stated = next((element.get(name, "") for name in attributes if element.get(name)), "")
    return kind, stated.strip() or _words(element)


def _relation(element: etree._Element) -> str:
    return element.get("rel", "").strip().lower().removeprefix(_REGISTRY)


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
    name = f"{element.prefix}:{local}" if element.prefix else local
    return f"{name}[rel=license]" if local == "link" else name
