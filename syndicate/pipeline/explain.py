# SPDX-License-Identifier: Apache-2.0
"""Why an item goes where it goes, and what a configuration allows: answered by the same functions that decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model import Chain, Channel, Decision, DeliveryState, Hop, Item, Override, Role, Source
from syndicate.pipeline.compose import Composing, decide_all
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.rights.policy import decide
from syndicate.rights.trace import url_key
from syndicate.store import Carried, StoredItem, Transaction


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a work that we hold: its id, who shows it, and where."""

    item_id: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One item in one channel: the decision as of now, and what was proved in the latest edition that held it.

    ``other_copy`` tells that this edition held another copy of the same story. ``met`` are the duties, by their index
    in the decision, with the parts in which that edition was proved to keep them; none if it held another copy.
    ``accepted`` of the ``owed`` mails of that edition were taken by their recipients' servers; both are 0 if it is no
    mail. ``instead`` is the copy of the same story that the channel carries, None if it is this one. ``overrides`` are
    those by which a person carries less of it there than its terms permit.
    """

    channel: Channel
    decision: Decision
    edition: Carried | None = None
    accepted: int = 0
    owed: int = 0
    instead: Copy | None = None
    met: tuple[tuple[int, str], ...] = ()
    other_copy: bool = False
    overrides: tuple[Override, ...] = ()


def named(tx: Transaction, text: str) -> list[StoredItem]:
    """The items that an id, an address of theirs or that of our page of it names, the earliest first."""
    wanted = text.strip()
    ours = wanted.rpartition("/items/")[2].rstrip("/")
    return tx.items.find(*filter(None, (ours, wanted, url_key(wanted))))


def explain(composing: Composing, stored: StoredItem, channels: Sequence[Channel]) -> list[Explanation]:
    """The item in each of these channels."""
    now = composing.clock()
    with composing.store.read() as tx:
        carried = tx.editions.carried(stored.work_id)
        told = on_record(composing.publishers, tx, now)
        best = {c.id: Bench(told, tx, c, now).carry([stored.work_id]).get(stored.work_id) for c in channels}
        entries = [decide_all(composing, tx, channel, [stored], now)[0] for channel in channels]
        narrowed = tx.overrides.of([stored.work_id]).get(stored.work_id, [])
        latest = {edition.channel_id: edition for edition in reversed(carried)}
        counts = {channel: tx.outbox.counts(edition.edition_id) for channel, edition in latest.items()}
    accepted = {channel: by_state.get(DeliveryState.ACCEPTED, 0) for channel, by_state in counts.items()}
    owed = {channel: sum(by_state.values()) for channel, by_state in counts.items()}
    instead = {one: _copy(found[0]) for one, found in best.items() if found and found[0].item.id != stored.item.id}
    return [
        Explanation(
            channel=c,
            decision=e.decision,
            edition=latest.get(c.id),
            accepted=accepted.get(c.id, 0),
            owed=owed.get(c.id, 0),
            instead=instead.get(c.id),
            met=_met(stored, e.decision, latest.get(c.id)),
            other_copy=c.id in latest and not _holds(latest[c.id], stored),
            overrides=tuple(one for one in narrowed if one.channel_id in ("", c.id)),
        )
        for c, e in zip(channels, entries, strict=True)
    ]


def _holds(edition: Carried, stored: StoredItem) -> bool:
    """Whether it is this copy that the edition held."""
    return (edition.source_id, edition.identity) == (stored.item.source_id, stored.item.identity)


def _met(stored: StoredItem, decision: Decision, edition: Carried | None) -> tuple[tuple[int, str], ...]:
    """Which duties, as they are now, the edition was proved to keep for this copy, and in which part.

    A duty that has changed since then, say to another name in the credit, is another one, and so is each where it was
    carried less far or further: of that nothing is proved.
    """
    if edition is None or edition.mode != decision.mode or not _holds(edition, stored):
        return ()
    held = [number for number, duty in enumerate(decision.duties) if duty in edition.duties]
    return tuple(
        (number, one.part) for number in held for one in edition.proved if one.duty == decision.duties[number].id
    )


def copies(composing: Composing, stored: StoredItem) -> tuple[Copy, ...]:
    """All copies that we hold of the work that an item shows, the one seen first before the others."""
    with composing.store.read() as tx:
        return tuple(map(_copy, tx.works.of([stored.work_id]).get(stored.work_id, ())))


def _copy(stored: StoredItem) -> Copy:
    return Copy(stored.item.id, stored.chain.hops[-1].name, stored.item.url)


def matrix(
    sources: Sequence[Source], channels: Sequence[Channel], now: datetime
) -> list[tuple[Source, tuple[Decision, ...]]]:
    """What each source's publisher allows each channel for its own work, by the operator's record alone.

    Of an item that is just old enough to be shown, that belongs to no section and that nobody has picked.
    """
    rows = []
    for source in sources:
        publisher = source.publisher
        item = Item(
            id="i-0", source_id=source.id, publisher_id=publisher.id, identity="", url=publisher.home or source.url,
            title="", html="", text="",
        )  # fmt: skip
        waited = max((grant.embargo for record in publisher.records for grant in record.grants), default=0)
        chain = Chain((Hop(Role.ORIGIN, publisher.name, publisher.id, item.url, now - timedelta(seconds=waited)),))
        decisions = tuple(decide(item, chain, channel, {publisher.id: publisher}, now) for channel in channels)
        rows.append((source, decisions))
    return rows
