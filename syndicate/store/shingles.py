# SPDX-License-Identifier: Apache-2.0
"""Which texts may share a passage: an inverted table of the numbers that ``rights.shingles`` gives a text.

Look-ups go to many places of a large table, so they are made for many texts at once, in order. New passages gather in
a small table of the same shape and move to the large one thousands of texts at a time, so that its pages are written
seldom. A text has a number of its own; when it changes it gets another, and what is kept under the old one is dead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection, Text, cast, delete, func, insert, select, update

from syndicate.store.schema import item_shingles, item_texts, items, meta, new_shingles
from syndicate.store.statements import add, add_missing, as_list, given

COMMON = 8
"""So many texts are kept with one passage: more are a notice, or a story of which these are enough to find it."""

MOST = 12
"""So many candidates for an item are worth comparing word by word: a copy is among the likeliest."""

FEW = 4
"""Passages that two texts must share if others have them too; of those that are rare one is enough."""

SHARE = 0.3
"""The shared part of the shorter text's passages below which a pair is not worth comparing: they are a sample.

Of all of them, as in a story that everybody shows, or of those that are rare, as in one made of common sentences.
"""

GATHERED = 4000
"""So many texts are new before their passages move to the large table."""

_MOVED = "shingles_moved"

_OUTDATED = delete(item_texts).where(given(item_texts.c.item_id))
_NUMBERS = select(item_texts.c.item_id, item_texts.c.number).where(given(item_texts.c.item_id))
_OWNERS = [select(table.c.hash, table.c.number).where(given(table.c.hash)) for table in (item_shingles, new_shingles)]
_TEXTS = (
    select(
        *(item_texts.c.number, item_texts.c.item_id, items.c.publisher_id, item_texts.c.shingles, item_texts.c.rare),
        cast(items.c.order_at, Text),
    )
    .join(items, items.c.id == item_texts.c.item_id)
    .where(given(item_texts.c.number))
)


class _Text(NamedTuple):
    """A text that others are compared with. ``rare`` are those of its passages that were kept."""

    item_id: str
    publisher: str
    passages: int
    rare: int
    place: str


class _Shared(NamedTuple):
    """How many passages two texts share, and how many of these are rare."""

    passages: int
    rare: int


class Shingles:
    """The passages of texts, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(self, hashes: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        """Write the passages of items that are stored, in place of those they had; the items that may share their text.

        For each item the ids of others that have enough of the shorter text's passages: the likeliest (by tenths)
        first, of these the earliest, ``MOST`` of each. Items without any are left out.
        """
        owners = self._owners({one for own in hashes.values() for one in own})
        rare = _rare(hashes, owners)
        numbers = self._numbered(hashes, rare)
        rows = sorted((one, numbers[item_id]) for item_id, kept in rare.items() for one in kept)
        add(self._connection, new_shingles, [{"hash": one, "number": number} for one, number in rows])
        for item_id, number in numbers.items():
            for one in hashes[item_id]:
                owners[one].append(number)
        shared = {number: _shared(number, hashes[item_id], owners) for item_id, number in numbers.items()}
        texts = self._texts({*shared, *(other for others in shared.values() for other in others)})
        self._gather()
        found = {item_id: _ranked(texts[number], shared[number], texts) for item_id, number in numbers.items()}
        return {item_id: others for item_id, others in found.items() if others}

    def _numbered(self, hashes: Mapping[str, Sequence[int]], rare: Mapping[str, Sequence[int]]) -> dict[str, int]:
        """New numbers for the texts that have passages; the old ones are dead."""
        asked = {"members": as_list(hashes)}
        self._connection.execute(_OUTDATED, asked)
        rows = [{"item_id": i, "shingles": len(own), "rare": len(rare[i])} for i, own in hashes.items() if own]
        add(self._connection, item_texts, rows)
        return {row.item_id: row.number for row in self._connection.execute(_NUMBERS, asked)}

    def _owners(self, hashes: Iterable[int]) -> defaultdict[int, list[int]]:
        """The numbers of the texts that have each of these passages, dead ones among them."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        sought = {"members": as_list(sorted(hashes))}
        for owners in _OWNERS:
            for one, number in self._connection.execute(owners, sought).all():
                found[one].append(number)
        return found

    def _texts(self, numbers: Iterable[int]) -> dict[int, _Text]:
        asked = {"members": as_list(sorted(numbers))}
        return {number: _Text(*others) for number, *others in self._connection.execute(_TEXTS, asked).all()}

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


def _rare(hashes: Mapping[str, Sequence[int]], owners: Mapping[int, Sequence[int]]) -> dict[str, list[int]]:
    """Of each text the passages to keep: those that not too many others have, the first of these texts included."""
    owned = Counter({one: len(numbers) for one, numbers in owners.items()})
    rare = {}
    for item_id, own in hashes.items():
        rare[item_id] = [one for one in own if owned[one] < COMMON]
        owned.update(rare[item_id])
    return rare


def _shared(number: int, own: Sequence[int], owners: Mapping[int, Sequence[int]]) -> dict[int, _Shared]:
    """The texts that have enough passages of one to be looked at; of a common passage the first owners only.

    Texts that share a common sentence are many.
    """
    passages = Counter(chain.from_iterable(owners[one][:COMMON] for one in own))
    rare = Counter(chain.from_iterable(owners[one] for one in own if len(owners[one]) <= COMMON))
    return {
        other: _Shared(count, rare[other])
        for other, count in passages.items()
        if other != number and (rare[other] or count >= FEW)
    }


def _ranked(mine: _Text, shared: Mapping[int, _Shared], texts: Mapping[int, _Text]) -> list[str]:
    """The items that share enough, the likeliest first; of the same publisher only the first."""
    near = []
    for number, both in shared.items():
        if number in texts:
            other = texts[number]
            share = both.passages / min(mine.passages, other.passages)
            if both.rare:
                share = max(share, min(1.0, both.rare / max(1, min(mine.rare, other.rare))))
            if share >= SHARE:
                near.append((-round(share, 1), other.place, other.item_id, other.publisher))
    ranked = sorted(near)
    ours = [item_id for _, _, item_id, publisher in ranked if publisher == mine.publisher][1:]
    return [item_id for _, _, item_id, _ in ranked if item_id not in ours][:MOST]
