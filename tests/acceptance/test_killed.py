# SPDX-License-Identifier: Apache-2.0
"""``kill -9`` at random moments of poll, publish and digest: the next run completes, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import email
import json
import random
import shutil
from collections import Counter
from datetime import timedelta

import pytest
from lxml import etree

from syndicate import demo
from syndicate.app import clock, open_app
from syndicate.cli.readers import read_rows
from syndicate.pipeline.importing import bring
from syndicate.pipeline.post import deliver
from syndicate.pipeline.release import send_digest
from syndicate.schedule.due import period

KILLS = 10


@pytest.fixture
def polled(start, run):
    """A configured folder with everything polled and three readers."""
    run(start, "poll", "--all")
    app = open_app(start / "config.yaml")
    (start / "readers.csv").write_text(demo.readers(app.clock()))
    weekly = app.channel("weekly")
    bring(app.composing, weekly, read_rows(start / "readers.csv", weekly, app.clock()), "test")
    app.close()
    return start


def moments(whole):
    """Ten random moments of a run that takes so many seconds."""
    chance = random.Random(20261122)  # noqa: S311 - any moments will do, the same ones each time
    return [whole * chance.uniform(0.05, 1.05) for _ in range(KILLS)]


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


def test_killed_polls_lose_and_double_nothing(start, run, tmp_path_factory):
    """Ten polls killed at random moments; the next one completes and every item is there once."""
    trial = tmp_path_factory.mktemp("trial")
    shutil.copy(start / "config.yaml", trial)
    for seconds in moments(run(trial, "poll", "--all")):
        run(start, "poll", "--all", seconds=seconds)
    run(start, "poll", "--all")
    app = open_app(start / "config.yaml")
    with app.store.read() as tx:
        items = tx.items.newest(1000)
    app.close()
    assert len({s.item.id for s in items}) == len(items) == 16
    assert len({(s.item.source_id, s.item.identity) for s in items}) == 16
    run(start, "publish")
    assert all(len(ids) == len(set(ids)) == 16 for ids in feeds(start).values())


def test_killed_publishing_leaves_whole_files(polled, run):
    """Ten runs of publish killed: at each moment every file is whole, and the next run completes them."""
    whole = run(polled, "publish")
    complete = feeds(polled)
    shutil.rmtree(polled / "public")
    for seconds in moments(whole):
        run(polled, "publish", seconds=seconds)
        assert all(ids == complete[name] for name, ids in feeds(polled).items())
    run(polled, "publish")
    assert feeds(polled) == complete
    assert set(complete) == {f"{c}.{form}" for c in ("community", "partner") for form in ("rss", "atom", "json")} | {
        "neighbours.rss"
    }
    assert not list((polled / "public" / "feeds").glob(".*")), "no unfinished file stays behind"


def test_killed_digests_reach_everybody_once(polled, run, loopback, tmp_path_factory):
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
        run(folder, "digest", "weekly", seconds=seconds)
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
