# SPDX-License-Identifier: Apache-2.0
"""Who polls what now: sources are handed out to pollers for a limited time, gently to every host.

Any number of pollers, in any number of processes, may ask at once: a source has one of them, and a host sees no more
requests than it may. A poller that dies loses its sources when their time is up, or as soon as somebody knows of it.
``claims`` grows with every claim and fences: whoever lost one writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from syndicate.store.columns import UtcTime
from syndicate.store.records import SourceState
from syndicate.store.schema import hosts, sources
from syndicate.store.sources import state_of
from syndicate.store.statements import add_missing, batches

LEASE = timedelta(minutes=10)
"""How long a claim holds: much longer than a fetch and a reading may take."""

MOMENT = timedelta(minutes=1)
"""A host that may be asked again within is worth waiting for."""

STUCK = timedelta(seconds=4)
"""A poll that goes on for longer no longer counts among those that get on, and its host may be asked for more."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How many polls of one host go on at once (as many more may be stuck), ``pause`` seconds from one to the next."""

    per_host: int = 2
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Sources that are the poller's now, and when it may find more that are due: None if nothing waits for a host."""

    sources: tuple[SourceState, ...] = ()
    again_at: datetime | None = None


class Polls:
    """Who has which source, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def take(
        self, now: datetime, worker: str, limit: int, manners: Manners, *, only: Sequence[str] | None = None
    ) -> Taken:
        """Take up to ``limit`` sources for ``worker``: those longest due, or ``only`` these, due or not.

        Left out are sources that are removed, paused or taken, and whatever its publisher keeps us from for now.
        """
        if limit <= 0:
            return Taken()
        room = self._room(now, manners)
        full = [host for host, free in room.items() if free <= 0]
        most = 1 if manners.pause else manners.per_host
        found = self._due(now, limit, most, full) if only is None else self._named(now, only, full)
        chosen: list[str] = []
        used: dict[str, int] = {}
        for source_id, host in found:
            if used.get(host, 0) < min(most, room.get(host, most)) and len(chosen) < limit:
                used[host] = used.get(host, 0) + 1
                chosen.append(source_id)
        claimed = self._claim(chosen, now, worker)
        if manners.pause:
            self._pause([state.host for state in claimed], now + timedelta(seconds=manners.pause))
        return Taken(tuple(claimed), self._again(now, only))

    def free(self, worker: str) -> None:
        """Give back whatever is claimed under this name. Call it only if nobody of that name runs."""
        change = update(sources).where(sources.c.worker == worker, sources.c.claimed_until.is_not(None))
        self._connection.execute(change.values(claimed_until=None))

    def give_back(self, states: Sequence[SourceState]) -> None:
        """End claims whose sources were not polled."""
        for state in states:
            mine = and_(sources.c.id == state.source_id, sources.c.claims == state.claims)
            self._connection.execute(update(sources).where(mine).values(claimed_until=None))

    def workers(self) -> list[str]:
        """The names under which sources are claimed."""
        names = select(sources.c.worker).where(sources.c.claimed_until.is_not(None)).distinct()
        return list(self._connection.execute(names.order_by(sources.c.worker)).scalars())

    def asked_to_wait(self, host: str, now: datetime) -> None:
        """A source of ``host`` was told to stay away. Two of them at once speak for the host, as long as both do."""
        waits = select(sources.c.wait_until).where(sources.c.host == host, sources.c.wait_until > now)
        both = list(self._connection.execute(waits.order_by(sources.c.wait_until.desc()).limit(2)).scalars())
        if len(both) > 1:
            self._make([host])
            self._connection.execute(update(hosts).where(hosts.c.host == host).values(away_until=both[1]))

    def away(self, now: datetime) -> dict[str, datetime]:
        """The hosts that asked to be left alone, and until when."""
        query = select(hosts.c.host, hosts.c.away_until).where(hosts.c.away_until > now)
        return {row.host: row.away_until for row in self._connection.execute(query)}

    def _room(self, now: datetime, manners: Manners) -> dict[str, int]:
        """How many more polls each host that is being polled may have."""
        getting_on = func.count().filter(sources.c.claimed_at > now - STUCK)
        query = (
            select(sources.c.host, func.count(), getting_on)
            .where(sources.c.claimed_until > now)
            .group_by(sources.c.host)
        )
        return {
            host: min(manners.per_host - fresh, 2 * manners.per_host - busy)
            for host, busy, fresh in self._connection.execute(query)
        }

    def _due(self, now: datetime, limit: int, most: int, full: Sequence[str]) -> list[tuple[str, str]]:
        order = sources.c.next_poll_at, sources.c.id
        place = func.row_number().over(partition_by=sources.c.host, order_by=order)
        query = select(sources.c.id, sources.c.host, sources.c.next_poll_at, place.label("place"))
        due = query.where(sources.c.next_poll_at <= now, _open(now), ~_host_shut(now), _not_among(full)).subquery()
        wanted = select(due.c.id, due.c.host).where(due.c.place <= most)
        rows = self._connection.execute(wanted.order_by(due.c.next_poll_at, due.c.id).limit(limit))
        return [(row.id, row.host) for row in rows]

    def _named(self, now: datetime, only: Sequence[str], full: Sequence[str]) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for batch in batches(only):
            asked = sources.c.id.in_(batch), sources.c.next_poll_at.is_not(None)
            query = select(sources.c.id, sources.c.host).where(*asked, _open(now), ~_host_shut(now), _not_among(full))
            found |= {row.id: row.host for row in self._connection.execute(query)}
        return [(source_id, found[source_id]) for source_id in only if source_id in found]

    def _claim(self, ids: Sequence[str], now: datetime, worker: str) -> list[SourceState]:
        """The guard is asked again: on a server another poller may have been quicker."""
        claim = {"worker": worker, "claimed_at": now, "claimed_until": now + LEASE, "claims": sources.c.claims + 1}
        found: dict[str, SourceState] = {}
        for batch in batches(ids):
            change = update(sources).where(sources.c.id.in_(batch), _free(now)).values(claim).returning(sources)
            found |= {state.source_id: state for state in map(state_of, self._connection.execute(change))}
        return [found[source_id] for source_id in ids if source_id in found]

    def _pause(self, names: Sequence[str], until: datetime) -> None:
        self._make(names)
        for batch in batches(names):
            self._connection.execute(update(hosts).where(hosts.c.host.in_(batch)).values(next_at=until))

    def _make(self, names: Sequence[str]) -> None:
        add_missing(self._connection, hosts, [{"host": name} for name in dict.fromkeys(names)], key=["host"])

    def _again(self, now: datetime, only: Sequence[str] | None) -> datetime | None:
        """When the first host that keeps us waiting for a moment may be asked for what is due there."""
        wanted = sources.c.next_poll_at <= now if only is None else sources.c.next_poll_at.is_not(None)
        paused, away = func.coalesce(hosts.c.next_at, now), func.coalesce(hosts.c.away_until, now)
        opens = case((away > paused, away), else_=paused)
        query = (
            select(func.min(opens, type_=UtcTime()))
            .join(sources, sources.c.host == hosts.c.host)
            .where(opens > now, opens <= now + MOMENT, wanted, _open(now))
        )
        if only is None:
            soonest: datetime | None = self._connection.execute(query).scalar_one()
            return soonest
        times = (self._connection.execute(query.where(sources.c.id.in_(batch))).scalar_one() for batch in batches(only))
        return min(filter(None, times), default=None)


def _open(now: datetime) -> ColumnElement[bool]:
    """Of sources: polled at all, nobody has it, and the publisher does not keep us from it."""
    waiting = and_(sources.c.wait_until.is_not(None), sources.c.wait_until > now)
    return and_(sources.c.removed_at.is_(None), sources.c.paused_at.is_(None), ~waiting, _free(now))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(sources.c.claimed_until.is_(None), sources.c.claimed_until <= now)


def _host_shut(now: datetime) -> ColumnElement[bool]:
    shut = or_(hosts.c.next_at > now, hosts.c.away_until > now)
    return exists().where(hosts.c.host == sources.c.host, shut)


def _not_among(full: Sequence[str]) -> ColumnElement[bool]:
    return sources.c.host.not_in(full)
