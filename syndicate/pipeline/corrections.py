# SPDX-License-Identifier: Apache-2.0
"""Stories that were changed or taken back after a digest carried them: the next one tells its readers.

What counts is what readers saw: another title, or other text where text was carried. Each version is told once.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.model import Channel, Correction, Edition, Entry, Item, Mode, Publisher
from syndicate.pipeline.deciding import Bench, copy_id, on_record
from syndicate.store import LedgerKind, StoredItem, Transaction

LOOKED_BACK = timedelta(days=60)


def corrections(
    publishers: Mapping[str, Publisher], tx: Transaction, channel: Channel, now: datetime
) -> tuple[Correction, ...]:
    """What the channel's readers were sent in the last 60 days and is not so any more, as far as it was not told."""
    sent = tx.editions.outdated(channel.id, now - LOOKED_BACK)
    held = tx.items.get([copy_id(entry) for _, _, entry in sent])
    gone = tx.works.gone([entry.item.id for _, _, entry in sent])
    differing: dict[str, list[tuple[str, datetime, Entry, StoredItem]]] = defaultdict(list)
    for edition_id, when, entry in sent:
        stored = held.get(copy_id(entry))
        if stored is not None and entry.item.id in gone:
            stored = replace(stored, withdrawn=True)
        if stored is not None and _differs(entry, stored) and not _is_told(tx, channel, stored):
            differing[entry.item.id].append((edition_id, when, entry, stored))
    newest = [rows[-1] for rows in differing.values()]
    bench = Bench(on_record(publishers, tx, now), tx, channel, now)
    decided = zip(differing.values(), bench.decide([stored for _, _, _, stored in newest]), strict=True)
    return tuple(_correction(rows) for rows, d in decided if d.mode or rows[-1][3].withdrawn)


def note(tx: Transaction, edition: Edition, now: datetime) -> None:
    """Put on record which corrections an edition told."""
    lines = [
        (one.item_id, {"channel": edition.channel.id, "edition": edition.id, "version": one.version, "sent": one.sent})
        for one in edition.corrections
    ]
    tx.ledger.record_all(LedgerKind.CORRECTION, lines, at=now)


def _correction(rows: Sequence[tuple[str, datetime, Entry, StoredItem]]) -> Correction:
    """What is told of an item, as the newest edition carried it."""
    _, when, entry, stored = rows[-1]
    return Correction(
        item_id=stored.item.id,
        title=entry.item.title or stored.item.title,
        publisher=entry.chain.hops[0].name,
        sent=when,
        url="" if stored.withdrawn else stored.item.url,
        version=_version(stored),
        editions=tuple(edition_id for edition_id, _, _, _ in rows),
    )


def _differs(entry: Entry, stored: StoredItem) -> bool:
    """Whether readers saw something else than what stands there now."""
    saw, now = entry.item, stored.item
    text = entry.decision.mode > Mode.LINK and saw.text.split() != now.text.split()
    return stored.withdrawn or text or saw.title.split() != now.title.split()


def _is_told(tx: Transaction, channel: Channel, stored: StoredItem) -> bool:
    told = tx.ledger.tail(100, LedgerKind.CORRECTION, stored.item.id)
    return any((row.data["channel"], row.data["version"]) == (channel.id, _version(stored)) for row in told)


def _version(stored: StoredItem) -> str:
    return "taken back" if stored.withdrawn else _fingerprint(stored.item)


def _fingerprint(item: Item) -> str:
    words = f"{item.title} {item.text}".split()
    return hashlib.sha256(" ".join(words).encode()).hexdigest()
