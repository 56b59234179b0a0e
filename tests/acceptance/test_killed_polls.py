# SPDX-License-Identifier: Apache-2.0
"""Cycles over many sources, killed at random points or shared by two programs: nothing lost, nothing asked twice.

``KILL_SOURCES=2000 KILLS=50 pytest tests/acceptance/test_killed_polls.py -s`` is the large run.
"""

import asyncio
import json
import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing

import pytest

from syndicate.app import open_app
from syndicate.pipeline.poll import AT_ONCE

SOURCES = int(os.environ.get("KILL_SOURCES", "400"))
KILLS = int(os.environ.get("KILLS", "8"))
ITEMS = 3


class Feeds:
    """A server of many small feeds in a thread of its own; counts what is asked, and answers as often as it is let."""

    def __init__(self):
        self.asked, self.agents, self.both = Counter(), set(), threading.Event()
        self._loop, self._ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._stop, self._answers = asyncio.Event(), asyncio.Semaphore(0)
        server = await asyncio.start_server(self._answer, "0.0.0.0", 0)  # noqa: S104 - all of 127/8
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await self._stop.wait()

    async def _answer(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            number = head.split(" ")[1].strip("/")
            self.asked[number] += 1
            self.agents.add(re.search(r"user-agent: (.*)", head, re.IGNORECASE)[1])
            if len(self.agents) > 1:
                self.both.set()
            await self._answers.acquire()
            if reader.at_eof():  # who asked was killed while it waited
                self._answers.release()
                return
            items = "".join(
                f"<item><guid>g-{number}-{n}</guid><title>{n} of {number}</title><link>http://x.example/{number}/{n}</link></item>"
                for n in range(ITEMS)
            )
            body = f"<rss version='2.0'><channel><title>{number}</title>{items}</channel></rss>".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def let(self, answers):
        """Give so many answers more."""
        self._loop.call_soon_threadsafe(lambda: [self._answers.release() for _ in range(answers)])

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)


def config(feeds, contact):
    """Every source on an address of its own."""
    hosts = [f"127.0.{number // 200}.{number % 200 + 1}" for number in range(SOURCES)]
    lines = [f"site: {{name: R, url: 'https://b.example', contact: {contact}}}", "publishers: {p: {name: P}}"]
    lines += ["network: {allow_private: true, pause: 0s}", "sources:"]
    lines += [
        f"  - {{id: s{n}, url: 'http://{hosts[n]}:{feeds.port}/{n}', publisher: p, every: 1d}}" for n in range(SOURCES)
    ]
    return "\n".join(lines)


@pytest.mark.timeout(1800)
def test_a_cycle_that_is_killed_again_and_again(tmp_path, run):
    """However often the poller is killed, the next one goes on where it was: each source polled, each item there once."""
    with Feeds() as feeds:
        (tmp_path / "config.yaml").write_text(config(feeds, "e@b.example"))
        open_app(tmp_path / "config.yaml").close()
        chance = random.Random(20261126)  # noqa: S311 - the same moments each time
        kills = 0
        for _ in range(KILLS):
            feeds.let(SOURCES // (KILLS + 1))  # so that no cycle ends before it is killed
            moment = chance.uniform(0.3, 3)
            kills += run(tmp_path, "poll", seconds=moment) >= moment
        feeds.let(SOURCES * (KILLS + 1))
        run(tmp_path, "poll", seconds=1200)
        app = open_app(tmp_path / "config.yaml")
        with app.store.read() as tx:
            states = tx.sources.all()
            rows = tx._connection.exec_driver_sql(
                "SELECT source_id, count(*), count(DISTINCT url) FROM items GROUP BY 1"
            ).all()
            runs = sum(len(tx.sources.runs(state.source_id)) for state in states)
            assert tx.polls.workers() == []
        app.close()
    again = sum(feeds.asked.values()) - SOURCES
    sys.stdout.write(f"\n{kills} kills, {SOURCES} sources, {runs} polls on record, {again} requests repeated\n")
    assert kills == KILLS
    assert len(rows) == SOURCES
    assert {(items, pages) for _, items, pages in rows} == {(ITEMS, ITEMS)}
    assert {(state.polls, state.failures) for state in states} == {(1, 0)}
    assert runs == SOURCES
    assert set(feeds.asked) == {str(number) for number in range(SOURCES)}
    assert again <= kills * AT_ONCE


@pytest.mark.timeout(600)
def test_two_programs_on_one_file_share_a_cycle(tmp_path):
    """Two that poll one SQLite file at once never have a source both: each is asked once, each item is there once."""
    with Feeds() as feeds:
        for who in ("one", "two"):  # the contact in its User-Agent tells them apart
            (tmp_path / f"{who}.yaml").write_text(config(feeds, f"{who}@b.example"))
        open_app(tmp_path / "one.yaml").close()
        programs = [
            subprocess.Popen(
                [sys.executable, "-m", "syndicate", "poll", "--json", "--config", f"{who}.yaml"],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                text=True,
            )
            for who in ("one", "two")
        ]
        assert feeds.both.wait(100), "no answer is given before both have asked"
        feeds.let(SOURCES)
        polled = [[row["source"] for row in json.loads(program.communicate(timeout=500)[0])] for program in programs]
        with closing(open_app(tmp_path / "one.yaml")) as app, app.store.read() as tx:
            states, items = tx.sources.all(), tx.items.count()
    assert [program.returncode for program in programs] == [0, 0]
    assert sorted(polled[0] + polled[1]) == sorted(f"s{number}" for number in range(SOURCES))
    assert all(polled), "both had some"
    assert set(feeds.asked.values()) == {1}
    assert {(state.polls, state.failures) for state in states} == {(1, 0)}
    assert items == SOURCES * ITEMS
