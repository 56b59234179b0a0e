# SPDX-License-Identifier: Apache-2.0
"""HTML of strangers: made safe, and read as the blocks of text that a reader sees.

Promises: what ``clean`` returns holds no script, style, frame or form, and no URL that is not absolute http, https or
mailto and written in the characters of a URI. What ``blocks`` returns is the visible text in reading order, paragraphs
apart, white space folded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import nh3

from syndicate.intake.text import legal, one_line, uri_text, web_url

_BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "main"),
        *("nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_TAGS = (nh3.ALLOWED_TAGS | {"address", "big", "main", "section", "tfoot"}) - {"area", "map"}
_DROPPED = {
    *("applet", "audio", "button", "iframe", "noembed", "noframes", "object", "script", "select", "style", "svg"),
    *("template", "textarea", "title", "video"),
}
_CITING = {"cite", "longdesc", "usemap"}  # URLs that the cleaner does not resolve
_ATTRIBUTES = {tag: names - _CITING for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES |= {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang", "rel"},
    "img": {"src", "alt", "width", "height", "align"},
}
_SCHEMES = {"http", "https", "mailto"}
_URLS = frozenset(("href", "src"))
_CELLS = frozenset(("td", "th", "img"))
_FIGURES = ("figure", "figcaption")
_APART = ("aside", "blockquote", "table", "caption", "details")
_MARKED = _ATTRIBUTES | {"*": {"lang", "dir", "title", "class", "id"}}
_CAPTION = re.compile(r"""\s(?:class|id)\s*=[^<>]{0,200}?(?:caption|(?:photo|image|media)-?credit)""", re.IGNORECASE)
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes=_ATTRIBUTES,
    link_rel=None,
    url_schemes=_SCHEMES,
    url_relative="pass_through",
)
# Addresses that may have to be resolved, encoded or dropped.
_DOUBTFUL = re.compile(
    r' (?:href|src)="(?!(?:https?://|mailto:)'
    r'(?:[^\s"&<>\\^`{|}\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|&amp;)*")'
)
_FOLD = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_ATTRIBUTES_OF_A_TAG = r'[^>"]*(?:"[^"]*"[^>"]*)*'
_LAYOUT = re.compile(rf"<(/?)({'|'.join(_BLOCK_TAGS | _CELLS | {'a', 'br'})})(?=[\s/>])({_ATTRIBUTES_OF_A_TAG})>")
_ANY_TAG = re.compile(rf"</?[a-z]{_ATTRIBUTES_OF_A_TAG}>")
_HREF = re.compile(r'\shref="([^"]*)"')
_REL = re.compile(r'\srel="([^"]*)"')


@dataclass(frozen=True, slots=True)
class BodyLink:
    """A link inside a block: its span in the block's text, where it leads, its relation in lower case."""

    start: int
    end: int
    href: str
    rel: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as a reader sees it; a line break inside is a line feed.

    ``figure``: it belongs to a picture. ``apart``: it holds a picture, follows one, or stands in what is called its
    caption, in a quotation, a table or an aside, so what it says may be about that.
    """

    text: str
    links: tuple[BodyLink, ...] = ()
    figure: bool = False
    apart: bool = False


def clean(markup: str, base: str = "") -> str:
    """Any HTML -> safe HTML whose links and pictures are absolute; those that cannot be made so lose their URL."""
    cleaned = _CLEANER.clean(markup)
    if not _DOUBTFUL.search(cleaned):
        return legal(cleaned).strip()
    return clean_thoroughly(markup, base)


def clean_thoroughly(markup: str, base: str, attributes: Mapping[str, set[str]] = _ATTRIBUTES) -> str:
    """The same, looking at each address; ``attributes`` are kept."""
    base = web_url(base)
    try:
        return _clean(markup, base, attributes)
    except ValueError:  # the cleaner reads URLs more strictly than we do
        return _clean(markup, "", attributes)


def blocks_of(markup: str, cleaned: str, base: str) -> tuple[Block, ...]:
    """The blocks of any HTML whose clean form is ``cleaned``: only the former tells what is called a caption."""
    telling = _CAPTION.search(markup) and "license" in markup.lower()
    return blocks(clean_thoroughly(markup, base, _MARKED) if telling else cleaned)


def _clean(markup: str, base: str, attributes: Mapping[str, set[str]]) -> str:
    cleaned = nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=dict(attributes),
        link_rel=None,
        url_schemes=_SCHEMES,
        url_relative=("rewrite_with_base", base) if base else "deny",
        attribute_filter=lambda _, name, value: uri_text(value) if name in _URLS else value,
    )
    return legal(cleaned).strip()


def blocks(markup: str) -> tuple[Block, ...]:
    """The blocks of clean HTML, in order; empty ones left out."""
    if "<" not in markup:
        text = _FOLD.sub(" ", legal(html.unescape(markup))).strip()
        return (Block(text),) if text else ()
    collector = _Collector()
    position = 0
    for tag in _LAYOUT.finditer(markup):
        if tag.start() > position:
            collector.data(_text(markup[position : tag.start()]))
        position = tag.end()
        if tag[1]:
            collector.end(tag[2])
        else:
            collector.start(tag[2], tag[3])
    collector.data(_text(markup[position:]))
    return collector.close()


def _text(markup: str) -> str:
    """The text of markup without layout."""
    if "<" in markup:
        markup = _ANY_TAG.sub("", markup)
    return html.unescape(markup) if "&" in markup else markup


def visible_text(shown: tuple[Block, ...]) -> str:
    """What a reader sees of a body: its blocks, parted by a blank line."""
    return "\n\n".join(one_line_of(block) for block in shown)


def as_html(block: Block) -> str:
    """The words of a block as one paragraph of HTML, its links at their places; one that shows a picture on its own."""
    parts, at = [], 0
    for link in block.links:
        parts += [html.escape(block.text[at : link.start]), f'<a href="{html.escape(link.href)}">']
        parts += [html.escape(block.text[link.start : link.end]), "</a>"]
        parts += [] if block.text[link.start : link.end].strip() else ["<br>"]
        at = link.end
    parts.append(html.escape(block.text[at:]))
    return f"<p>{''.join(parts)}</p>".replace("\n", "<br>")


def one_line_of(block: Block) -> str:
    """The text of a block without its line breaks."""
    return block.text.replace("\n", " ")


def plain(markup: str) -> str:
    """HTML of strangers as one line of text."""
    return line_of(blocks(clean(markup)))


def line_of(shown: tuple[Block, ...]) -> str:
    """Blocks as one line of text."""
    return one_line(" ".join(block.text for block in shown))


def from_text(text: str) -> str:
    """Plain text as HTML: paragraphs at blank lines, breaks at line ends."""
    parts = re.split(r"\n\s*\n", legal(text).replace("\r\n", "\n").strip())
    paragraphs = (html.escape(part.strip(), quote=False).replace("\n", "<br>") for part in parts if part.strip())
    return "".join(f"<p>{part}</p>" for part in paragraphs)


@dataclass(slots=True)
class _Collector:
    """Gathers text into blocks while tags come and go."""

    done: list[Block] = field(default_factory=list)
    text: str = ""
    links: list[BodyLink] = field(default_factory=list)
    open_link: tuple[int, str, str] | None = None
    figures: int = 0
    apart: int = 0
    captions: int = 0
    pictured: bool = False

    def start(self, tag: str, attributes: str) -> None:
        """A tag opens."""
        if tag in _BLOCK_TAGS:
            self._finish()
            self.captions += tag != "hr" and bool(self.captions or _CAPTION.search(attributes))
        self.apart += tag in _APART
        self.pictured |= tag == "img" and not (self.open_link and "license" in self.open_link[2].split())
        if tag in _FIGURES:
            self.figures += 1
        elif tag == "br":
            self._line_break()
        elif tag in _CELLS:
            self.data(" ")
        elif tag == "a":
            self._close_link()
            href, rel = (html.unescape(found[1]) if (found := x.search(attributes)) else "" for x in (_HREF, _REL))
            self.open_link = (len(self.text), href, rel.lower())

    def end(self, tag: str) -> None:
        """A tag closes."""
        if tag in _BLOCK_TAGS:
            self._finish()
            self.captions = max(0, self.captions - 1)
        self.apart = max(0, self.apart - (tag in _APART))
        if tag in _FIGURES:
            self.figures = max(0, self.figures - 1)
        elif tag == "a":
            self._close_link()

    def data(self, text: str) -> None:
        """Text between tags."""
        folded = _FOLD.sub(" ", text)
        if not self.text or self.text[-1] in " \n":
            folded = folded.lstrip(" ")
        self.text += folded

    def close(self) -> tuple[Block, ...]:
        """The end: hand over."""
        self._finish()
        return tuple(self.done)

    def _line_break(self) -> None:
        if self.text.endswith("\n"):  # two in a row end a paragraph
            self._finish()
        elif self.text:
            self.text = self.text.rstrip(" ") + "\n"

    def _close_link(self) -> None:
        if self.open_link and self.open_link[1]:
            start, href, rel = self.open_link
            self.links.append(BodyLink(start, len(self.text), href, rel))
        self.open_link = None

    def _finish(self) -> None:
        reopened = self.open_link
        self._close_link()
        # A leading no-break space would be stripped from the text and shift the links: it stays where links count.
        text = self.text.rstrip()
        if text.strip() or self.links:
            links = tuple(BodyLink(min(x.start, len(text)), min(x.end, len(text)), x.href, x.rel) for x in self.links)
            if text.strip() or any(link.rel for link in links):
                self.done.append(Block(text, links, self.figures > 0, self.apart + self.captions > 0 or self.pictured))
                self.pictured = False
        self.text, self.links = "", []
        self.open_link = (0, reopened[1], reopened[2]) if reopened else None
