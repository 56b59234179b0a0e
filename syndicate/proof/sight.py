# SPDX-License-Identifier: Apache-2.0
"""Finished HTML as a reader sees it: one `Scope` for each element with ``data-item``, and the text of a fragment.

Text is visible only if it is in every situation that the style blocks tell apart (plain screen, dark, phone, ...).
The credit of a scope is what stands in its ``class="credit"`` elements outside the carried text, so that nothing a
publisher wrote can pass for it. Nothing here knows what is owed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree

from syndicate.errors import ParseError
from syndicate.proof.look import Look, descend, first_look, hides
from syndicate.proof.style import Sheet, read_sheet
from syndicate.proof.words import fold

_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre search section summary
    table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 -- a list of names is read as words
)
_EMBEDS = frozenset(
    {"src", "srcset", "poster", "data", "background", "lowsrc", "dynsrc", "code", "archive", "imagesrcset"}
)
_ACTIVE = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "meta", "link"}
    | {"form", "input", "button", "select", "textarea"}
)
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "poster", "background"})
_UNSAFE = ("javascript:", "vbscript:", "data:text", "data:application", "data:image/svg")
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A live link: its target to the letter, the text that a reader sees of it, and where it stands."""

    href: str
    text: str
    rel: frozenset[str]
    in_credit: bool
    in_body: bool


@dataclass(frozen=True)
class Scope:
    """One item in one HTML document. Texts are what is visible, a line each; ``body`` None: no such element.

    ``veiled`` is text of the credit that cannot be seen. ``embeds`` are addresses that load without a click.
    """

    item_id: str
    mode: str
    visible: str
    credit: str
    credits: int
    body: str | None
    veiled: str
    anchors: tuple[Anchor, ...]
    embeds: tuple[str, ...]
    active: tuple[str, ...]

    @cached_property
    def folded(self) -> str:
        """``visible``, folded."""
        return fold(self.visible)

    @cached_property
    def folded_credit(self) -> str:
        """``credit``, folded."""
        return fold(self.credit)


@dataclass(frozen=True, slots=True)
class Sight:
    """One HTML document: its scopes in order, the whole of it as one scope, and what could not be judged."""

    scopes: tuple[Scope, ...]
    whole: Scope
    problems: tuple[str, ...] = ()

    @property
    def visible(self) -> str:
        """All that is visible."""
        return self.whole.visible

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """All live links."""
        return self.whole.anchors

    def as_credit(self) -> Scope:
        """The whole document as the credit of an item: a rendering that carries nothing else."""
        anchors = tuple(replace(anchor, in_credit=True) for anchor in self.anchors)
        return replace(self.whole, credit=self.visible, anchors=anchors)


LookAt = Callable[[str], Sight]
"""What sees the text of an HTML document or fragment as a reader does."""


@dataclass(slots=True)
class _Notes:
    """A scope while it is being read."""

    item_id: str = ""
    mode: str = ""
    visible: list[str] = field(default_factory=list)
    credit: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    veiled: list[str] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    embeds: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    credits: int = 0
    bodies: int = 0

    def finished(self) -> Scope:
        """The scope as a value."""
        return Scope(
            item_id=self.item_id,
            mode=self.mode,
            visible="".join(self.visible),
            credit="".join(self.credit),
            credits=self.credits,
            body="".join(self.body) if self.bodies else None,
            veiled=fold("".join(self.veiled)),
            anchors=tuple(self.anchors),
            embeds=tuple(self.embeds),
            active=tuple(self.active),
        )


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
    notes: _Notes
    credit: bool = False
    body: bool = False
    link: _Link | None = None
    block: bool = False
    folded: bool = False
    shut: bool = False

    @property
    def seen(self) -> bool:
        return self.legible and not (self.folded or self.shut)


def parse_html(text: str) -> etree._Element | None:
    """The tree of ``text``, None if it holds nothing. The parser mends whatever it is given."""
    clean = _CONTROL.sub("", text)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    root: etree._Element | None = etree.fromstring(clean.encode(), parser)
    return root


def look_at(text: str) -> Sight:
    """``text`` of an HTML document or fragment as a reader sees it. Raises ParseError if it cannot be read."""
    root = parse_html(text)
    if root is None:
        return Sight((), _Notes().finished())
    try:
        return _look_at(root)
    except RecursionError as error:
        raise ParseError("the style of the HTML is nested too deeply to be read") from error


def _look_at(root: etree._Element) -> Sight:
    sheet = read_sheet("".join(str(text) for text in node.itertext()) for node in root.iter("style"))
    if sheet.too_long:
        return Sight((), _Notes().finished(), ("it has more style rules than can be read",))
    reader = _Reader(sheet)
    reader.walk(root)
    return Sight(tuple(notes.finished() for notes in reader.scopes), reader.page.finished())


def visible_text(text: str) -> str:
    """What a reader sees of the HTML fragment ``text``, folded."""
    return fold(look_at(text).visible)


class _Reader:
    """Walks a tree once, without recursion, and takes notes."""

    def __init__(self, sheet: Sheet) -> None:
        self.page = _Notes()
        self.scopes: list[_Notes] = []
        self._sheet = sheet
        self._styled = bool(sheet.rules)
        self._plain: list[dict[str, str]] = [{} for _ in sheet.situations]

    def walk(self, root: etree._Element) -> None:
        """Read everything under ``root``."""
        looks = tuple(first_look(name) for name in self._sheet.situations)
        place = _Place(looks, _legible(looks), self.page)
        places = [place]
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                places.append(self._enter(node, places[-1]))
            elif event == "end":
                self._leave(node, places.pop())
                self._write(node.tail, places[-1])
            else:
                self._write(node.tail, places[-1])

    def _enter(self, node: etree._Element, above: _Place) -> _Place:
        tag = str(node.tag)
        attributes = dict(node.items())
        styles = self._styles(node, attributes)
        looks = tuple([descend(look, tag, attributes, css) for look, css in zip(above.looks, styles, strict=True)])
        place = self._placed(tag, attributes, above, looks, block=_is_block(tag, styles[0]))
        self._note(tag, attributes, styles[0], place)
        if place.block:
            self._part(place)
        self._write(node.text, place)
        return place

    def _styles(self, node: etree._Element, attributes: Mapping[str, str]) -> list[dict[str, str]]:
        return self._sheet.of(node, hides) if self._styled or "style" in attributes else self._plain

    def _placed(
        self, tag: str, attributes: Mapping[str, str], above: _Place, looks: tuple[Look, ...], *, block: bool
    ) -> _Place:
        classes = attributes["class"].split() if "class" in attributes else ()
        notes, credit, body = above.notes, above.credit, above.body
        if "data-item" in attributes:
            notes, credit, body = (
                _Notes(attributes["data-item"].strip(), attributes.get("data-mode", "").strip()),
                False,
                False,
            )
            self.scopes.append(notes)
        if notes is not self.page and "body" in classes and not credit and not body:
            body = True
            notes.bodies += 1
        elif notes is not self.page and "credit" in classes and not body and not credit:
            credit = True
            notes.credits += 1
        link = _Link(attributes["href"], _words(attributes.get("rel"))) if _is_link(tag, attributes) else above.link
        folded = above.folded or (above.shut and tag != "summary")
        shut = tag == "details" and "open" not in attributes
        legible = above.legible if looks == above.looks else _legible(looks)
        return _Place(looks, legible, notes, credit, body, link, block, folded, shut)

    def _note(self, tag: str, attributes: Mapping[str, str], css: Mapping[str, str], place: _Place) -> None:
        """Note what loads without a click, and what acts."""
        if not (attributes or css or tag in _ACTIVE):
            return
        embeds = [value for name, value in attributes.items() if name in _EMBEDS]
        embeds.extend(value for value in css.values() if "url(" in value)
        active = list(_acts(tag, attributes))
        for notes in self._open(place):
            notes.embeds.extend(embeds)
            notes.active.extend(active)

    def _open(self, place: _Place) -> tuple[_Notes, ...]:
        """The notes that are taken at ``place``: those of the page, and of the scope if it stands in one."""
        return (self.page,) if place.notes is self.page else (place.notes, self.page)

    def _leave(self, node: etree._Element, place: _Place) -> None:
        tag = str(node.tag)
        if place.link is not None and _is_link(tag, node.keys()):
            link = place.link
            anchor = Anchor(link.href, fold("".join(link.text)), link.rel, place.credit, place.body)
            for notes in self._open(place):
                notes.anchors.append(anchor)
        if place.block:
            self._part(place)

    def _part(self, place: _Place) -> None:
        """A line ends here."""
        self._put("\n", place, seen=True)

    def _write(self, text: str | None, place: _Place) -> None:
        if text:
            self._put(text, place, seen=place.seen)

    def _put(self, text: str, place: _Place, *, seen: bool) -> None:
        notes = place.notes
        if not seen:
            if place.credit:
                notes.veiled.append(text)
            return
        self.page.visible.append(text)
        if notes is not self.page:
            notes.visible.append(text)
        if place.link is not None:
            place.link.text.append(text)
        if place.body:
            notes.body.append(text)
        if place.credit:
            notes.credit.append(text)


def _legible(looks: Iterable[Look]) -> bool:
    return all(look.seen for look in looks)


def _is_block(tag: str, css: Mapping[str, str]) -> bool:
    return tag in _BLOCKS or css.get("display", "inline").startswith(("block", "flex", "grid", "table", "list-item"))


def _is_link(tag: str, attributes: Collection[str]) -> bool:
    return tag == "a" and "href" in attributes


def _words(value: str | None) -> frozenset[str]:
    return frozenset((value or "").lower().split())


def _acts(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    if tag in _ACTIVE:
        yield f"element {tag}"
    for name, value in attributes.items():
        if name.startswith("on") or name == "srcdoc":
            yield f"attribute {name}"
        elif name in _ADDRESSES and _plain(value).startswith(_UNSAFE):
            yield f"address {value[:40]}"


def _plain(address: str) -> str:
    """``address`` as a browser reads its scheme: without blanks and control characters, in lower case."""
    return "".join(char for char in address[:200] if char > " ").lower()
