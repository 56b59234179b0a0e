# SPDX-License-Identifier: Apache-2.0
"""Figures for the operator's eyes: what came, went and was asked, as times for whoever draws them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from syndicate.model import DeliveryState, Mode
from syndicate.store.mail_tables import deliveries, returns, subscribers
from syndicate.store.schema import edition_items, editions, items, poll_runs, source_changes
from syndicate.store.statements import among


@dataclass(frozen=True, slots=True)
class Asked:
    """The polls since some time: all, those that were answered "not changed" or brought nothing, those that failed."""

    polls: int
    quiet: int
    failed: int


class Figures:
    """The figures, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def came(self, since: datetime, sources: Sequence[str] | None = None) -> dict[str, list[datetime]]:
        """When each item was first seen, by source id, of these sources or of all; in order."""
        found: dict[str, list[datetime]] = defaultdict(list)
        query = select(items.c.source_id, items.c.first_seen).where(items.c.first_seen >= since)
        query = query if sources is None else query.where(among(items.c.source_id, sources))
        for source_id, when in self._connection.execute(query.order_by(items.c.first_seen)):
            found[source_id].append(when)
        return found

    def went(self, since: datetime) -> list[tuple[datetime, Mode]]:
        """Each item that a released edition carries, once: when the first edition that is kept left, and how far."""
        kept = (
            select(edition_items.c.item_id, func.min(editions.c.released_at), func.max(edition_items.c.mode))
            .join(editions, editions.c.id == edition_items.c.edition_id)
            .join(items, items.c.id == edition_items.c.item_id)
            .where(editions.c.released_at >= since, items.c.first_seen >= since, edition_items.c.mode > 0)
            .group_by(edition_items.c.item_id)
        )
        first = {row[0]: (row[1], Mode(row[2])) for row in self._connection.execute(kept)}
        return sorted(first.values(), key=lambda pair: pair[0])

    def asked(self, since: datetime) -> Asked:
        """How the polls went that are remembered."""
        query = select(poll_runs.c.new, poll_runs.c.changed, poll_runs.c.error).where(poll_runs.c.at >= since)
        rows = self._connection.execute(query).all()
        failed = sum(bool(row.error) for row in rows)
        return Asked(len(rows), sum(not row.error and not row.new and not row.changed for row in rows), failed)

    def polled(self, since: datetime) -> list[tuple[datetime, str]]:
        """When each poll was that is remembered, and what it was: new, quiet or failed."""
        shown = poll_runs.c.at, poll_runs.c.new, poll_runs.c.changed, poll_runs.c.error
        rows = self._connection.execute(select(*shown).where(poll_runs.c.at >= since))
        return [(row.at, "failed" if row.error else "new" if row.new or row.changed else "quiet") for row in rows]

    def returned(self, since: datetime) -> list[tuple[datetime, str]]:
        """When each bounce or complaint of a reader came back, and which it was."""
        mine = returns.c.at >= since, returns.c.subscriber_id.is_not(None), returns.c.kind.in_(["failed", "complaint"])
        return [
            (row.at, row.kind) for row in self._connection.execute(select(returns.c.at, returns.c.kind).where(*mine))
        ]

    def accepted(self, since: datetime) -> list[datetime]:
        """When each mail of an edition was accepted."""
        mine = deliveries.c.state == DeliveryState.ACCEPTED.value, deliveries.c.edition_id.is_not(None)
        query = select(deliveries.c.updated_at).where(*mine, deliveries.c.updated_at >= since)
        return list(self._connection.execute(query.order_by(deliveries.c.updated_at)).scalars())

    def readers(self) -> tuple[list[datetime], list[datetime]]:
        """When each reader joined, and when each of those who are gone left."""
        query = select(subscribers.c.confirmed_at, subscribers.c.ended_at).where(
            subscribers.c.confirmed_at.is_not(None)
        )
        rows = self._connection.execute(query).all()
        return sorted(row[0] for row in rows), sorted(row[1] for row in rows if row[1] is not None)

    def breaks(self, since: datetime) -> list[datetime]:
        """When sources broke."""
        mine = source_changes.c.kind.in_(["broke", "gone"]), source_changes.c.at >= since
        return list(self._connection.execute(select(source_changes.c.at).where(*mine)).scalars())
