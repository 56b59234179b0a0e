# SPDX-License-Identifier: Apache-2.0
"""Items under other ids than they came with first, items that wait for a person, and what became of sources.

A held item is withdrawn until it is released, so that nothing carries it; one that is dropped stays withdrawn, and is
not new when it comes again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from syndicate.store.records import Glimpse, SourceChange
from syndicate.store.schema import held_items, item_aliases, items, source_changes
from syndicate.store.statements import add, add_missing, as_list, batches, given

ALIASES_KEPT = timedelta(days=90)
"""An alias that was written longer ago is forgotten when its source gets new ones."""

_ALIASED = select(item_aliases.c.alias, item_aliases.c.item_id).where(given(item_aliases.c.alias))
_HELD = select(items.c.id).where(given(items.c.id))


class Holding:
    """Aliases, held items and changes of sources, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def canonical(self, ids: Sequence[str]) -> dict[str, str]:
        """By each of these ids that we know the id of its item: itself, or that of which it is an alias."""
        asked = {"members": as_list(ids)}
        found: dict[str, str] = {row.alias: row.item_id for row in self._connection.execute(_ALIASED, asked)}
        return found | {item_id: item_id for item_id in self._connection.execute(_HELD, asked).scalars()}

    def alias(self, source_id: str, aliases: Mapping[str, str], now: datetime) -> None:
        """From now on each alias stands for its item. Old aliases of the source are forgotten."""
        old = item_aliases.c.at < now - ALIASES_KEPT
        self._connection.execute(delete(item_aliases).where(item_aliases.c.source_id == source_id, old))
        rows = [{"alias": one, "item_id": two, "source_id": source_id, "at": now} for one, two in aliases.items()]
        add_missing(self._connection, item_aliases, rows, key=["alias"])

    def forget_aliases(self, source_id: str) -> None:
        """The source's ids mean nothing: none of them is kept."""
        self._connection.execute(delete(item_aliases).where(item_aliases.c.source_id == source_id))

    def glimpses(self, source_id: str, limit: int) -> list[Glimpse]:
        """The last items of a source, newest first, by what tells them from others."""
        shown = items.c.id, items.c.url, items.c.title, items.c.published, items.c.first_seen
        query = select(*shown).where(items.c.source_id == source_id).order_by(items.c.order_at.desc(), items.c.id)
        return [Glimpse(*row) for row in self._connection.execute(query.limit(limit))]

    def newest(self) -> dict[str, datetime]:
        """By source id when its newest item was published, or seen if it says nothing of that."""
        query = select(items.c.source_id, func.max(items.c.order_at)).group_by(items.c.source_id)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def hold(self, source_id: str, ids: Collection[str], now: datetime) -> None:
        """Let these items wait for a person."""
        add_missing(
            self._connection,
            held_items,
            [{"item_id": one, "source_id": source_id, "at": now} for one in sorted(ids)],
            key=["item_id"],
        )
        self._withdraw(list(ids), withdrawn=True)

    def held(self) -> dict[str, int]:
        """How many items of each source wait."""
        query = select(held_items.c.source_id, func.count()).group_by(held_items.c.source_id)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def release(self, source_id: str) -> list[str]:
        """The items of a source wait no longer and may be carried; their ids."""
        ids = self._end(source_id)
        self._withdraw(ids, withdrawn=False)
        return ids

    def drop(self, source_id: str) -> list[str]:
        """The items of a source that wait will never be carried; their ids."""
        return self._end(source_id)

    def changed(self, change: SourceChange) -> None:
        """Note what became of a source, for the operator to hear once."""
        row = {"source_id": change.source_id, "at": change.at, "kind": change.kind, "text": change.text}
        add(self._connection, source_changes, [row])

    def untold(self) -> list[SourceChange]:
        """What the operator has not heard yet, oldest first."""
        query = select(source_changes).where(source_changes.c.told_at.is_(None)).order_by(source_changes.c.id)
        return [_change(row) for row in self._connection.execute(query)]

    def told(self, now: datetime) -> None:
        """The operator has heard of all."""
        self._connection.execute(update(source_changes).where(source_changes.c.told_at.is_(None)).values(told_at=now))

    def last_told(self) -> datetime | None:
        """When the operator last heard of something."""
        last: datetime | None = self._connection.execute(select(func.max(source_changes.c.told_at))).scalar_one()
        return last

    def _end(self, source_id: str) -> list[str]:
        mine = held_items.c.source_id == source_id
        ids = list(
            self._connection.execute(select(held_items.c.item_id).where(mine).order_by(held_items.c.item_id)).scalars()
        )
        self._connection.execute(delete(held_items).where(mine))
        return ids

    def _withdraw(self, ids: Sequence[str], *, withdrawn: bool) -> None:
        for batch in batches(ids):
            self._connection.execute(update(items).where(items.c.id.in_(batch)).values(withdrawn=withdrawn))


def _change(row: Row[Any]) -> SourceChange:
    return SourceChange(row.source_id, row.at, row.kind, row.text)
