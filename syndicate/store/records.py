# SPDX-License-Identifier: Apache-2.0
"""What the store answers with where the model has no noun for it: frozen, and complete without the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syndicate.model import (
    Chain,
    ChannelKind,
    Duty,
    Edition,
    Finding,
    Health,
    Item,
    Memory,
    Mode,
    Proved,
    Record,
    Subscriber,
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where the polling of one source stands.

    ``url`` is the configured one, ``host`` the one that is burdened. ``next_poll_at`` is None for a source that is not
    polled any more, ``next_why`` its reason in words; before ``wait_until`` its server wants to be left alone.
    ``failures`` are those in a row, ``failing_since`` when they began. ``claims`` is the number of the last claim.
    """

    source_id: str
    url: str
    host: str
    title: str
    etag: str
    last_modified: str
    body_sha256: str
    memory: Memory
    health: Health
    health_why: str
    health_since: datetime
    next_poll_at: datetime | None
    next_why: str
    wait_until: datetime | None
    first_polled_at: datetime | None
    last_success_at: datetime | None
    failures: int
    failing_since: datetime | None
    last_error: str
    polls: int
    claims: int
    paused_at: datetime | None
    removed: bool


@dataclass(frozen=True, slots=True)
class PollRun:
    """One poll: ``bytes`` fetched, ``seconds`` taken, ``error`` empty if it succeeded."""

    source_id: str
    at: datetime
    status: int
    bytes: int
    new: int
    changed: int
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What became of a source: ``kind`` is broke, recovered, moved, held, released, gone or renamed."""

    source_id: str
    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """An item by what tells it from others."""

    id: str
    url: str
    title: str
    published: datetime | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """The ids of the items that a poll brought for the first time, and of those that it changed."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as we hold it.

    ``order_at`` is the earlier of published and first seen, ``first_poll`` tells whether it came with the first poll of
    its source, ``revision`` counts from 1. ``not_before`` is when its source was last polled without it. ``work_id`` is
    the id of the item that was seen first of all that show the same work. ``corrected`` is when its words were last
    found to be others though its publisher gave it no new date; None if they never were.
    """

    item: Item
    chain: Chain
    first_seen: datetime
    order_at: datetime
    not_before: datetime | None
    first_poll: bool
    revision: int
    withdrawn: bool
    work_id: str
    corrected: datetime | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A work, by the item of it that was seen first, without its words; fields as those of ``StoredItem``."""

    item_id: str
    work_id: str
    first_seen: datetime
    order_at: datetime


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search for items is about; what is left out narrows nothing.

    ``words`` stand in the title, each of them in any case, or the item is of one of the publishers ``named``, who may
    be known by them. ``touching`` are publishers of whom one stands in its chain. ``since`` and ``until`` bound when we
    saw it first.
    """

    words: str = ""
    named: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    touching: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Traced:
    """What TRACE found of an item: its chain, what names the work (the same for all copies of it), and whom it credits.

    ``credits`` is "" for nobody, "known" for an outlet among our publishers, "stranger" for another, and "text" for
    nobody although the words are somebody else's.
    """

    item_id: str
    chain: Chain
    origin: str
    credits: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of a publisher's items: how many there are, how many credit somebody else, and how many credit a stranger.

    ``copied`` are those that credit nobody and are somebody else's work all the same.
    """

    items: int = 0
    crediting: int = 0
    strangers: int = 0
    copied: int = 0


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """An edition without its bytes and entries. ``state`` is composed, refused or released."""

    id: str
    channel_id: str
    kind: ChannelKind
    period: str
    created: datetime
    subject: str
    state: str
    items: int
    released_at: datetime | None


def edition_summary(row: Any) -> EditionSummary:
    """What stands in a row of the table of editions."""
    return EditionSummary(
        id=row.id,
        channel_id=row.channel_id,
        kind=ChannelKind(row.kind),
        period=row.period,
        created=row.created,
        subject=row.subject,
        state=row.state,
        items=row.items,
        released_at=row.released_at,
    )


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition with all that is needed to prove it again and release it.

    A refused edition has neither parts nor entries: it can only be composed anew.
    """

    summary: EditionSummary
    edition: Edition
    proved: tuple[Proved, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """The edition of a period, and whether this call stored it (False: it existed, and nothing was written)."""

    edition: EditionSummary
    is_new: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A work in one edition: with which mode, which duties it had there, and which of them were found met.

    ``source_id`` and ``identity`` tell the copy of it that was carried, ``publisher`` and ``url`` who shows that one.
    """

    edition_id: str
    channel_id: str
    period: str
    mode: Mode
    proved: tuple[Proved, ...]
    duties: tuple[Duty, ...]
    source_id: str
    identity: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class Stood:
    """One appearance of an item in what was released: since when, until when (None: it still stands there).

    ``accepted`` is how many mails of the edition were taken by their recipients' servers, 0 for what is no mail.
    ``mode`` is None, and ``edition_id`` "", where the edition is not kept any more.
    """

    item_id: str
    title: str
    url: str
    channel_id: str
    edition_id: str
    mode: Mode | None
    since: datetime
    until: datetime | None
    accepted: int
    proved: tuple[Proved, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of new addresses.

    ``added`` are on the list in the state asked for, ``kept`` were there before and are as they were (whoever left is
    among them), ``barred`` are the addresses on the suppression list.
    """

    added: tuple[Subscriber, ...]
    kept: tuple[Subscriber, ...]
    barred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedTerms:
    """A statement of terms that a command recorded.

    ``kind`` is "grant", "objection" or "import"; ``by`` recorded it ``at`` that time. It holds from ``since`` until
    before ``withdrawn_at``.
    """

    id: int
    publisher_id: str
    kind: str
    record: Record
    by: str
    at: datetime
    since: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that must not be written to, by its fingerprint; channel "" is all of them.

    ``erased_at``: the person asked to be forgotten then; whatever an older copy still knows of them goes too.
    """

    channel_id: str
    email_sha256: str
    reason: str
    at: datetime
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page that is to be read: of an item, or a publisher's page of terms (then ``item_id`` is "").

    ``sha256`` is of what was read last ("" if it never was), ``failures`` counts the tries since.
    """

    url: str
    publisher_id: str
    source_id: str = ""
    item_id: str = ""
    sha256: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True)
class PageState:
    """How the reading of an item's page stands. ``status`` is 0 and ``read_at`` None if it never answered."""

    url: str
    due_at: datetime | None
    read_at: datetime | None
    status: int
    sha256: str
    error: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Terms that a notice suggests, waiting for a person, or decided by one.

    ``place`` and ``url`` are where it stood, ``item_id`` an item that showed it; ``sha256`` is of the deciding words.
    ``reading`` has all that was read, with the quotes; ``why`` says why it is asked (again). ``state`` is "open",
    "confirmed", "rejected" or "superseded". ``times`` counts how often it was seen.
    """

    id: int
    publisher_id: str
    sha256: str
    place: str
    url: str
    item_id: str
    reading: Mapping[str, Any]
    why: str
    times: int
    found_at: datetime
    seen_at: datetime
    state: str
    by: str = ""
    decided_at: datetime | None = None
    statement_id: int = 0


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of the record."""

    id: int
    at: datetime
    kind: str
    subject: str
    data: Mapping[str, Any]
