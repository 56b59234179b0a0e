# SPDX-License-Identifier: Apache-2.0
"""What feedgen 1.0.0 leaves out, as one extension of it: typed links, the whole source, rights, licences, signals.

feedgen writes Atom elements without a namespace prefix and gives the root an ``xmlns``; so does this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from syndicate.model import Evidence, Tombstone
from syndicate.publish.facts import Facts, Origin

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
CC = "http://backend.userland.com/creativeCommonsRssModule"
CC_REL = "http://creativecommons.org/ns#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
TDM = "http://www.w3.org/ns/tdmrep#"
_FIELDS = {"aipref": "Content-Usage", "content-signal": "Content-Signal"}


class RightsExtension(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """Declares the namespaces that the entries use, and says what left the feed."""

    tombstones: Sequence[Tombstone] = ()
    issuer: tuple[str, str] = ("", "")
    entry_base: str = ""

    def extend_ns(self) -> dict[str, str]:
        """Prefixes and namespaces."""
        return {"dc": DC, "dcterms": DCTERMS, "creativeCommons": CC, "cc": CC_REL, "rdf": RDF}

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """What was taken out of the feed. Spec: RFC 6721 3."""
        for one in self.tombstones:
            attributes = {"ref": f"{self.entry_base}{one.item_id}", "when": one.when.isoformat()}
            gone = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", attributes, nsmap={"at": TOMBSTONES})
            _add(gone, f"{{{TOMBSTONES}}}comment", one.comment)
        return feed

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        """Who issues the feed, where RSS has room for a mail address alone."""
        name, uri = self.issuer
        for channel in rss.iterfind("channel") if uri else ():
            author = etree.SubElement(channel, f"{{{ATOM}}}author")
            _add(author, f"{{{ATOM}}}name", name)
            _add(author, f"{{{ATOM}}}uri", uri)
        return rss


class RightsEntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """Completes one entry from its ``facts``."""

    facts: Facts

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Links with their types (Spec: RFC 4287 4.2.7, RFC 4946, RFC 6596), ``atom:source``, language."""
        for dropped in (*entry.findall("link"), *entry.findall("source")):
            entry.remove(dropped)
        for rel, href, title in _links(self.facts):
            _add(entry, "link", rel=rel, href=href, type="text/html", title=title)
        for licence in self.facts.licences:
            _add(entry, "link", rel="license", href=licence.url, title=licence.name)
        _add_source(entry, self.facts)
        _add_terms(entry, self.facts)
        if self.facts.entry.item.language:
            entry.set(f"{{{XML}}}lang", self.facts.entry.item.language)
        return entry

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Authors and rights as Dublin Core, licences as creativeCommons, links as Atom. Never an author's address."""
        for person in self.facts.authors:
            _add(item, f"{{{DC}}}creator", person.name)
        _add(item, f"{{{DC}}}rights", self.facts.rights)
        _add(item, f"{{{DC}}}language", self.facts.entry.item.language)
        for licence in self.facts.licences:
            _add(item, f"{{{CC}}}license", licence.url)
        for rel, href, title in _links(self.facts)[1:]:
            _add(item, f"{{{ATOM}}}link", rel=rel, href=href, type="text/html", title=title)
        _add_terms(item, self.facts)
        return item


def _links(facts: Facts) -> list[tuple[str, str, str]]:
    """(rel, href, title), the alternate first; each rel and address once."""
    links = [("alternate", facts.url, ""), ("canonical", facts.canonical, "")]
    more = (*(("via", via.url, via.name) for via in facts.via), *(("terms-of-service", t.url, "") for t in facts.terms))
    return [link for link in (*links, *more) if link[1] or link[0] == "alternate"]


def _add_source(entry: etree._Element, facts: Facts) -> None:
    """Spec: RFC 4287 4.2.11; the licence link stands here as it stands on the feed copied from (RFC 4946 2.4)."""
    origin: Origin = facts.origin
    source = etree.SubElement(entry, "source")
    _add(source, "id", origin.id)
    _add(source, "title", origin.name)
    _add(source, "updated", origin.updated.isoformat())
    _add(etree.SubElement(source, "author"), "name", origin.name)
    if origin.url:
        _add(source, "link", rel="self", href=origin.url)
    _add(source, "rights", origin.rights)
    for licence in origin.licences:
        _add(source, "link", rel="license", href=licence)


def _add_terms(entry: etree._Element, facts: Facts) -> None:
    """The holder, where to ask for more (ccREL's ``morePermissions``), and signals to machines as they were given."""
    _add(entry, f"{{{DCTERMS}}}rightsHolder", facts.holder)
    if facts.contact:
        etree.SubElement(entry, f"{{{CC_REL}}}morePermissions", {f"{{{RDF}}}resource": facts.contact})
    for signal in facts.signals:
        entry.extend(_signal(signal))


def _signal(signal: Evidence) -> Iterator[etree._Element]:
    """A statement as an element: RSL itself, TDMRep under its own names, header fields as words."""
    if signal.kind == "rsl":
        yield from _rsl(signal.value)
        return
    kind, _, name = signal.kind.partition(".")
    if kind == "tdmrep":
        made = etree.Element(f"{{{TDM}}}{name}", nsmap={"tdm": TDM})
        made.text = signal.value
    else:
        made = etree.Element(f"{{{DCTERMS}}}accessRights")
        made.text = f"{_FIELDS[kind]}: {signal.value}"
    yield made


def _rsl(text: str) -> Iterator[etree._Element]:
    """The RSL element unchanged; none if it is no XML that can stand here."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        yield etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> None:
    """A child with those of ``text`` and ``attributes`` that are not empty; nothing if none is."""
    kept = {name: value for name, value in attributes.items() if value}
    if text or kept.get("href"):
        etree.SubElement(parent, tag, kept).text = text or None
