# SPDX-License-Identifier: Apache-2.0
"""What was decided and what goes out: decisions, duties, editions and their proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.model.items import Chain, Evidence, Item
from syndicate.model.terms import Channel, Limit
from syndicate.model.vocabulary import Mode


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
    | O19 |                                  | whom to tell       |                      | before, after; (``start``)|
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
class Override:
    """A person carries an item no further than ``mode`` on a channel ("" is every one), whatever terms permit."""

    channel_id: str
    mode: Mode
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision needs to know of an item beside the item: when we saw it first, whether somebody picked it.

    ``place`` is its place among those of its publisher's items that the channel could carry, counted from 1 in the
    calendar month (UTC) of ``first_seen``, and ``published`` how many items the publisher brought in that month; both
    are 0 where nobody counted. ``told`` is when its publisher was told of it beforehand. ``at_most`` is how far a
    person lets it be carried.
    """

    first_seen: datetime | None = None
    pick: Pick | None = None
    place: int = 0
    published: int = 0
    told: datetime | None = None
    at_most: Mode = Mode.FULL


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
    limit: Limit = field(default_factory=Limit)
    policy: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item on its way into an edition: what it is, whose it is, what was decided.

    ``corrected`` is when its words became others though its publisher gave it no new date.
    """

    item: Item
    chain: Chain
    decision: Decision
    first_seen: datetime
    corrected: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One finished document. ``name`` is rss, atom, json, page or mail; ``templates`` are the files that worded it.

    ``style`` is the text of the site's own style sheet, where the document links to that.
    """

    name: str
    media_type: str
    content: bytes
    templates: tuple[str, ...] = ()
    style: str = ""


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

    ``sent`` is when it went out, ``version`` tells this change from later ones; ``editions`` are the ids of all that
    carried another version.
    """

    item_id: str
    title: str
    publisher: str
    sent: datetime
    url: str = ""
    version: str = ""
    editions: tuple[str, ...] = ()


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
