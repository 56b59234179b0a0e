# SPDX-License-Identifier: Apache-2.0
"""A worker as it is wired: what its jobs do with everything that a cycle calls on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from syndicate.errors import SyndicateError, UsageError
from syndicate.model import ChannelKind
from syndicate.pipeline import poll, post
from syndicate.pipeline.breaches import look
from syndicate.pipeline.jobs import TOGETHER, compose_feeds
from syndicate.pipeline.people import forget_unanswered
from syndicate.schedule import cycle, workers
from syndicate.schedule.cycle import Report, Work
from syndicate.store import QUEUES, Transaction

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.worker.engine import Duties

Tell = Callable[[Report], None]


async def work_on(app: App, queues: Sequence[str], concurrency: int, tell: Tell, stop: asyncio.Event) -> None:
    """Do jobs of these queues until ``stop`` is set. UsageError: no such queue, or the database is a file."""
    from syndicate.worker.engine import Post, work
    from syndicate.worker.plan import Planner

    unknown = [queue for queue in queues if queue not in QUEUES]
    if unknown:
        raise UsageError("no such queue", subject=unknown[0], remedy=f"one of: {', '.join(QUEUES)}")
    if not app.store.server:
        remedy = "move to PostgreSQL with `syndicate migrate-database`, or use `syndicate run`"
        raise UsageError("is a file, which only one machine can use", subject=app.store.name, remedy=remedy)
    async with app.work() as wired:
        crew = _Crew(wired, tell)
        planner = Planner(app.store, app.clock, crew.feeds, workers.name(), workers.is_gone, crew.free_the_dead)
        await work(Post(app.store.server, queues, concurrency), crew.duties, planner, stop)


class _Crew:
    """What each job does."""

    def __init__(self, work: Work, tell: Tell) -> None:
        self._work = work
        self._tell = tell
        self.feeds = [channel.id for channel in cycle.of_kind(ChannelKind.FEED, work.channels)]

    @property
    def duties(self) -> Duties:
        """The jobs by name."""
        from syndicate.worker.engine import Duties

        others = {"digests": self.digests, "pages": self.pages, "tend": self.tend, "watch": self.watch}
        return Duties(self.poll, self.feed, self.deliver, others)

    def free_the_dead(self) -> None:
        """Free what processes of this machine had claimed that are no more."""
        poll.free_the_dead(self._work.polling)
        post.free_the_dead(self._work.posting)

    async def poll(self, lease: str, sources: Sequence[str]) -> None:
        """Poll a lease of sources; if anything is new, the feeds are composed."""
        report = Report()
        try:
            await asyncio.to_thread(self._work.refresh)
            await poll.poll_leased(self._work.polling, lease, sources, report.polled.append)
        except SyndicateError as error:
            report.trouble.append(error)
        if any(polled.new or polled.changed for polled in report.polled):
            now = self._work.polling.clock()
            try:
                await asyncio.to_thread(self._work.polling.store.act, partial(_news, feeds=self.feeds, now=now))
            except SyndicateError as error:  # the sweep finds it
                report.trouble.append(error)
        self._tell(report)

    async def feed(self, channel_id: str) -> None:
        """Compose a feed and put it in place."""
        report = Report()
        named = [channel for channel in self._work.channels if channel.id == channel_id]
        await asyncio.to_thread(cycle.publish_feeds, self._work, report, named)
        self._tell(report)

    async def deliver(self, most: int) -> None:
        """Deliver a slice of what is due; that the relay failed was told when it did."""
        report = Report()
        if not await asyncio.to_thread(post.rests, self._work.posting):
            await cycle.drain(replace(self._work, posting=replace(self._work.posting, most=most)), report)
        self._tell(report)

    async def digests(self) -> None:
        """Compose the digests whose time has come."""
        report = Report()
        await asyncio.to_thread(cycle.send_due_digests, self._work, report)
        self._tell(report)

    async def pages(self) -> None:
        """Read web pages that are due."""
        await cycle.read_due_pages(self._work)

    async def tend(self) -> None:
        """Take returned mail, and tell the operator what became of sources."""
        report = Report()
        await asyncio.to_thread(cycle.read_returned, self._work, report)
        await cycle.tell_operator(self._work, report)
        self._tell(report)

    async def watch(self) -> None:
        """Look for breaches, and forget addresses that never answered."""
        await asyncio.to_thread(look, self._work.composing)
        await asyncio.to_thread(forget_unanswered, self._work.composing)


def _news(tx: Transaction, feeds: Sequence[str], now: datetime) -> None:
    tx.channels.decide_again(now)
    compose_feeds(tx, feeds, wait=TOGETHER)
