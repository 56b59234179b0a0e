# SPDX-License-Identifier: Apache-2.0
"""What other people's items lack of source, credit, licence and link, told by their own marks and not by ours.

A feed's item is an entry. On a page or in a message it is an ``article``, else what stands under a heading that is a
link, else ``main``, else the whole; schema.org data in JSON-LD counts for the item that it describes.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import Any

from lxml import etree

from syndicate.proof.scope import Anchor, Scope, Sight
from syndicate.proof.seen import Machine, Reading, Seen
from syndicate.proof.sight import look_at, parse_html
from syndicate.proof.view import WHERE
from syndicate.proof.words import bare_urls, copyright_form, find_whole, fold, is_web, licence_form, url_form

Node = etree._Element  # noqa: SLF001 -- lxml publishes no other name for the type
Told = Iterator[tuple[str, str]]

_NAME_BEHIND = re.compile(r"\S+@\S+\s*\((.+)\)")
_BYLINE = re.compile(
    r"(?:^|[.|·,\u2014\u2013-])\s*(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]oor)\s+[^\W\d_a-z]", re.MULTILINE
)
_SOURCE = re.compile(
    r"\b(?:source|via|(?:first|originally|previously) (?:published|appeared)|republished from|quelle|fuente)\b",
    re.IGNORECASE,
)
_LICENCE = re.compile(r"^https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/", re.IGNORECASE)
_WORKS = re.compile(r"(?:Article|Posting|Report|CreativeWork|Review)$")
_HEADINGS = ("h1", "h2", "h3", "h4")
_BY = (
    "descendant-or-self::*[contains(concat(' ', @rel, ' '), ' author ') or @itemprop='author' or @itemprop='creator'"
    " or contains(@class, 'byline') or contains(@class, 'author')"
    " or self::meta[@name='author' or @property='article:author']]"
)
_OF = (
    "descendant-or-self::*[@itemprop='publisher' or @itemprop='isBasedOn' or @itemprop='sourceOrganization'"
    " or self::cite or self::meta[@property='og:site_name']]"
)
_LICENSED = ".//link[contains(concat(' ', @rel, ' '), ' license ')]/@href|.//*[@itemprop='license']/@href"
_SOURCES = ("publisher", "isBasedOn", "sourceOrganization")
_MOST_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a page or message: what names it, and what it states of itself."""

    name: str
    visible: str
    anchors: tuple[Anchor, ...]
    authors: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    has_author: bool = False
    has_source: bool = False
    has_link: bool = False


def of_entry(seen: Seen, reading: Reading) -> Told:
    """What the entry of a feed lacks: duty and message. What the feed states for all its items counts for each."""
    machine, where = seen.machine, WHERE[reading.kind]
    shown = fold(" ".join([*(sight.visible for sight in (*seen.contents, *seen.extras)), *seen.texts]))
    anchors = [anchor for sight in (*seen.contents, *seen.extras) for anchor in sight.anchors]
    licensed = machine.licences or reading.feed_licences or any(map(_is_licence, anchors))
    authors = machine.authors or reading.feed_authors
    yield from _lacking(
        where, source=bool(machine.sources), author=bool(authors), licence=bool(licensed), link=bool(machine.links)
    )
    yield from _unseen(machine, shown, anchors, where)


def _unseen(machine: Machine, shown: str, anchors: list[Anchor], where: str) -> Told:
    """What the entry says to machines and to no reader; the link aside, which programs show by themselves."""
    place = f"the visible text of {where}"
    for name in (*machine.sources, *filter(None, map(person, machine.authors))):
        if find_whole(fold(name), shown) < 0:
            yield "O1", f'name "{name}" not found in {place}'
    for line in machine.rights:
        if any(find_whole(copyright_form(one), copyright_form(shown)) < 0 for one in line.split("\n")):
            yield "O2", f'copyright line "{line}" not found in {place}'
    for licence in machine.licences:
        if not any(anchor.text and licence_form(anchor.href) == licence_form(licence) for anchor in anchors):
            yield "O4", f'licence link to "{licence}" not found in {place}'


def person(author: str) -> str:
    """The name in what an author element says, "" if it is an address alone."""
    behind = _NAME_BEHIND.fullmatch(author.strip())
    if behind:
        return behind[1].strip()
    name, address = parseaddr(author) if "<" in author else ("", author)
    return name or ("" if re.fullmatch(r"\S+@\S+", address.strip()) else author)


def of_document(reading: Reading) -> Iterator[tuple[str, str, str]]:
    """What each item of a page or message lacks: its name, duty and message."""
    where = WHERE[reading.kind]
    for item in _items(reading):
        licensed = item.licences or any(map(_is_licence, item.anchors))
        live = item.has_link or any(a.text and is_web(a.href) and not _is_licence(a) for a in item.anchors)
        byline = item.has_author or bool(item.authors) or _BYLINE.search(item.visible) is not None
        told = item.has_source or _SOURCE.search(item.visible) is not None
        for duty, message in _lacking(where, source=told, author=byline, licence=bool(licensed), link=live):
            yield item.name, duty, message
        shown = fold(item.visible)
        for name in item.authors:
            if find_whole(fold(name), shown) < 0:
                yield item.name, "O1", f'name "{name}" not found in the visible text of {where}'


def _lacking(where: str, *, source: bool, author: bool, licence: bool, link: bool) -> Told:
    if not source:
        yield "O1", f"states no source in {where}"
    if not author:
        yield "O1", f"states no author in {where}"
    if not licence:
        yield "O4", f"states no licence in {where}"
    if not link:
        yield "O3", f"states no link in {where}"


def _is_licence(anchor: Anchor) -> bool:
    return "license" in anchor.rel or _LICENCE.match(anchor.href) is not None


def _items(reading: Reading) -> Iterator[Item]:
    trees = [tree for tree in map(parse_html, reading.html) if tree is not None]
    for tree in trees:
        yield from _of_tree(tree)
    if not trees:
        yield _of_text(reading.text or "")


def _of_text(text: str) -> Item:
    """A message without HTML, as one item."""
    urls = sorted(url for url in bare_urls(text) if is_web(url))
    anchors = tuple(Anchor(url, url, frozenset(), in_credit=False, in_body=False) for url in urls)
    return Item("", text, anchors)


def _of_tree(tree: Node) -> Iterator[Item]:
    stated = list(_json_ld(tree))
    items = _divided(tree)
    for number, nodes in enumerate(items):
        for node in nodes:
            node.set("data-item", str(number))
    sight = look_at(etree.tostring(tree, encoding="unicode", method="html"))
    scopes: dict[str, list[Scope]] = {}
    for scope in sight.scopes:
        scopes.setdefault(scope.item_id, []).append(scope)
    for number, nodes in enumerate(items):
        scope = _joined(scopes.get(str(number), [sight.whole]))
        yield _item(tree if len(items) == 1 else None, nodes, scope, sight, _described(stated, scope, len(items)))


def _joined(scopes: list[Scope]) -> Scope:
    """The parts of one item as one."""
    return replace(
        scopes[0],
        runs=tuple(run for scope in scopes for run in scope.runs),
        anchors=tuple(anchor for scope in scopes for anchor in scope.anchors),
        headings=tuple(heading for scope in scopes for heading in scope.headings),
    )


def _item(tree: Node | None, nodes: list[Node], scope: Scope, sight: Sight, data: dict[str, Any]) -> Item:
    """``tree`` is given where there is one item alone: what the page says is then said of it."""
    within = nodes if tree is None else [tree]
    pages = () if tree is None else sight.canonicals
    seen = scope if tree is None else sight.whole
    linked = (anchor.href for anchor in scope.anchors if is_web(anchor.href) and not _is_licence(anchor))
    heading = next(filter(None, scope.headings), "")
    return Item(
        name=next(filter(None, (*_strings(data.get("url")), *pages, heading, *linked)), ""),
        visible=seen.visible,
        anchors=seen.anchors,
        authors=_names(data.get("author")),
        licences=(*(str(href) for node in within for href in node.xpath(_LICENSED)), *_strings(data.get("license"))),
        has_author=any(node.xpath(_BY) for node in within),
        has_source=any(node.xpath(_OF) for node in within) or any(data.get(key) for key in _SOURCES),
        has_link=bool(pages or _strings(data.get("url"))),
    )


# --------------------------------------------------------------------------------------------- where items stand


def _divided(tree: Node) -> list[list[Node]]:
    """The items of a document, each as the elements that it consists of."""
    articles = tree.xpath("//article[not(ancestor::article)]")
    if articles:
        return [[node] for node in articles]
    headed = tree.xpath("|".join(f"//{name}[.//a[@href] or parent::a[@href]]" for name in _HEADINGS))
    if len(headed) > 1:
        return list(_headed(headed))
    return [[node] for node in (tree.xpath("//main")[:1] or tree.xpath("//body")[:1] or [tree])]


def _headed(headings: list[Node]) -> Iterator[list[Node]]:
    """What stands under each heading: the widest element that holds no other heading, and what follows up to one."""
    counts: dict[Node, int] = {}
    for heading in headings:
        for node in (heading, *heading.iterancestors()):
            counts[node] = counts.get(node, 0) + 1
    for heading in headings:
        node = heading
        while (above := node.getparent()) is not None and counts[above] == 1:
            node = above
        nodes = [node]
        for after in node.itersiblings():
            if after in counts:
                break
            if isinstance(after.tag, str):  # no comment
                nodes.append(after)
        yield nodes


# --------------------------------------------------------------------------------------------- JSON-LD


def _json_ld(tree: Node) -> Iterator[dict[str, Any]]:
    """The works that the page describes. What is no JSON describes nothing."""
    for script in tree.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json":
            try:
                data = json.loads(script.text or "")
            except (ValueError, RecursionError):
                continue
            yield from (one for one in _objects(data, 0) if any(map(_WORKS.search, _strings(one.get("@type")))))


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    for one in data if isinstance(data, list) else [data]:
        if isinstance(one, dict) and depth < _MOST_DEPTH:
            yield one
            for key in ("@graph", "itemListElement", "item", "mainEntity", "blogPost"):
                yield from _objects(one.get(key), depth + 1)


def _described(stated: Iterable[dict[str, Any]], scope: Scope, items: int) -> dict[str, Any]:
    """What JSON-LD says of the item: the only one of the page's ``items``, or the one of its address or headline."""
    links = {url_form(anchor.href) for anchor in scope.anchors}
    for data in stated:
        named = any(fold(title) in scope.headings for title in _strings(data.get("headline")))
        if items == 1 or named or any(url_form(url) in links for url in _strings(data.get("url"))):
            return data
    return {}


def _strings(value: Any) -> tuple[str, ...]:
    """The texts or ids in ``value``, which may be one or a list."""
    values = value if isinstance(value, list) else [value]
    texts = (one.get("@id") or one.get("url") if isinstance(one, dict) else one for one in values)
    return tuple(text.strip() for text in texts if isinstance(text, str) and text.strip())


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(name for one in values for name in _strings(one.get("name") if isinstance(one, dict) else one))
