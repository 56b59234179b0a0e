# SPDX-License-Identifier: Apache-2.0
"""Who polls what now: sources are handed out to pollers for a limited time, gently to every host.

Any number of pollers, in any number of processes, may ask at once: a source has one of them, and a host sees no more
requests than it may. A poller that dies loses its sources when their time is up, or as soon as somebody knows of it.
``claims`` grows with every claim and fences: whoever lost one writes nothing any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, exists, func, literal, or_, select, update

from syndicate.store.columns import UtcTime
from syndicate.store.records import SourceState
from syndicate.store.schema import hosts, sources
from syndicate.store.sources import state_of
from syndicate.store.statements import add_missing, alone, batches

LEASE = timedelta(minutes=10)
"""How long a claim holds: much longer than a fetch and a reading may take."""

MOMENT = timedelta(minutes=1)
"""A host that may be asked again within is worth waiting for."""

STUCK = timedelta(seconds=4)
"""A poll that goes on for longer no longer counts among those that get on, and its host may be asked for more."""

HANDING_OUT = "handing out sources"
"""One process at a time looks at what hosts can bear and takes for itself."""

QUEUED = "queue:"
"""So begins the name of a lease: sources that wait in a queue for whoever comes to poll them."""

_MORE = 4  # times as many of the due are looked at first as are wanted


# Worded once: building a statement costs more than running it. A source is open if it is polled at all, nobody has it,
# and its publisher does not keep us from it.
_NOW, _UNTIL = (bindparam(name, type_=UtcTime()) for name in ("now", "until"))
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_LEASE: BindParameter[Any] = bindparam("lease", "")
_FREE = or_(sources.c.claimed_until.is_(None), sources.c.claimed_until <= _NOW, sources.c.worker == _LEASE)
_OPEN = and_(
    sources.c.removed_at.is_(None),
    sources.c.paused_at.is_(None),
    or_(sources.c.wait_until.is_(None), sources.c.wait_until <= _NOW),
    _FREE,
)
_HOST_AWAKE = ~exists().where(hosts.c.host == sources.c.host, or_(hosts.c.next_at > _NOW, hosts.c.away_until > _NOW))
_HOST_OPEN = and_(_HOST_AWAKE, sources.c.host.not_in(bindparam("full", expanding=True)))
_ORDER = sources.c.next_poll_at, sources.c.id
_DUE = and_(sources.c.next_poll_at <= _NOW, _OPEN, _HOST_OPEN)
_FIRST_DUE = select(sources.c.id, sources.c.host).where(_DUE).order_by(*_ORDER).limit(bindparam("limit"))
_PLACED = (
    select(
        *(sources.c.id, sources.c.host, sources.c.next_poll_at),
        func.row_number().over(partition_by=sources.c.host, order_by=_ORDER).label("place"),
    )
    .where(_DUE)
    .subquery()
)
_DUE_OF_EACH = (
    select(_PLACED.c.id, _PLACED.c.host)
    .where(_PLACED.c.place <= bindparam("most"))
    .order_by(_PLACED.c.next_poll_at, _PLACED.c.id)
    .limit(bindparam("limit"))
)
_LEASED = or_(literal("") == _LEASE, sources.c.worker == _LEASE)  # of what waits in a queue only what is ours still
_NAMED = select(sources.c.id, sources.c.host).where(
    sources.c.id.in_(_SOME), sources.c.next_poll_at.is_not(None), _OPEN, _HOST_OPEN, _LEASED
)
# Not grouped here: for the groups' sake every source would be looked at, and not only the few that are claimed.
_BUSY = select(sources.c.host, sources.c.claimed_at).where(
    sources.c.claimed_until > _NOW, sources.c.worker.not_like(f"{QUEUED}%")
)
_WAITING_LONGEST = (
    select(sources.c.id)
    .where(sources.c.next_poll_at <= _NOW, _OPEN, _HOST_AWAKE)
    .order_by(*_ORDER)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_STILL_FREE = select(sources.c.id).where(sources.c.id.in_(_SOME), _FREE).order_by(sources.c.id)
_CLAIM = (
    update(sources)
    .where(sources.c.id.in_(_STILL_FREE.with_for_update(skip_locked=True)))
    .values(worker=bindparam("by"), claimed_at=_NOW, claimed_until=_UNTIL, claims=sources.c.claims + 1)
    .returning(sources)
)
_PAUSED, _AWAY = func.coalesce(hosts.c.next_at, _NOW), func.coalesce(hosts.c.away_until, _NOW)
_OPENS = case((_AWAY > _PAUSED, _AWAY), else_=_PAUSED)
_SOON = select(hosts.c.host).where(_OPENS > _NOW, _OPENS <= _UNTIL).limit(1)
_AGAIN = (
    select(func.min(_OPENS, type_=UtcTime()))
    .join(sources, sources.c.host == hosts.c.host)
    .where(_OPENS > _NOW, _OPENS <= _UNTIL, _OPEN)
)
_AGAIN_DUE = _AGAIN.where(sources.c.next_poll_at <= _NOW)
_AGAIN_NAMED = _AGAIN.where(sources.c.next_poll_at.is_not(None), sources.c.id.in_(_SOME), _LEASED)


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
        self,
        now: datetime,
        worker: str,
        limit: int,
        manners: Manners,
        *,
        only: Sequence[str] | None = None,
        lease: str = "",
    ) -> Taken:
        """Take up to ``limit`` sources for ``worker``: those longest due, or ``only`` these, due or not.

        With a ``lease`` only those of these that are set aside under that name.

        Left out are sources that are removed, paused or taken, and whatever its publisher keeps us from for now.
        """
        if limit <= 0:
            return Taken()
        alone(self._connection, HANDING_OUT)
        room = self._room(now, manners)
        full = [host for host, free in room.items() if free <= 0]
        most = 1 if manners.pause else manners.per_host
        room = {host: min(most, free) for host, free in room.items()}
        if only is None:
            chosen = self._due(now, limit, most, room, full)
        else:
            chosen = _gently(self._named(now, only, full, lease), most, room)[:limit]
        claimed = self._claim(chosen, now, worker, lease)
        if manners.pause:
            self._pause([state.host for state in claimed], now + timedelta(seconds=manners.pause))
        return Taken(tuple(claimed), self._again(now, only, lease))

    def lease(self, now: datetime, lease: str, limit: int) -> list[str]:
        """Set up to ``limit`` sources that are due aside under the name ``lease``; their ids, the longest due first.

        Whoever names the lease may take them, nobody else before its time is up. Their hosts are not burdened before.
        """
        ids = list(self._connection.execute(_WAITING_LONGEST, {"now": now, "limit": limit}).scalars())
        values = {"worker": lease, "claimed_at": now, "claimed_until": now + LEASE}
        for batch in batches(ids):
            self._connection.execute(update(sources).where(sources.c.id.in_(batch)).values(**values))
        return ids

    def leases(self) -> list[str]:
        """The names under which sources are set aside."""
        named = sources.c.worker.startswith(QUEUED), sources.c.claimed_until.is_not(None)
        return list(self._connection.execute(select(sources.c.worker).where(*named).distinct()).scalars())

    def end_lease(self, lease: str) -> None:
        """What is set aside under that name still is anybody's again."""
        self._connection.execute(update(sources).where(sources.c.worker == lease).values(worker="", claimed_until=None))

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
        alone(self._connection, HANDING_OUT)
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
        rows = self._connection.execute(_BUSY, {"now": now}).all()
        busy = Counter(row.host for row in rows)
        fresh = Counter(row.host for row in rows if row.claimed_at > now - STUCK)
        return {host: min(manners.per_host - fresh[host], 2 * manners.per_host - busy[host]) for host in busy}

    def _due(self, now: datetime, limit: int, most: int, room: dict[str, int], full: Sequence[str]) -> list[str]:
        """The longest due that their hosts can bear: mostly the first few are; if not, all are looked through."""
        asked = {"now": now, "full": full, "limit": limit * _MORE}
        first = self._connection.execute(_FIRST_DUE, asked).all()
        chosen = _gently([(row.id, row.host) for row in first], most, room)
        if len(chosen) < limit and len(first) == limit * _MORE:
            rows = self._connection.execute(_DUE_OF_EACH, {**asked, "most": most})
            chosen = _gently([(row.id, row.host) for row in rows], most, room)
        return chosen[:limit]

    def _named(self, now: datetime, only: Sequence[str], full: Sequence[str], lease: str) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for batch in batches(only):
            rows = self._connection.execute(_NAMED, {"now": now, "full": full, "some": batch, "lease": lease})
            found |= {row.id: row.host for row in rows}
        return [(source_id, found[source_id]) for source_id in only if source_id in found]

    def _claim(self, ids: Sequence[str], now: datetime, worker: str, lease: str) -> list[SourceState]:
        """The guard is asked again: on a server another poller may have been quicker."""
        found: dict[str, SourceState] = {}
        for batch in batches(ids):
            asked = {"by": worker, "now": now, "until": now + LEASE, "some": batch, "lease": lease}
            found |= {state.source_id: state for state in map(state_of, self._connection.execute(_CLAIM, asked))}
        return [found[source_id] for source_id in ids if source_id in found]

    def _pause(self, names: Sequence[str], until: datetime) -> None:
        self._make(names)
        for batch in batches(names):
            self._connection.execute(update(hosts).where(hosts.c.host.in_(batch)).values(next_at=until))

    def _make(self, names: Sequence[str]) -> None:
        add_missing(self._connection, hosts, [{"host": name} for name in dict.fromkeys(names)], key=["host"])

    def _again(self, now: datetime, only: Sequence[str] | None, lease: str) -> datetime | None:
        """When the first host that keeps us waiting for a moment may be asked for what is due there."""
        soon = {"now": now, "until": now + MOMENT}
        if self._connection.execute(_SOON, soon).first() is None:
            return None  # mostly so, and the rest looks at everything that is due
        asked = {**soon, "lease": lease}
        if only is None:
            soonest: datetime | None = self._connection.execute(_AGAIN_DUE, asked).scalar_one()
            return soonest
        found = (
            self._connection.execute(_AGAIN_NAMED, {**asked, "some": batch}).scalar_one() for batch in batches(only)
        )
        return min(filter(None, found), default=None)


def _gently(found: Sequence[tuple[str, str]], most: int, room: Mapping[str, int]) -> list[str]:
    """Of sources and their hosts, in order, those that each host has room for."""
    chosen: list[str] = []
    used: dict[str, int] = {}
    for source_id, host in found:
        if used.get(host, 0) < room.get(host, most):
            used[host] = used.get(host, 0) + 1
            chosen.append(source_id)
    return chosen
