# SPDX-License-Identifier: Apache-2.0
"""``kill -9`` at random moments of poll, publish and digest: the next run completes, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import email
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from lxml import etree

from syndicate import demo
from syndicate.app import clock, open_app
from syndicate.cli.readers import add_confirmed, read_rows
from syndicate.pipeline.post import deliver
from syndicate.pipeline.release import send_digest
from syndicate.schedule.due import period

KILLS = 10
SYNDICATE = [sys.executable, "-m", "syndicate"]


class Loopback:
    """The demo's publishers and mail sink in a thread, for programs that are killed."""

    def __init__(self, mail):
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._mail = mail
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            self.world = await stack.enter_async_context(demo.world(clock()))
            self.sink = await stack.enter_async_context(demo.sink(self._mail))
            self._started.set()
            await self._stop.wait()

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)


@pytest.fixture(scope="module")
def loopback(tmp_path_factory):
    """Publishers and a mail sink on loopback."""
    with Loopback(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture
def folder(tmp_path, loopback):
    """A configured folder with nothing polled."""
    text = demo.demo_config(loopback.world.port, loopback.sink.port, tmp_path, 8080)
    (tmp_path / "config.yaml").write_text(text.replace(str(tmp_path.absolute()) + "/", ""))
    return tmp_path


@pytest.fixture
def polled(folder):
    """A configured folder with everything polled and three readers."""
    run(folder, "poll", "--all")
    app = open_app(folder / "config.yaml")
    (folder / "readers.csv").write_text(demo.readers(app.clock()))
    add_confirmed(
        app, app.channel("weekly"), read_rows(folder / "readers.csv", app.channel("weekly"), app.clock()), "test"
    )
    app.close()
    return folder


def run(folder, *arguments):
    """Run a command to its end; how long it took in seconds."""
    began = time.monotonic()
    subprocess.run([*SYNDICATE, *arguments], cwd=folder, capture_output=True, timeout=120, check=False)
    return time.monotonic() - began


def kill_during(folder, seconds, *arguments):
    """Run a command and kill it after so many seconds, if it still runs."""
    process = subprocess.Popen(
        [*SYNDICATE, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait(30)


def moments(whole):
    """Ten random moments of a run that takes so many seconds, more of them late, where it writes."""
    chance = random.Random(20261122)  # noqa: S311 - any moments will do, the same ones each time
    return [whole * chance.uniform(0.3, 1.05) for _ in range(KILLS)]


def feeds(folder):
    """The item ids in each published file, in order; every file must be complete."""
    found = {}
    for path in (folder / "public" / "feeds").glob("*.*"):
        if path.suffix == ".json":
            found[path.name] = [item["id"] for item in json.loads(path.read_bytes())["items"]]
        elif path.suffix in {".rss", ".atom"}:
            tree = etree.fromstring(path.read_bytes())
            names = ("guid", "{http://www.w3.org/2005/Atom}id")
            entries = tree.iter("item", "{http://www.w3.org/2005/Atom}entry")
            found[path.name] = [entry.find(names[path.suffix == ".atom"]).text for entry in entries]
    return found


def test_killed_polls_lose_and_double_nothing(folder, tmp_path_factory):
    """Ten polls killed at random moments; the next one completes and every item is there once."""
    trial = tmp_path_factory.mktemp("trial")
    shutil.copy(folder / "config.yaml", trial)
    for seconds in moments(run(trial, "poll", "--all")):
        kill_during(folder, seconds, "poll", "--all")
    run(folder, "poll", "--all")
    app = open_app(folder / "config.yaml")
    with app.store.read() as tx:
        items = tx.items.newest(1000)
    app.close()
    assert len({s.item.id for s in items}) == len(items) == 17
    assert len({(s.item.source_id, s.item.identity) for s in items}) == 17
    run(folder, "publish")
    assert all(len(ids) == len(set(ids)) == 17 for ids in feeds(folder).values())


def test_killed_publishing_leaves_whole_files(polled):
    """Ten runs of publish killed: at each moment every file is whole, and the next run completes them."""
    whole = run(polled, "publish")
    complete = feeds(polled)
    shutil.rmtree(polled / "public")
    for seconds in moments(whole):
        kill_during(polled, seconds, "publish")
        assert all(ids == complete[name] for name, ids in feeds(polled).items())
    run(polled, "publish")
    assert feeds(polled) == complete
    assert set(complete) == {f"{c}.{form}" for c in ("community", "partner") for form in ("rss", "atom", "json")} | {
        "neighbours.rss"
    }
    assert not list((polled / "public" / "feeds").glob(".*")), "no unfinished file stays behind"


def test_killed_digests_reach_everybody_once(polled, loopback, tmp_path_factory):
    """Ten digests killed while composing or sending: each reader gets the one edition, a repeat with the same id.

    A repeat happens only where the relay's answer was lost.
    """
    trial = tmp_path_factory.mktemp("trial") / "copy"
    shutil.copytree(polled, trial)
    whole = run(trial, "digest", "weekly")
    for number, seconds in enumerate(moments(whole)):
        folder = tmp_path_factory.mktemp("killed") / str(number)
        shutil.copytree(polled, folder)
        before = len(loopback.sink.messages)
        kill_during(folder, seconds, "digest", "weekly")
        asyncio.run(next_run(folder, clock))
        in_doubt = asyncio.run(next_run(folder, lambda: clock() + timedelta(minutes=16)))
        arrived = [message_of(m) for m in loopback.sink.messages[before:]]
        assert {recipient for recipient, _ in arrived} == set(demo_readers())
        assert len(arrived) <= 3 + in_doubt
        ids = {}
        for recipient, message_id in arrived:
            assert ids.setdefault(recipient, message_id) == message_id
        assert max(Counter(arrived).values()) <= 2


async def next_run(folder, now):
    """Compose what is new and deliver what is due, as the next run does; how many were delivered."""
    app = open_app(folder / "config.yaml", now=now)
    send_digest(app.composing, app.channel("weekly"), period(app.channel("weekly"), now(), seconds=True))
    outcomes = await deliver(app.posting)
    app.close()
    return outcomes.total()


def message_of(received):
    """Recipient and Message-ID of a mail in the sink."""
    return received.recipients[0], email.message_from_bytes(received.path.read_bytes())["Message-ID"]


def demo_readers():
    """The addresses that the digest goes to."""
    return [row.split(",")[0] for row in demo.readers(clock()).splitlines()[1:]]
