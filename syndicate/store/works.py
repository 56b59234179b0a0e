# SPDX-License-Identifier: Apache-2.0
"""Works: the items that show the same one, what TRACE found of each, and which are near copies of each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from syndicate.store import encoding
from syndicate.store.items import listed, stored_item, stored_query
from syndicate.store.records import StoredItem, Tally, Traced
from syndicate.store.schema import items, near_copies
from syndicate.store.statements import add, as_list, batches, given

# What is asked for every lot of items that is traced is worded once: building a statement costs more than running it.
_TALLY = (
    select(items.c.publisher_id, items.c.credits, func.count())
    .where(given(items.c.publisher_id))
    .group_by(items.c.publisher_id, items.c.credits)
)
_TALLY_OF_TRACED = _TALLY.where(items.c.traced)
_NEAR = (
    select(near_copies.c.item_id, near_copies.c.other_id)
    .where(given(near_copies.c.item_id))
    .order_by(near_copies.c.other_id)
)
_PART = [delete(near_copies).where(given(side)) for side in (near_copies.c.item_id, near_copies.c.other_id)]
_WORKS = select(items.c.id, items.c.work_id).where(given(items.c.id))
_ORIGINS = select(items.c.id, items.c.origin).where(given(items.c.id))
_SHOWING = (
    select(items.c.origin, items.c.id, items.c.work_id)
    .where(given(items.c.origin))
    .order_by(items.c.first_seen, items.c.id)
)
_UNTRACED = (
    select(items.c.id)
    .where(~items.c.traced)
    .order_by(items.c.first_seen, items.c.publisher_id, items.c.id)
    .limit(bindparam("limit"))
)
_TRACED: Any = (
    update(items)
    .where(items.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in ("chain", "origin", "credits", "traced")})
)
_CREDITS = update(items).where(items.c.id == bindparam("key")).values(credits=bindparam("credits"))
_WORK = update(items).where(items.c.id == bindparam("key")).values(work_id=bindparam("work_id"))


class Works:
    """The works, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def untraced(self, limit: int) -> list[str]:
        """The ids of items that wait to be traced, those seen first before the others."""
        return list(self._connection.execute(_UNTRACED, {"limit": limit}).scalars())

    def put(self, found: Sequence[Traced]) -> None:
        """Write what was found of items, and bring works together or apart as it says.

        A work has the id of the item that was seen first of it: it stays the same whatever copies arrive later.
        """
        before = self._origins([one.item_id for one in found])
        rows = [
            {
                "key": one.item_id,
                "chain": encoding.chain.text(one.chain),
                "origin": one.origin,
                "credits": one.credits,
                "traced": True,
            }
            for one in found
        ]
        if rows:
            self._connection.execute(_TRACED, rows)
        moved = [(before[one.item_id], one.origin) for one in found if before[one.item_id] != one.origin]
        self._name({origin for pair in moved for origin in pair})

    def put_credits(self, credits_: Mapping[str, str]) -> None:
        """Write whom items credit, as in ``Traced``; it is written again with what was found of them."""
        rows = [{"key": item_id, "credits": credit} for item_id, credit in credits_.items()]
        if rows:
            self._connection.execute(_CREDITS, rows)

    def of(self, work_ids: Iterable[str]) -> dict[str, list[StoredItem]]:
        """By work id its items that may be in lists, the one seen first before others; none if it was taken back."""
        found: dict[str, list[StoredItem]] = defaultdict(list)
        for batch in batches(sorted(set(work_ids))):
            query = stored_query().where(items.c.work_id.in_(batch), listed(items))
            for row in self._connection.execute(query.order_by(items.c.first_seen, items.c.id)):
                found[row.work_id].append(stored_item(row))
        return dict(found)

    def gone(self, item_ids: Sequence[str]) -> list[str]:
        """Those of these items whose works were taken back: nothing of them may be in a list."""
        works = self.ids(item_ids)
        listed_ = self._listed(works)
        return [item_id for item_id, work_id in works.items() if work_id not in listed_]

    def ids(self, item_ids: Sequence[str]) -> dict[str, str]:
        """The ids of the works that these items show now."""
        found = self._connection.execute(_WORKS, {"members": as_list(item_ids)})
        return {row.id: row.work_id for row in found}

    def tally(self, publisher_ids: Iterable[str], *, traced: bool = False) -> dict[str, Tally]:
        """For each of these publishers what its items credit, or only those that are ``traced``."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        mine = {"members": as_list(sorted(set(publisher_ids)))}
        for publisher, credit, count in self._connection.execute(_TALLY_OF_TRACED if traced else _TALLY, mine):
            counts[publisher][credit] = count
        return {publisher: _tally(of) for publisher, of in counts.items()}

    def uncredited(self, publisher_id: str) -> list[str]:
        """The ids of a publisher's items that credit nobody, in order."""
        nobody = items.c.credits.in_(["", "text"])
        query = select(items.c.id).where(items.c.publisher_id == publisher_id, nobody, items.c.traced)
        return sorted(self._connection.execute(query).scalars())

    def near(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """For each of these items its near copies, in order of id; items without any are left out."""
        found: dict[str, list[str]] = defaultdict(list)
        for item_id, other_id in self._connection.execute(_NEAR, {"members": as_list(ids)}):
            found[item_id].append(other_id)
        return dict(found)

    def set_near(self, near: Mapping[str, Iterable[str]]) -> None:
        """Write the near copies of these items in place of those that they had, from both sides."""
        for part in _PART:
            self._connection.execute(part, {"members": as_list(near)})
        pairs = {pair for one, others in near.items() for other in others for pair in ((one, other), (other, one))}
        rows = [{"item_id": one, "other_id": other} for one, other in sorted(pairs)]
        add(self._connection, near_copies, rows)

    def _listed(self, works: Mapping[str, str]) -> set[str]:
        found: set[str] = set()
        for batch in batches(sorted(set(works.values()))):
            query = select(items.c.work_id).where(items.c.work_id.in_(batch), or_(listed(items), ~items.c.traced))
            found.update(self._connection.execute(query).scalars())
        return found

    def _origins(self, ids: Sequence[str]) -> dict[str, str]:
        found = self._connection.execute(_ORIGINS, {"members": as_list(ids)})
        return {row.id: row.origin for row in found}

    def _name(self, origins: Iterable[str]) -> None:
        """Give the items of each of these works the id of the one that was seen first."""
        changed = []
        heads: dict[str, str] = {}
        for origin, item_id, work_id in self._connection.execute(_SHOWING, {"members": as_list(sorted(origins))}):
            if work_id != heads.setdefault(origin, item_id):
                changed.append({"key": item_id, "work_id": heads[origin]})
        if changed:
            self._connection.execute(_WORK, changed)


def _tally(of: Counter[str]) -> Tally:
    return Tally(of.total(), of["known"] + of["stranger"], of["stranger"], of["text"])
