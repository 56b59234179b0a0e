# SPDX-License-Identifier: Apache-2.0
"""The walk through the tree of a feed: which element stands where, in which base and language, at what depth.

What an element means is an act (``elements.py``); an element without one is passed through to those inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from syndicate.intake.constructs import children, text_of, xhtml_of
from syndicate.intake.names import BASE, LANG, RDF, UnknownReading, attributes, known_as
from syndicate.intake.text import joined, mended

MARKUP = ("text/html", "application/xhtml+xml")
TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
_BESIDE_CHANNEL = ("item", "image", "textinput")
_IN_IMAGE = {
    "image": ("title", "link", "description", "url", "width", "height"),
    "textinput": ("title", "link", "description", "name"),
}

Fields = dict[str, Any]
"""What is found of a feed or entry, under feedparser's keys; any may be missing."""

Act = Callable[["Walk", etree._Element, int], None]  # noqa: SLF001 -- the library calls its type so
"""Reads an element, which stands at this depth, into the fields at hand; raises UnknownReading."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """As what feedparser takes a text: a date (a tuple that begins with year to second, or None), or HTML."""

    date: Callable[[str], Any]
    html: Callable[[str], bool]


class Walk:
    """Through one document. ``into`` are the fields of the feed or entry at hand.

    ``stated`` are the attributes of the element that was come to last, ``base`` and ``lang`` what holds in it.
    ``title_depth`` is where the last title stood that had words, -1 for none; ``has_content``: the entry has a body.
    """

    def __init__(
        self, base: str, guesses: Guesses, of_feed: Mapping[str, Act], of_entry: Mapping[str, Act], *, atom: bool
    ) -> None:
        """``of_feed`` and ``of_entry`` are the acts by name of element."""
        self.feed: Fields = {}
        self.entries: list[Fields] = []
        self.into, self._depths = self.feed, dict[str, int]()
        self.base, self.lang = base, ""
        self.guesses, self.atom = guesses, atom
        self._of_feed, self._of_entry = of_feed, of_entry
        self._acts = of_feed
        self.stated: dict[str, str] = {}
        self.title_depth = -1
        self.has_content = False

    def document(self, root: etree._Element) -> None:
        """The whole of it."""
        self._enter(root)
        if root.tag != f"{RDF}RDF" and self.lang:
            self.feed["language"] = self.lang.replace("_", "-")
        if self.atom:
            self._level(root, 2)
            return
        for child in children(root):
            name = self.name(child)
            if name == "channel":
                before = self._enter(child)
                _refuse_cdf(child)
                self._level(child, 3)
                self.base, self.lang = before
            elif root.tag == "rss" or (name in self._of_feed and name not in _BESIDE_CHANNEL):
                raise UnknownReading(name)
            else:
                self._part(child, name, 2)

    def _level(self, parent: etree._Element, depth: int) -> None:
        for child in children(parent):
            self._part(child, self.name(child), depth)

    def _part(self, element: etree._Element, name: str, depth: int) -> None:
        """A child of the feed or channel."""
        if name in ("item", "entry"):
            self._entry(element, depth)
        elif name in _IN_IMAGE:
            self._image(element, name, depth)
        else:
            self.one(element, name, depth)

    def _entry(self, element: etree._Element, depth: int) -> None:
        before = self._enter(element)
        _refuse_cdf(element)
        self.into, self._depths, self._acts = {}, {}, self._of_entry
        self.title_depth, self.has_content = -1, False
        if about := element.get(f"{RDF}about"):
            self.into["id"] = about
        for child in children(element):
            self.one(child, self.name(child), depth + 1)
        self.entries.append(self.into)
        self.into, self._acts, self.has_content = self.feed, self._of_feed, False
        self.base, self.lang = before

    def one(self, element: etree._Element, name: str, depth: int) -> None:
        """Any element: read if it means something, else passed through to what stands inside."""
        act = self._acts.get(name)
        if act is None and not len(element):
            return
        before = self._enter(element)
        if act:
            act(self, element, depth)
        else:
            self.through(element, depth)
        self.base, self.lang = before

    def through(self, element: etree._Element, depth: int) -> None:
        """What stands inside an element."""
        for child in children(element):
            self.one(child, self.name(child), depth + 1)

    def _enter(self, element: etree._Element) -> tuple[str, str]:
        """Take over an element's base and language; what they were before."""
        before = self.base, self.lang
        self.stated = stated = attributes(element) if element.attrib else {}
        if stated:
            if base := stated.get(BASE, stated.get("base")):
                self.base = joined(self.base, base)
                if not self.base.startswith(("http:", "https:")):
                    raise UnknownReading("a base elsewhere than in the web")
            self.lang = stated.get(LANG, stated.get("lang", self.lang))
        return before

    def keep(self, key: str, value: object, depth: int) -> None:
        """Of several elements those that stand highest count, of these the last."""
        if self.into is self.feed or depth <= self._depths.get(key, depth):
            self.into[key], self._depths[key] = value, depth

    def construct(self, element: etree._Element, stated: Mapping[str, str], default: str) -> Fields:
        """A text of a stated type. Spec: RFC 4287 3.1."""
        kind = stated.get("type", default)
        kind = TYPES.get(kind, kind)
        if "mode" in stated or kind not in ("text/plain", *MARKUP):
            raise UnknownReading(kind)
        if kind == "application/xhtml+xml" and not self.atom:
            raise UnknownReading(kind)
        value = text_of(element) if kind != "application/xhtml+xml" else xhtml_of(element).strip()
        if kind == "text/plain" and not self.atom and self.guesses.html(value):
            kind = "text/html"
        return {"type": kind, "language": self.lang.replace("_", "-"), "base": self.base, "value": mended(value)}

    def name(self, element: etree._Element) -> str:
        """The name of an element; one without prefix in an unknown namespace must be none that means something."""
        name = known_as(str(element.tag), element.prefix)
        if name[0] == "*" and (name[1:] in self._of_entry or name[1:] in self._of_feed):
            raise UnknownReading(str(element.tag))
        return name

    def _image(self, element: etree._Element, name: str, depth: int) -> None:
        self.title_depth = -1
        for child in children(element):
            inside = self.name(child)
            if inside not in _IN_IMAGE[name]:
                raise UnknownReading(inside)
            if inside == "title" and text_of(child):
                self.title_depth = depth + 1


def _refuse_cdf(element: etree._Element) -> None:
    if element.get("href") is not None or element.get("lastmod") is not None:
        raise UnknownReading("an element of CDF")
