# SPDX-License-Identifier: Apache-2.0
"""What the credit of an item has to say, worked out of its chain and the duties of its decision.

Promise: every text and address that a duty asks for is in the ``Credit``, verbatim; how it is worded is said in one
place only, the templates ``credit.html`` and ``credit.txt``, for every output.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import overload
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from syndicate.model import Entry, Hop, Mode, Role, Site
from syndicate.publish.words import address


@dataclass(frozen=True, slots=True)
class Step:
    """One hop for a reader: its name, its page ("" if unknown), its date in the site's time zone."""

    name: str
    url: str
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link with its words: the name of a licence, or what a further address is ("First published at")."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Credit:
    """The rows of a credit block, in the order in which they are shown; an empty one is not shown.

    * written by, or for: ``authors``, then ``outlet`` (the order that O1 asks for), ``date``
    * reached us by: ``steps``
    * copyright: ``copyright``, each line verbatim
    * licence or permission: ``licences`` (``unchanged``: we left the text unaltered), else ``permission``
    * read it there: ``link`` (the required address) and ``also``; ``assets`` are sound and films that stay there
    * reuse: ``contact``
    * note: ``notes``, each verbatim

    ``reason`` says why it is only a link. ``on_top`` tells that the credit has to stand before the text.
    """

    mode: Mode
    outlet: str
    authors: tuple[str, ...]
    date: datetime | None
    steps: tuple[Step, ...]
    copyright: tuple[str, ...]
    licences: tuple[Anchor, ...]
    unchanged: bool
    permission: str
    link: str
    link_name: str
    also: tuple[Anchor, ...]
    assets: tuple[str, ...]
    contact: str
    notes: tuple[str, ...]
    reason: str
    on_top: bool


def credit(entry: Entry, site: Site) -> Credit:
    """The credit of ``entry``, its dates in the time zone of ``site``."""
    decision = entry.decision
    steps = tuple(_step(hop, site) for hop in entry.chain.hops)
    known_origin = entry.chain.hops[0].role is Role.ORIGIN
    licences = _licences(entry)
    link, *further = _links(entry) or ("",)
    carried = decision.mode > Mode.LINK
    return Credit(
        mode=decision.mode,
        outlet=steps[0].name if known_origin else "",
        authors=authors(entry),
        date=steps[0].date or local(entry.item.published, site),
        steps=steps[1:] if known_origin else steps,
        copyright=texts(entry, "O2"),
        licences=licences,
        unchanged=decision.mode is Mode.FULL and any(duty.id == "O6" for duty in decision.duties),
        permission=decision.because if carried and not licences else "",
        link=link,
        link_name=next((step.name for step in steps if step.url == link and step.name), address(link)),
        also=tuple(Anchor(_what(url, entry), url) for url in further),
        assets=_unique(
            url for duty in decision.duties if duty.id == "O15" for url in duty.also if not _is_picture(url)
        ),
        contact=decision.contact,
        notes=_unique((*texts(entry, "O5"), *texts(entry, "O9"))),
        reason="" if carried else decision.because,
        on_top=any(duty.id == "O11" and "end" not in duty.texts for duty in decision.duties),
    )


def authors(entry: Entry) -> tuple[str, ...]:
    """The people to name, as supplied and in order: the names of O1 that are not an outlet of the chain.

    Without an O1 the item's own authors.
    """
    outlets = {hop.name.strip() for hop in entry.chain.hops}
    names = texts(entry, "O1") or _unique(person.name for person in entry.item.authors)
    return tuple(name for name in names if name not in outlets)


def texts(entry: Entry, duty_id: str) -> tuple[str, ...]:
    """All texts that the duties of one kind ask for, each once, in order."""
    return _unique(text for duty in entry.decision.duties if duty.id == duty_id for text in duty.texts)


def target(entry: Entry) -> str:
    """The address that the item has to link to; its own where no duty names one."""
    return (_links(entry) or (entry.item.url,))[0]


def title_of(entry: Entry) -> str:
    """The item's title on one line, or what it is where it has none."""
    outlet = entry.chain.hops[0].name or address(target(entry))
    return " ".join(entry.item.title.split()) or f"Untitled, from {outlet}"


@overload
def local(when: datetime, site: Site) -> datetime: ...
@overload
def local(when: None, site: Site) -> None: ...
@overload
def local(when: datetime | None, site: Site) -> datetime | None: ...
def local(when: datetime | None, site: Site) -> datetime | None:
    """``when`` as the site's clock shows it; None stays None."""
    return when.astimezone(ZoneInfo(site.timezone)) if when else None


def _links(entry: Entry) -> tuple[str, ...]:
    duties = [duty for duty in entry.decision.duties if duty.id == "O3"]
    required = [duty.url for duty in duties] or [entry.item.url]
    return _unique((*required, *(url for duty in duties for url in duty.also)))


def _licences(entry: Entry) -> tuple[Anchor, ...]:
    return tuple(Anchor(" ".join(d.texts) or address(d.url), d.url) for d in entry.decision.duties if d.id == "O4")


def _step(hop: Hop, site: Site) -> Step:
    return Step(
        hop.name.strip() or address(hop.url).split("/", maxsplit=1)[0],
        hop.url,
        local(hop.date, site),
    )


def _is_picture(url: str) -> bool:
    """Pictures are many and say little as addresses; the link to the whole story leads to them."""
    return urlsplit(url).path.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif"))


def _what(url: str, entry: Entry) -> str:
    first, *rest = entry.chain.hops
    if first.role is Role.ORIGIN and url == first.url:
        return "First published at"
    return "Also at" if any(url == hop.url for hop in rest) else "See also"


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
