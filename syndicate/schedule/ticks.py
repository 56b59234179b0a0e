# SPDX-License-Identifier: Apache-2.0
"""The daemon's heartbeat: APScheduler fires a few ticks that do what is due.

Correctness does not rest on it. A tick that is still running is not started again (``max_instances``), ones that were
missed count as one (``coalesce``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from syndicate.errors import SyndicateError
from syndicate.pipeline.arrive import Polled
from syndicate.pipeline.breaches import look
from syndicate.pipeline.people import forget_unanswered
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
WATCH_SECONDS = 300
WATCH_EVERY = timedelta(days=1)


Job = Callable[[Report], Coroutine[Any, Any, None]]


class Heartbeat:
    """What the ticks do. What goes wrong is told when it begins, not at every tick for as long as it lasts."""

    def __init__(self, work: Work, tell: Callable[[Report], None]) -> None:
        """``tell`` hears what each tick did."""
        self._work = work
        self._tell = tell
        self._heard: list[Polled] = []
        self._known: dict[str, set[str]] = {}
        self._watched: datetime | None = None

    def of(self, job: Job) -> Callable[[], Coroutine[Any, Any, None]]:
        """The job as the scheduler calls it: no error of ours ends it, and none is told twice in a row."""

        async def run() -> None:
            report = Report()
            try:
                await job(report)
            except SyndicateError as error:
                report.trouble.append(error)
            except asyncio.CancelledError:
                return  # the daemon stops; what was under way is taken up when it starts again
            known = self._known.get(job.__name__, set())
            self._known[job.__name__] = {str(error) for error in (*report.refused, *report.trouble)}
            report.refused = [error for error in report.refused if str(error) not in known]
            report.trouble = [error for error in report.trouble if str(error) not in known]
            self._tell(report)

        return run

    async def refreshing(self, _report: Report) -> None:
        """Sources that were added or removed by command."""
        await asyncio.to_thread(self._work.refresh)

    async def polling(self, _report: Report) -> None:
        """Goes on for as long as anything is due: a source that stands still does not keep the others waiting."""
        await poll_due(self._work.polling, self._heard.append)

    async def publishing(self, report: Report) -> None:
        """Feeds of which something is new, or is to be decided again."""
        work, report.polled = self._work, self._heard.copy()
        self._heard.clear()
        is_new = any(polled.status == "new" for polled in report.polled)
        await asyncio.to_thread(publish_feeds, work, report, work.channels if is_new else to_decide(work))
        await tell_operator(work, report)

    async def reading(self, _report: Report) -> None:
        """Web pages."""
        await read_due_pages(self._work)

    async def digests(self, report: Report) -> None:
        """Digests whose time has come."""
        await asyncio.to_thread(send_due_digests, self._work, report)

    async def returning(self, report: Report) -> None:
        """Bounces and complaints."""
        await asyncio.to_thread(read_returned, self._work, report)

    async def delivering(self, report: Report) -> None:
        """The outbox; that the relay failed was told when it did."""
        if not rests(self._work.posting):
            await drain(self._work, report)

    async def watching(self, _report: Report) -> None:
        """Breaches, and addresses that never answered; once a day, and soon after each start."""
        now = self._work.composing.clock()
        if self._watched and now - self._watched < WATCH_EVERY:
            return
        self._watched = now
        await asyncio.to_thread(look, self._work.composing)
        await asyncio.to_thread(forget_unanswered, self._work.composing)


def ticks(work: Work, tell: Callable[[Report], None]) -> AsyncIOScheduler:
    """A scheduler, not yet started, on the running event loop; ``tell`` hears what each tick did."""
    beat = Heartbeat(work, tell)
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    for job, seconds in (
        (beat.refreshing, POLL_SECONDS),
        (beat.polling, POLL_SECONDS),
        (beat.publishing, PUBLISH_SECONDS),
        (beat.reading, PAGES_SECONDS),
        (beat.digests, DIGEST_SECONDS),
        (beat.returning, RETURNED_SECONDS),
        (beat.watching, WATCH_SECONDS),
        (beat.delivering, DELIVER_SECONDS),
    ):
        scheduler.add_job(beat.of(job), "interval", seconds=seconds)
    return scheduler
