# SPDX-License-Identifier: Apache-2.0
"""What a reader sees of a notice, clause by clause, and where each character of it stood in the text as supplied.

A quote is a slice of the text as supplied, so it is verbatim to the character, markup included. For comparison a
clause is folded: lower case, no accents, plain quotes and dashes, single spaces. Pictures' captions, navigation, forms
and, in the body of an item, quotations do not speak for the text and are left out.
"""

import re
import unicodedata
from bisect import bisect_left
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
    """Visible characters of a document, each with the span of the text as supplied that it came from."""

    chars: list[tuple[str, int, int]] = field(default_factory=list)
    links: list[tuple[str, str, int, int]] = field(default_factory=list)

    def put(self, char: str, start: int, end: int) -> None:
        self.chars.append((char, start, end))


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
            self._open = (values.get("href", ""), values.get("rel", ""), len(self.page.chars), self._at())

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
            if start == len(self.page.chars):
                self.page.put(BADGE, opened, self._at())
            self.page.links.append((href, rel, start, len(self.page.chars)))
            self._open = None

    def _break(self) -> None:
        at = self._at()
        self.page.put("\n", at, at)
        self.page.put("\n", at, at)

    def handle_data(self, data: str) -> None:
        self._show(data, len(data), spread=True)

    def handle_entityref(self, name: str) -> None:
        self._show(unescape(f"&{name};"), len(name) + 2)

    def handle_charref(self, name: str) -> None:
        self._show(unescape(f"&#{name};"), len(name) + 3)

    def _show(self, data: str, length: int, *, spread: bool = False) -> None:
        if not self._hidden:
            at, step, size = self._at(), int(spread), 1 if spread else length
            self.page.chars += [
                (" " if char.isspace() else char, at + step * n, at + step * n + size) for n, char in enumerate(data)
            ]


def _plain(text: str) -> _Page:
    """A page of plain text: a blank line parts paragraphs, an address in it is a link."""
    page = _Page([(char, n, n + 1) for n, char in enumerate(text)])
    page.links = [(m[0].rstrip(".,;:"), "", m.start(), m.end()) for m in _BARE.finditer(text)]
    return page


def fold(text: str) -> str:
    """Lower case, no accents, plain quotes and dashes; white space stays."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN)).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))


_letter = lru_cache(maxsize=4096)(fold)


def clauses(text: str, *, html: bool, body: bool) -> tuple[Clause, ...]:
    """The clauses of a notice in order. ``html`` tells its format, ``body`` that it is the body of an item."""
    page = _Reader(text, body=body).page if html else _plain(text)
    found: list[Clause] = []
    for number, (start, end) in enumerate(_paragraphs(page)):
        found += _cut(text, page, start, end, number)
    return tuple(found)


def _paragraphs(page: _Page) -> list[tuple[int, int]]:
    """Spans of the visible characters between blank lines."""
    visible = "".join(char for char, _, _ in page.chars)
    return [m.span() for m in re.finditer(r"\S(?:(?!\n[^\S\n]*\n).)*", visible, re.DOTALL)]


def _cut(text: str, page: _Page, start: int, end: int, number: int) -> list[Clause]:
    """The clauses of one paragraph."""
    folded, back = _folded(page, start, end)
    marks = sorted({m.end() for m in _ENDS.finditer(folded)} | {m.start() for m in _TURNS.finditer(folded)})
    edges = [0, *marks, len(folded)]
    return [_clause(text, page, folded, back, (a, b), number) for a, b in pairwise(edges) if folded[a:b].strip(" ,;")]


def _folded(page: _Page, start: int, end: int) -> tuple[str, list[int]]:
    """The folded paragraph with single spaces, and for each of its characters the visible one that it came from."""
    out: list[str] = []
    back: list[int] = []
    for n in range(start, end):
        char = page.chars[n][0]
        for one in " " if char.isspace() else _letter(char):
            if one != " " or not out or out[-1] != " ":
                out.append(one)
                back.append(n)
    return "".join(out), back


def _clause(text: str, page: _Page, folded: str, back: list[int], span: tuple[int, int], number: int) -> Clause:
    a, b = span
    while folded[a] in " ,;":
        a += 1
    while folded[b - 1] == " ":
        b -= 1
    first, last = back[a], back[b - 1]
    letters = tuple(page.chars[n][0] if n != before else "" for before, n in pairwise([-1, *back[a:b]]))
    anchors = [
        Anchor(href, rel, bisect_left(back, s) - a, bisect_left(back, e) - a)
        for href, rel, s, e in page.links
        if s <= last and e > first
    ]
    return Clause(folded[a:b], letters, text[page.chars[first][1] : page.chars[last][2]], number, tuple(anchors))
