# SPDX-License-Identifier: Apache-2.0
"""What every feed format says about an entry, worked out once: the same facts in RSS, Atom and JSON.

Promise: the machine-readable side says nothing about source, authors, rights and licence that the visible credit does
not say as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from markupsafe import Markup

from syndicate.model import Category, Entry, Evidence, Item, Level, Mode, Person, Role, Site
from syndicate.publish.clean import clean
from syndicate.publish.credit import Anchor, Credit, authors, credit, target, texts, title_of
from syndicate.publish.excerpt import body, settle
from syndicate.publish.templates import render
from syndicate.publish.words import address, href

ENTRY_TEMPLATES = ("item.html", "credit.html", "lead.html", "tail.html", "fixed.html")

_RIGHTS_KINDS = ("rss.copyright", "atom.rights", "dc.rights", "dcterms.rights")
_LICENCE_KINDS = ("atom.license", "cc.userland", "cc.rdf", "dcterms.license")
_SIGNAL_KINDS = ("rsl", "tdmrep.", "aipref", "content-signal")


@dataclass(frozen=True, slots=True)
class Origin:
    """The feed that the entry was copied from. Spec: RFC 4287 4.2.11, RFC 4946 2.4."""

    id: str
    name: str
    url: str
    rights: str
    licences: tuple[str, ...]
    updated: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """One entry, ready to be written.

    ``html`` is the whole visible entry, ``credit_html`` its credit alone. ``url`` is the required link ("" if the item
    has none), ``via`` the other stations of the chain, ``canonical`` the page preferred by the publisher. ``rights``
    are the copyright line and terms in words, ``holder`` who owns the copyright ("" if that is not known), ``contact``
    where to ask, ``signals`` what the publisher tells machines about their use, to be passed on as it is.
    """

    entry: Entry
    credit: Credit
    id: str
    url: str
    title: str
    html: str
    credit_html: str
    authors: tuple[Person, ...]
    updated: datetime
    categories: tuple[Category, ...]
    rights: str
    licences: tuple[Anchor, ...]
    via: tuple[Anchor, ...]
    canonical: str
    origin: Origin
    changes: str
    holder: str
    contact: str
    terms: tuple[Anchor, ...]
    signals: tuple[Evidence, ...]


def carried(entries: tuple[Entry, ...], site: Site, templates: Environment) -> tuple[Facts, ...]:
    """The facts of every entry that may be shown, in the order given; raises RenderError."""
    return tuple(_facts(settle(clean(e)), site, templates) for e in entries if e.decision.mode > Mode.WITHHOLD)


def _facts(entry: Entry, site: Site, templates: Environment) -> Facts:
    item, shown, url = entry.item, credit(entry, site), target(entry)
    text = body(entry)
    return Facts(
        entry=entry,
        credit=shown,
        id=f"{site.url}/items/{item.id}",
        url=url,
        title=title_of(entry),
        html=render(templates, "item.html", item=item, credit=shown, body=text, html=Markup(text.html)),  # noqa: S704 - cleaned by nh3
        credit_html=render(templates, "credit.html", credit=shown),
        authors=_people(entry),
        updated=_updated(entry),
        categories=tuple(_categories(item)),
        rights="\n".join((*texts(entry, "O2"), *texts(entry, "O24"))),
        licences=shown.licences,
        via=tuple(Anchor(hop.name, hop.url) for hop in _unique_hops(entry) if hop.url != url),
        canonical=_canonical(entry),
        origin=_origin(entry, site),
        changes=" ".join(texts(entry, "O9")),
        holder=_holder(entry),
        contact=href(entry.decision.contact) if entry.decision.contact else "",
        terms=shown.terms,
        signals=tuple(e for e in item.evidence if e.kind.startswith(_SIGNAL_KINDS)),
    )


def _updated(entry: Entry) -> datetime:
    """When it was last changed, by its own dates or as we saw it without any."""
    told = entry.item.updated or entry.item.published or entry.first_seen
    return max(told, entry.corrected or told).replace(microsecond=0)


def _holder(entry: Entry) -> str:
    """The holder that the item names, else the origin if it is known."""
    named = next((e.value for e in entry.item.evidence if e.kind == "dcterms.rightsHolder"), "")
    return named or (entry.chain.hops[0].name if entry.chain.origin_known else "")


def _people(entry: Entry) -> tuple[Person, ...]:
    """The authors to name; the outlet where there are none, since an entry needs one. Spec: RFC 4287 4.1.2."""
    urls = {person.name: person.url for person in entry.item.authors}
    names = authors(entry) or (entry.chain.hops[0].name or "Unknown",)
    return tuple(Person(name, urls.get(name, "")) for name in names)


def _categories(item: Item) -> Iterator[Category]:
    """Each category once; a scheme that is no IRI becomes one, so that equal labels of two schemes stay two."""
    seen: set[tuple[str, str]] = set()
    for one in item.categories:
        scheme = one.scheme
        if scheme and not urlsplit(scheme).scheme:
            scheme = f"urn:syndicate:scheme:{quote(scheme, safe='')}"
        if one.term and (one.term, scheme) not in seen:
            seen.add((one.term, scheme))
            yield Category(one.term, scheme, one.label)


def _unique_hops(entry: Entry) -> Iterator[Anchor]:
    seen = set()
    for hop in entry.chain.hops:
        if hop.url and hop.url not in seen:
            seen.add(hop.url)
            yield Anchor(hop.name, hop.url)


def _canonical(entry: Entry) -> str:
    """The page that a duty names, else that the publisher declares, else the origin's if known. Spec: RFC 6596."""
    required = next((duty.url for duty in entry.decision.duties if duty.id == "O14"), "")
    if required:
        return required
    declared = next((link.href for link in entry.item.links if link.rel == "canonical"), "")
    first = entry.chain.hops[0]
    return declared or (first.url if first.role is Role.ORIGIN else "")


def _origin(entry: Entry, site: Site) -> Origin:
    item, last = entry.item, entry.chain.hops[-1]
    stated = [evidence for evidence in item.evidence if evidence.level is Level.FEED]
    feed = next((evidence.url for evidence in stated if evidence.url), "")
    return Origin(
        id=feed or f"{site.url}/sources/{quote(item.source_id, safe='')}",
        name=last.name or address(last.url),
        url=feed,
        rights=next((e.value for e in stated if e.kind in _RIGHTS_KINDS), ""),
        licences=tuple(dict.fromkeys(e.value for e in stated if _is_licence(e))),
        updated=(item.updated or item.published or entry.first_seen).replace(microsecond=0),
    )


def _is_licence(evidence: Evidence) -> bool:
    return evidence.kind in _LICENCE_KINDS and urlsplit(evidence.value).scheme in {"http", "https"}
