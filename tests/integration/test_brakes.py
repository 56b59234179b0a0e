# SPDX-License-Identifier: Apache-2.0
"""Sources that change their ids, their address or their owner: what would be mailed, poll by poll, and what waits."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.intake.delta import read
from syndicate.model import Fetched, Health, Publisher, Source
from syndicate.pipeline.poll import Polling, poll
from syndicate.pipeline.watch import drop, release
from tests.databases import databases

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLLS = int(os.environ.get("BRAKES_POLLS", "15"))
SOUTH = Publisher("south", "South Desk", "https://south.example/")
SOURCE = Source("south", "https://south.example/feed", SOUTH, 3600)
WORDS = [
    f"{one}{two}" for one in ("ferr", "rive", "brid", "harb", "mill", "lant") for two in ("y", "r", "ge", "our", "er")
]


def text(number):
    """Forty words that belong to one number."""
    chance = random.Random(number)  # noqa: S311 - the same words each time
    return " ".join(chance.choices(WORDS, k=40))


def entry(
    number, *, guid="https://south.example/{n}", link="https://south.example/{n}", title="Story {n}", body="", date=True
):
    """One item of an RSS feed."""
    when = f"<pubDate>{(NOW - number * HOUR):%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if date else ""
    told = f"<guid isPermaLink='false'>{guid.format(n=number)}</guid>" if guid else ""
    page = f"<link>{link.format(n=number)}</link>" if link else ""
    return f"<item>{told}{page}<title>{title.format(n=number)}</title><description>{body or text(number)}</description>{when}</item>"


def feed(*entries, title="South Desk", home="https://south.example/"):
    """An RSS document."""
    return f"<rss version='2.0'><channel><title>{title}</title><link>{home}</link>{''.join(entries)}</channel></rss>"


def fifty(start=0, **how):
    """A document of fifty items, newest first."""
    return feed(*(entry(number, **how) for number in range(start, start + 50)))


class House:
    """A source that gives one document after another, and what a digest would have mailed of each."""

    def __init__(self, folder):
        self.store, self.now, self.body = databases.open(folder), NOW, ""
        self.mailed = set()
        with self.store.write() as tx:
            tx.sources.sync([SOURCE], NOW)
            tx.channels.sync(["weekly"], NOW - HOUR)

    async def fetch(self, url, **_):
        """The document as it is now."""
        return Fetched(200, url, self.body.encode(), "application/rss+xml")

    async def read(self, body, *, url, content_type, source, marks, then):
        """Read in this process."""
        reading = read(body, url=url, content_type=content_type, source=source, marks=marks)
        return replace(reading, feed=reading.feed and then(reading.feed))

    def poll(self, body):
        """Poll this document; how many items a digest would newly carry."""
        self.body = body
        polling = Polling(self.store, self, self, lambda: self.now, {"south": SOURCE}, {"south": SOUTH})
        (polled,) = asyncio.run(poll(polling, ["south"]))
        assert polled.error == ""
        self.now += HOUR
        return self.fresh()

    def fresh(self):
        """How many items may be mailed that were not before; the first poll's count as sent."""
        with self.store.read() as tx:
            ids = set(tx._connection.exec_driver_sql("SELECT id FROM items WHERE NOT withdrawn").scalars())
        new = len(ids - self.mailed)
        self.mailed |= ids
        return new

    @property
    def state(self):
        """How the source stands."""
        with self.store.read() as tx:
            return tx.sources.get(["south"])[0]

    def told(self):
        """What the operator was told of, in order."""
        with self.store.read() as tx:
            return [(change.kind, change.text) for change in tx.holding.untold()]


@pytest.fixture
def house(tmp_path, each_database):  # noqa: ARG001 - it chooses the kind
    """A house with a source that was never polled, on a database of each kind."""
    return House(tmp_path)


CHURNS = {
    "ids": {"guid": "tag:new,{n}"},
    "ids and host": {"guid": "https://new.example/{n}", "link": "https://new.example/{n}"},
    "http to https": {"guid": "http://south.example/{n}", "link": "http://south.example/{n}"},
    "new form of address": {"guid": "p={n}", "link": "https://south.example/archive/?p={n}"},
    "tracking": {"guid": "x-{n}", "link": "https://south.example/{n}?utm_source=rss&amp;utm_medium=feed"},
    "no ids": {"guid": ""},
    "ids and titles": {"guid": "t-{n}", "title": "Corrected {n}"},
    "ids and texts": {"guid": "b-{n}", "body": "A new standfirst for everything."},
}


@pytest.mark.parametrize("how", CHURNS.values(), ids=CHURNS)
def test_ids_that_change_send_nothing_again(house, how):
    """Fifty items whose ids all change are the fifty that we hold; what comes afterwards is new, once."""
    assert house.poll(fifty(1)) == 50
    assert house.poll(fifty(1, **how)) == 0
    assert house.poll(feed(entry(0, **how), *(entry(n, **how) for n in range(1, 50)))) == 1
    assert house.poll(fifty(0, **how)) == 0
    assert house.state.health is Health.SOUND
    assert [kind for kind, _ in house.told() if kind != "renamed"] == []


def test_other_formats_of_a_feed(house):
    """A feed that becomes Atom, with Atom ids, brings nothing new."""
    assert house.poll(fifty(1)) == 50
    entries = "".join(
        f"<entry><id>urn:x:{n}</id><title>Story {n}</title><link href='https://south.example/{n}'/>"
        f"<updated>2026-11-20T00:00:00Z</updated><content>{text(n)}</content></entry>"
        for n in range(1, 51)
    )
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:f</id><title>South Desk</title>{entries}</feed>"
    assert house.poll(atom) == 0


def test_dates_that_are_refreshed_make_nothing_new(house):
    """The same items with other dates, or all with other texts, are revisions."""
    assert house.poll(fifty(1)) == 50
    assert house.poll(fifty(1, date=False)) == 0
    assert house.poll(fifty(1, title="Revised {n}", body="Every text is another one.")) == 0


def test_ids_that_change_at_every_request(house):
    """After the second time the links identify the items; new ones are new, once, and no aliases pile up."""
    assert house.poll(fifty(100, guid="0-{n}")) == 50
    assert house.poll(fifty(100, guid="1-{n}")) == 0
    assert [house.poll(fifty(100 - poll, guid=f"{poll}.{{n}}")) for poll in range(1, 12)] == [1] * 11
    assert house.state.health is Health.SOUND
    with house.store.read() as tx:
        rows = tx._connection.exec_driver_sql("SELECT count(*) FROM item_aliases").scalar_one()
    assert rows <= 50


def test_constant_ids(house):
    """One id for all items: the links identify them, and none is lost or doubled."""
    assert house.poll(fifty(1, guid="same")) == 50
    assert house.poll(feed(*(entry(n, guid="same") for n in range(50)))) == 1
    assert house.poll(fifty(1, guid="same")) == 0


def test_what_is_not_recognised_among_changed_ids_waits(house):
    """Half of the items with new ids, titles and addresses: nothing is mailed, and one command lets the rest go."""
    assert house.poll(fifty(0)) == 50
    known = [entry(n, guid="g-{n}") for n in range(30)]
    others = [entry(n, guid="g-{n}", link="https://south.example/x/{n}", title="Other {n}") for n in range(500, 520)]
    assert house.poll(feed(*known, *others)) == 0
    assert house.state.health is Health.HELD
    assert [kind for kind, _ in house.told()].count("held") == 1
    assert release(house.store, "south", house.now) == 20
    assert house.fresh() == 20


def test_far_more_than_ever_waits(house):
    """Sixty new items at once from a source that brings one a day wait; dropped, they are not new again, later ones are."""
    assert house.poll(fifty(100)) == 50
    assert house.poll(fifty(99)) == 1
    assert house.poll(fifty(0)) == 0
    assert "50 new items at once, usually it brings at most 1" in house.state.health_why
    assert house.poll(feed(entry(-1), *(entry(n) for n in range(49)))) == 0, "what comes while it is held waits too"
    assert drop(house.store, "south", house.now) == 51
    assert house.poll(feed(entry(-2), entry(-1), *(entry(n) for n in range(48)))) == 1
    assert [kind for kind, _ in house.told()] == ["held", "released"]


def test_a_busy_day_does_not_wait(house):
    """Twenty at once are no reason, nor is what three weeks of silence of ours explain."""
    assert house.poll(fifty(200)) == 50
    assert house.poll(fifty(180)) == 20
    house.now += timedelta(days=21)
    assert house.poll(fifty(130)) == 50
    assert house.told() == []


def test_a_feed_that_becomes_another_one_waits(house):
    """A parked or hijacked feed: nothing of it is carried, nothing of ours is overwritten, the operator hears once."""
    assert house.poll(fifty(0)) == 50
    casino = [entry(n, guid="c-{n}", link="https://casino.example/{n}", title="Win {n}") for n in range(900, 905)]
    stolen = [entry(0, title="Win big", body="Casino now", link="https://casino.example/0")]
    for _ in range(3):
        assert house.poll(feed(*casino, *stolen, title="Casino", home="https://casino.example/")) == 0
    assert [kind for kind, _ in house.told()] == ["held"]
    assert "South Desk became Casino" in house.state.health_why
    with house.store.read() as tx:
        assert "Story 0" in {s.item.title for s in tx.items.newest(100)}
    assert drop(house.store, "south", house.now) >= 5
    assert house.fresh() == 0


def test_a_feed_that_moves_with_its_owner_is_released(house):
    """A publisher with a new name and domain waits once; released, its items go on as before, each once."""
    assert house.poll(fifty(1)) == 50
    new = {"guid": "n-{n}", "link": "https://downstream.example/{n}"}

    def moved(start):
        return feed(
            *(entry(n, **new) for n in range(start, start + 50)), title="Downstream", home="https://downstream.example/"
        )

    assert house.poll(moved(1)) == 0
    assert house.state.health is Health.HELD
    release(house.store, "south", house.now)
    assert house.fresh() == 0
    assert house.poll(moved(0)) == 1
    assert house.state.health is Health.SOUND


def test_ordinary_polls_hold_nothing(tmp_path):
    """Twenty sources of every ordinary habit, many polls each: every item once, and never a reason to wait.

    ``BRAKES_POLLS=50 pytest tests/integration/test_brakes.py`` is the replay of a thousand. In a file only: what a poll writes and reads is held on both kinds of database above, habits are none of theirs.
    """
    chance = random.Random(20261126)  # noqa: S311 - the same habits each time
    for habit in range(20):
        (tmp_path / str(habit)).mkdir()
        house = House(tmp_path / str(habit))
        size, busy = chance.choice([10, 15, 20, 30]), chance.choice([0.2, 1, 2, 5])
        how = chance.choice([{}, {"guid": ""}, {"date": False}, {"guid": "tag:{n}"}, {"link": ""}])
        newest, seen = 10_000, size
        published = {newest + n for n in range(size)}
        assert house.poll(feed(*(entry(n, **how) for n in range(newest, newest + size)))) == size
        for _ in range(POLLS):
            count = min(size - 1, int(chance.expovariate(1 / busy))) if chance.random() < 0.6 else 0
            newest -= count
            published |= set(range(newest, newest + count))
            entries = [entry(n, **how) for n in range(newest, newest + size)]
            if chance.random() < 0.1:
                chance.shuffle(entries)
            title = "South Desk" if chance.random() < 0.95 else "South Desk, Monday"
            seen += house.poll(feed(*entries, title=title))
            assert house.state.health is Health.SOUND, (habit, how, house.state.health_why)
        assert seen == len(published), (habit, how)
        house.store.close()
