# SPDX-License-Identifier: Apache-2.0
"""Which texts may share a passage: an inverted table of the numbers that ``rights.shingles`` gives a text.

Look-ups go to many places of a large table, so they are made for many texts at once, in order. New passages gather in
a small table of the same shape and move to the large one thousands of texts at a time, so that its pages are written
seldom. A text has a number of its own; when it changes it gets another, and what is kept under the old one is dead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from syndicate.store.schema import item_shingles, item_texts, items, meta, new_shingles
from syndicate.store.statements import add, add_missing, batches

COMMON = 16
"""So many texts are kept with one passage: more are a notice, or a story of which these are enough to find it."""

MOST = 12
"""So many candidates for an item are worth comparing word by word: a copy is among the likeliest."""

TWO = 2
SHARE = 0.3
"""The shared part of the shorter text's passages below which a pair is not worth comparing: they are a sample."""

GATHERED = 4000
"""So many texts are new before their passages move to the large table."""

_MOVED = "shingles_moved"

Facts = tuple[str, str, int, str]
"""Item, publisher, number of passages, and place in time of a text."""


class Shingles:
    """The passages of texts, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(self, hashes: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        """Write the passages of items that are stored, in place of those they had; the items that may share their text.

        For each item the ids of others that have at least two passages and 0.3 of the shorter text's: the likeliest (by
        tenths) first, of these the earliest, ``MOST`` of each. Items without any are left out.
        """
        numbers = self._numbered(hashes)
        owners = self._owners({one for own in hashes.values() for one in own})
        mine = {numbers[item_id]: own for item_id, own in hashes.items() if item_id in numbers}
        self._write(mine, owners)
        for number, own in mine.items():
            for one in own:
                owners[one].append(number)
        shared = {number: _shared(number, own, owners) for number, own in mine.items()}
        facts = self._facts({*shared, *(other for others in shared.values() for other in others)})
        self._gather()
        found = {facts[number][0]: _ranked(facts[number], counts, facts) for number, counts in shared.items()}
        return {item_id: others for item_id, others in found.items() if others}

    def _numbered(self, hashes: Mapping[str, Sequence[int]]) -> dict[str, int]:
        """New numbers for the texts that have passages; the old ones are dead."""
        for batch in batches(list(hashes)):
            self._connection.execute(delete(item_texts).where(item_texts.c.item_id.in_(batch)))
        add(self._connection, item_texts, [{"item_id": i, "shingles": len(own)} for i, own in hashes.items() if own])
        found: dict[str, int] = {}
        for batch in batches(list(hashes)):
            query = select(item_texts.c.item_id, item_texts.c.number).where(item_texts.c.item_id.in_(batch))
            found.update((item_id, number) for item_id, number in self._connection.execute(query))
        return found

    def _owners(self, hashes: Iterable[int]) -> defaultdict[int, list[int]]:
        """The numbers of the texts that have each of these passages, dead ones among them."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for batch in batches(sorted(hashes)):
            for table in (item_shingles, new_shingles):
                query = select(table.c.hash, table.c.number).where(table.c.hash.in_(batch))
                for one, number in self._connection.execute(query):
                    found[one].append(number)
        return found

    def _write(self, mine: Mapping[int, Sequence[int]], owners: Mapping[int, Sequence[int]]) -> None:
        owned = Counter({one: len(numbers) for one, numbers in owners.items()})
        rows = []
        for number, own in mine.items():
            kept = [one for one in own if owned[one] < COMMON]
            owned.update(kept)
            rows += [(one, number) for one in kept]
        add(self._connection, new_shingles, [{"hash": one, "number": number} for one, number in sorted(rows)])

    def _facts(self, numbers: Iterable[int]) -> dict[int, Facts]:
        found = {}
        for batch in batches(sorted(numbers)):
            query = (
                select(item_texts.c.number, items.c.id, items.c.publisher_id, item_texts.c.shingles, items.c.order_at)
                .join(items, items.c.id == item_texts.c.item_id)
                .where(item_texts.c.number.in_(batch))
            )
            for number, item_id, publisher, count, order_at in self._connection.execute(query):
                found[number] = (item_id, publisher, count, order_at.isoformat())
        return found

    def _gather(self) -> None:
        """Move the passages of living texts to the large table once enough have come together."""
        newest = self._connection.execute(select(func.max(item_texts.c.number))).scalar_one() or 0
        moved = self._connection.execute(select(meta.c.value).where(meta.c.key == _MOVED)).scalar_one_or_none()
        if newest - int(moved or 0) < GATHERED:
            return
        living = select(new_shingles).join(item_texts, item_texts.c.number == new_shingles.c.number)
        ordered = living.order_by(new_shingles.c.hash, new_shingles.c.number)
        self._connection.execute(insert(item_shingles).from_select(["hash", "number"], ordered))
        self._connection.execute(delete(new_shingles))
        add_missing(self._connection, meta, [{"key": _MOVED, "value": ""}], key=["key"])
        self._connection.execute(update(meta).where(meta.c.key == _MOVED).values(value=str(newest)))


def _shared(number: int, own: Sequence[int], owners: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """The texts that have two passages or more of one, and how many; of a common passage the first owners only."""
    counts = Counter(other for one in own for other in owners[one][:COMMON] if other != number)
    return {other: count for other, count in counts.items() if count >= TWO}


def _ranked(mine: Facts, shared: Mapping[int, int], facts: Mapping[int, Facts]) -> list[str]:
    """The items that share enough, the likeliest first; of the same publisher only the first."""
    near = []
    for other, count in shared.items():
        if other in facts:
            item_id, publisher, size, place = facts[other]
            share = count / min(mine[2], size)
            if share >= SHARE:
                near.append((-round(share, 1), place, item_id, publisher))
    ranked = sorted(near)
    ours = [item_id for _, _, item_id, publisher in ranked if publisher == mine[1]][1:]
    return [item_id for _, _, item_id, _ in ranked if item_id not in ours][:MOST]
