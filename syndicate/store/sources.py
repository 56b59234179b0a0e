# SPDX-License-Identifier: Apache-2.0
"""The sources that we poll: what they last answered and when they are due. ``next_poll_at`` here is the truth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from syndicate.model import Source
from syndicate.store.records import PollRun, SourceState
from syndicate.store.schema import poll_runs, sources
from syndicate.store.statements import add, batches

RUNS_KEPT = 50
"""Polls remembered of each source."""


class Sources:
    """The sources, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def sync(self, configured: Sequence[Source], now: datetime) -> None:
        """Make the rows those of the configuration.

        New sources are due now, sources that are gone are marked removed, the state of the others stays. A source with
        a new URL forgets its validators, for they belong to the old one.
        """
        held = {state.source_id: state for state in self.all()}
        new = [source for source in configured if source.id not in held]
        add(self._connection, sources, [{"id": s.id, "url": s.url, "next_poll_at": now, "added_at": now} for s in new])
        for source in configured:
            if source.id in held and held[source.id].url != source.url:
                self._moved(source, now)
        self._mark(held, {source.id for source in configured}, now)

    def due(self, now: datetime, limit: int) -> list[SourceState]:
        """The sources to poll by now, the longest due first."""
        query = (
            select(sources)
            .where(sources.c.removed_at.is_(None), sources.c.next_poll_at <= now)
            .order_by(sources.c.next_poll_at, sources.c.id)
            .limit(limit)
        )
        return self._states(query)

    def next_due(self) -> datetime | None:
        """When the next poll is due; None if no source is polled."""
        query = select(func.min(sources.c.next_poll_at)).where(sources.c.removed_at.is_(None))
        earliest: datetime | None = self._connection.execute(query).scalar_one()
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

    def polled(  # noqa: PLR0913 - a poll report has this many figures
        self,
        source_id: str,
        *,
        now: datetime,
        next_poll_at: datetime | None,
        etag: str | None = None,
        last_modified: str | None = None,
        body_sha256: str | None = None,
        title: str | None = None,
        status: int = 200,
        bytes: int = 0,  # noqa: A002 - the word of the poll report
        new: int = 0,
        changed: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """A poll succeeded. What is None stays as it was; failures are forgiven."""
        answer = {"etag": etag, "last_modified": last_modified, "body_sha256": body_sha256, "title": title}
        self._update(
            source_id,
            {name: value for name, value in answer.items() if value is not None}
            | {
                "next_poll_at": next_poll_at,
                "last_success_at": now,
                "first_polled_at": func.coalesce(sources.c.first_polled_at, now),
                "failures": 0,
                "last_error": "",
            },
        )
        self._run(source_id, at=now, status=status, bytes=bytes, new=new, changed=changed, seconds=seconds, error="")

    def failed(
        self,
        source_id: str,
        *,
        now: datetime,
        next_poll_at: datetime | None,
        error: str,
        status: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """A poll failed: nothing but the failure is noted."""
        self._update(source_id, {"next_poll_at": next_poll_at, "failures": sources.c.failures + 1, "last_error": error})
        self._run(source_id, at=now, status=status, seconds=seconds, error=error)

    def runs(self, source_id: str, limit: int = RUNS_KEPT) -> list[PollRun]:
        """The last polls of a source, newest first."""
        query = select(poll_runs).where(poll_runs.c.source_id == source_id).order_by(poll_runs.c.id.desc()).limit(limit)
        return [_run(row) for row in self._connection.execute(query)]

    def _moved(self, source: Source, now: datetime) -> None:
        forget = {"etag": "", "last_modified": "", "body_sha256": ""}
        change = update(sources).where(sources.c.id == source.id)
        self._connection.execute(change.values(url=source.url, next_poll_at=now, **forget))

    def _mark(self, held: dict[str, SourceState], configured: set[str], now: datetime) -> None:
        gone = [state.source_id for state in held.values() if not state.removed and state.source_id not in configured]
        back = [state.source_id for state in held.values() if state.removed and state.source_id in configured]
        for ids, removed_at in ((gone, now), (back, None)):
            for batch in batches(ids):
                change = update(sources).where(sources.c.id.in_(batch))
                self._connection.execute(change.values(removed_at=removed_at))

    def _update(self, source_id: str, values: dict[str, Any]) -> None:
        change = update(sources).where(sources.c.id == source_id)
        self._connection.execute(change.values(polls=sources.c.polls + 1, **values))

    def _run(self, source_id: str, **values: Any) -> None:
        self._connection.execute(poll_runs.insert().values(source_id=source_id, **values))
        mine = poll_runs.c.source_id == source_id
        oldest_kept = (
            select(poll_runs.c.id).where(mine).order_by(poll_runs.c.id.desc()).offset(RUNS_KEPT - 1).limit(1)
        ).scalar_subquery()
        self._connection.execute(delete(poll_runs).where(mine, poll_runs.c.id < oldest_kept))

    def _states(self, query: Select[Any]) -> list[SourceState]:
        return [_state(row) for row in self._connection.execute(query)]


def _state(row: Row[Any]) -> SourceState:
    return SourceState(
        source_id=row.id,
        url=row.url,
        title=row.title,
        etag=row.etag,
        last_modified=row.last_modified,
        body_sha256=row.body_sha256,
        next_poll_at=row.next_poll_at,
        first_polled_at=row.first_polled_at,
        last_success_at=row.last_success_at,
        failures=row.failures,
        last_error=row.last_error,
        polls=row.polls,
        removed=row.removed_at is not None,
    )


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
