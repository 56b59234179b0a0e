# SPDX-License-Identifier: Apache-2.0
"""What a worker had begun that is no more goes on elsewhere, and keeps nothing locked for ever."""

import asyncio

import pytest

from syndicate.app import clock
from syndicate.schedule import workers
from syndicate.worker.engine import Duties, Post, work
from syndicate.worker.plan import Planner
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("postgresql")
DEAD = """
    WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead WHERE task_name = 'feed'
"""


def nothing(*_):
    """Nothing is to be done."""


@pytest.mark.parametrize("waits", [False, True])
def test_a_job_of_the_dead_is_done_once(tmp_path, waits):
    """A feed that a dead worker was composing is composed again, once, also where another job for it waits already."""
    store, done = databases.open(tmp_path), []
    name = databases.url(tmp_path).rpartition("/")[2]

    def add():
        with store.write() as tx:
            tx.jobs.prepare()
            assert tx.jobs.add("composing", "feed", {"channel": "c"}, alone="feed c", once="feed c")

    add()
    with databases.server.connection(name) as connection:
        connection.execute(DEAD)
    if waits:
        add()

    async def run():
        stop = asyncio.Event()

        async def feed(channel):
            done.append(channel)
            stop.set()

        async def others(*_):
            nothing()

        duties = Duties(others, feed, others, dict.fromkeys(("digests", "pages", "tend", "watch"), others))
        planner = Planner(store, clock, [], workers.name(), workers.is_gone)
        async with asyncio.timeout(60):
            await work(Post(store.server, ("composing",), 1), duties, planner, stop)

    asyncio.run(run())
    assert done == ["c"]
    with databases.server.connection(name) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'feed'").fetchone() == (0,)
