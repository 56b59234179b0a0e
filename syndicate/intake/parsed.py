# SPDX-License-Identifier: Apache-2.0
"""What parsing hands to normalising: one shape for every feed format, values as the document had them.

Nothing here is clean yet: HTML may be hostile, URLs relative, text full of line breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Asks, Category, Enclosure, Evidence, Link, Person

NOTHING = Asks()
"""A document that asks nothing of those who poll it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A title, summary or body. ``markup`` tells HTML from plain text; ``base`` resolves its relative URLs."""

    value: str = ""
    markup: bool = False
    base: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an element of the entry says about the feed or page it was taken from.

    ``kind`` is the id of the vocabulary ("rss.source", "atom.source", "dc.source", "jsonfeed.external_url",
    "jsonfeed.syndicate"), ``value`` its words or URL verbatim, ``url`` the page and ``feed_url`` the feed, if stated.
    """

    kind: str
    name: str
    url: str
    feed_url: str
    value: str
    place: str
    authors: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted:
    """A tombstone: the id of the entry that was taken back, since when, and the words that say so. Spec: RFC 6721 3."""

    identity: str
    when: datetime
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry. ``identity`` is its own id ("" if it has none), ``link`` the page, ``evidence`` what stands on it."""

    identity: str = ""
    link: str = ""
    title: Text = Text()
    bodies: tuple[Text, ...] = ()
    summary: Text = Text()
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[Link, ...] = ()
    origins: tuple[Origin, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """One feed document. ``authors`` are those that its entries inherit (Atom and JSON Feed only).

    ``sound``: it is as its format wants it, so an entry reads alone as it reads among the others.
    """

    url: str
    format: str
    title: Text = Text()
    home: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    entries: tuple[ParsedEntry, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[str, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    sound: bool = False
    asks: Asks = NOTHING
