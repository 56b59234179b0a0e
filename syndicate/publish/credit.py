# SPDX-License-Identifier: Apache-2.0
"""What the credit of an item has to say, worked out of its chain and the duties of its decision.

Promise: every text and address that a duty asks for is in the ``Credit``, verbatim; how it is worded is said in one
place only, the templates ``credit.html`` and ``credit.txt``, for every output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, overload
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from syndicate.model import Chain, Duty, Entry, Hop, Item, Mode, Role, Site
from syndicate.publish.words import address, day

_SIGNALS: Final = {
    "tdmrep.reservation": "tdm-reservation",
    "aipref": "Content-Usage",
    "content-signal": "Content-Signal",
}
"""Signals by their kind, as they are called where they stand."""


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
class Fixed:
    """Words that a publisher fixed: ``name`` in them is linked to ``url``, where both are given."""

    before: str
    name: str
    after: str
    url: str

    @property
    def text(self) -> str:
        """The whole of it."""
        return f"{self.before}{self.name}{self.after}"


@dataclass(frozen=True, slots=True)
class Credit:
    """The rows of a credit block, in the order in which they are shown; an empty one is not shown.

    * written by, or for: ``authors``, then ``outlet`` (the order that O1 asks for), ``date``
    * reached us by: ``steps``
    * copyright: ``copyright``, each line verbatim
    * licence or permission: ``licences`` (``unchanged``: we left the text unaltered), else ``permission``
    * read it there: ``link`` (the required address) and ``also``; ``assets`` are sound and films that stay there
    * terms: ``terms``, each a text or an address
    * reuse: ``contact``
    * note: ``notes``, each a text with its own link where it has one

    ``reason`` says why it is only a link. ``on_top`` and ``at_end`` tell where the block stands: before the text, after
    it, or both. ``opening`` are words for before the text, ``closing`` for after it, ``about`` what the publisher says
    of itself after both. ``counter`` is the address of a picture by which the publisher counts readers.
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
    notes: tuple[Anchor, ...]
    reason: str
    on_top: bool
    at_end: bool
    terms: tuple[Anchor, ...] = ()
    opening: tuple[Fixed, ...] = ()
    closing: tuple[Fixed, ...] = ()
    about: tuple[str, ...] = ()
    counter: str = ""


def credit(entry: Entry, site: Site) -> Credit:
    """The credit of ``entry``, its dates in the time zone of ``site``."""
    decision = entry.decision
    steps = tuple(_step(hop, site) for hop in entry.chain.hops)
    known_origin = entry.chain.hops[0].role is Role.ORIGIN
    licences = _licences(entry)
    link, *further = _links(entry) or ("",)
    carried = decision.mode > Mode.LINK
    places = {duty.how or "top" for duty in decision.duties if duty.id == "O11" and carried}
    return Credit(
        mode=decision.mode,
        outlet=steps[0].name if known_origin else "",
        authors=authors(entry),
        date=local(first_published(entry.item, entry.chain), site),
        steps=steps[1:] if known_origin else steps,
        copyright=texts(entry, "O2"),
        licences=licences,
        unchanged=decision.mode is Mode.FULL and any(duty.id == "O6" for duty in decision.duties),
        permission=decision.because if carried and not licences else "",
        link=link,
        link_name=next((step.name for step in steps if step.url == link and step.name), address(link)),
        also=tuple(Anchor(_what(url, entry), url) for url in further),
        assets=_unique(
            url for duty in _of(entry, "O15") if duty.how != "in" for url in duty.also if not is_picture(url)
        ),
        contact=decision.contact,
        notes=tuple(dict.fromkeys((*_notes(entry), *_corrected(entry, site), *_signals(entry)))),
        reason="" if carried else decision.because,
        on_top=bool(places - {"end"}),
        at_end="end" in places or not places,
        terms=tuple(Anchor(text, d.url) for d in _of(entry, "O24") for text in d.texts or ("",)),
        opening=tuple(_fixed(text, d.url) for d in _of(entry, "O11") if carried and d.how != "end" for text in d.texts),
        closing=tuple(_closing(entry)) if carried else (),
        about=texts(entry, "O23"),
        counter=next((duty.url for duty in _of(entry, "O13") if carried and duty.how == "img"), ""),
    )


def _of(entry: Entry, duty_id: str) -> Iterator[Duty]:
    return (duty for duty in entry.decision.duties if duty.id == duty_id)


def _notes(entry: Entry) -> Iterator[Anchor]:
    """Notices that came with the item, with their links; what was changed; for whom it is carried."""
    for duty_id in ("O5", "O9", "O29"):
        for duty in _of(entry, duty_id):
            yield from (Anchor(text, duty.url) for text in duty.texts)


def _corrected(entry: Entry, site: Site) -> Iterator[Anchor]:
    """That its publisher changed the text that stands here, where no date of its own says so."""
    if entry.corrected and entry.decision.mode > Mode.LINK:
        yield Anchor(f"Its publisher has changed this text; it is that of {day(local(entry.corrected, site))}.", "")


def _signals(entry: Entry) -> Iterator[Anchor]:
    """What the publisher tells machines of a text that is carried: a mail has no other place where it could go on."""
    stated = entry.item.evidence if entry.decision.mode > Mode.LINK else ()
    policy = next((one.value for one in stated if one.kind == "tdmrep.policy"), "")
    for one in stated:
        if one.kind == "rsl":
            yield Anchor("Signal to machines: RSL.", one.url)
        elif one.kind in _SIGNALS:
            url = policy if one.kind == "tdmrep.reservation" else ""
            yield Anchor(f"Signal to machines: {_SIGNALS[one.kind]}: {one.value}.", url)


def _closing(entry: Entry) -> Iterator[Fixed]:
    for duty in entry.decision.duties:
        if duty.id == "O21" or (duty.id == "O11" and duty.how == "end"):
            yield from (_fixed(text, duty.url) for text in duty.texts)


def _fixed(text: str, url: str) -> Fixed:
    """``text`` taken apart at its brackets, which enclose what is linked."""
    before, opened, rest = text.partition("[")
    name, closed, after = rest.partition("]")
    return Fixed(before, name, after, url) if opened and closed else Fixed(text, "", "", url)


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


def first_published(item: Item, chain: Chain) -> datetime | None:
    """When a work was first published; None of a copy whose origin names no day, since the copy's is another's."""
    first, *later = chain.hops
    return first.date or (None if later else item.published)


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


def is_picture(url: str) -> bool:
    """Pictures are many and say little as addresses; the link to the whole story leads to them."""
    return urlsplit(url).path.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif"))


def _what(url: str, entry: Entry) -> str:
    first, *rest = entry.chain.hops
    if first.role is Role.ORIGIN and url == first.url:
        return "First published at"
    return "Also at" if any(url == hop.url for hop in rest) else "See also"


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
