# SPDX-License-Identifier: Apache-2.0
"""Which items may share a passage: an inverted table of the numbers that ``rights.shingles`` gives a text.

What many items share (a notice under each article of a publisher) is kept for the first of them only, so that looking
it up stays cheap however many there are.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, func, select

from syndicate.store.schema import item_shingles, item_texts, items
from syndicate.store.statements import add, batches

COMMON = 50
"""So many items are kept with one passage: more are a notice, or a story of which these are enough to find it."""

MOST = 12
"""So many candidates for an item are worth comparing word by word: a copy is among the likeliest."""

TWO = 2
SHARE = 0.3
"""The shared part of the shorter text's passages below which a pair is not worth comparing: they are a sample."""


Facts = tuple[str, int, str]
"""Publisher, number of passages, and place in time of an item."""


class Shingles:
    """The passages of items, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(self, hashes: Mapping[str, Sequence[int]]) -> None:
        """Write the passages of items that are stored, in place of those that they had before."""
        self._forget(self._of(list(hashes)))
        owned = Counter(self._counts({number for own in hashes.values() for number in own}))
        rows = []
        for item_id, own in hashes.items():
            kept = [number for number in own if owned[number] < COMMON]
            owned.update(kept)
            rows += [(number, item_id) for number in kept]
        # In order of the hash: neighbours in the table are written together.
        add(self._connection, item_shingles, [{"hash": number, "item_id": one} for number, one in sorted(rows)])
        texts = [{"item_id": one, "hashes": array("q", own).tobytes()} for one, own in hashes.items() if own]
        add(self._connection, item_texts, texts)

    def similar(self, ids: Sequence[str], *, most: int = MOST) -> dict[str, list[str]]:
        """For each of these items the ids of other publishers' items that may share its text.

        At least two passages and 0.3 of the shorter text's; the likeliest (by tenths) first, of these the earliest,
        ``most`` of each. Items without any are left out.
        """
        own = self._of(ids)
        owners = self._owners({number for hashes in own.values() for number in hashes})
        shared = {one: Counter(o for n in hashes for o in owners.get(n, ()) if o != one) for one, hashes in own.items()}
        pairs = {one: {o: n for o, n in counter.items() if n >= TWO} for one, counter in shared.items()}
        facts = self._facts({*pairs, *(other for others in pairs.values() for other in others)})
        found = {one: _ranked(facts[one], counts, facts) for one, counts in pairs.items()}
        return {one: others[:most] for one, others in found.items() if others}

    def _of(self, ids: Sequence[str]) -> dict[str, array[int]]:
        found = {}
        for batch in batches(ids):
            query = select(item_texts.c.item_id, item_texts.c.hashes).where(item_texts.c.item_id.in_(batch))
            found.update({item_id: array("q", hashes) for item_id, hashes in self._connection.execute(query)})
        return found

    def _forget(self, held: Mapping[str, Iterable[int]]) -> None:
        for item_id, hashes in held.items():
            for batch in batches(list(hashes)):
                mine = item_shingles.c.item_id == item_id
                self._connection.execute(delete(item_shingles).where(mine, item_shingles.c.hash.in_(batch)))
        for ids in batches(list(held)):
            self._connection.execute(delete(item_texts).where(item_texts.c.item_id.in_(ids)))

    def _counts(self, hashes: Iterable[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for batch in batches(sorted(hashes)):
            query = select(item_shingles.c.hash, func.count()).where(item_shingles.c.hash.in_(batch))
            found.update(
                (number, count) for number, count in self._connection.execute(query.group_by(item_shingles.c.hash))
            )
        return found

    def _owners(self, hashes: Iterable[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for batch in batches(sorted(hashes)):
            query = select(item_shingles.c.hash, item_shingles.c.item_id).where(item_shingles.c.hash.in_(batch))
            for number, item_id in self._connection.execute(query):
                found.setdefault(number, []).append(item_id)
        return found

    def _facts(self, ids: Iterable[str]) -> dict[str, Facts]:
        found = {}
        for batch in batches(sorted(ids)):
            query = (
                select(items.c.id, items.c.publisher_id, func.length(item_texts.c.hashes), items.c.order_at)
                .join(item_texts, item_texts.c.item_id == items.c.id)
                .where(items.c.id.in_(batch))
            )
            for item_id, publisher, size, order_at in self._connection.execute(query):
                found[item_id] = (publisher, size // 8, order_at.isoformat())
        return found


def _ranked(mine: Facts, shared: Mapping[str, int], facts: Mapping[str, Facts]) -> list[str]:
    """The items of other publishers that share enough, the likeliest first."""
    near = []
    for other, count in shared.items():
        publisher, size, place = facts[other]
        share = count / min(mine[1], size)
        if publisher != mine[0] and share >= SHARE:
            near.append((-round(share, 1), place, other))
    return [other for _, _, other in sorted(near)]
