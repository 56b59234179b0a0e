# SPDX-License-Identifier: Apache-2.0
"""What a reader sees of a notice, clause by clause, and where each character of it stood in the text as supplied.

A quote is a slice of the text as supplied, so it is verbatim to the character, markup included. For comparison a
clause is folded: lower case, no accents, plain quotes and dashes, single spaces. Pictures' captions, navigation, forms
and, in the body of an item, quotations do not speak for the text and are left out.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Final

_UNSEEN: Final = frozenset(
    {"script", "style", "template", "noscript", "figure", "figcaption", "caption", "button", "form", "select"}
    | {"textarea", "nav", "title", "svg", "del", "s", "strike"}
)
_BLOCKS: Final = frozenset(
    {"p", "div", "section", "article", "header", "footer", "main", "aside", "blockquote", "ul", "ol", "li", "dl", "dt"}
    | {"dd", "table", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "pre", "address", "figure"}
)
_VOID: Final = frozenset(
    {"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr"}
)
_CAPTION: Final = re.compile(r"\bcaption|photo-?credit|image-?credit|sharedaddy|share-|social|cookie", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
BADGE: Final = "\ufffc"
"""Stands for what a link without text shows: a picture."""

_BLANK: Final = re.compile(r"\s")
_INK: Final = re.compile(r"\S")
_PARTS: Final = re.compile(r"\n[^\S\n]*\n")
_BARE: Final = re.compile(r"https?://[^\s<>\"')\]]+")
_PLAIN: Final = str.maketrans(
    dict.fromkeys("\u2019\u2018\u02bc`\u00b4", "'")
    | dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"')
)
_ENDS: Final = re.compile(
    r"(?<=[.!?])(?<!\b[a-z]\.)(?<!\bvs\.)(?<!\binc\.)(?<!\bltd\.)(?<!\bco\.)(?<!\bno\.)(?<!\bart\.)(?<!\bca\.)"
    r"[\"')\]]* (?=\S)|; | [|\u00b7\u2022] "
)
_TURNS: Final = re.compile(
    r",? (?:but|however|while|whereas|mais|toutefois|cependant|aber|jedoch|wahrend|pero|sino|mientras)(?= )"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in a clause: its address, its ``rel`` and where in the folded clause its text begins and ends."""

    href: str
    rel: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: ``folded`` to compare, ``letters`` for each of these what a reader sees, ``quote`` as supplied."""

    folded: str
    letters: tuple[str, ...]
    quote: str
    paragraph: int
    anchors: tuple[Anchor, ...] = ()

    def shown(self, start: int, end: int) -> str:
        """What a reader sees of a span of the folded clause."""
        return "".join(self.letters[start:end])


@dataclass(slots=True)
class _Page:
    """What is visible of a document, in pieces, each with the span of the text as supplied that it came from.

    Of a ``spread`` piece each character stands for one as supplied, of another each for the whole span.
    """

    pieces: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    spans: list[tuple[int, int, bool]] = field(default_factory=list)
    links: list[tuple[str, str, int, int]] = field(default_factory=list)
    length: int = 0

    def put(self, piece: str, start: int, end: int, *, spread: bool = False) -> None:
        self.pieces.append(piece)
        self.starts.append(self.length)
        self.spans.append((start, end, spread))
        self.length += len(piece)

    def span(self, place: int) -> tuple[int, int]:
        """Where the visible character at ``place`` stood."""
        number = bisect_right(self.starts, place) - 1
        start, end, spread = self.spans[number]
        at = start + place - self.starts[number]
        return (at, at + 1) if spread else (start, end)


class _Reader(HTMLParser):
    """Collects what is visible of a piece of HTML."""

    def __init__(self, text: str, *, body: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.page = _Page()
        self._lines = [0, *(m.end() for m in re.finditer("\n", text))]
        self._unseen = _UNSEEN | {"blockquote", "q"} if body else _UNSEEN
        self._hidden: list[str] = []
        self._open: tuple[str, str, int, int] | None = None
        self.feed(text)
        self.close()
        self._shut()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._break()
        if tag not in _VOID and (self._hidden or self._is_unseen(tag, values)):
            self._hidden.append(tag)
        elif tag == "a" and not self._hidden:
            self._shut()
            self._open = (values.get("href", ""), values.get("rel", ""), self.page.length, self._at())

    def _is_unseen(self, tag: str, values: dict[str, str]) -> bool:
        named = f"{values.get('class', '')} {values.get('id', '')}"
        styled = _HIDDEN.search(values.get("style", ""))
        return tag in self._unseen or "hidden" in values or bool(_CAPTION.search(named) or styled)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag == "a":
            self._shut()
        if tag in _BLOCKS:
            self._break()

    def _shut(self) -> None:
        if self._open:
            href, rel, start, opened = self._open
            if start == self.page.length:
                self.page.put(BADGE, opened, self._at())
            self.page.links.append((href, rel, start, self.page.length))
            self._open = None

    def _break(self) -> None:
        at = self._at()
        self.page.put("\n\n", at, at)

    def handle_data(self, data: str) -> None:
        self._show(data, len(data), spread=True)

    def handle_entityref(self, name: str) -> None:
        self._show(unescape(f"&{name};"), len(name) + 2)

    def handle_charref(self, name: str) -> None:
        self._show(unescape(f"&#{name};"), len(name) + 3)

    def _show(self, data: str, length: int, *, spread: bool = False) -> None:
        if not self._hidden:
            at = self._at()
            self.page.put(_BLANK.sub(" ", data), at, at + length, spread=spread)


def _plain(text: str) -> _Page:
    """A page of plain text: a blank line parts paragraphs, an address in it is a link."""
    page = _Page()
    page.put(text, 0, len(text), spread=True)
    page.links = [(m[0].rstrip(".,;:"), "", m.start(), m.end()) for m in _BARE.finditer(text)]
    return page


def fold(text: str) -> str:
    """Lower case, no accents, plain quotes and dashes; white space stays."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN)).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))


_letter = lru_cache(maxsize=4096)(fold)


def clauses(text: str, *, html: bool, body: bool, wanted: Callable[[str], bool] = lambda _: True) -> tuple[Clause, ...]:
    """The clauses of a notice in order. ``html`` tells its format, ``body`` that it is the body of an item.

    ``wanted`` is asked of each paragraph, by its visible words and the addresses that it links, in lower case.
    """
    page = _Reader(text, body=body).page if html else _plain(text)
    visible = "".join(page.pieces)
    found: list[Clause] = []
    for number, (start, end) in enumerate(_paragraphs(visible)):
        linked = [href for href, _, first, last in page.links if first < end and last > start]
        if wanted(" ".join([visible[start:end], *linked]).casefold()):
            found += _cut(text, page, (visible, start, end), number)
    return tuple(found)


def _paragraphs(visible: str) -> Iterator[tuple[int, int]]:
    """Spans of the visible characters between blank lines."""
    begin = 0
    for end, after in [*(m.span() for m in _PARTS.finditer(visible)), (len(visible), len(visible))]:
        first = _INK.search(visible, begin, end)
        if first:
            yield first.start(), end
        begin = after


def _cut(text: str, page: _Page, shown: tuple[str, int, int], number: int) -> list[Clause]:
    """The clauses of one paragraph."""
    folded, back = _folded(*shown)
    marks = sorted({m.end() for m in _ENDS.finditer(folded)} | {m.start() for m in _TURNS.finditer(folded)})
    edges = [0, *marks, len(folded)]
    return [
        _clause(text, page, (shown[0], folded, back), (a, b), number)
        for a, b in pairwise(edges)
        if folded[a:b].strip(" ,;")
    ]


def _folded(visible: str, start: int, end: int) -> tuple[str, list[int]]:
    """The folded paragraph with single spaces, and for each of its characters the visible one that it came from."""
    out: list[str] = []
    back: list[int] = []
    for n, char in enumerate(visible[start:end], start):
        for one in " " if char.isspace() else _letter(char):
            if one != " " or not out or out[-1] != " ":
                out.append(one)
                back.append(n)
    return "".join(out), back


def _clause(text: str, page: _Page, shown: tuple[str, str, list[int]], span: tuple[int, int], number: int) -> Clause:
    (visible, folded, back), (a, b) = shown, span
    while folded[a] in " ,;":
        a += 1
    while folded[b - 1] == " ":
        b -= 1
    first, last = back[a], back[b - 1]
    letters = tuple(visible[n] if n != before else "" for before, n in pairwise([-1, *back[a:b]]))
    anchors = [
        Anchor(href, rel, bisect_left(back, s) - a, bisect_left(back, e) - a)
        for href, rel, s, e in page.links
        if s <= last and e > first
    ]
    return Clause(folded[a:b], letters, text[page.span(first)[0] : page.span(last)[1]], number, tuple(anchors))
