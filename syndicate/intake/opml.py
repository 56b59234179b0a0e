# SPDX-License-Identifier: Apache-2.0
"""Lists of feeds: OPML in, what to poll out; and back, so that what we write we also read.

Our ids stand in attributes of our own namespace, which other programs pass over.

Spec: OPML 2.0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from syndicate.errors import ParseError
from syndicate.intake.text import one_line, web_url

OURS = "urn:syndicate:opml"
"""The namespace of our attributes: ``id``, ``publisher`` and ``name`` of it, ``every`` in seconds."""

_LARGEST = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. ``url`` is "" if what stands there is no web address: then ``said`` is what does.

    ``every`` is in seconds, 0 if the list does not tell; ``publisher_id`` and ``id`` are "" if it is not one of ours.
    """

    url: str
    title: str = ""
    home: str = ""
    id: str = ""
    publisher_id: str = ""
    publisher_name: str = ""
    every: int = 0
    said: str = ""


def read(body: bytes) -> list[Outline]:
    """The feeds of an OPML document, however deep they stand, in order. Raises ParseError if it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(body[:_LARGEST], parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"this is no XML: {error}", remedy="export the list as OPML again") from error
    if etree.QName(root).localname.lower() != "opml":
        raise ParseError("this is no OPML: its root is another element", remedy="export the list as OPML")
    return list(_feeds(root))


def write(title: str, outlines: Iterable[Outline]) -> bytes:
    """An OPML document of these feeds."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"syndicate": OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for one in outlines:
        known = {"text": one.title or one.url, "type": "rss", "xmlUrl": one.url, "htmlUrl": one.home}
        ours = {"id": one.id, "publisher": one.publisher_id, "name": one.publisher_name, "every": str(one.every or "")}
        values = known | {f"{{{OURS}}}{name}": value for name, value in ours.items()}
        etree.SubElement(body, "outline", {name: value for name, value in values.items() if value})
    document: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return document


def _feeds(root: etree._Element) -> Iterator[Outline]:
    for element in root.iter("outline"):
        # The names of attributes are written in many ways.
        values = {etree.QName(name).localname.lower(): one_line(value) for name, value in element.attrib.items()}
        said = values.get("xmlurl", "")
        if said:
            every = element.get(f"{{{OURS}}}every", "")
            yield Outline(
                url=web_url(said, ""),
                title=values.get("title") or values.get("text", ""),
                home=web_url(values.get("htmlurl", ""), ""),
                id=element.get(f"{{{OURS}}}id", ""),
                publisher_id=element.get(f"{{{OURS}}}publisher", ""),
                publisher_name=element.get(f"{{{OURS}}}name", ""),
                every=int(every) if every.isdecimal() else 0,
                said=said,
            )
