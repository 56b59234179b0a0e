# SPDX-License-Identifier: Apache-2.0
"""Links, metas and RDFa of a page: what they state of the article, of the site, and of others.

A licence link counts in the head and inside the article. At a picture it is the picture's; in a footer or a sidebar it
may be about anything, so there the words around it are read instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from urllib.parse import urlsplit

from lxml import etree

from syndicate.intake import markup, phrases
from syndicate.intake.credits import is_of_asset
from syndicate.intake.own import Own
from syndicate.intake.text import legal, one_line, web_url
from syndicate.intake.webpage.robots import directives
from syndicate.intake.webpage.tree import WebPage, links
from syndicate.model import Claim, Evidence, Level

RSL_TYPE = "application/rsl+xml"
_TERMS = ("copyright", "terms-of-service", "license")
_DCTERMS = re.compile(
    r"dcterms\.(license|rightsHolder|rights|accessRights|valid|available|dateCopyrighted)", re.IGNORECASE
)
_FEED = re.compile(r"(?:application/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json|json)|text/xml)\s*(?:;|$)", re.IGNORECASE)
_PREFIXES = {
    "cc": "http://creativecommons.org/ns#",
    "dct": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
}
_CCREL = {
    "http://creativecommons.org/ns#": {
        *("license", "attributionName", "attributionURL", "morePermissions", "useGuidelines"),
    },
    "http://purl.org/dc/terms/": {"title", "source", "rightsHolder", "license", "rights"},
}
_BLOCKS = ("p", "li", "div", "section", "td", "small", "footer", "article", "main", "body", "dd", "blockquote", "span")
_PARAGRAPHS = frozenset(_BLOCKS) - {"small", "span"}
_APART = ("aside", "blockquote", "table", "caption", "details")
_SHORT = 200  # a paragraph that may be no more than the credit of a picture
_PICTURE = re.compile(rf"\b{phrases.PICTURES}\b", re.IGNORECASE)
_PROGRAM = re.compile(
    r"\b(?:code|software|theme|template|plugin|library|icons?|fonts?|dataset|data|book|podcast|music|song)\b",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"\b(?:article|story|stories|post|text|content|work|essay|page|site|website|blog|entry|piece|beitrag|inhalt\w*|werk|"
    r"texte|œuvre|contenu|contenido|obra|artículo|artikel)s?\b",
    re.IGNORECASE,
)


def of_links(page: WebPage) -> Iterator[Evidence]:
    """Licence links that speak of the article, and relations to copies of it, in document order."""
    for element in links(page.root):
        relations = element.get("rel", "").lower().split()
        href = _href(element, page)
        if "license" in relations and element.get("type", "").lower() != RSL_TYPE and href:
            yield from _licence(element, page, href)
        if ("syndication" in relations or "u-syndication" in element.get("class", "").split()) and href:
            yield Evidence("html.syndication", Level.ITEM, href, _place(element), page.url)


def _licence(element: etree._Element, page: WebPage, href: str) -> Iterator[Evidence]:
    in_head = any(parent.tag == "head" for parent in element.iterancestors())
    if in_head and element.tag == "link":
        yield Evidence("html.rel-license", Level.ITEM, href, "head/link[rel=license]", page.url)
    elif page.in_main(element):
        kind = "asset.html.rel-license" if is_of_another(element, page) else "html.rel-license"
        yield Evidence(kind, Level.ITEM, href, _place(element), page.url, words_around(element, page))


def is_of_another(element: etree._Element, page: WebPage) -> bool:
    """True if a licence link is at a picture, in a quotation or a table, or behind words about something else."""
    return page.is_of_asset(element) or _about_another(element) or _beside_another(element, page)


def words_around(element: etree._Element, page: WebPage) -> str:
    """The words of the block that a link stands in; "" for one that shows nothing, or whose RDFa names the article."""
    subject = next((x.get("about") for x in (element, *element.iterancestors()) if x.get("about") is not None), None)
    if element.tag in ("link", "meta") or (subject and page.is_self(subject)):
        return ""
    return "".join(markup.as_html(one) for one in _blocks_of(element, page))


def _blocks_of(element: etree._Element, page: WebPage) -> list[markup.Block]:
    """The blocks of text that lead where a link does, in the part of the page that it stands in."""
    around = next((x for x in element.iterancestors() if x.tag in _PARAGRAPHS), element)
    shown = markup.blocks(markup.clean(page.html(around), page.base))
    href = _href(element, page)
    return [one for one in shown if any(link.href == href for link in one.links)] or list(shown)


def _beside_another(element: etree._Element, page: WebPage) -> bool:
    """True if a link stands in a quotation or a table, or in a block with a picture or right behind one."""
    around = next((x for x in element.iterancestors() if x.tag in _PARAGRAPHS), element)
    before = around.getprevious()
    pictured = before is not None and around is not page.main and _ends_with_picture(before)
    apart = any(x.tag in _APART for x in element.iterancestors())
    return apart or pictured or any(one.apart for one in _blocks_of(element, page))


def _ends_with_picture(element: etree._Element) -> bool:
    """True if an element is a picture, shows nothing but pictures, or is a short credit of one."""
    text = one_line("".join(map(str, element.itertext())))
    pictures = element.tag == "img" or next(element.iter("img"), None) is not None
    return (pictures and not text) or (len(text) < _SHORT and bool(_PICTURE.match(text))) or is_of_asset(text)


def _about_another(element: etree._Element) -> bool:
    """True if the words before a link are about a picture or a program, and not about the text."""
    block = next((x for x in element.iterancestors() if x.tag in _BLOCKS), element)
    before = _before(block, element)
    text = _TEXT.search(before)
    other = _PICTURE.search(before) or _PROGRAM.search(before)
    return bool(other) and (text is None or (other is not None and other.start() < text.start()))


def _before(block: etree._Element, element: etree._Element) -> str:
    """What is read in a block before an element."""
    walk = takewhile(lambda step: step[1] is not element, etree.iterwalk(block, events=("start", "end")))
    words = [(one.text if event == "start" else one.tail) or "" for event, one in walk]
    return one_line(" ".join(words))


def of_metas(page: WebPage) -> Iterator[Evidence]:
    """What metas state of the page; a copyright that stands there is the site's standing line."""
    for element in page.root.iter("meta"):
        name, value = element.get("name", "").strip(), legal(element.get("content", "")).strip()
        place = f"head/meta[name={name}]"
        lower = name.lower()
        if lower == "robots":
            yield from (Evidence("html.robots", Level.ITEM, token, place, page.url) for token in directives(value))
        elif lower in ("copyright", "rights", "dc.rights") and value:
            yield Evidence("html.copyright", Level.SITE, value, place, page.url)
        elif (named := _DCTERMS.fullmatch(name)) and value:
            yield Evidence(f"dcterms.{_spelt(named[1])}", Level.ITEM, value, place, page.url)


def of_parts(page: WebPage) -> Iterator[Evidence]:
    """That parts of the article may not be shown as a snippet."""
    if any("data-nosnippet" in element.attrib for element in page.main.iter()):
        yield Evidence("html.robots", Level.ITEM, "data-nosnippet", "article/@data-nosnippet", page.url)


def _spelt(name: str) -> str:
    known = ("rightsHolder", "accessRights", "dateCopyrighted")
    return next((one for one in known if one.lower() == name.lower()), name.lower())


def claims(page: WebPage, own: Own) -> Iterator[Claim]:
    """What the page says of another as the preferred or the first one: canonical, the two metas, reposts, ccREL."""
    pointers = [(kind, Evidence(f"html.{kind}", Level.ITEM, href, at, page.url)) for kind, href, at in _pointers(page)]
    pointers += [("source", one) for one in of_rdfa(page) if one.kind == "cc.rel.source"]
    for kind, evidence in pointers:
        href = evidence.value
        if href and href != page.url and not own.is_own(href):
            yield Claim(kind, "", href, "", evidence)


def feeds(page: WebPage) -> Iterator[str]:
    """The addresses of feeds that the page names as its own, in document order. Spec: WHATWG HTML 4.6.6.1."""
    for element in page.root.iter("link", "a"):
        named = "alternate" in element.get("rel", "").lower().split() and _FEED.match(element.get("type", "").strip())
        if named and (href := _href(element, page)):
            yield href


def _pointers(page: WebPage) -> Iterator[tuple[str, str, str]]:
    for element in links(page.root):
        if "canonical" in element.get("rel", "").lower().split() and element.tag == "link":
            yield "canonical", _href(element, page), "head/link[rel=canonical]"
        if "u-repost-of" in element.get("class", "").split():
            yield "via", _href(element, page), _place(element)
    for element in page.root.iter("meta"):
        name, content = element.get("name", "").lower(), element.get("content", "")
        if name in ("syndication-source", "original-source"):
            kind = "canonical" if name == "syndication-source" else "source"
            yield kind, web_url(content, page.base), f"head/meta[name={name}]"


def rsl_links(page: WebPage) -> Iterator[str]:
    """Addresses of RSL documents that the page links."""
    for element in links(page.root):
        if "license" in element.get("rel", "").lower().split() and element.get("type", "").lower() == RSL_TYPE:
            yield _href(element, page)


def rsl_scripts(page: WebPage) -> Iterator[Evidence]:
    """RSL documents that stand in the page."""
    for element in page.root.iter("script"):
        if element.get("type", "").strip().lower() == RSL_TYPE and (element.text or "").strip():
            yield Evidence("rsl", Level.ITEM, legal(element.text or "").strip(), f"script[type={RSL_TYPE}]", page.url)


def terms_links(page: WebPage, own: Own) -> Iterator[str]:
    """Addresses of the publisher's own pages that are marked as terms, or whose link at the foot says so."""
    for element in links(page.root):
        href = _href(element, page)
        marked = any(relation in element.get("rel", "").lower().split() for relation in _TERMS)
        named = phrases.TERMS_PAGE.search(one_line("".join(map(str, element.itertext())))) and not page.in_main(element)
        if href and (marked or named) and own.is_own(href) and urlsplit(href).path not in ("", "/"):
            yield href


# ------------------------------------------------------------------------------------------------ RDFa


def of_rdfa(page: WebPage) -> Iterator[Evidence]:
    """ccREL: the name and link of the credit, the title, the source and where to ask, of the nearest ``about``."""
    for element in page.root.iter():
        for attribute in ("property", "rel"):
            for name in element.get(attribute, "").split():
                known = _ccrel(name, element)
                if known and page.in_main(element):
                    value = _rdfa_value(element, page, link=attribute == "rel")
                    kind = f"asset.cc.rel.{known}" if page.is_of_asset(element) else f"cc.rel.{known}"
                    words = words_around(element, page) if known == "license" else ""
                    yield from ((Evidence(kind, Level.ITEM, value, _place(element), page.url, words),) if value else ())


def _ccrel(name: str, element: etree._Element) -> str:
    """The local name of a term of ccREL, whatever prefix the page gives it; "" for everything else."""
    prefix, colon, local = name.partition(":")
    uri = _declared(prefix, element) or _PREFIXES.get(prefix.lower(), "") if colon else ""
    return local if local in _CCREL.get(uri, ()) else ""


def _declared(prefix: str, element: etree._Element) -> str:
    for one in (element, *element.iterancestors()):
        if uri := one.get(f"xmlns:{prefix}", ""):
            return uri.strip()
        parts = one.get("prefix", "").split()
        if f"{prefix}:" in parts[:-1]:
            return parts[parts.index(f"{prefix}:") + 1]
    return ""


def _rdfa_value(element: etree._Element, page: WebPage, *, link: bool) -> str:
    if link:
        return web_url(element.get("resource") or element.get("href") or "", page.base)
    return one_line(element.get("content") or "".join(map(str, element.itertext())))


def _href(element: etree._Element, page: WebPage) -> str:
    return web_url(element.get("href", ""), page.base)


def _place(element: etree._Element) -> str:
    tag, relation = str(element.tag), element.get("rel", "").strip()
    return f"body/{tag}[rel={relation}]" if relation else f"body/{tag}"
