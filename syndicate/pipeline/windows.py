# SPDX-License-Identifier: Apache-2.0
"""What each reader is sent next, without a gap: a window begins where the last edition that the reader was owed ended.

Most readers of a track were owed its last edition, and get its next. Whoever chose another track since was last owed an
edition of that one: they join by an edition of their own, at the track's next time, with all that came since theirs and
nothing of what they had. From then on they are readers like the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Channel, Subscriber
from syndicate.pipeline.cadence import came_from, joining, list_of
from syndicate.store import EditionSummary, Transaction

NONE = "0"
"""In place of an edition: the list had none before they came."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of a channel or track: those of its next edition, and by their last edition those who join."""

    next: tuple[Subscriber, ...]
    joining: Mapping[str, tuple[Subscriber, ...]]


def readers(tx: Transaction, channel: Channel) -> Readers:
    """Who gets what of a channel or track when its time comes."""
    active = tx.people.active(*list_of(channel))
    last = tx.editions.last_digest(channel.id)
    begins = last.created if last else tx.channels.since(channel.id)
    had = tx.outbox.owed(channel.id, last.created) if last else frozenset[int]()
    elsewhere = tx.outbox.owed_since(list_of(channel)[0], begins)
    others = [one.id for one in active if one.id not in had or one.id in elsewhere]
    owed, joined = tx.outbox.last_owed(others), tx.people.joined(others)
    groups: dict[str, list[Subscriber]] = defaultdict(list)
    for one in active:
        groups[_comes_from(tx, channel, begins, owed.get(one.id), joined.get(one.id))].append(one)
    return Readers(tuple(groups.pop("", ())), {name: tuple(group) for name, group in groups.items()})


def _comes_from(
    tx: Transaction, channel: Channel, begins: datetime, theirs: EditionSummary | None, joined: datetime | None
) -> str:
    """The edition where the window of a reader begins, if the channel's next one, from ``begins`` on, is not theirs."""
    if joined is None:  # they were owed the channel's last edition
        return ""
    if theirs is None or joined > theirs.created:  # nothing since they came, or came back
        return "" if begins <= joined else _before(tx, channel, joined)
    mine = joining(channel, came_from(theirs.channel_id)).id == theirs.channel_id
    return "" if theirs.created == begins or (mine and theirs.created > begins) else theirs.id


def _before(tx: Transaction, channel: Channel, joined: datetime) -> str:
    """The list's last edition before somebody came."""
    earlier = (one.id for one in tx.editions.digests(list_of(channel)[0]) if one.created <= joined)
    return next(earlier, NONE)


def readers_of(tx: Transaction, channel: Channel) -> tuple[Subscriber, ...]:
    """Who gets the next edition of a channel, of a track, or of those who join one."""
    edition_id = came_from(channel.id)
    if not edition_id:
        return readers(tx, channel).next
    return readers(tx, joining(channel, "")).joining.get(edition_id, ())
