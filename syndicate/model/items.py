# SPDX-License-Identifier: Apache-2.0
"""What came in, and whose it is: feeds, items, evidence, and the chain of a work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.model.vocabulary import Level, Role


@dataclass(frozen=True, slots=True)
class Person:
    """An author as supplied, pseudonyms included."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """One term of one taxonomy. The same label in two schemes stays two categories (RFC 4287 4.2.2)."""

    term: str
    scheme: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link, ``rel`` in lower case (RFC 8288)."""

    rel: str
    href: str
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attached file. ``length`` is in bytes, 0 if not stated."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement about rights or origin, verbatim, and where it stood.

    ``kind`` is an id of docs/terms.md ("rss.copyright", "atom.license", "cc.userland", "credit-line", ...), ``value``
    the text or URL to the character, ``place`` a path inside the document ("channel/copyright", "body, paragraph 7"),
    ``url`` the document. ``words`` is the paragraph around a link that stands in running text, as HTML; "" for an
    element that is made for its value.
    """

    kind: str
    level: Level
    value: str
    place: str
    url: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an item says about where it came from: the raw material of a chain.

    ``kind`` is one of "source" (RSS source, atom:source, dc:source), "via", "canonical", "based-on", "credit-line",
    "by-line". ``url`` is the page credited ("" if only a name stands there), ``feed_url`` the feed credited, ``date``
    when it appeared there, if that is said.
    """

    kind: str
    name: str
    url: str
    feed_url: str
    evidence: Evidence
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One normalised entry. Immutable: same input, same id, for ever.

    ``id`` is "i-" and 16 hex digits, derived from ``source_id`` and ``identity`` (the entry's own id, else its link,
    else a hash of title and date). ``html`` is clean and has absolute URLs only; ``text`` is what a reader sees of it,
    paragraphs parted by a blank line; ``raw_html`` is the body as it came, kept as evidence ("" if cleaning removed
    nothing). ``published`` is None where the feed gave no usable date. ``evidence`` holds every rights statement that
    applies to the item, inherited ones included, each with its level.
    """

    id: str
    source_id: str
    publisher_id: str
    identity: str
    url: str
    title: str
    html: str
    text: str
    summary: str = ""
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[Link, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    raw_html: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """What a feed says of an item: taken back at ``when``; void if the item was updated later. Spec: RFC 6721 3."""

    item_id: str
    when: datetime
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Asks:
    """What a feed document asks of those who poll it.

    ``interval`` is in seconds, 0 if nothing is said; ``skip_hours`` are hours of UTC, ``skip_days`` weekdays from
    Monday, 0, in which it is not to be read.
    """

    interval: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A piece of text that may speak about rights in prose.

    ``place`` is where it stood: "feed-rights", "body", "page-footer" or "terms-page"; ``format`` is "text" or "html".
    """

    place: str
    text: str
    format: str = "text"


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a web page, with its headers, states of rights and origin.

    ``evidence`` and ``claims`` are about the article that the page shows; ``notices`` are pieces of it that may speak
    about rights in prose; ``rsl`` are addresses of RSL documents with the level of what links them, ``terms`` addresses
    of pages that state terms; ``categories`` is the page's taxonomy; ``feeds`` are addresses of feeds that it names.
    """

    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    notices: tuple[Notice, ...] = ()
    rsl: tuple[tuple[str, Level], ...] = ()
    terms: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One parsed and normalised feed document. ``retractions`` are its tombstones.

    ``aliases`` are, by item id, the ids that an item would have if other names of its entry identified it. ``speaking``
    are the addresses of items whose own words a person should see, None if nobody has looked.
    """

    title: str
    url: str
    home: str
    language: str
    format: str
    items: tuple[Item, ...]
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[str, ...] = ()
    retractions: tuple[Retraction, ...] = ()
    asks: Asks = Asks()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    speaking: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a document brought. ``listed`` are the ids of all its items, in order, each once.

    ``feed`` holds only the items that are new or changed since the reading that left the marks handed in; it is None if
    nothing is, the head included. ``marks`` are for the next reading; keep them only with the items, or these are lost.
    """

    feed: Feed | None
    listed: tuple[str, ...]
    marks: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete HTTP answer. ``status`` is 200 or 304, ``url`` the final one, ``body`` without its content coding.

    ``etag`` and ``last_modified`` are the validators, verbatim (RFC 9110 8.8); ``moved_to`` is the target if every
    redirect on the way was permanent (301, 308), else "". ``fresh_for`` is for how many seconds the
    publisher says that the answer stays good, None if nothing is said (RFC 9111 4.2).
    """

    status: int
    url: str
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    fresh_for: float | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect on trial: where it leads, how often and since when it was answered.

    ``asked`` is when we last asked the address that redirects.
    """

    to: str
    times: int
    since: datetime
    asked: datetime


@dataclass(frozen=True, slots=True)
class Face:
    """What tells a feed from another: its title, the host of its home page, the host of most of its items."""

    title: str = ""
    home: str = ""
    items: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """What we remember of a source from poll to poll, besides its validators.

    ``asks`` and ``fresh_for`` are its publisher's wishes; ``gap`` (seconds, 0 unknown) is the usual time from one item
    to the next, ``newest`` when the newest was published, ``arrivals`` when polls brought something new, newest last.
    ``adopted`` is the address that it has moved to ("" for the configured one), ``move`` one that is on trial, and
    ``gone_since`` when it first answered that it is gone. ``face`` is what it looked like when it was last accepted;
    ``churns`` counts the times that all its ids changed, and ``by_link`` tells that its links identify its items.
    """

    asks: Asks = Asks()
    fresh_for: float | None = None
    gap: float = 0.0
    newest: datetime | None = None
    arrivals: tuple[datetime, ...] = ()
    adopted: str = ""
    move: Move | None = None
    gone_since: datetime | None = None
    face: Face | None = None
    churns: int = 0
    by_link: bool = False


@dataclass(frozen=True, slots=True)
class Hop:
    """One appearance of a work.

    ``publisher_id`` is "" for a publisher that we do not know, ``item_id`` "" for a page that is not an item of ours.
    ``evidence`` is the rights evidence that stood on that appearance. ``own_text`` tells whether words of this hop are
    in the copy that we hold (a republisher that changed nothing adds none).
    """

    role: Role
    name: str
    publisher_id: str = ""
    url: str = ""
    date: datetime | None = None
    item_id: str = ""
    own_text: bool = True
    evidence: tuple[Evidence, ...] = ()
    because: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The hops of a work, origin first, the copy that we fetched last; never empty.

    ``origin_known`` is False if the copy says that it came from elsewhere and that elsewhere is not an item we know.
    """

    hops: tuple[Hop, ...]
    origin_known: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """An item that we hold, with its chain: what a credited URL may turn out to be."""

    item: Item
    chain: Chain
