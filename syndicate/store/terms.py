# SPDX-License-Identifier: Apache-2.0
"""Terms that commands recorded, and the picks. A statement is never changed: it is withdrawn, and another recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from syndicate.model import Pick, Record
from syndicate.store import encoding
from syndicate.store.records import RecordedTerms
from syndicate.store.statements import add_missing, batches
from syndicate.store.terms_tables import picks, recorded_terms


class Terms:
    """The recorded statements, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def add(
        self, publisher_id: str, record: Record, *, kind: str, by: str, since: datetime, now: datetime
    ) -> RecordedTerms:
        """Record a statement that holds from ``since`` on; its record is known as "statement-ID"."""
        values = {
            "publisher_id": publisher_id,
            "kind": kind,
            "record": encoding.record.text(record),
            "by": by,
            "at": now,
            "since": since,
        }
        insert = recorded_terms.insert().values(values).returning(recorded_terms)
        return _recorded(self._connection.execute(insert).one())

    def get(self, id_: int) -> RecordedTerms | None:
        """One statement, or None."""
        row = self._connection.execute(select(recorded_terms).where(recorded_terms.c.id == id_)).one_or_none()
        return None if row is None else _recorded(row)

    def withdraw(self, id_: int, *, now: datetime) -> None:
        """It holds no longer; withdrawn twice, the first time counts."""
        held = update(recorded_terms).where(recorded_terms.c.id == id_, recorded_terms.c.withdrawn_at.is_(None))
        self._connection.execute(held.values(withdrawn_at=now))

    def all(self, publisher_id: str = "") -> list[RecordedTerms]:
        """Every statement, of one publisher or of all, withdrawn ones too, in the order in which they were recorded."""
        query = select(recorded_terms).order_by(recorded_terms.c.id)
        if publisher_id:
            query = query.where(recorded_terms.c.publisher_id == publisher_id)
        return [_recorded(row) for row in self._connection.execute(query)]

    def in_force(self, at: datetime, *, known: datetime | None = None) -> dict[str, tuple[Record, ...]]:
        """By publisher id the records that hold ``at`` that time; only those recorded until ``known``, if given."""
        held = or_(recorded_terms.c.withdrawn_at.is_(None), recorded_terms.c.withdrawn_at > at)
        query = select(recorded_terms).where(recorded_terms.c.since <= at, held).order_by(recorded_terms.c.id)
        if known is not None:
            query = query.where(recorded_terms.c.at <= known)
        found: dict[str, list[Record]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.publisher_id].append(_recorded(row).record)
        return {publisher_id: tuple(records) for publisher_id, records in found.items()}

    def next_change(self, after: datetime) -> datetime | None:
        """When the next statement begins to hold that does not hold yet."""
        later = select(recorded_terms.c.since).where(recorded_terms.c.since > after)
        later = later.where(recorded_terms.c.withdrawn_at.is_(None)).order_by(recorded_terms.c.since).limit(1)
        when: datetime | None = self._connection.execute(later).scalar_one_or_none()
        return when


class Picks:
    """Which items a person chose for which channel, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(self, channel_id: str, item_id: str, pick: Pick) -> None:
        """An item is chosen for a channel; chosen twice, the first time counts."""
        row = {"channel_id": channel_id, "item_id": item_id, "by": pick.by, "at": pick.at}
        add_missing(self._connection, picks, [row], key=["channel_id", "item_id"])

    def drop(self, channel_id: str, item_id: str) -> bool:
        """The choice is taken back; False if there was none."""
        mine = delete(picks).where(picks.c.channel_id == channel_id, picks.c.item_id == item_id)
        return self._connection.execute(mine).rowcount > 0

    def of(self, channel_id: str, item_ids: Sequence[str]) -> dict[str, Pick]:
        """The picks among these items for a channel."""
        found: dict[str, Pick] = {}
        for batch in batches(item_ids):
            query = select(picks).where(picks.c.channel_id == channel_id, picks.c.item_id.in_(batch))
            found |= {row.item_id: Pick(row.by, row.at) for row in self._connection.execute(query)}
        return found


def _recorded(row: Row[Any]) -> RecordedTerms:
    record = replace(encoding.record.value(row.record), key=f"statement-{row.id}", origin="ledger")
    return RecordedTerms(
        row.id, row.publisher_id, row.kind, record, row.by, row.at, row.since, withdrawn_at=row.withdrawn_at
    )
