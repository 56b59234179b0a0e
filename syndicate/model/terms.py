# SPDX-License-Identifier: Apache-2.0
"""What is permitted: licences, grants, records, and the channels that ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.model.vocabulary import (
    Ads,
    Assets,
    Beacon,
    Beacons,
    ChannelClass,
    ChannelKind,
    Covers,
    Expiry,
    Interest,
    Medium,
    Mode,
    Position,
    Purpose,
    Republisher,
    Translation,
    WebPages,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that an excerpt may take; 0 means no limit of that kind. Characters are counted without white space."""

    words: int = 0
    paragraphs: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Licence:
    """A row of the licence table (terms: licence x channel).

    ``excerpt`` says how a part may be taken: "verbatim_part", "adaptation", "publisher_rule_only", "free",
    "house_quotes_policy", "none". ``print_if_free``: the print mode holds for copies given away only.
    ``duties`` are asked by the licence, ``house_duties`` by us.
    """

    id: str
    name: str
    url: str
    modes: Mapping[ChannelClass, Mode]
    excerpt: str
    duties: tuple[str, ...]
    house_duties: tuple[str, ...] = ()
    by: bool = False
    nc: bool = False
    nd: bool = False
    sa: bool = False
    print_if_free: bool = False
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission in a record. Everything but mode, media and purposes may be left as it is.

    ``duties`` are names of duties that need no parameter (credit, link, unmodified, ...); a key below that is set asks
    for its duty by itself. Durations are in seconds, 0 is none.

    Who and where: ``ads`` is the most advertising accepted, ``paid`` whether the channel may charge its readers,
    ``sale`` whether copies may be sold one by one, ``republishers`` who may republish (nobody named: everybody),
    ``consent`` what readers must have agreed to. What: ``covers`` whose work, ``marker`` words or markup that an item
    must carry, ``parts`` whether less than the whole may be taken (None: unless the text has
    to stay unmodified), ``assets`` which pictures and files.

    When: in force from ``valid_from`` until before ``valid_until``; ``embargo`` and ``window`` count from the origin's
    first publication, ``on_expiry`` is what follows the window. How much: ``limit`` of an excerpt, ``pick`` asks that a
    person chooses each item, ``max_share`` is a percentage of the publisher's items and ``max_items`` a number, both
    for a channel in a calendar month.

    In return: ``position`` of the credit and its fixed ``wording``, ``closing_link`` the words that end an excerpt,
    ``beacon`` the counter to carry and ``beacon_url`` how its address begins, ``their_headline`` kept, ``translation``,
    ``about`` a text about the publisher at the end, ``notify`` whom to tell and ``notify_before`` how
    long before publication (None: after it), ``takedown`` how soon a
    request is met.
    ``quote`` is the sentence that grants it, if it is not the record's.
    """

    mode: Mode
    media: frozenset[Medium]
    purposes: frozenset[Purpose]
    duties: tuple[str, ...] = ()
    covers: Covers = Covers.OWN
    limit: Limit = Limit()
    ads: Ads = Ads.NONE
    paid: bool = False
    sale: bool = False
    republishers: frozenset[Republisher] = frozenset()
    consent: tuple[Interest, ...] = ()
    marker: str = ""
    parts: bool | None = None
    assets: Assets = Assets.NONE
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    embargo: int = 0
    window: int = 0
    on_expiry: Expiry = Expiry.BODY_TO_LINK
    pick: bool = False
    max_share: int = 0
    max_items: int = 0
    position: Position | None = None
    wording: str = ""
    closing_link: str = ""
    beacon: Beacon | None = None
    beacon_url: str = ""
    their_headline: bool = False
    translation: Translation = Translation.ALLOWED
    about: str = ""
    notify: str = ""
    notify_before: int | None = None
    takedown: int = 0
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of a publisher's work a statement is about; an empty scope is all of it.

    ``urls`` are patterns of addresses with ``*``, ``categories`` labels or terms, ``items`` ids or addresses of single
    items, ``files`` patterns of addresses of pictures, audio and video. An item is inside if any of them fits.
    """

    urls: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prohibition:
    """A refusal: whatever else is granted, channels of these media and purposes carry no more than ``mode``.

    In force from ``valid_from`` on. ``quote`` is the sentence, ``by`` who said it.
    """

    mode: Mode = Mode.LINK
    media: frozenset[Medium] = frozenset(Medium)
    purposes: frozenset[Purpose] = frozenset(Purpose)
    valid_from: datetime | None = None
    by: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Terms as the operator recorded them: ``grants``, and ``otherwise`` where no grant fits (LINK or WITHHOLD).

    ``licence`` alone decides by the licence table; beside grants it adds its duties, and the grants say what is
    permitted. ``evidence`` is the URL of the publisher's page, ``quote`` the sentence that the operator read there,
    ``place`` where on it; ``sha256`` and ``read_at`` are of the page as read, ``confirmed_by`` and ``confirmed_at`` who
    vouches for it, ``reference`` a letter or agreement. ``leave_out`` are people who asked not to be named,
    ``institutions`` pairs of an author and the institution to name beside. ``origin`` is "config", or "ledger" for a
    statement that a command recorded.
    """

    key: str
    grants: tuple[Grant, ...] = ()
    otherwise: Mode = Mode.LINK
    licence: Licence | None = None
    contact: str = ""
    evidence: str = ""
    quote: str = ""
    place: str = ""
    scope: Scope = Scope()
    prohibitions: tuple[Prohibition, ...] = ()
    sha256: str = ""
    read_at: datetime | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    reference: str = ""
    leave_out: tuple[str, ...] = ()
    institutions: tuple[tuple[str, str], ...] = ()
    origin: str = "config"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An organisation that publishes. ``records`` is all that the operator recorded of its terms, () if nothing."""

    id: str
    name: str
    home: str = ""
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A feed that we poll. ``every`` is in seconds; ``pages`` tells whether its items' pages are read too."""

    id: str
    url: str
    publisher: Publisher
    every: int = 1800
    pages: WebPages = WebPages.WHEN_UNKNOWN


@dataclass(frozen=True, slots=True)
class Select:
    """Which items a channel considers; an empty tuple is everything."""

    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """One of our outputs. ``schedule`` is a crontab expression in ``timezone``; ``max_size`` is in bytes.

    What terms ask about: ``ads``, ``paid`` (readers pay), ``sale`` (copies are sold one by one), ``donations`` (it asks
    for gifts), ``beacons``, ``consent`` (what its readers agreed to beyond being written to), ``republisher`` (what the
    site declares to be). ``signup``: readers may put themselves on its list. ``nothing_new`` is "skip" or "note",
    ``group`` "category", "source", "theme" or "none"; ``themes`` are words by the name of a theme. ``most`` bounds what
    it shows of each item: a front page shows how stories begin. ``leave_by_mail`` is the address to which, with a token
    behind a ``+``, a reader's mail program may write to leave; "" is none.
    """

    id: str
    kind: ChannelKind
    medium: Medium
    purpose: Purpose
    ads: Ads = Ads.NONE
    paid: bool = False
    formats: tuple[str, ...] = ()
    limit: int = 100
    select: Select = Select()
    title: str = ""
    schedule: str = ""
    timezone: str = "UTC"
    backfill: int = 0
    max_size: int = 95_000
    sender: str = ""
    subject: str = ""
    beacons: Beacons = Beacons.REFUSE
    consent: tuple[Interest, ...] = ()
    sale: bool = False
    donations: bool = False
    republisher: frozenset[Republisher] = frozenset()
    signup: bool = True
    nothing_new: str = "skip"
    group: str = "category"
    themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most: Limit = field(default_factory=Limit)
    leave_by_mail: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Who we are. ``url`` has no trailing slash, ``timezone`` is an IANA name."""

    name: str
    url: str
    contact: str
    timezone: str = "UTC"
    republisher: frozenset[Republisher] = frozenset()
