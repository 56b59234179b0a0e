# SPDX-License-Identifier: Apache-2.0
"""The texts that elements hold, inline XHTML among them."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from syndicate.intake.names import XML, UnknownReading, attributes, known_as


def children(parent: etree._Element) -> Iterator[etree._Element]:
    """The elements inside, without comments and the like."""
    return (child for child in parent if isinstance(child.tag, str))


def own_text(element: etree._Element) -> str:
    """The text of an element itself, without that of elements inside."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def text_of(element: etree._Element) -> str:
    """The text of an element that has only text."""
    if not len(element):
        return (element.text or "").strip()
    for child in children(element):
        raise UnknownReading(f"{child.tag!s} inside {element.tag!s}")
    return own_text(element).strip()


def xhtml_of(element: etree._Element) -> str:
    """Inline XHTML as text, without the one division that encloses it. Spec: RFC 4287 3.1.1."""
    pieces = [escape(element.text or ""), *(piece for child in element for piece in _pieces(child))]
    while len(pieces) > 1 and not pieces[-1].strip():
        pieces.pop()
    first = next((number for number, piece in enumerate(pieces[:-1]) if piece.strip()), len(pieces) - 1)
    inner = pieces[first:]
    return "".join(inner[1:-1] if _is_one_division(inner) else inner)


def _pieces(element: etree._Element) -> Iterator[str]:
    if isinstance(element.tag, str):
        name = known_as(str(element.tag), element.prefix)
        if name.startswith(("svg", "mathml")) or any(not _is_plain(str(key)) for key in element.attrib):
            raise UnknownReading(name)
        name = name.rpartition("_")[2]
        yield f"<{name}{''.join(_attribute(*pair) for pair in attributes(element).items())}>"
        yield escape(element.text or "")
        for child in element:
            yield from _pieces(child)
        yield f"</{name}>"
    yield escape(element.tail or "")


def _is_plain(attribute: str) -> bool:
    return attribute[0] != "{" or attribute.startswith(XML)


def _attribute(name: str, value: str) -> str:
    value = escape(value, {'"': "&quot;"})
    return f' {name}="{value}"'


def _is_one_division(pieces: list[str]) -> bool:
    if not pieces[0].startswith(("<div>", "<div ")) or pieces[-1] != "</div>":
        return False
    depth = 0
    for piece in pieces[:-1]:
        depth += piece.startswith("<") - 2 * piece.startswith("</")
        if not depth:
            return False
    return True
