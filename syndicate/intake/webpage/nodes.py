# SPDX-License-Identifier: Apache-2.0
"""schema.org on a page, as JSON-LD or microdata: what is said of the article, node by node.

Only the node of the article counts; pictures have nodes of their own, and so have lists of other articles. A licence
that a microdata link shows in running text comes with the words around it: the link may be about anything there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from syndicate.intake.own import Own
from syndicate.intake.text import legal, one_line, web_url, xml_text
from syndicate.intake.webpage.marks import is_of_another, words_around
from syndicate.intake.webpage.tree import WebPage, same
from syndicate.model import Category, Claim, Evidence, Level

Node = Mapping[str, object]

_SCHEMA = ("https://schema.org/", "http://schema.org/", "schema:")
_ARTICLES = ("Article", "Posting", "Report", "CreativeWork", "BlogPost", "Review", "HowTo", "Recipe")
_PAGES = ("WebPage", "ItemPage", "AboutPage")
_ASSETS = ("ImageObject", "VideoObject", "AudioObject", "Photograph", "MediaObject")
_STATED = (
    *(
        "license",
        "usageInfo",
        "acquireLicensePage",
        "copyrightHolder",
        "copyrightYear",
        "copyrightNotice",
        "creditText",
    ),
    *("conditionsOfAccess", "isAccessibleForFree", "sourceOrganization", "expires", "author", "publisher", "provider"),
    *("datePublished", "dateModified", "correction", "sdLicense"),
)
_ORIGINS = ("isBasedOn", "isBasedOnUrl", "translationOfWork")
_LINKS = ("license", "usageInfo", "acquireLicensePage", "sdLicense", "correction")
_FACETS = {
    "articleSection": "urn:syndicate:facet:theme",
    "keywords": "",
    "spatialCoverage": "urn:syndicate:facet:region",
    "contentLocation": "urn:syndicate:facet:region",
}
_DEEPEST, _MOST = 6, 2000
_WORDS = "words around"  # no name of schema.org


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a page: of its article, of its site, of its pictures and recordings."""

    article: tuple[Node, ...]
    site: tuple[Node, ...]
    assets: tuple[Node, ...]


def nodes(page: WebPage) -> Nodes:
    """All nodes that speak of this page's article; a list of articles, none of them this page's, is none of them."""
    found = [*_json_nodes(page), *_microdata(page)]
    articles = [one for one in found if _is(one, _ARTICLES) and not _is(one, _ASSETS)]
    here = [one for one in articles if any(same(url, page.url) for url in _addresses(one, page))]
    pages = [one for one in found if _is(one, _PAGES) and any(same(url, page.url) for url in _addresses(one, page))]
    unnamed = [one for one in articles if not _addresses(one, page)]
    chosen = here or (unnamed if len(unnamed) == 1 else [])
    return Nodes(
        article=(*chosen, *pages),
        site=tuple(one for one in found if _is(one, ("WebSite",))),
        assets=tuple(one for one in found if _is(one, _ASSETS)),
    )


def of_nodes(found: Nodes, page: WebPage) -> Iterator[Evidence]:
    """What the nodes state, as evidence of kind schema.PROPERTY; a picture's under a kind of its own."""
    for one in found.article:
        for name in _STATED:
            yield from _stated(one, name, Level.ITEM, page)
    for one in found.site:
        yield from _stated(one, "license", Level.SITE, page)
    for one in found.assets:
        yield from (replace(x, kind=f"asset.{x.kind}") for x in _stated(one, "license", Level.ITEM, page))


def _stated(node: Node, name: str, level: Level, page: WebPage) -> Iterator[Evidence]:
    for value in _list(node.get(name)):
        words = str(value.get(_WORDS, "")) if isinstance(value, dict) else ""
        for text in _texts(value, page, link=name in _LINKS):
            yield Evidence(f"schema.{name}", level, text, f"{_type(node)}.{name}", page.url, words)


def claims(found: Nodes, page: WebPage, own: Own) -> Iterator[Claim]:
    """The works that the article is based on, or a translation of."""
    for one in found.article:
        for name in _ORIGINS:
            for origin in _list(one.get(name)):
                yield from _claim(origin, name, page, own)


def _claim(origin: object, name: str, page: WebPage, own: Own) -> Iterator[Claim]:
    url = next((text for text in _texts(origin, page, link=True) if web_url(text)), "")
    publisher = origin.get("publisher") if isinstance(origin, dict) else None
    outlet = next(iter(_texts(publisher, page)), "")
    if (url and not own.is_own(url)) or (outlet and not url):
        evidence = Evidence("schema.isBasedOn", Level.ITEM, url or outlet, f"{name}", page.url)
        yield Claim("based-on", outlet, url, "", evidence)


def categories(found: Nodes) -> Iterator[Category]:
    """Sections, places and keywords, each in a taxonomy of its own."""
    for one in found.article:
        for name, scheme in _FACETS.items():
            for value in _list(one.get(name)):
                text = value.get("name", "") if isinstance(value, dict) else value
                parts = text.split(",") if name == "keywords" and isinstance(text, str) else [text]
                yield from (Category(one_line(p), scheme) for p in parts if isinstance(p, str) and one_line(p))


# ------------------------------------------------------------------------------------------------ JSON-LD


def _json_nodes(page: WebPage) -> Iterator[Node]:
    for script in page.root.iter("script"):
        if script.get("type", "").split(";")[0].strip().lower() == "application/ld+json":
            try:
                data = json.loads(legal(script.text or ""), strict=False)
            except (ValueError, RecursionError):
                continue
            yield from list(_flat(data, _DEEPEST))[:_MOST]


def _flat(data: object, depth: int) -> Iterator[Node]:
    """Every node, those in lists, graphs and properties included."""
    if depth and isinstance(data, list):
        yield from (node for one in data for node in _flat(one, depth))
    elif depth and isinstance(data, dict):
        if "@type" in data:
            yield data
        for key, value in data.items():
            if key in ("@graph", "mainEntity", "mainEntityOfPage", "image", "video", "audio", "associatedMedia"):
                yield from _flat(value, depth - 1)


# ------------------------------------------------------------------------------------------------ microdata


def _microdata(page: WebPage) -> Iterator[Node]:
    """Spec: WHATWG HTML 5. Items of schema.org outside navigation and sidebars."""
    for element in page.root.iter():
        if "schema.org/" in element.get("itemtype", "") and not page.is_aside(element):
            yield _item(element, page, _DEEPEST)


def _item(element: etree._Element, page: WebPage, depth: int) -> Node:
    node: dict[str, list[object]] = {"@type": [kind.rpartition("/")[2] for kind in element.get("itemtype", "").split()]}
    if identity := element.get("itemid", "").strip():
        node["@id"] = [identity]
    for child in _properties(element):
        value = _item(child, page, depth - 1) if child.get("itemscope") is not None and depth else _value(child, page)
        for name in child.get("itemprop", "").split():
            local = name.rpartition("/")[2]
            node.setdefault(local, []).append(_in_text(child, value, page) if local == "license" else value)
    return node


def _in_text(element: etree._Element, value: object, page: WebPage) -> object:
    """A licence, with the words around it if its element shows it; a figure speaks for nothing but its picture."""
    words = words_around(element, page) if isinstance(value, str) else ""
    if not words:
        return value
    return {"@id": value, _WORDS: f"<figure>{words}</figure>" if is_of_another(element, page) else words}


def _properties(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if child.get("itemprop"):
            yield child
        if child.get("itemscope") is None:
            yield from _properties(child)


def _value(element: etree._Element, page: WebPage) -> str:
    for name in ("content", "href", "src", "datetime", "data"):
        stated = element.get(name)
        if stated is not None:
            return web_url(stated, page.base) or stated if name in ("href", "src", "data") else stated
    return one_line("".join(map(str, element.itertext())))


# ------------------------------------------------------------------------------------------------ values


def _type(node: Node) -> str:
    return str(next(iter(_list(node.get("@type"))), "Thing")).rpartition("/")[2].removeprefix("schema:")


def _is(node: Node, kinds: tuple[str, ...]) -> bool:
    stated = [str(one) for one in _list(node.get("@type"))]
    names = [one.removeprefix("".join(p for p in _SCHEMA if one.startswith(p))) for one in stated]
    return any(name.endswith(kinds) for name in names)


def _addresses(node: Node, page: WebPage) -> tuple[str, ...]:
    """The addresses of the page that a node is about."""
    stated = (text for key in ("url", "mainEntityOfPage", "@id") for text in _texts(node.get(key), page, link=True))
    return tuple(dict.fromkeys(url for text in stated if (url := web_url(text.partition("#")[0], page.base))))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: object, page: WebPage, *, link: bool = False) -> tuple[str, ...]:
    """A value as texts: itself, or the address or name of the node that it is."""
    found = []
    for one in _list(value):
        text = one
        if isinstance(one, dict):
            keys = ("@id", "url", "name") if link else ("name", "@id", "url")
            text = next((v for key in keys for v in _list(one.get(key)) if isinstance(v, str) and v.strip()), "")
        if isinstance(text, bool):
            text = str(text).lower()
        words = one_line(xml_text(str(text))) if isinstance(text, str | int | float) else ""
        found.append(web_url(words, page.base) or words if link and "/" in words else words)
    return tuple(filter(None, found))
