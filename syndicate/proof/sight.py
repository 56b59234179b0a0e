# SPDX-License-Identifier: Apache-2.0
"""Finished HTML as a reader sees it: one `Scope` for each element with ``data-item``, and the text of a fragment.

Text is visible only if it is in every situation that the style blocks tell apart (plain screen, dark, phone, ...).
The credit of a scope is what stands in its ``class="credit"`` elements outside the carried text, so that nothing a
publisher wrote can pass for it. Nothing here knows what is owed.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from syndicate.errors import ParseError
from syndicate.proof import doubts
from syndicate.proof.look import LOOKED_AT, Look, descend, first_look, hides, is_plain
from syndicate.proof.scope import BODY, CREDIT, VEILED, Anchor, Notes, Sight
from syndicate.proof.style import Sheet, read_declarations, read_sheet
from syndicate.proof.words import fold

_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre search section summary
    table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 -- a list of names is read as words
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_EMBEDS = frozenset(
    {"src", "srcset", "poster", "data", "background", "lowsrc", "dynsrc", "code", "archive", "imagesrcset"}
)
_ACTIVE = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "meta", "link"}
    | {"form", "input", "button", "select", "textarea"}
)
_DOUBTED = ("rel", "background", "width", "height")
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "poster", "background"})
_UNSAFE = ("javascript:", "vbscript:", "data:text", "data:application", "data:image/svg")
#: The address of the site's own sheet as its pages write it: no browser reads a host in it.
_OWN_SHEET = re.compile(r"/(?:[\w.~%-]+/)*style\.css")
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\U0010ffff]")
_ADVERTS = frozenset(
    {"ad", "ads", "advert", "adverts", "advertisement", "advertising", "adsbygoogle", "promo", "promoted"}
    | {"sponsor", "sponsored", "offer", "offers", "paywall"}
)
_PRICES = frozenset({"price", "pricecurrency", "offers", "pricespecification"})


@dataclass(slots=True)
class _Link:
    """An anchor while it is being read."""

    href: str
    rel: frozenset[str]
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Place:
    """Where we are: the look in each situation, whether it can be read in all, and what encloses us."""

    looks: tuple[Look, ...]
    legible: bool
    notes: Notes
    where: int = 0
    link: _Link | None = None
    heading: list[str] | None = None
    block: bool = False
    folded: bool = False
    shut: bool = False
    language: str = ""

    @property
    def seen(self) -> bool:
        return self.legible and not (self.folded or self.shut)


def parse_html(text: str) -> etree._Element | None:
    """The tree of ``text``, None if it holds nothing. The parser mends whatever it is given."""
    clean = _CONTROL.sub("", text)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    root: etree._Element | None = etree.fromstring(clean.encode(), parser)
    return root


def look_at(text: str, style: str = "") -> Sight:
    """``text`` of an HTML document or fragment as a reader sees it. Raises ParseError if it cannot be read.

    ``style`` is the site's own sheet: a link to it is followed there, and what it does is judged like any style.
    """
    root = parse_html(text)
    if root is None:
        return Sight((), Notes().finished())
    try:
        return _look_at(root, style)
    except RecursionError as error:
        raise ParseError("the style of the HTML is nested too deeply to be read") from error


def _look_at(root: etree._Element, style: str) -> Sight:
    texts = ["".join(str(text) for text in node.itertext()) for node in root.iter("style")]
    sheet = read_sheet([style, *texts])
    for declared in root.xpath("//@style[contains(., '--')]"):
        sheet.declare(read_declarations(declared)[0])
        sheet.declare(read_declarations(declared)[1])
    if sheet.too_long:
        return Sight((), Notes().finished(), ("it has more style rules than can be read",))
    reader = _Reader(sheet, followed=bool(style))
    reader.doubts.extend(doubts.of_sheets(texts))
    reader.walk(root)
    return Sight(
        tuple(notes.finished() for notes in reader.scopes),
        reader.page.finished(),
        tuple(dict.fromkeys(reader.problems)),
        tuple(reader.canonicals),
        tuple(dict.fromkeys(reader.doubts)),
    )


def visible_text(text: str) -> str:
    """What a reader sees of the HTML fragment ``text``, folded."""
    return fold(look_at(text).visible)


class _Reader:
    """Walks a tree once, without recursion, and takes notes."""

    def __init__(self, sheet: Sheet, *, followed: bool = False) -> None:
        self.page = Notes()
        self.scopes: list[Notes] = []
        self.problems: list[str] = []
        self.canonicals: list[str] = []
        self.doubts: list[str] = []
        self._base = ""
        self._sheet = sheet
        self._followed = followed
        self._styled = bool(sheet.rules)
        self._plain: list[dict[str, str]] = [{} for _ in sheet.situations]
        # By what made them; what is named by its id here stays alive as long as we do.
        self._made: dict[tuple[object, ...], tuple[Look, ...]] = {}
        self._doubted: set[tuple[object, ...]] = set()
        self._first = tuple(first_look(name) for name in sheet.situations)

    def walk(self, root: etree._Element) -> None:
        """Read everything under ``root``."""
        place = _Place(self._first, _legible(self._first), self.page)
        places = [place]
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                places.append(self._enter(node, places[-1]))
            elif event == "end":
                self._leave(node, places.pop())
                self._write(node.tail, places[-1])
            else:
                self.doubts.extend(doubts.of_comment(node.text or ""))
                self._write(node.tail, places[-1])

    def _enter(self, node: etree._Element, above: _Place) -> _Place:
        tag = str(node.tag)
        attributes = dict(node.items())
        styles = self._styles(node, attributes)
        looks = self._looks(above.looks, tag, attributes, styles)
        place = self._placed(tag, attributes, above, looks, block=_is_block(tag, styles[0]))
        if attributes or styles is not self._plain or tag in _ACTIVE:
            self._note(tag, attributes, styles, place)
        if place.block:
            self._put("\n", place, seen=True)
        self._write(node.text, place)
        return place

    def _styles(self, node: etree._Element, attributes: Mapping[str, str]) -> list[dict[str, str]]:
        return self._sheet.of(node, hides) if self._styled or "style" in attributes else self._plain

    def _looks(
        self, above: tuple[Look, ...], tag: str, attributes: Mapping[str, str], styles: Sequence[dict[str, str]]
    ) -> tuple[Look, ...]:
        """The looks of an element, one a situation; worked out once for elements that are alike."""
        if styles is self._plain and is_plain(tag, attributes):
            return above
        told = tuple([attributes.get(name) for name in LOOKED_AT]) if attributes else ()
        key = (id(above), tag, id(styles), told, "href" in attributes)
        made = self._made.get(key)
        if made is None:
            made = tuple([descend(look, tag, attributes, css) for look, css in zip(above, styles, strict=True)])
            self._made[key] = made = above if made == above else made
        return made

    def _placed(
        self, tag: str, attributes: Mapping[str, str], above: _Place, looks: tuple[Look, ...], *, block: bool
    ) -> _Place:
        language = attributes.get("lang", above.language) if attributes else above.language
        notes, where = self._entered(attributes, above, language) if attributes else (above.notes, above.where)
        link = self._link(attributes) if _is_link(tag, attributes) else above.link
        folded = above.folded or (above.shut and tag != "summary")
        shut = tag == "details" and "open" not in attributes
        legible = above.legible if looks is above.looks else _legible(looks)
        heading = [] if tag in _HEADINGS and not where & BODY else above.heading
        return _Place(looks, legible, notes, where, link, heading, block, folded, shut, language)

    def _entered(self, attributes: Mapping[str, str], above: _Place, language: str) -> tuple[Notes, int]:
        """The notes to be taken in this element, and what part of an item it is."""
        notes, where = above.notes, above.where
        if "data-item" in attributes:
            notes, where = Notes(attributes["data-item"].strip(), attributes.get("data-mode", "").strip()), 0
            self.scopes.append(notes)
        if where or notes is self.page or "class" not in attributes:
            return notes, where
        classes = attributes["class"].split()
        if "body" in classes:
            notes.bodies += 1
            notes.language = notes.language or language
            return notes, BODY
        if "credit" in classes:
            notes.credits += 1
            return notes, CREDIT
        return notes, where

    def _link(self, attributes: Mapping[str, str]) -> _Link:
        href = attributes["href"]
        return _Link(_joined(self._base, href) if self._base else href, _words(attributes.get("rel")))

    def _note(self, tag: str, attributes: Mapping[str, str], styles: list[dict[str, str]], place: _Place) -> None:
        """Note what loads without a click, what acts, what sells, and what the document says of itself."""
        css = styles[0]
        embeds = [value for name, value in attributes.items() if name in _EMBEDS]
        embeds.extend(value for value in css.values() if "url(" in value)
        active = list(_acts(tag, attributes))
        adverts = list(_sells(tag, attributes))
        for notes in self._open(place):
            notes.embeds.extend(embeds)
            notes.active.extend(active)
            notes.adverts.extend(adverts)
        self._doubt(tag, attributes, styles, inside=place.notes is not self.page)
        if tag in {"meta", "base", "link"}:
            self._of_page(tag, attributes)

    def _doubt(self, tag: str, attributes: Mapping[str, str], styles: list[dict[str, str]], *, inside: bool) -> None:
        """Note what cannot be judged; once for elements that are alike. The site's own sheet raises no doubt."""
        told = tuple(attributes.get(name) for name in _DOUBTED)
        own = attributes.get("style", "") if self._followed else id(styles)
        key = (tag, own, inside, told)
        own_sheet = (
            tag == "link" and self._followed and not self._base and _OWN_SHEET.fullmatch(attributes.get("href", ""))
        )
        if key in self._doubted or own_sheet:
            return
        self._doubted.add(key)
        for css in [_declared(attributes.get("style", ""))] if self._followed else styles:
            self.doubts.extend(doubts.of_element(tag, attributes, css, inside=inside))

    def _of_page(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "base" and attributes.get("href"):
            self._base = self._base or attributes["href"].strip()
        elif tag == "link" and "canonical" in _words(attributes.get("rel")):
            self.canonicals.append(_joined(self._base, attributes.get("href", "").strip()))
        elif tag == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
            self.problems.append("it leads its reader elsewhere by itself (meta refresh)")

    def _open(self, place: _Place) -> tuple[Notes, ...]:
        """The notes that are taken at ``place``: those of the page, and of the scope if it stands in one."""
        return (self.page,) if place.notes is self.page else (place.notes, self.page)

    def _leave(self, node: etree._Element, place: _Place) -> None:
        if place.link is not None and _is_link(str(node.tag), node.keys()):
            link = place.link
            anchor = Anchor(
                link.href, fold("".join(link.text)), link.rel, bool(place.where & CREDIT), bool(place.where & BODY)
            )
            for notes in self._open(place):
                notes.anchors.append(anchor)
        if place.heading is not None and node.tag in _HEADINGS:
            place.notes.headings.append(fold("".join(place.heading)))
        if place.block:
            self._put("\n", place, seen=True)

    def _write(self, text: str | None, place: _Place) -> None:
        if text:
            self._put(text, place, seen=place.seen)

    def _put(self, text: str, place: _Place, *, seen: bool) -> None:
        notes = place.notes
        if not seen:
            if place.where & CREDIT:
                notes.runs.append((CREDIT | VEILED, text))
            return
        self.page.runs.append((0, text))
        if notes is not self.page:
            notes.runs.append((place.where, text))
        if place.link is not None:
            place.link.text.append(text)
        if place.heading is not None:
            place.heading.append(text)


def _legible(looks: Iterable[Look]) -> bool:
    return all(look.seen for look in looks)


def _declared(style: str) -> dict[str, str]:
    plain, important = read_declarations(style)
    return {**plain, **important}


def _is_block(tag: str, css: Mapping[str, str]) -> bool:
    return tag in _BLOCKS or css.get("display", "inline").startswith(("block", "flex", "grid", "table", "list-item"))


def _is_link(tag: str, attributes: Collection[str]) -> bool:
    return tag == "a" and "href" in attributes


def _words(value: str | None) -> frozenset[str]:
    return frozenset((value or "").lower().split())


def _joined(base: str, href: str) -> str:
    """``href`` as a browser resolves it against ``base``, as it stands if that cannot be done."""
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _acts(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    if tag in _ACTIVE:
        yield f"element {tag}"
    for name, value in attributes.items():
        if name.startswith("on") or name in {"srcdoc", "ping"}:
            yield f"attribute {name}"
        elif name in _ADDRESSES and _plain(value).startswith(_UNSAFE):
            yield f"address {value[:40]}"


def _sells(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """What marks an element as advertising, or as having a price."""
    if "class" in attributes or "id" in attributes:
        named = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().split()
        yield from (f'element {tag} called "{name}"' for name in named if name in _ADVERTS)
    if attributes.get("itemprop", "").lower() in _PRICES or any(name.startswith("data-ad-") for name in attributes):
        yield f"element {tag} with a price or an advertisement"
    if "sponsored" in attributes.get("rel", "").lower().split():
        yield f"element {tag} marked as sponsored"


def _plain(address: str) -> str:
    """``address`` as a browser reads its scheme: without blanks and control characters, in lower case."""
    return "".join(char for char in address[:200] if char > " ").lower()
