# SPDX-License-Identifier: Apache-2.0
"""The daemon's heartbeat: APScheduler fires a few ticks that do what is due.

Correctness does not rest on it. A tick that is still running is not started again (``max_instances``), ones that were
missed count as one (``coalesce``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from syndicate.pipeline.arrive import Polled
from syndicate.pipeline.breaches import look
from syndicate.pipeline.poll import poll_due
from syndicate.pipeline.post import rests
from syndicate.schedule.cycle import (
    Report,
    Work,
    drain,
    publish_feeds,
    read_due_pages,
    read_returned,
    send_due_digests,
    tell_operator,
    to_decide,
)

POLL_SECONDS = 5
PUBLISH_SECONDS = 10
PAGES_SECONDS = 15
DIGEST_SECONDS = 20
DELIVER_SECONDS = 5
RETURNED_SECONDS = 60
WATCH_SECONDS = 24 * 3600


def ticks(work: Work, tell: Callable[[Report], None]) -> AsyncIOScheduler:
    """A scheduler, not yet started, on the running event loop; ``tell`` hears what each tick did."""
    beat = _Beat(work, tell)
    jobs = {
        beat.refresh: POLL_SECONDS,
        beat.poll: POLL_SECONDS,
        beat.publish: PUBLISH_SECONDS,
        beat.read_pages: PAGES_SECONDS,
        beat.digests: DIGEST_SECONDS,
        beat.returned: RETURNED_SECONDS,
        beat.watch: WATCH_SECONDS,
        beat.deliver: DELIVER_SECONDS,
    }
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    for job, seconds in jobs.items():
        scheduler.add_job(job, "interval", seconds=seconds)
    return scheduler


class _Beat:
    """What each tick does."""

    def __init__(self, work: Work, tell: Callable[[Report], None]) -> None:
        self._work = work
        self._tell = tell
        self._heard: list[Polled] = []

    async def refresh(self) -> None:
        await asyncio.to_thread(self._work.refresh)

    async def poll(self) -> None:
        # Goes on for as long as anything is due: a source that stands still does not keep the others waiting.
        await poll_due(self._work.polling, self._heard.append)

    async def publish(self) -> None:
        work, report = self._work, Report(polled=self._heard.copy())
        self._heard.clear()
        is_new = any(polled.status == "new" for polled in report.polled)
        await asyncio.to_thread(publish_feeds, work, report, work.channels if is_new else to_decide(work))
        await tell_operator(work, report)
        self._tell(report)

    async def read_pages(self) -> None:
        await read_due_pages(self._work)

    async def digests(self) -> None:
        await self._report(send_due_digests)

    async def returned(self) -> None:
        await self._report(read_returned)

    async def deliver(self) -> None:
        if rests(self._work.posting):  # that the relay failed was told when it did
            return
        report = Report()
        await drain(self._work, report)
        self._tell(report)

    async def watch(self) -> None:
        await asyncio.to_thread(look, self._work.composing)

    async def _report(self, act: Callable[[Work, Report], None]) -> None:
        report = Report()
        await asyncio.to_thread(act, self._work, report)
        self._tell(report)
