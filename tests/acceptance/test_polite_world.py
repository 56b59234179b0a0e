# SPDX-License-Identifier: Apache-2.0
"""Twelve rounds of polling a feed world with every habit of servers, good and bad: what its log says of our manners.

``WORLD_SOURCES=2000 WORLD_ADDRESSES=200 pytest tests/acceptance/test_polite_world.py -s`` is the large run.

Eight hours pass between two rounds, by a clock that jumps, and at least ``ROUND`` seconds of the world's. What servers
ask for in seconds is lengthened in the same measure, so that nobody is asked sooner than it allows in either time.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

import pytest

from syndicate.app import open_app
from syndicate.errors import FetchError
from syndicate.pipeline.poll import poll_due

SOURCES = int(os.environ.get("WORLD_SOURCES", "100"))
ADDRESSES = int(os.environ.get("WORLD_ADDRESSES", "20"))
ROUNDS, HOURS, ROUND = 12, 8, 5.5
STRETCH = HOURS * 3600 / ROUND
PER_HOST = 2
STILL = {"hanging", "stalled", "slow"}
VALIDATED = {"ordinary", "etag-only", "weak-etag", "last-modified-only", "max-age", "ttl", "websub", "chunked",
             "redirect-302", "redirect-307", "wrong-type", "wrong-charset", "no-guids", "no-dates", "duplicates"}  # fmt: skip
SOUND = VALIDATED | {"no-validators", "redirect-301", "redirect-308", "redirect-chain", "bom", "utf-16", "misdeclared",
                     "legacy-encoding", "reordered", "relative-links", "bad-xml", "hostile-html", "guid-churn"}  # fmt: skip
pytestmark = [pytest.mark.shared, pytest.mark.timeout(1800)]


class Time:
    """The world's calendar at the start, real time within a round, and a jump between two."""

    def __init__(self):
        self.start, self.began, self.jumped = datetime(2026, 1, 5, 8, tzinfo=UTC), monotonic(), timedelta(0)

    def __call__(self):
        """Now."""
        return self.start + self.jumped + timedelta(seconds=monotonic() - self.began)


class Watched:
    """A fetcher that is watched: how many requests each host sees at once, and seconds lengthened to the jumps."""

    def __init__(self, fetcher):
        self.fetcher, self.running, self.most = fetcher, Counter(), 0

    async def fetch(self, url, **validators):
        """Fetch as the fetcher does."""
        host = urlsplit(url).hostname
        self.running[host] += 1
        self.most = max(self.most, self.running[host])
        try:
            fetched = await self.fetcher.fetch(url, **validators)
        except FetchError as error:
            if error.retry_after:
                error.retry_after *= STRETCH
            raise
        finally:
            self.running[host] -= 1
        return replace(fetched, fresh_for=fetched.fresh_for and fetched.fresh_for * STRETCH)


class World:
    """The running world, and what came of the rounds."""

    def __init__(self, base, folder):
        self.base, self.folder, self.most, self.delays, self.polled = base, folder, 0, [], 0

    def ask(self, path, method="GET"):
        """An answer of the world's own pages."""
        request = urllib.request.Request(self.base + path, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def config(self, truth):
        """Every publisher, those of each behaviour included, polled hourly."""
        lines = [
            "site: {name: Riverside Bulletin, url: 'https://bulletin.example', contact: editor@bulletin.example}",
            "network: {allow_private: true, pause: 0s, timeout: 5s}",
            "publishers: {p: {name: P}}",
            "sources:",
        ]
        lines += [f"  - {{id: s-{s['key']}, url: {s['feed']!r}, publisher: p, every: 1h}}" for s in truth["sources"]]
        (self.folder / "config.yaml").write_text("\n".join(lines))

    async def rounds(self):
        """Poll what is due, let time pass, and again."""
        time = Time()
        app = open_app(self.folder / "config.yaml", now=time)
        async with app.polling() as polling:
            watched = Watched(polling.fetcher)
            for number in range(ROUNDS):
                began = monotonic()
                self.polled += len(await poll_due(replace(polling, fetcher=watched)))
                await asyncio.to_thread(self.measure, number)
                if number == ROUNDS - 1:
                    break
                await asyncio.to_thread(self.ask, f"/_world/tick?percent=10&hours={HOURS}", "POST")
                while monotonic() - began < ROUND:  # noqa: ASYNC110 - the world's seconds must really pass
                    await asyncio.sleep(0.05)
                time.jumped += timedelta(hours=HOURS)
        self.most = watched.most
        app.close()

    def measure(self, number):
        """How long sources waited in this round: by host, those that get on, from the first request of the round."""
        log = [line for line in self.ask("/_world/log") if line["t"] > getattr(self, "until", -1)]
        self.until = max(line["t"] for line in log)
        first = min(line["t"] for line in log)
        last = defaultdict(float)
        for line in log:
            if self.behaviour[line["source"]] not in STILL:
                last[self.host[line["source"]]] = max(last[self.host[line["source"]]], line["t"] - first)
        slow = {self.host[key] for key, behaviour in self.behaviour.items() if behaviour in STILL}
        beside, free = [last[h] for h in last if h in slow], [last[h] for h in last if h not in slow]
        self.delays.append((number, max(beside, default=0.0), max(free, default=0.0)))

    def read(self):
        """What the world knows, and what we hold."""
        self.truth, self.stats = self.ask("/_world/truth.json"), self.ask("/_world/stats")
        app = open_app(self.folder / "config.yaml")
        with app.store.read() as tx:
            self.held = defaultdict(list)
            rows = tx._connection.exec_driver_sql("SELECT source_id, url FROM items WHERE NOT withdrawn")
            for source_id, url in rows:
                self.held[source_id.removeprefix("s-")].append(url)
            self.states = {state.source_id.removeprefix("s-"): state for state in tx.sources.all()}
        app.close()


@pytest.fixture(scope="module")
def world(shared, tmp_path_factory):
    """A world of all behaviours, polled for twelve rounds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "sources": SOURCES,
        "addresses": ADDRESSES,
        "port": port,
        "slow-seconds": 3,
        "hang-seconds": 8,
        "log": 10**6,
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    program = [sys.executable, str(shared / "feedworld" / "feedworld.py"), *words]
    server = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert re.search(r"http://127", server.stdout.readline())
        made = World(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("polite"))
        truth = made.ask("/_world/truth.json")
        made.behaviour = {s["key"]: s["behaviour"] for s in truth["sources"]}
        made.host = {s["key"]: urlsplit(s["feed"]).hostname for s in truth["sources"]}
        made.config(truth)
        asyncio.run(made.rounds())
        made.read()
        yield made
    finally:
        server.terminate()
        server.communicate(timeout=10)


def say(line):
    """Show a figure to whoever runs this with ``-s``."""
    sys.stdout.write(f"\n{line}")


def test_nobody_is_asked_too_early_or_too_often(world):
    """No request before a Retry-After or max-age has passed; no host sees more at once than it may; no trap is sprung."""
    say(f"{world.polled} polls, {world.stats['total']}, at once at one host: {world.most}")
    assert world.stats["total"]["too_early"] == 0
    assert world.most <= 2 * PER_HOST
    assert world.stats["canaries"] == {}
    agents = {agent for source in world.stats["sources"].values() for agent in source["user_agents"]}
    assert len(agents) == 1
    assert "editor@bulletin.example" in agents.pop()


def test_what_moved_or_ended_is_asked_only_to_prove_it(world):
    """A permanent redirect is asked three times in all, a feed that is gone twice, a feed that asks never to be read once."""
    most = {"redirect-301": 3, "redirect-308": 3, "gone": 2, "skip-hours": 1}
    seen = {}
    for key, behaviour in world.behaviour.items():
        if behaviour in most:
            hits = world.stats["sources"][key]["hits"]
            seen.setdefault(behaviour, Counter())[hits] += 1
            assert hits <= most[behaviour], (key, behaviour, hits)
    say(f"requests in {ROUNDS} rounds: { {name: dict(counted) for name, counted in seen.items()} }")
    assert {
        state.memory.adopted != "" for key, state in world.states.items() if world.behaviour[key] == "redirect-301"
    } == {True}


def test_every_poll_after_the_first_is_conditional(world):
    """Where a feed has validators they are sent from the second request on."""
    for key, behaviour in world.behaviour.items():
        asked = world.stats["sources"].get(key)
        if behaviour in VALIDATED and asked:
            assert asked["conditional"] == asked["hits"] - 1, (key, behaviour, asked)


def test_every_sound_source_is_complete_and_each_item_there_once(world):
    """All that a sound source shows is held, each page once, whatever its ids do."""
    wanted = 0
    for source in world.truth["sources"]:
        if source["behaviour"] not in SOUND or source["behaviour"] == "max-age" or source["corpus_file"]:
            continue
        shown = [i for i in world.truth["items"] if i["source"] == source["key"] and not i["withdrawn"]]
        newest = (
            sorted(shown, key=lambda item: item["published"])[-15:]
            if shown and "published" in shown[0]
            else shown[-15:]
        )
        held = world.held[source["key"]]
        assert len(held) == len(set(held)), (source["key"], source["behaviour"])
        missing = {item["url"] for item in newest} - set(held)
        assert missing == set(), (source["key"], source["behaviour"])
        wanted += len(held)
    say(f"items held of sound sources: {wanted}, each once")
    assert wanted > SOURCES


def test_those_that_stand_still_delay_no_other(world):
    """In no round do the sources beside hanging and slow ones wait five seconds longer than all others.

    The first is only told: it reads every document, bombs included, and how long that takes is the machine's affair.
    """
    for number, beside, free in world.delays:
        say(f"round {number + 1}: last request beside those that stand still {beside:.1f} s, elsewhere {free:.1f} s")
    assert all(beside <= free + 5 for _, beside, free in world.delays[1:])
