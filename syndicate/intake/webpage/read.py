# SPDX-License-Identifier: Apache-2.0
"""Puts together what the parts of a page say.

Promises: raises nothing; the same bytes give the same reading; no statement of a picture, a program, a sidebar or
another article passes as the article's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from syndicate.intake import credits as credit_lines
from syndicate.intake import markup
from syndicate.intake.own import Own
from syndicate.intake.text import legal
from syndicate.intake.webpage import marks, nodes, robots
from syndicate.intake.webpage.tree import WebPage, web_page
from syndicate.model import Category, Evidence, Level, Notice, PageReading, Source

_HTML = re.compile(r"text/html|application/xhtml\+xml", re.IGNORECASE)
_LONGEST = 3_000_000  # bytes; what follows is not read
_FACET = re.compile(r"\b(Region|Theme|In-depth Report)s?\s*:\s*", re.IGNORECASE)
_SCHEMES = {"region": "region", "theme": "theme", "in-depth report": "report"}


@dataclass(frozen=True, slots=True)
class About:
    """What is known beforehand of a page: the source of its item, and the site's files, "" where there is none.

    ``robot`` is the name under which robots.txt addresses us; ``terms`` tells that the page states terms and shows no
    article.
    """

    source: Source
    robots_txt: str = ""
    tdmrep: str = ""
    robot: str = ""
    terms: bool = False


def read(body: bytes, *, url: str, headers: Mapping[str, str], about: About) -> PageReading:
    """What a complete answer states; ``url`` is its final address, names of ``headers`` are in lower case."""
    kind = headers.get("content-type", "")
    page = web_page(body[:_LONGEST], url, kind) if not kind or _HTML.match(kind) else None
    sent = PageReading(evidence=tuple(_of_answer(headers, url, about)), rsl=tuple(_rsl_of_answer(headers, url, about)))
    if page is None:
        return sent
    own = Own(about.source.publisher.home, about.source.url, url)
    shown = _terms_page(page) if about.terms else _article(page, own, about)
    metas = {x.get("name", "").lower(): x.get("content", "") for x in page.root.iter("meta")}
    mined = robots.tdm(metas, headers, about.tdmrep, url)
    linked = [(address, Level.ITEM) for address in marks.rsl_links(page)]
    return PageReading(
        evidence=_once((*sent.evidence, *shown.evidence, *mined)),
        claims=shown.claims,
        notices=shown.notices,
        rsl=tuple(dict.fromkeys((*linked, *sent.rsl))),
        terms=tuple(dict.fromkeys((*marks.terms_links(page, own), *shown.terms))),
        categories=shown.categories,
        feeds=tuple(dict.fromkeys(marks.feeds(page))),
    )


def read_rsl(body: bytes, *, url: str, level: Level) -> tuple[Evidence, ...]:
    """A fetched RSL document as evidence of the level of what linked it; nothing for an empty one."""
    text = legal(body[:_LONGEST].decode("utf-8", "replace").removeprefix("\ufeff")).strip()
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "", text)
    return (Evidence("rsl", level, text, "document", url),) if text else ()


def _of_answer(headers: Mapping[str, str], url: str, about: About) -> Iterator[Evidence]:
    yield from robots.of_headers(headers, url)
    yield from robots.of_robots_txt(about.robots_txt, about.robot, url)


def _rsl_of_answer(headers: Mapping[str, str], url: str, about: About) -> Iterator[tuple[str, Level]]:
    for link in robots.header_links(headers, url):
        if "license" in link.relations and link.type == marks.RSL_TYPE:
            yield link.href, Level.ITEM
    yield from ((address, Level.SITE) for address in robots.rsl_of_robots_txt(about.robots_txt, url))


def _terms_page(page: WebPage) -> PageReading:
    """A page of terms is read as a notice."""
    feet = tuple(Notice("page-footer", page.html(foot), "html") for foot in page.feet)
    return PageReading(notices=(Notice("terms-page", page.html(page.main), "html"), *feet))


def _article(page: WebPage, own: Own, about: About) -> PageReading:
    body = page.html(page.main)
    shown = markup.blocks(markup.clean(body, page.base))
    publisher = about.source.publisher
    reader = credit_lines.Reader(own.is_own, frozenset({publisher.name.lower()}), page.url)
    found = nodes.nodes(page)
    said = (
        x for x in reader.statements(shown) if not x.kind.endswith("html.rel-license")
    )  # read with what stands around them
    evidence = (
        *marks.of_links(page),
        *marks.of_metas(page),
        *marks.of_parts(page),
        *marks.of_rdfa(page),
        *nodes.of_nodes(found, page),
        *marks.rsl_scripts(page),
        *said,
        *_feet(page, reader),
    )
    pages = [x.value for x in evidence if x.kind in ("schema.usageInfo", "schema.acquireLicensePage")]
    return PageReading(
        evidence=evidence,
        claims=(*marks.claims(page, own), *nodes.claims(found, page, own), *reader.claims(shown)),
        notices=(Notice("body", body, "html"), *(Notice("page-footer", page.html(foot), "html") for foot in page.feet)),
        terms=tuple(address for address in pages if own.is_own(address)),
        categories=tuple(dict.fromkeys((*_facets(shown), *nodes.categories(found)))),
    )


def _feet(page: WebPage, reader: credit_lines.Reader) -> Iterator[Evidence]:
    """The copyright line at the foot of the site: it speaks of all its pages."""
    for foot in page.feet:
        for one in reader.statements(markup.blocks(markup.clean(page.html(foot), page.base))):
            if one.kind == "body.copyright":
                yield replace(one, kind="page.copyright", level=Level.SITE, place=f"foot of the page, {one.place[6:]}")


def _facets(shown: Iterable[markup.Block]) -> Iterator[Category]:
    """Lines such as "Region: Asia, Theme: Rivers, Mills": each label is a taxonomy, each link below it a term."""
    for block in shown:
        labels = list(_FACET.finditer(block.text))
        for number, label in enumerate(labels):
            end = labels[number + 1].start() if number + 1 < len(labels) else len(block.text)
            urn = f"urn:syndicate:facet:{_SCHEMES[label[1].lower()]}"
            for link in block.links:
                if label.end() <= link.start < end:
                    scheme, _, term = link.href.rstrip("/").rpartition("/")
                    yield Category(term, scheme or urn, block.text[link.start : link.end].strip())


def _once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))
