# SPDX-License-Identifier: Apache-2.0
"""What feedgen 1.0.0 leaves out, as one extension of it: typed links, the whole source, rights, licences, languages.

feedgen writes Atom elements without a namespace prefix and gives the root an ``xmlns``; so does this.
"""

from __future__ import annotations

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from syndicate.publish.facts import Facts, Origin

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
CC = "http://backend.userland.com/creativeCommonsRssModule"
XML = "http://www.w3.org/XML/1998/namespace"


class RightsExtension(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """Declares the namespaces that the entries use."""

    def extend_ns(self) -> dict[str, str]:
        """Prefixes and namespaces."""
        return {"dc": DC, "creativeCommons": CC}


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
        return item


def _links(facts: Facts) -> list[tuple[str, str, str]]:
    """(rel, href, title), the alternate first; each rel and address once."""
    links = [("alternate", facts.url, ""), ("canonical", facts.canonical, "")]
    return [
        link
        for link in (*links, *(("via", via.url, via.name) for via in facts.via))
        if link[1] or link[0] == "alternate"
    ]


def _add_source(entry: etree._Element, facts: Facts) -> None:
    """Spec: RFC 4287 4.2.11; the licence link stands here as it stands on the feed copied from (RFC 4946 2.4)."""
    origin: Origin = facts.origin
    source = etree.SubElement(entry, "source")
    _add(source, "id", origin.id)
    _add(source, "title", origin.name)
    _add(source, "updated", facts.updated.isoformat())
    if origin.url:
        _add(source, "link", rel="self", href=origin.url)
    _add(source, "rights", origin.rights)
    for licence in origin.licences:
        _add(source, "link", rel="license", href=licence)


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> None:
    """A child with those of ``text`` and ``attributes`` that are not empty; nothing if none is."""
    kept = {name: value for name, value in attributes.items() if value}
    if text or kept.get("href"):
        etree.SubElement(parent, tag, kept).text = text or None
