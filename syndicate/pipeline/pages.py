# SPDX-License-Identifier: Apache-2.0
"""What the pages show: items with their decision for every channel, and the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from syndicate.model import Channel, Decision, Medium
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.pipeline.leaving import TAKEN_BACK
from syndicate.publish.page import ChannelSummary, PageItem
from syndicate.rights.policy import waits
from syndicate.rights.works import rank
from syndicate.store import StoredItem, Transaction

FRONT_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Gone:
    """An item or digest that may not be shown any longer, and why in words for readers."""

    because: str


def front(composing: Composing, channels: Sequence[Channel]) -> list[PageItem]:
    """The newest stories that the pages may show, each by one of its copies, decided for every channel."""
    with composing.store.read() as tx:
        heads = tx.items.newest(FRONT_LIMIT)
        works = tx.works.of(head.work_id for head in heads)
        rows = [_story(composing, tx, head.work_id, works[head.work_id], channels) for head in heads]
    return [row for row in rows if _hidden(row, channels) is None]


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
        row = _story(composing, tx, item_id, tx.works.of([item_id]).get(item_id, [stored]), channels)
    hidden = _hidden(row, channels)
    return row if hidden is None else None if waits(hidden) else Gone(f"{hidden.because}.")


def _hidden(row: PageItem, channels: Sequence[Channel]) -> Decision | None:
    """The decision that keeps an item off the pages; None if any channel that is not printed may show it."""
    told = [d for d, channel in zip(row.decisions, channels, strict=True) if channel.medium is not Medium.PRINT]
    return None if not told or any(d.mode for d in told) else told[0]


def _story(
    composing: Composing, tx: Transaction, item_id: str, copies: Sequence[StoredItem], channels: Sequence[Channel]
) -> PageItem:
    """The copy of a work that the channels together may carry furthest, under the id that was asked for."""
    rows = _page_items(composing, tx, copies, channels)
    best = min(rows, key=lambda row: rank(row.item, row.chain, [d.mode for d in row.decisions], row.first_seen))
    return replace(best, item=replace(best.item, id=item_id))


def _page_items(
    composing: Composing, tx: Transaction, stored: Sequence[StoredItem], channels: Sequence[Channel]
) -> list[PageItem]:
    now = composing.clock()
    publishers = on_record(composing.publishers, tx, now)
    columns = [Bench(publishers, tx, channel, now).decide(stored) for channel in channels]
    decided = zip(*columns, strict=True) if columns else ((),) * len(stored)
    return [PageItem(s.item, s.chain, ds, s.first_seen) for s, ds in zip(stored, decided, strict=True)]


def summaries(composing: Composing, channels: Sequence[Channel]) -> list[ChannelSummary]:
    """Each channel with the time of its newest release."""
    with composing.store.read() as tx:
        latest = {channel.id: tx.editions.last_digest(channel.id) for channel in channels}
    return [ChannelSummary(c, edition.released_at if (edition := latest[c.id]) else None) for c in channels]
