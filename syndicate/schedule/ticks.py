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
    heard: list[Polled] = []

    async def polling() -> None:
        # Goes on for as long as anything is due: a source that stands still does not keep the others waiting.
        await poll_due(work.polling, heard.append)

    async def publishing() -> None:
        report = Report(polled=heard.copy())
        heard.clear()
        is_new = any(polled.status == "new" for polled in report.polled)
        await asyncio.to_thread(publish_feeds, work, report, work.channels if is_new else to_decide(work))
        await tell_operator(work, report)
        tell(report)

    async def reading() -> None:
        await read_due_pages(work)

    async def digests() -> None:
        report = Report()
        await asyncio.to_thread(send_due_digests, work, report)
        tell(report)

    async def returning() -> None:
        report = Report()
        await asyncio.to_thread(read_returned, work, report)
        tell(report)

    async def delivering() -> None:
        if rests(work.posting):  # that the relay failed was told when it did
            return
        report = Report()
        await drain(work, report)
        tell(report)

    async def watching() -> None:
        await asyncio.to_thread(look, work.composing)

    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(polling, "interval", seconds=POLL_SECONDS)
    scheduler.add_job(publishing, "interval", seconds=PUBLISH_SECONDS)
    scheduler.add_job(reading, "interval", seconds=PAGES_SECONDS)
    scheduler.add_job(digests, "interval", seconds=DIGEST_SECONDS)
    scheduler.add_job(returning, "interval", seconds=RETURNED_SECONDS)
    scheduler.add_job(watching, "interval", seconds=WATCH_SECONDS)
    scheduler.add_job(delivering, "interval", seconds=DELIVER_SECONDS)
    return scheduler
