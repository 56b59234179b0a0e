# SPDX-License-Identifier: Apache-2.0
"""The nouns: frozen dataclasses that every stage hands to the next.

No behaviour, no clock, no I/O. A value of one of these types is complete: whoever holds it needs nothing else to
understand it. Times are aware datetimes in UTC. URLs are absolute strings. Text is Unicode without control characters.
The words are defined once, in docs/terms.md; no synonyms.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# --------------------------------------------------------------------------------------------- vocabulary


class Mode(enum.IntEnum):
    """How much of an item a channel may carry. Ordered: ``min(a, b)`` is the more restrictive."""

    WITHHOLD = 0
    LINK = 1
    EXCERPT = 2
    FULL = 3


class Medium(enum.StrEnum):
    """What a channel is delivered as."""

    WEB = "web"
    EMAIL = "email"
    PRINT = "print"


class Purpose(enum.StrEnum):
    """What a channel is for, as the publisher would ask."""

    COMMUNITY = "community"
    COMMERCIAL = "commercial"


class Ads(enum.IntEnum):
    """Advertising beside the items. Ordered: more is more."""

    NONE = 0
    AROUND = 1
    INSIDE = 2


class Beacons(enum.StrEnum):
    """Whether a channel carries the counters (1x1 pictures) that some publishers ask for."""

    CARRY = "carry"
    REFUSE = "refuse"


class ChannelKind(enum.StrEnum):
    """What a channel produces."""

    FEED = "feed"
    DIGEST = "digest"
    PAGE = "page"


class ChannelClass(enum.StrEnum):
    """The columns of the licence table: what a licence can tell apart."""

    COMMUNITY_WEB = "CW"
    COMMERCIAL_WEB = "XW"
    COMMUNITY_EMAIL = "EM"
    COMMERCIAL_EMAIL = "XE"
    PRINT = "PR"


class Covers(enum.StrEnum):
    """Whose work a grant is about."""

    OWN = "own"
    CROSSPOSTS = "crossposts"


class Expiry(enum.StrEnum):
    """What a publisher asks for when its window closes: the item gone, its text gone, or a question before more."""

    REMOVE = "remove"
    BODY_TO_LINK = "body_to_link"
    ASK = "ask"


class Assets(enum.StrEnum):
    """Which pictures, audio and video of an item a grant covers: ``OWN_CREDIT`` are those credited to the granter."""

    NONE = "none"
    OWN_CREDIT = "own_credit"
    ALL = "all"


class Position(enum.StrEnum):
    """Where a credit has to stand: before the first paragraph, before the third, after the last."""

    TOP = "top"
    NEAR_TOP = "near_top"
    END = "end"


class Beacon(enum.StrEnum):
    """The kind of element by which a publisher counts readers."""

    IMG = "img"
    SCRIPT = "script"
    IFRAME = "iframe"


class Translation(enum.StrEnum):
    """What terms say about translating: as the licence does, only whole and accurate, never."""

    ALLOWED = "allowed"
    FULL_ONLY = "full_only"
    FORBIDDEN = "forbidden"


class Republisher(enum.StrEnum):
    """What a site is, where terms permit only some to republish."""

    NONPROFIT = "nonprofit"
    NEWSROOM = "newsroom"
    ACCREDITED = "accredited"
    COMMUNITY_SITE = "community_site"


class Interest(enum.StrEnum):
    """What readers agreed to receive items for, where terms ask for such a consent."""

    PRIOR_INTEREST = "prior_interest"
    RESEARCH = "research"
    EDUCATION = "education"


class Level(enum.IntEnum):
    """How specific a statement is. Ordered: a higher level overrides a lower one."""

    SITE = 0  # what a web site says of all its pages
    FEED = 1
    SOURCE = 2  # the atom:source that a copied entry brought along
    ITEM = 3


class Health(enum.StrEnum):
    """How a source is. A held one is polled, and what it brings carried nowhere until a person has decided."""

    SOUND = "sound"
    BROKEN = "broken"
    HELD = "held"
    GONE = "gone"


class WebPages(enum.StrEnum):
    """Whether the pages of a source's items are read for what they say about rights."""

    ALWAYS = "always"
    NEVER = "never"
    WHEN_UNKNOWN = "when-unknown"


class Role(enum.StrEnum):
    """What a publisher did with the work at one hop."""

    ORIGIN = "origin"
    REPUBLISHER = "republisher"


# --------------------------------------------------------------------------------------------- what came in


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
    ``url`` the document.
    """

    kind: str
    level: Level
    value: str
    place: str
    url: str = ""


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
    of pages that state terms; ``categories`` is the page's taxonomy.
    """

    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    notices: tuple[Notice, ...] = ()
    rsl: tuple[tuple[str, Level], ...] = ()
    terms: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One parsed and normalised feed document. ``retractions`` are its tombstones.

    ``aliases`` are, by item id, the ids that an item would have if other names of its entry identified it.
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


# --------------------------------------------------------------------------------------------- whose it is


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


# --------------------------------------------------------------------------------------------- what is permitted


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
    ``about`` a text about the publisher at the end, ``notify`` whom to tell, ``takedown`` how soon a request is met.
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
    vouches for it, ``reference`` a letter or agreement. ``origin`` is "config", or "ledger" for a statement that a
    command recorded.
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
    ``group`` "category", "source", "theme" or "none"; ``themes`` are words by the name of a theme.
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


@dataclass(frozen=True, slots=True)
class Site:
    """Who we are. ``url`` has no trailing slash, ``timezone`` is an IANA name."""

    name: str
    url: str
    contact: str
    timezone: str = "UTC"
    republisher: frozenset[Republisher] = frozenset()


# --------------------------------------------------------------------------------------------- what we decided


@dataclass(frozen=True, slots=True)
class Duty:
    """What must be done in return, with all that a verifier needs to look for it.

    | id  | ``texts``                        | ``url``            | ``also``             | ``how``                   |
    |-----|----------------------------------|--------------------|----------------------|---------------------------|
    | O1  | names in order: authors, outlets |                    | names to leave out   |                           |
    | O2  | the copyright line               |                    |                      |                           |
    | O3  |                                  | required target    | further links        |                           |
    | O4  | short name of the licence        | canonical URL      |                      |                           |
    | O5  | notices to keep                  | link in a notice   |                      | title: as supplied        |
    | O6  | fingerprint of the licensed text |                    |                      |                           |
    | O7  |                                  |                    |                      | none, around: advertising |
    | O9  | notes that say what was changed  |                    |                      |                           |
    | O10 | name of the licence to pass on   | its URL            | compatible licences  |                           |
    | O11 | fixed words, [the linked part]   | target of the link |                      | top, near_top, end        |
    | O12 |                                  |                    | every link, repeated |                           |
    | O13 |                                  | the counter        |                      | img                       |
    | O14 |                                  | the canonical page |                      |                           |
    | O15 | captions left out; credits kept  |                    | the assets           | out, in                   |
    | O16 |                                  |                    |                      | (``start``)               |
    | O17 |                                  |                    |                      | remove, body_to_link, ask |
    | O18 | who picked it                    |                    |                      | (``start``: when)         |
    | O19 |                                  | whom to tell       |                      | before, after, if_regular |
    | O20 | their headline                   |                    |                      | theirs                    |
    | O21 | closing words, [the linked part] | target of the link |                      |                           |
    | O22 | language of the text             |                    |                      | forbidden, full_only      |
    | O23 | their text about themselves      |                    |                      |                           |
    | O24 | their terms                      | where they stand   |                      |                           |
    | O27 | what we declared to be           |                    |                      |                           |
    | O28 | appeals left out                 |                    |                      |                           |
    | O29 | what readers must have agreed to |                    |                      |                           |
    | O30 | who wrote it                     |                    |                      |                           |

    ``start`` and ``end`` bound the time in which text may be carried (O16, O17); the limit of O21 is the decision's.
    ``asked_by`` is "house" or the key of the record or licence that asks.
    """

    id: str
    texts: tuple[str, ...] = ()
    url: str = ""
    also: tuple[str, ...] = ()
    asked_by: str = "house"
    how: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One clause applied, in order: what it says, what it left of the mode, and the evidence it cites."""

    clause: str
    text: str
    mode: Mode
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """A person's choice of an item for a channel, where terms ask that each item is chosen."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision needs to know of an item beside the item: when we saw it first, whether somebody picked it.

    ``place`` is its place among those of its publisher's items that the channel could carry, counted from 1 in the
    calendar month (UTC) of ``first_seen``, and ``published`` how many items the publisher brought in that month; both
    are 0 where nobody counted.
    """

    first_seen: datetime | None = None
    pick: Pick | None = None
    place: int = 0
    published: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """(item, channel, now) -> how much, on which conditions, and why.

    ``because`` is the deciding reason in one sentence for a person; ``contact`` is where to ask for more ("" if nobody
    is known). ``policy`` is the version of the rules that decided. ``until`` is when it has to be made again because
    an embargo, a window or a grant begins or ends; None if time alone changes nothing.
    """

    item_id: str
    channel_id: str
    mode: Mode
    duties: tuple[Duty, ...]
    reasons: tuple[Reason, ...]
    because: str
    contact: str = ""
    limit: Limit = Limit()
    policy: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item on its way into an edition: what it is, whose it is, what was decided."""

    item: Item
    chain: Chain
    decision: Decision
    first_seen: datetime


# --------------------------------------------------------------------------------------------- what goes out


@dataclass(frozen=True, slots=True)
class Part:
    """One finished document. ``name`` is rss, atom, json, or mail; ``templates`` are the files that worded it."""

    name: str
    media_type: str
    content: bytes
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An item that a channel carried and carries no more, since when, and why in one sentence ("" if it is not told).

    Spec: RFC 6721 3.
    """

    item_id: str
    when: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A story that a digest carried and that its publisher has changed, or taken back (``url`` is ""), since.

    ``sent`` is when it went out, ``version`` tells this change from later ones.
    """

    item_id: str
    title: str
    publisher: str
    sent: datetime
    url: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A finished output. ``period`` makes it unique in its channel; ``entries`` are all that were considered.

    Withheld items are among the entries (mode WITHHOLD): the proof needs their text to show that it is absent.
    ``tombstones`` are what left the channel; none of them is an entry that is carried. ``corrections`` are told beside
    the entries.
    """

    id: str
    channel: Channel
    period: str
    created: datetime
    parts: tuple[Part, ...]
    entries: tuple[Entry, ...]
    subject: str = ""
    tombstones: tuple[Tombstone, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A duty that the finished bytes do not meet: which item, which duty, in which part, what is wrong."""

    item_id: str
    duty: str
    part: str
    message: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A duty found met in one part."""

    item_id: str
    duty: str
    part: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """An edition whose every duty was found in its finished bytes. Only ``syndicate.proof`` constructs one."""

    edition: Edition
    proved: tuple[Proved, ...]
    sha256: Mapping[str, str] = field(default_factory=dict)


# --------------------------------------------------------------------------------------------- people and post


class DeliveryState(enum.StrEnum):
    """Where a delivery stands; docs/operations.md explains each."""

    READY = "ready"
    CLAIMED = "claimed"
    IN_DATA = "in_data"
    ACCEPTED = "accepted"
    SOFT = "soft"
    HARD = "hard"
    UNKNOWN = "unknown"
    HELD = "held"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Consent:
    """The recorded act that lets us write to a person.

    ``wording`` is what was shown, ``interests`` what else it agreed to, ``origin`` a keyed fingerprint of the network
    it came from, ``proof`` that of the token that confirmed it; the last two are "" where nothing is known.
    """

    purpose: Purpose
    wording: str
    method: str
    confirmed_at: datetime
    interests: tuple[Interest, ...] = ()
    origin: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person on one channel's list. ``state`` is pending, active, unsubscribed, suppressed or erased.

    ``cadence`` is how often and when, as ``pipeline/cadence.py`` writes it; "" is as the publisher sends it.
    """

    id: int
    channel_id: str
    email: str
    state: str
    consent: Consent | None = None
    cadence: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition to one subscriber: a row in the outbox.

    ``message_id`` and ``key_id`` (of the key that signs its links) are fixed before the first attempt, so that every
    attempt has the same bytes; ``since`` is when the subscriber consented.
    """

    id: int
    edition_id: str
    subscriber_id: int
    email: str
    message_id: str
    state: DeliveryState
    attempts: int = 0
    key_id: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one hand-over: ACCEPTED, SOFT, HARD or UNKNOWN, and the relay's words or ours."""

    state: DeliveryState
    text: str


@dataclass(frozen=True, slots=True)
class Pace:
    """The most mails that we claim in a time; 0 is no limit."""

    per_second: int = 0
    per_hour: int = 0
    domain_per_minute: int = 0


class SendingState(enum.StrEnum):
    """Whether an edition's mail goes out: RUNNING; PAUSED by a person; HELD by a brake; CANCELLED for good."""

    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Sending:
    """An edition that goes out by mail.

    ``accepted``, ``refused`` (for good) and ``complaints`` count since it began or was resumed: for the brakes.
    ``purpose`` is the consent that it needs, ``started_at`` the first claim (None: nothing was claimed yet).
    """

    edition_id: str
    channel_id: str
    purpose: Purpose
    state: SendingState
    reason: str
    recipients: int
    accepted: int
    refused: int
    complaints: int
    created_at: datetime
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs tokens. Its id stands in them, so that keys can follow one another."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must look at: raised once, counted when it happens again, ended by a person or a cure."""

    kind: str
    subject: str
    text: str
    remedy: str
    count: int
    first_at: datetime
    last_at: datetime
