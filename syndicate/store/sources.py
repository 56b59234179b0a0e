# SPDX-License-Identifier: Apache-2.0
"""The sources that we poll: what they last answered, how they are, and when they are due.

``next_poll_at`` here is the truth. Who polls a source now stands in the same row; ``polls.py`` hands it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select, update

from syndicate.model import Health, Memory, Source
from syndicate.store import encoding
from syndicate.store.records import PollRun, SourceState
from syndicate.store.schema import poll_runs, sources
from syndicate.store.statements import add, alone, batches

RUNS_KEPT = 50
"""Polls remembered of each source."""

_TRIM_EVERY = 10  # polls: rows beyond those kept are deleted in lots

# What every poll does is worded once: building a statement costs more than running it. On a server the rows are locked:
# nobody takes a source over between the look at its claim and what is written of it.
_HOLDS = (
    select(sources.c.id)
    .where(sources.c.id == bindparam("of"), sources.c.claims == bindparam("claim"))
    .with_for_update()
)
_CLAIMS = (
    select(sources.c.id, sources.c.claims)
    .where(sources.c.id.in_(bindparam("some", expanding=True)))
    .order_by(sources.c.id)
    .with_for_update()
)
_SETTLE = update(sources).where(sources.c.id == bindparam("of"))
_ADD_RUN = poll_runs.insert()
_OLDEST_KEPT = (
    select(poll_runs.c.id)
    .where(poll_runs.c.source_id == bindparam("of"))
    .order_by(poll_runs.c.id.desc())
    .offset(RUNS_KEPT - 1)
    .limit(1)
)
_TRIM = delete(poll_runs).where(
    poll_runs.c.source_id == bindparam("of"), poll_runs.c.id < _OLDEST_KEPT.scalar_subquery()
)


def _name_in(url: str) -> str:
    return urlsplit(url).hostname or ""


class Sources:
    """The sources, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def sync(self, configured: Sequence[Source], now: datetime, host_of: Callable[[str], str] = _name_in) -> None:
        """Make the rows those of the configuration: ``put`` its sources, ``drop`` all others."""
        self.put(configured, now, host_of)
        kept = {source.id for source in configured}
        polled = self._connection.execute(select(sources.c.id).where(sources.c.removed_at.is_(None))).scalars()
        self.drop([source_id for source_id in polled if source_id not in kept], now)

    def put(self, wanted: Sequence[Source], now: datetime, host_of: Callable[[str], str] = _name_in) -> None:
        """Poll these too, whatever others there are; ``host_of`` names the host that a URL burdens.

        New sources are due now, the state of the others stays. A source with a new URL forgets what belongs to the old
        one, and is due.
        """
        alone(self._connection, "the sources")
        held = {state.source_id: state for state in self.get([source.id for source in wanted])}
        new = [source for source in wanted if source.id not in held]
        add(self._connection, sources, [_first(source, host_of(source.url), now) for source in new])
        for source in wanted:
            if source.id in held and held[source.id].url != source.url:
                self.change(_readdressed(held[source.id], source.url, host_of(source.url), now))
        self._mark([state.source_id for state in held.values() if state.removed], None)

    def drop(self, source_ids: Sequence[str], now: datetime) -> None:
        """Mark sources as removed: they are polled no more, and their state stays."""
        self._mark(source_ids, now)

    def next_due(self) -> datetime | None:
        """When the next poll is due; None if no source is polled."""
        polled = sources.c.removed_at.is_(None), sources.c.paused_at.is_(None)
        earliest: datetime | None = self._connection.execute(
            select(func.min(sources.c.next_poll_at)).where(*polled)
        ).scalar_one()
        return earliest

    def get(self, ids: Sequence[str]) -> list[SourceState]:
        """The sources with these ids, in the order of the ids; unknown ones are left out."""
        found = {
            state.source_id: state
            for batch in batches(ids)
            for state in self._states(select(sources).where(sources.c.id.in_(batch)))
        }
        return [found[source_id] for source_id in ids if source_id in found]

    def all(self) -> list[SourceState]:
        """Every source that was ever configured, by id."""
        return self._states(select(sources).order_by(sources.c.id))

    def holds(self, claimed: SourceState) -> bool:
        """Whether a claim is still the last one of its source: if not, another poller has it now."""
        mine = {"of": claimed.source_id, "claim": claimed.claims}
        return self._connection.execute(_HOLDS, mine).first() is not None

    def settle(self, after: SourceState, run: PollRun) -> None:
        """Write what a poll made of a source that was claimed, and the poll itself; the claim ends."""
        self._settle([{"of": after.source_id, **_columns(after), **_ended(after)}])
        self._add_runs([(after, run)])

    def settle_all(self, polled: Sequence[tuple[SourceState, SourceState, PollRun]]) -> set[str]:
        """Settle polls of different sources at once: the claimed states, what they became, and the polls themselves.

        What has lost its claim is not written; the ids of those that held theirs.
        """
        held = self._held([claimed for claimed, _, _ in polled])
        mine = [one for one in polled if one[0].source_id in held]
        quiet, other = list[dict[str, Any]](), list[dict[str, Any]]()
        for claimed, after, _ in mine:
            if _only_times_differ(claimed, after):
                quiet.append({"of": after.source_id, **_times(after), **_ended(after)})
            else:
                other.append({"of": after.source_id, **_columns(after), **_ended(after)})
        self._settle(quiet)
        self._settle(other)
        self._add_runs([(after, run) for _, after, run in mine])
        return held

    def change(self, after: SourceState) -> None:
        """Write a state that a person gave a source. Whoever polls it meanwhile has lost the claim."""
        change = update(sources).where(sources.c.id == after.source_id)
        self._connection.execute(change.values(**_columns(after), claims=sources.c.claims + 1, claimed_until=None))

    def runs(self, source_id: str, limit: int = RUNS_KEPT) -> list[PollRun]:
        """The last polls of a source, newest first."""
        query = select(poll_runs).where(poll_runs.c.source_id == source_id).order_by(poll_runs.c.id.desc())
        return [_run(row) for row in self._connection.execute(query.limit(min(limit, RUNS_KEPT)))]

    def _held(self, claimed: Sequence[SourceState]) -> set[str]:
        numbers = {state.source_id: state.claims for state in claimed}
        return {
            row.id
            for batch in batches(sorted(numbers))
            for row in self._connection.execute(_CLAIMS, {"some": batch})
            if row.claims == numbers[row.id]
        }

    def _settle(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(_SETTLE, rows)

    def _add_runs(self, polled: Sequence[tuple[SourceState, PollRun]]) -> None:
        if polled:
            self._connection.execute(_ADD_RUN, [_run_row(run) for _, run in polled])
        long = [{"of": after.source_id} for after, _ in polled if _has_many_runs(after.polls + 1)]
        if long:
            self._connection.execute(_TRIM, long)

    def _mark(self, source_ids: Sequence[str], removed_at: datetime | None) -> None:
        for batch in batches(source_ids):
            change = update(sources).where(sources.c.id.in_(batch))
            self._connection.execute(change.values(removed_at=removed_at))

    def _states(self, query: Select[Any]) -> list[SourceState]:
        return [state_of(row) for row in self._connection.execute(query)]


def _first(source: Source, host: str, now: datetime) -> dict[str, Any]:
    return {
        "id": source.id,
        "url": source.url,
        "host": host,
        "memory": encoding.memory.text(Memory()),
        "health": Health.SOUND.value,
        "health_since": now,
        "next_poll_at": now,
        "next_why": "new",
        "added_at": now,
    }


def _readdressed(state: SourceState, url: str, host: str, now: datetime) -> SourceState:
    """At another address nothing that the old one said holds, but for how the source looks."""
    memory = replace(state.memory, adopted="", move=None, gone_since=None, fresh_for=None)
    health = Health.HELD if state.health is Health.HELD else Health.SOUND
    return replace(
        state,
        url=url,
        host=host,
        etag="",
        last_modified="",
        body_sha256="",
        memory=memory,
        health=health,
        health_why=state.health_why if health is Health.HELD else "",
        next_poll_at=now,
        next_why="its address is new",
        wait_until=None,
        failures=0,
        failing_since=None,
    )


def _columns(state: SourceState) -> dict[str, Any]:
    """What may change of a source; ids, claims and the dates of adding and removing are not among it."""
    return {
        "url": state.url,
        "host": state.host,
        "title": state.title,
        "etag": state.etag,
        "last_modified": state.last_modified,
        "body_sha256": state.body_sha256,
        "memory": encoding.memory.text(state.memory),
        "health": state.health.value,
        "health_why": state.health_why,
        "health_since": state.health_since,
        "next_poll_at": state.next_poll_at,
        "next_why": state.next_why,
        "wait_until": state.wait_until,
        "first_polled_at": state.first_polled_at,
        "last_success_at": state.last_success_at,
        "failures": state.failures,
        "failing_since": state.failing_since,
        "last_error": state.last_error,
        "polls": state.polls,
        "paused_at": state.paused_at,
    }


def _times(state: SourceState) -> dict[str, Any]:
    """What a poll that brought nothing changes of a source that goes on as it was."""
    return {"next_poll_at": state.next_poll_at, "next_why": state.next_why, "last_success_at": state.last_success_at}


def _ended(after: SourceState) -> dict[str, Any]:
    return {"polls": after.polls + 1, "worker": "", "claimed_until": None}


def _has_many_runs(polls: int) -> bool:
    return polls > RUNS_KEPT and polls % _TRIM_EVERY == 0


def _only_times_differ(before: SourceState, after: SourceState) -> bool:
    return replace(before, **_times(after)) == after


def state_of(row: Row[Any]) -> SourceState:
    """The state that stands in a row of ``sources``."""
    return SourceState(
        source_id=row.id,
        url=row.url,
        host=row.host,
        title=row.title,
        etag=row.etag,
        last_modified=row.last_modified,
        body_sha256=row.body_sha256,
        memory=encoding.memory.value(row.memory),
        health=Health(row.health),
        health_why=row.health_why,
        health_since=row.health_since,
        next_poll_at=row.next_poll_at,
        next_why=row.next_why,
        wait_until=row.wait_until,
        first_polled_at=row.first_polled_at,
        last_success_at=row.last_success_at,
        failures=row.failures,
        failing_since=row.failing_since,
        last_error=row.last_error,
        polls=row.polls,
        claims=row.claims,
        paused_at=row.paused_at,
        removed=row.removed_at is not None,
    )


def _run_row(run: PollRun) -> dict[str, Any]:
    return {
        "source_id": run.source_id,
        "at": run.at,
        "status": run.status,
        "bytes": run.bytes,
        "new": run.new,
        "changed": run.changed,
        "seconds": run.seconds,
        "error": run.error,
    }


def _run(row: Row[Any]) -> PollRun:
    return PollRun(
        source_id=row.source_id,
        at=row.at,
        status=row.status,
        bytes=row.bytes,
        new=row.new,
        changed=row.changed,
        seconds=row.seconds,
        error=row.error,
    )
