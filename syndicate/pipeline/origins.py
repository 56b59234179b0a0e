# SPDX-License-Identifier: Apache-2.0
"""TRACE, once more: what has arrived is compared with all that we hold, by its credits and by its words.

Runs in the transaction that stores the items: nobody reads an item that was not compared. A copy that came before its
origin gets the longer chain when the origin arrives, and so does whatever credits or repeats that copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from syndicate.model import Chain, Item, Known, Publisher
from syndicate.rights.origins import Sighting, age, by_text, follows
from syndicate.rights.shingles import shingles
from syndicate.rights.trace import credited, keys_of, trace
from syndicate.store import Transaction

WAVES = 8
"""Chains are followed through so many hops that come to light one after the other."""


def settle(tx: Transaction, publishers: Mapping[str, Publisher], arrived: Sequence[Item]) -> None:
    """Give what has just been stored, and what depends on it, the chain that all we hold now tells of it."""
    tx.shingles.put({item.id: shingles(item) for item in arrived})
    similar = tx.shingles.similar([item.id for item in arrived])
    waiting = flat([similar, _followers(tx, arrived, similar)])
    for _ in range(WAVES):
        if not waiting:
            return
        moved = _retrace(tx, publishers, waiting)
        waiting = _followers(tx, moved, tx.shingles.similar([item.id for item in moved]))


def flat(groups: Iterable[Iterable[str]]) -> list[str]:
    """Every member of the groups, once, in order."""
    return sorted({member for group in groups for member in group})


def _followers(tx: Transaction, moved: Sequence[Item], similar: Mapping[str, Sequence[str]]) -> list[str]:
    """The items that credit one of these, or repeat its words."""
    seen = _sightings(tx, flat([similar, *similar.values()]))
    repeating = [o for one, others in similar.items() for o in others if follows(seen[o], seen[one])]
    return flat([repeating, tx.items.crediting(flat(keys_of(item) for item in moved))])


def _retrace(tx: Transaction, publishers: Mapping[str, Publisher], ids: Sequence[str]) -> list[Item]:
    """Trace these items, the oldest first; those whose chain has changed."""
    similar = tx.shingles.similar(ids)
    seen = _sightings(tx, flat([ids, *similar.values()]))
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


def _sightings(tx: Transaction, ids: Sequence[str]) -> dict[str, Sighting]:
    held = tx.items.get(ids)
    return {one: Sighting(s.item, s.chain, s.first_seen, s.not_before) for one, s in held.items()}
