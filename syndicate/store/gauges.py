# SPDX-License-Identifier: Apache-2.0
"""How everything stands, in numbers: few statements, each by an index or over few rows, to be asked often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from syndicate.model import DeliveryState, Mode
from syndicate.store.columns import UtcTime
from syndicate.store.jobs import Jobs
from syndicate.store.mail_tables import alarms, deliveries, sendings
from syndicate.store.schema import edition_items, editions, ledger, sources

_UNDER_WAY = [
    state for state in DeliveryState if state.value in {"ready", "claimed", "in_data", "soft", "unknown", "held"}
]


@dataclass(frozen=True, slots=True)
class Gauges:
    """``sources`` by health; ``polls`` since ever; seconds for which the longest due poll and mail have waited.

    ``decisions`` by channel and mode, of the feeds as they are now; ``refused`` editions since ever and ``refused_now``
    those that wait for a person; ``deliveries`` by state, of those that are not over; ``mails`` by how they ended;
    ``jobs`` by queue and state.
    """

    sources: Mapping[str, int]
    polls: int
    polls_due: int
    poll_lag: float
    decisions: Mapping[tuple[str, str], int]
    refused: int
    refused_now: int
    deliveries: Mapping[str, int]
    mail_lag: float
    mails: Mapping[str, int]
    alarms: int
    jobs: Mapping[tuple[str, str], int]


def gauges(connection: Connection, now: datetime) -> Gauges:
    """As it stands in this transaction."""
    polled = sources.c.removed_at.is_(None), sources.c.paused_at.is_(None)
    due = _one(connection, func.count(), sources.c.next_poll_at <= now, *polled)
    mails = connection.execute(
        select(func.sum(sendings.c.accepted), func.sum(sendings.c.refused), func.sum(sendings.c.complaints))
    ).one()
    return Gauges(
        sources=_grouped(connection, sources.c.health, sources.c.removed_at.is_(None)),
        polls=int(_one(connection, func.coalesce(func.sum(sources.c.polls), 0))),
        polls_due=due,
        poll_lag=_lag(now, _one(connection, func.min(sources.c.next_poll_at, type_=UtcTime()), *polled)),
        decisions=_decisions(connection),
        refused=_one(connection, func.count(), ledger.c.kind == "refusal"),
        refused_now=_one(connection, func.count(), editions.c.state == "refused"),
        deliveries={
            state.value: _one(connection, func.count(), deliveries.c.state == state.value) for state in _UNDER_WAY
        },
        mail_lag=_lag(now, _one(connection, func.min(deliveries.c.due_at, type_=UtcTime()))),
        mails=dict(zip(("accepted", "refused", "complaints"), (int(one or 0) for one in mails), strict=True)),
        alarms=_one(connection, func.count(), alarms.c.ended_at.is_(None)),
        jobs={
            (queue, state): number
            for queue, states in Jobs(connection).depths().items()
            for state, number in states.items()
        },
    )


def _decisions(connection: Connection) -> dict[tuple[str, str], int]:
    query = (
        select(edition_items.c.channel_id, edition_items.c.mode, func.count())
        .join(editions, editions.c.id == edition_items.c.edition_id)
        .where(editions.c.kind == "feed")
        .group_by(edition_items.c.channel_id, edition_items.c.mode)
    )
    return {(channel, Mode(mode).name.lower()): number for channel, mode, number in connection.execute(query)}


def _grouped(connection: Connection, column: ColumnElement[Any], *where: ColumnElement[bool]) -> dict[str, int]:
    query = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _one(connection: Connection, what: ColumnElement[Any], *where: ColumnElement[bool]) -> Any:
    query = select(what).where(*where) if where else select(what)
    return connection.execute(query).scalar_one()


def _lag(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
