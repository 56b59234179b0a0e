# SPDX-License-Identifier: Apache-2.0
"""What leaves a feed: items that time, terms or their publisher took away leave a tombstone, however old they are.

Items that only made room for newer ones stay present: they are looked at again when their decision falls due, when any
terms change, or when their publisher takes them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from syndicate.model import Channel, Edition, Entry, Mode, Publisher, Tombstone
from syndicate.pipeline.deciding import Bench, on_record, terms_sha256
from syndicate.store import Transaction

KEPT = timedelta(days=90)
"""How long a feed tells of what left it."""

MOST = 100
TAKEN_BACK = "Its publisher took it back."
SAME_STORY = "It is the same story as another entry."


def leaving(
    publishers: Mapping[str, Publisher], tx: Transaction, channel: Channel, entries: Sequence[Entry], now: datetime
) -> tuple[Tombstone, ...]:
    """The tombstones of a feed that is to carry ``entries``: of those that leave now, and of those that left lately."""
    told = on_record(publishers, tx, now)
    present = set(tx.presence.ids(channel.id))
    modes = {entry.item.id: entry.decision for entry in entries}
    gone = [
        Tombstone(id_, now, f"{decision.because}.")
        for id_, decision in modes.items()
        if id_ in present and decision.mode is Mode.WITHHOLD
    ]
    again = present if tx.channels.terms_sha256(channel.id) != terms_sha256(told) else tx.presence.due(channel.id, now)
    others = sorted(set(again) - modes.keys())
    decided = Bench(told, tx, channel, now).carry(others)
    gone += [Tombstone(one, now, f"{d.because}.") for one, (_, d) in decided.items() if not d.mode]
    gone += [Tombstone(one, now, TAKEN_BACK) for one in tx.works.gone(others)]
    gone += [Tombstone(one, now, SAME_STORY) for one in tx.presence.merged(channel.id) if one not in modes]
    carried = {entry.item.id for entry in entries if entry.decision.mode}
    before = [stone for stone in tx.presence.left(channel.id, now - KEPT, MOST) if stone.item_id not in carried]
    each = {stone.item_id: stone for stone in reversed(gone)}
    return tuple((*sorted(each.values(), key=lambda stone: stone.item_id), *before)[:MOST])


def follow(publishers: Mapping[str, Publisher], tx: Transaction, edition: Edition, now: datetime) -> None:
    """Note what the feed carries and what left it, and when it has to be decided again."""
    channel, told = edition.channel, on_record(publishers, tx, now)
    tx.presence.went(channel.id, edition.tombstones)
    tx.presence.came(channel.id, {e.item.id: e.decision.until for e in edition.entries if e.decision.mode}, now)
    stayed = Bench(told, tx, channel, now).carry(tx.presence.due(channel.id, now))
    tx.presence.came(channel.id, {one: d.until for one, (_, d) in stayed.items() if d.mode}, now)
    waiting = [e.decision.until for e in edition.entries if e.decision.until]
    edges = [*waiting, *filter(None, (tx.presence.next_due(channel.id), tx.terms.next_change(now)))]
    tx.channels.decided(channel.id, terms_sha256(told), min(edges, default=None))
