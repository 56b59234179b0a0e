# SPDX-License-Identifier: Apache-2.0
"""What a feed takes back is taken back here: its tombstones withdraw items, on record, in the poll's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from syndicate.model import Retraction
from syndicate.store import LedgerKind, StoredItem, Transaction


def retract(tx: Transaction, retractions: Iterable[Retraction], now: datetime) -> tuple[str, ...]:
    """Withdraw the items that we hold and that were not updated since; their ids. Each is withdrawn once."""
    named = {retraction.item_id: retraction for retraction in retractions}
    held = tx.items.get(list(named))
    gone = {one: named[one] for one, stored in held.items() if _holds(stored, named[one])}
    tx.items.withdraw(list(gone))
    if gone:
        tx.channels.decide_again(now)
    told = [(one, {"at": r.when, "words": r.evidence.value, "url": r.evidence.url}) for one, r in gone.items()]
    tx.ledger.record_all(LedgerKind.RETRACTION, told, at=now)
    return tuple(gone)


def _holds(stored: StoredItem, retraction: Retraction) -> bool:
    """Spec: RFC 6721 3, a tombstone older than the entry says nothing about it."""
    updated = stored.item.updated or stored.item.published
    return not stored.withdrawn and (updated is None or updated <= retraction.when)
