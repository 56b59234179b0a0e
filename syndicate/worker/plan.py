# SPDX-License-Identifier: Apache-2.0
"""What is due becomes jobs. Every worker may plan; one leads, and the others take over when it is no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from syndicate.pipeline.jobs import LANES, RECIPIENTS, compose_feeds, deliver_slices, free_the_lost, poll_some
from syndicate.pipeline.leading import lead
from syndicate.pipeline.ports import Clock
from syndicate.store import COMPOSING, POLLING, Lease, Store, Transaction

DUTY = "planning"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

SWEEP = timedelta(minutes=15)
"""At least so often every feed is composed, whatever was missed."""

LOST = timedelta(seconds=5)
"""How often sources are looked for whose job is lost, and what those had claimed that are no more."""

FREED = timedelta(seconds=20)
"""How often mails are looked for whose sender is no more."""

EVERY = {
    "digests": (COMPOSING, timedelta(seconds=20)),
    "pages": (POLLING, timedelta(seconds=15)),
    "tend": (COMPOSING, timedelta(seconds=60)),
    "watch": (COMPOSING, timedelta(days=1)),
}
"""Jobs that look for themselves whether anything is to be done, and how often."""


@dataclass(slots=True)
class Planner:
    """Adds jobs for what is due. ``feeds`` are the channels that are feeds, ``worker`` names this process.

    ``free_the_dead`` frees what processes of this machine had claimed that are no more: nobody elsewhere knows of them.
    """

    store: Store
    clock: Clock
    feeds: Sequence[str]
    worker: str
    is_gone: Callable[[str], bool]
    free_the_dead: Callable[[], None] = lambda: None
    _freed: datetime = LONG_AGO
    _last: dict[str, datetime] = field(default_factory=dict)

    def plan(self) -> bool:
        """Look once; False if another process leads. Raises StoreError."""
        now = self.clock()
        if now - self._freed >= LOST:
            self.free_the_dead()
            self._freed = now
        lease = lead(self.store, DUTY, self.worker, self.is_gone, now)
        if lease is None:
            self._last.clear()
            return False
        if self._is_time("lost", LOST, now):
            self.store.act(partial(self._lost, lease=lease))
        while self.store.act(partial(self._sources, lease=lease, now=now)):
            pass
        self.store.act(partial(self._others, lease=lease, now=now))
        return True

    def _lost(self, tx: Transaction, lease: Lease) -> None:
        if tx.leases.holds(lease):
            free_the_lost(tx)

    def _sources(self, tx: Transaction, lease: Lease, now: datetime) -> int:
        return poll_some(tx, now) if tx.leases.holds(lease) else 0

    def _others(self, tx: Transaction, lease: Lease, now: datetime) -> None:
        if not tx.leases.holds(lease):
            return
        due = tx.channels.to_decide(now)
        compose_feeds(tx, [one for one in self.feeds if one in due or self._is_time(f"feed {one}", SWEEP, now)])
        # Now and then also if nothing is due: a run frees first what a sender that is no more had claimed.
        least = 1 if self._is_time("deliver", FREED, now) else 0
        deliver_slices(tx, max(least, tx.outbox.due(now, LANES * RECIPIENTS)))
        for task, (queue, every) in EVERY.items():
            if self._is_time(task, every, now):
                tx.jobs.add(queue, task, {}, alone=task, once=task)

    def _is_time(self, what: str, every: timedelta, now: datetime) -> bool:
        if now - self._last.get(what, LONG_AGO) < every:
            return False
        self._last[what] = now
        return True
