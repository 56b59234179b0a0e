# SPDX-License-Identifier: Apache-2.0
"""What a feed takes back is taken back here: its tombstones withdraw items, on record, in the poll's transaction.

Absence takes nothing back, but it is a reason to look: where an item is missing among those that a feed lists, its page
is asked whether it is still there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from syndicate.model import Retraction, Source, WebPages
from syndicate.store import LedgerKind, StoredItem, Transaction

MISSING = 20
"""Items of one source that are looked for after one poll, the newest."""


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


def look_for_missing(tx: Transaction, source: Source, listed: Collection[str], now: datetime) -> None:
    """Have the pages read of items that a document left out although older ones stand in it.

    ``listed`` are the ids in the document. Nothing where the operator wants no pages of the source read.
    """
    if source.pages is WebPages.NEVER:
        return
    here = {*tx.holding.canonical([*listed]).values()}
    newest = tx.holding.glimpses(source.id, len(here) + MISSING)
    oldest = max((place for place, one in enumerate(newest) if one.id in here), default=0)
    missing = [one for one in newest[:oldest] if one.id not in here]
    tx.webpages.want_again({one.id: one.url for one in missing[:MISSING]}, now)


def _holds(stored: StoredItem, retraction: Retraction) -> bool:
    """Spec: RFC 6721 3, a tombstone older than the entry says nothing about it."""
    updated = stored.item.updated or stored.item.published
    return not stored.withdrawn and (updated is None or updated <= retraction.when)
