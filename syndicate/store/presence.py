# SPDX-License-Identifier: Apache-2.0
"""What each feed channel carries since when, and what has left it: so that what goes leaves a tombstone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from syndicate.model import Tombstone
from syndicate.store.schema import carried, held_items, items
from syndicate.store.statements import add_missing, batches


class Presence:
    """The items of feed channels, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def ids(self, channel_id: str) -> list[str]:
        """The items that the channel carried last that we know, however long ago."""
        return self._ids(_here(channel_id))

    def due(self, channel_id: str, now: datetime) -> list[str]:
        """Those whose decision had to be made again by ``now``, and those that their publisher took back."""
        passed = and_(_here(channel_id), carried.c.until <= now)
        origin = items.alias()
        waits = exists().where(held_items.c.item_id == origin.c.id)
        taken_back = items.c.withdrawn | exists().where(origin.c.id == items.c.origin, origin.c.withdrawn, ~waits)
        return sorted({*self._ids(passed), *self._ids(and_(_here(channel_id), taken_back))})

    def merged(self, channel_id: str) -> list[str]:
        """Those that show the same work as another by now: it is carried under that one's id."""
        return self._ids(and_(_here(channel_id), items.c.work_id != carried.c.item_id))

    def next_due(self, channel_id: str) -> datetime | None:
        """When the next decision has to be made again."""
        mine = select(carried.c.until).where(_here(channel_id), carried.c.until.is_not(None))
        when: datetime | None = self._connection.execute(mine.order_by(carried.c.until).limit(1)).scalar_one_or_none()
        return when

    def left(self, channel_id: str, since: datetime, limit: int) -> tuple[Tombstone, ...]:
        """What left the channel at or after that time, the newest first."""
        mine = and_(carried.c.channel_id == channel_id, carried.c.left_at >= since)
        query = select(carried).where(mine).order_by(carried.c.left_at.desc(), carried.c.item_id).limit(limit)
        return tuple(Tombstone(row.item_id, row.left_at, row.comment) for row in self._connection.execute(query))

    def came(self, channel_id: str, until: Mapping[str, datetime | None], now: datetime) -> None:
        """The channel carries these items, each to be decided again at the given time (None: at none)."""
        rows = [{"channel_id": channel_id, "item_id": one, "since": now} for one in until]
        add_missing(self._connection, carried, rows, key=["channel_id", "item_id"])
        times: dict[datetime | None, list[str]] = {}
        for one, when in until.items():
            times.setdefault(when, []).append(one)
        for when, ids in times.items():
            for batch in batches(ids):
                mine = and_(carried.c.channel_id == channel_id, carried.c.item_id.in_(batch))
                self._connection.execute(update(carried).where(mine).values(until=when, left_at=None, comment=""))

    def look_again(self, item_id: str, now: datetime) -> None:
        """The decision about an item has to be made again now, wherever it is carried."""
        mine = and_(carried.c.item_id == item_id, carried.c.left_at.is_(None))
        self._connection.execute(update(carried).where(mine).values(until=now))

    def went(self, channel_id: str, tombstones: Iterable[Tombstone]) -> None:
        """These items have left the channel; who left before keeps the first time."""
        for stone in tombstones:
            mine = and_(_here(channel_id), carried.c.item_id == stone.item_id)
            left = update(carried).where(mine).values(left_at=stone.when, comment=stone.comment, until=None)
            self._connection.execute(left)

    def _ids(self, where: ColumnElement[bool]) -> list[str]:
        query = select(carried.c.item_id).join(items, items.c.id == carried.c.item_id).where(where)
        return list(self._connection.execute(query.order_by(carried.c.item_id)).scalars())


def _here(channel_id: str) -> ColumnElement[bool]:
    return and_(carried.c.channel_id == channel_id, carried.c.left_at.is_(None))
