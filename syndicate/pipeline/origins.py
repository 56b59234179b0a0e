# SPDX-License-Identifier: Apache-2.0
"""TRACE, once more: what has arrived is compared with all that we hold, by its credits and by its words.

Runs in the transaction that stores the items: nobody reads an item that was not compared. A copy that came before its
origin gets the longer chain when the origin arrives, and so does whatever credits or repeats that copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from syndicate.model import Chain, Item, Known, Publisher
from syndicate.rights.origins import Sighting, age, by_text
from syndicate.rights.shingles import shingles
from syndicate.rights.trace import credited, keys_of, trace
from syndicate.store import StoredItem, Transaction

WAVES = 8
"""Chains are followed through so many hops that come to light one after the other."""


def settle(tx: Transaction, publishers: Mapping[str, Publisher], arrived: Sequence[Item]) -> None:
    """Give what has just been stored, and what depends on it, the chain that all we hold now tells of it."""
    tx.shingles.put({item.id: shingles(item) for item in arrived})
    moved = arrived
    for _ in range(WAVES):
        moved = _retrace(tx, publishers, _touched(tx, moved)) if moved else ()


def flat(groups: Iterable[Iterable[str]]) -> list[str]:
    """Every member of the groups, once, in order."""
    return sorted({member for group in groups for member in group})


def _touched(tx: Transaction, moved: Sequence[Item]) -> list[str]:
    """The items that share words with these or credit them."""
    similar = tx.shingles.similar([item.id for item in moved])
    return flat([similar, *similar.values(), tx.items.crediting(flat(keys_of(item) for item in moved))])


def _retrace(tx: Transaction, publishers: Mapping[str, Publisher], ids: Sequence[str]) -> list[Item]:
    """Trace these items, the oldest first; those whose chain has changed."""
    similar = tx.shingles.similar(ids)
    seen = {one: _sighting(stored) for one, stored in tx.items.get(flat([ids, *similar.values()])).items()}
    known = tx.items.known(flat(credited(seen[one].item) for one in ids))
    moved = []
    for mine in sorted((seen[one] for one in ids), key=age):
        item = mine.item
        publisher = publishers.get(item.publisher_id) or Publisher(item.publisher_id, item.publisher_id)
        chain = trace(item, publisher, known, tuple(publishers.values()))
        others = [seen[other] for other in similar.get(item.id, ())]
        chain = by_text(replace(mine, chain=chain), publisher, others)
        if chain != mine.chain:
            tx.items.set_chain(item.id, chain)
            seen[item.id] = replace(mine, chain=chain)
            known |= _known_anew(known, item, chain)
            moved.append(item)
    return moved


def _known_anew(known: Mapping[str, Known], item: Item, chain: Chain) -> dict[str, Known]:
    return {key: Known(item, chain) for key, one in known.items() if one.item.id == item.id}


def _sighting(stored: StoredItem) -> Sighting:
    return Sighting(stored.item, stored.chain, stored.first_seen, stored.not_before)
