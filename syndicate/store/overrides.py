# SPDX-License-Identifier: Apache-2.0
"""Items that a person carries no further than so, whatever terms permit: of a work, whichever copy of it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from syndicate.model import Mode, Override
from syndicate.store.schema import items
from syndicate.store.statements import add, batches
from syndicate.store.terms_tables import overrides


class Overrides:
    """The overrides, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(self, item_id: str, one: Override) -> None:
        """It holds from now on, instead of another of the item for that channel."""
        self.drop(item_id, one.channel_id)
        row = {"item_id": item_id, "channel_id": one.channel_id, "mode": int(one.mode)}
        add(self._connection, overrides, [{**row, "reason": one.reason, "by": one.by, "at": one.at}])

    def drop(self, item_id: str, channel_id: str) -> bool:
        """It holds no longer, under whichever copy of the work it stands; False if there was none."""
        copies = select(items.c.id).where(items.c.work_id.in_(select(items.c.work_id).where(items.c.id == item_id)))
        mine = delete(overrides).where(overrides.c.item_id.in_(copies), overrides.c.channel_id == channel_id)
        return self._connection.execute(mine).rowcount > 0

    def of(self, work_ids: Sequence[str]) -> dict[str, list[Override]]:
        """Those of these works, by work, the oldest first; works without one are left out."""
        found: dict[str, list[Override]] = {}
        for batch in batches(work_ids):
            query = select(overrides, items.c.work_id).join(items, items.c.id == overrides.c.item_id)
            query = query.where(items.c.work_id.in_(batch)).order_by(overrides.c.at, overrides.c.channel_id)
            for row in self._connection.execute(query):
                found.setdefault(row.work_id, []).append(_override(row))
        return found

    def all(self) -> list[tuple[str, Override]]:
        """Each with the item under which it stands, the newest first."""
        query = select(overrides).order_by(overrides.c.at.desc(), overrides.c.item_id)
        return [(row.item_id, _override(row)) for row in self._connection.execute(query)]


def _override(row: Row[Any]) -> Override:
    return Override(row.channel_id, Mode(row.mode), row.reason, row.by, row.at)
