# SPDX-License-Identifier: Apache-2.0
"""What the pages show: items with their decision for every channel, and the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syndicate.model import Channel, Decision, Medium
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.pipeline.leaving import TAKEN_BACK
from syndicate.publish.page import ChannelSummary, PageItem
from syndicate.rights.policy import waits
from syndicate.store import StoredItem, Transaction

FRONT_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Gone:
    """An item or digest that may not be shown any longer, and why in words for readers."""

    because: str


def front(composing: Composing, channels: Sequence[Channel]) -> list[PageItem]:
    """The newest items that the pages may show, each decided for every channel."""
    with composing.store.read() as tx:
        rows = _page_items(composing, tx, tx.items.newest(FRONT_LIMIT), channels)
    return [row for row in rows if _hidden(row, channels) is None]


def one(composing: Composing, item_id: str, channels: Sequence[Channel]) -> PageItem | Gone | None:
    """One item by its id; None if we do not hold it or have to wait with it, ``Gone`` if it may not be shown."""
    with composing.store.read() as tx:
        stored = tx.items.get([item_id]).get(item_id)
        if stored is None:
            return None
        row = _page_items(composing, tx, [stored], channels)[0]
    if stored.withdrawn:
        return Gone(TAKEN_BACK)
    hidden = _hidden(row, channels)
    return row if hidden is None else None if waits(hidden) else Gone(f"{hidden.because}.")


def _hidden(row: PageItem, channels: Sequence[Channel]) -> Decision | None:
    """The decision that keeps an item off the pages; None if any channel that is not printed may show it."""
    told = [d for d, channel in zip(row.decisions, channels, strict=True) if channel.medium is not Medium.PRINT]
    return None if not told or any(d.mode for d in told) else told[0]


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
