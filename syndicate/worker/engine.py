# SPDX-License-Identifier: Apache-2.0
"""A worker: takes jobs from the queue of Procrastinate and does them. The only module that runs its workers.

It outlives its database: when that goes away it begins anew as soon as it is back. What was begun then is in our tables
or not; a job that nobody finishes is stalled, and is given to another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Status

from syndicate.errors import SyndicateError
from syndicate.store import COMPOSING, DELIVERING, POLLING
from syndicate.worker.plan import Planner

PLAN_SECONDS = 1.0
STALLED_SECONDS = 30.0
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duties:
    """What jobs do: each looks for itself what is so, and what goes wrong in it is told by it."""

    poll: Callable[[str, Sequence[str]], Awaitable[None]]
    feed: Callable[[str], Awaitable[None]]
    deliver: Callable[[int], Awaitable[None]]
    others: Mapping[str, Callable[[], Awaitable[None]]]


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker works: ``server`` is what libpq connects to; so many jobs of these queues at a time."""

    server: str
    queues: Sequence[str]
    concurrency: int


async def work(post: Post, duties: Duties, planner: Planner, stop: asyncio.Event) -> None:
    """Do jobs, and plan, until ``stop`` is set; what runs then is brought to an end."""
    while not stop.is_set():
        running = asyncio.create_task(_once(post, duties, planner))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        stopping.cancel()
        outcome = (await asyncio.gather(running, return_exceptions=True))[0]
        if isinstance(outcome, Exception):
            log.warning("the queue cannot be used (%s); tried again", outcome)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _once(post: Post, duties: Duties, planner: Planner) -> None:
    await asyncio.to_thread(_prepare, planner)
    app = App(connector=PsycopgConnector(conninfo=post.server, min_size=1, max_size=post.concurrency + 3))
    _register(app, duties)
    async with app.open_async():
        planning = asyncio.create_task(_plan(app, planner))
        try:
            await app.run_worker_async(
                queues=list(post.queues),
                concurrency=post.concurrency,
                install_signal_handlers=False,
                delete_jobs=DeleteJobCondition.ALWAYS,  # what must be known of what was done is in our own tables
                stalled_worker_timeout=STALLED_SECONDS,
                shutdown_graceful_timeout=STALLED_SECONDS,
            )
        finally:
            planning.cancel()
            await asyncio.gather(planning, return_exceptions=True)


def _prepare(planner: Planner) -> None:
    with planner.store.write() as tx:
        tx.jobs.prepare()


def _register(app: App, duties: Duties) -> None:
    @app.task(name="poll", queue=POLLING)
    async def poll(lease: str, sources: list[str]) -> None:
        await duties.poll(lease, sources)

    @app.task(name="feed", queue=COMPOSING)
    async def feed(channel: str) -> None:
        await duties.feed(channel)

    @app.task(name="deliver", queue=DELIVERING)
    async def deliver(most: int) -> None:
        await duties.deliver(most)

    for name, act in duties.others.items():
        app.task(name=name)(act)


async def _give_to_others(app: App) -> None:
    """What a worker that is no more had begun waits for another, unless a job that says the same does already."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:  # it is ended, or what it keeps locked would never be done again
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


async def _plan(app: App, planner: Planner) -> None:
    """Plan now and then, and give to others what a worker that is no more had begun."""
    while True:
        try:
            if await asyncio.to_thread(planner.plan):
                await _give_to_others(app)
        except (SyndicateError, ProcrastinateException) as error:  # the database went away: it will come back
            log.warning("nothing was planned: %s", str(error).strip())
        await asyncio.sleep(PLAN_SECONDS)
