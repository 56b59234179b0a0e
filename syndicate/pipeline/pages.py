# SPDX-License-Identifier: Apache-2.0
"""What the pages show: stories as far as the site itself may carry them, decided like every other channel.

The pages are a channel. Where the configuration names one (``kind: page``, ``medium: web``) they are that; else they
are what the strictest of the web feeds is, and where there is no web feed they carry links alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from syndicate.model import (
    Ads,
    Beacons,
    Channel,
    ChannelKind,
    Decision,
    Entry,
    Evidence,
    Limit,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Select,
)
from syndicate.pipeline.compose import PAGE, Composing, as_work
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.pipeline.leaving import TAKEN_BACK
from syndicate.publish.excerpt import as_link, settle
from syndicate.publish.page_item import ChannelSummary, PageItem
from syndicate.rights.policy import waits
from syndicate.rights.signals import no_index
from syndicate.store import StoredItem, Transaction

LEAD = Limit(words=150, paragraphs=3)
BEGINNING = Limit(words=60, paragraphs=1)
NEWEST = 60
LINKS_ONLY = ("pages-unset", "No channel of this site carries text on the web.")
USES = (
    Channel("community-site", ChannelKind.PAGE, Medium.WEB, Purpose.COMMUNITY),
    Channel("mailing-list", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY),
    Channel("commercial-site", ChannelKind.PAGE, Medium.WEB, Purpose.COMMERCIAL, ads=Ads.AROUND),
    Channel("printed", ChannelKind.PAGE, Medium.PRINT, Purpose.COMMUNITY),
)
"""What others may want to do with a story: answered from what its publishers say in public."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An item or digest that may not be shown any longer, and why in words for readers."""

    because: str


def site_channel(channels: Sequence[Channel]) -> Channel:
    """The channel that the pages are; they never carry counters."""
    web = [one for one in channels if one.medium is Medium.WEB]
    named = next((one for one in web if one.kind is ChannelKind.PAGE), None)
    if named:
        return replace(named, beacons=Beacons.REFUSE)
    return Channel(
        "pages",
        ChannelKind.PAGE,
        Medium.WEB,
        Purpose.COMMERCIAL if any(one.purpose is Purpose.COMMERCIAL for one in web) else Purpose.COMMUNITY,
        ads=max((one.ads for one in web), default=Ads.NONE),
        paid=any(one.paid or one.sale for one in web),
        donations=any(one.donations for one in web),
        republisher=frozenset.intersection(*(one.republisher for one in web)) if web else frozenset(),
    )


@dataclass(slots=True)
class Desk:
    """Decides for the pages, at one time, over one state of the database."""

    composing: Composing
    tx: Transaction
    channels: Sequence[Channel]
    now: datetime
    publishers: dict[str, Publisher] = field(init=False)
    channel: Channel = field(init=False)

    def __post_init__(self) -> None:
        self.publishers = on_record(self.composing.publishers, self.tx, self.now)
        self.channel = site_channel(self.channels)

    def bench(self, channel: Channel) -> Bench:
        """What decides for a channel, with all that is on record."""
        return Bench(self.publishers, self.tx, channel, self.now)

    def whole(self, heads: Sequence[StoredItem]) -> list[tuple[StoredItem, StoredItem, Entry]]:
        """For each of these works that the pages select: it, its best lawful copy, and what a page of its own carries.

        Those that are withheld are among them.
        """
        best = self.bench(self.channel).carry(head.work_id for head in heads)
        return [
            (head, copy, self._entry(head, copy, decision))
            for head in heads
            if head.work_id in best
            for copy, decision in [best[head.work_id]]
        ]

    def begun(self, found: Sequence[tuple[StoredItem, StoredItem, Entry]], most: Limit) -> list[PageItem]:
        """The same for a list: no more of each than its beginning, within ``most``.

        What is to be kept out of search engines is a link here: its own page is, and lists are found by them.
        """
        copies = [copy for _, copy, _ in found]
        decisions = self.bench(replace(self.channel, most=most)).decide(copies)
        entries = (
            linked(whole) if no_index(stated(copy)) else self._entry(head, copy, decision)
            for (head, copy, whole), decision in zip(found, decisions, strict=True)
        )
        return [PageItem(now, whole.decision.mode) for now, (_, _, whole) in zip(entries, found, strict=True)]

    def bare(self, found: Sequence[tuple[StoredItem, StoredItem, Entry]]) -> list[PageItem]:
        """The same for a list that names stories and carries nothing of them."""
        return [PageItem(linked(entry), entry.decision.mode) for _, _, entry in found]

    def own_page(self, head: StoredItem) -> PageItem | None:
        """A story for its own page, with what channels and other people may do; None if the pages do not select it."""
        found = self.whole([head])
        if not found:
            return None
        _, copy, entry = found[0]
        decisions = tuple(self.bench(channel).decide([copy])[0] for channel in self.channels)
        return PageItem(entry, entry.decision.mode, decisions, self._uses(copy), self.printed(copy, entry.decision))

    def _entry(self, head: StoredItem, copy: StoredItem, decision: Decision) -> Entry:
        entry = settle(as_work(head, copy, decision))
        carries = self.channel.id != "pages" or any(one.medium is Medium.WEB for one in self.channels)
        return entry if carries or entry.decision.mode <= Mode.LINK else as_link(entry, *LINKS_ONLY)

    def _uses(self, copy: StoredItem) -> tuple[Decision, ...]:
        """What others may do, by what is said in public: a letter to us permits nobody else."""
        said = {
            one.id: replace(one, records=tuple(r for r in one.records if r.evidence or r.licence or not r.grants))
            for one in self.publishers.values()
        }
        return tuple(Bench(said, self.tx, channel, self.now).decide([copy])[0] for channel in USES)

    def printed(self, copy: StoredItem, decision: Decision) -> bool:
        """Whether what the page carries may be printed: asked as a print of the page, with its purpose."""
        named = next((one for one in self.channels if one.medium is Medium.PRINT), None)
        channel = named or replace(self.channel, id="printed", medium=Medium.PRINT, select=Select())
        return self.bench(channel).decide([copy])[0].mode >= decision.mode


def stated(copy: StoredItem) -> tuple[Evidence, ...]:
    """All that is stated of a copy, by itself and at the hops before it."""
    return (*copy.item.evidence, *(one for hop in copy.chain.hops for one in hop.evidence))


def linked(entry: Entry) -> Entry:
    """An entry for a list that carries no text: a link, whatever its own page carries."""
    return as_link(entry, "list", entry.decision.because) if entry.decision.mode > Mode.LINK else entry


def works(tx: Transaction) -> Iterator[list[StoredItem]]:
    """All works in pages, the newest first."""
    before = None
    while page := tx.items.newest(PAGE, before=before):
        yield page
        before = (page[-1].order_at, page[-1].item.id)


def front(composing: Composing, channels: Sequence[Channel]) -> list[PageItem]:
    """The newest stories that the pages show, each as its own page has it."""
    with composing.store.read() as tx:
        desk = Desk(composing, tx, channels, composing.clock())
        found = [desk.own_page(head) for head in tx.items.newest(NEWEST)]
    return [row for row in found if row and row.mode > Mode.WITHHOLD]


def one(composing: Composing, item_id: str, channels: Sequence[Channel]) -> PageItem | Gone | None:
    """One story by its id, or one copy of it; None if we do not hold it or have to wait with it.

    ``Gone`` if it may not be shown.
    """
    with composing.store.read() as tx:
        stored = tx.items.get([item_id]).get(item_id)
        if stored is None:
            return None
        if (stored.withdrawn and stored.work_id != item_id) or tx.works.gone([item_id]):
            return Gone(TAKEN_BACK)
        row = Desk(composing, tx, channels, composing.clock()).own_page(replace(stored, work_id=item_id))
    if row is None or row.mode > Mode.WITHHOLD:
        return row
    decision = row.entry.decision
    return None if waits(decision) else Gone(f"{decision.because}.")


def summaries(composing: Composing, channels: Sequence[Channel]) -> list[ChannelSummary]:
    """Each channel with the time of its newest release."""
    with composing.store.read() as tx:
        latest = {channel.id: tx.editions.last_digest(channel.id) for channel in channels}
    return [ChannelSummary(c, edition.released_at if (edition := latest[c.id]) else None) for c in channels]
