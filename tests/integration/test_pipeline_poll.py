# SPDX-License-Identifier: Apache-2.0
"""Polling many sources: who is polled when, what one that stands still costs the others, and what is remembered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import FetchError, StoreError
from syndicate.intake.delta import read
from syndicate.model import Fetched, Health, Publisher, Source
from syndicate.pipeline import poll as module
from syndicate.pipeline.poll import Polling, poll, poll_due
from syndicate.store import Manners
from tests.databases import databases, fail, mend

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERY = 1800


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        """Now."""
        return self.now


class Web:
    """Answers by URL: text of a feed, an error, a Fetched, or a function of the request that gives one of these."""

    def __init__(self):
        self.answers, self.asked = {}, []

    async def fetch(self, url, *, etag="", **_):
        """Answer as a server would."""
        self.asked.append(url)
        answer = self.answers[url]
        if callable(answer):
            answer = await answer()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Fetched):
            return answer
        return Fetched(200, url, answer.encode(), "application/rss+xml", etag)


class PlainReader:
    """Reads in this process, without the child."""

    async def read(self, body, *, url, content_type, source, marks, then):
        """Parse and normalise."""
        reading = read(body, url=url, content_type=content_type, source=source, marks=marks)
        return replace(reading, feed=reading.feed and then(reading.feed))


def rss(*names, head=""):
    """A feed with an item of each name."""
    items = "".join(
        f"<item><title>{n}</title><link>https://x.example/{n}</link><guid>{n}</guid><description>On {n}, at length.</description></item>"
        for n in names
    )
    return (
        f'<rss version="2.0"><channel><title>Feed</title><link>https://x.example/</link>{head}{items}</channel></rss>'
    )


class House:
    """A database, a web and a clock, with sources that may be polled."""

    def __init__(self, folder, *names, urls=None):
        self.store = databases.open(folder)
        self.clock, self.web, self.manners = Clock(), Web(), Manners()
        publishers = {name: Publisher(name, name.title(), f"https://{name}.example/") for name in names}
        self.publishers = publishers
        self.sources = {
            name: Source(name, (urls or {}).get(name, f"https://{name}.example/feed"), publishers[name], EVERY)
            for name in names
        }
        self.web.answers = {source.url: rss("a", "b") for source in self.sources.values()}
        with self.store.write() as tx:
            tx.sources.sync(list(self.sources.values()), NOW)

    @property
    def polling(self):
        """What a poll needs."""
        reader = PlainReader()
        return Polling(
            self.store,
            self.web,
            reader,
            self.clock,
            self.sources,
            self.publishers,
            self.manners,
            "here",
            lambda w: w == "dead",
        )

    def due(self, heard=lambda _: None):
        """Poll what is due."""
        return asyncio.run(poll_due(self.polling, heard))

    def named(self, *names):
        """Poll these."""
        return asyncio.run(poll(self.polling, names))

    def state(self, name):
        """How a source stands."""
        with self.store.read() as tx:
            return tx.sources.get([name])[0]

    def answer(self, name, answer):
        """Let a source answer so from now on."""
        self.web.answers[self.sources[name].url] = answer

    def items(self):
        """How many items there are."""
        with self.store.read() as tx:
            return tx.items.count()


def test_what_is_due_is_polled_once(tmp_path):
    """All that is due is polled, whatever their number, and nothing twice; then nothing is due."""
    house = House(tmp_path, *(f"s{number}" for number in range(150)))
    heard = []
    polled = house.due(heard.append)
    assert sorted(one.source_id for one in polled) == sorted(house.sources)
    assert heard == polled
    assert {one.status for one in polled} == {"new"}
    assert house.items() == 300
    assert house.due() == []
    assert len(house.web.asked) == 150


def test_sources_that_nobody_knows_any_more_are_left(tmp_path):
    """A row whose source is not in the configuration at hand is neither polled nor kept from others."""
    house = House(tmp_path, "south", "north")
    del house.sources["north"]
    assert [one.source_id for one in house.due()] == ["south"]
    with house.store.write() as tx:
        assert [s.source_id for s in tx.polls.take(NOW, "other", 9, Manners()).sources] == ["north"]


def test_one_that_stands_still_delays_no_other(tmp_path, monkeypatch):
    """A hundred sources are polled while more than may run at once hang, some of them on the same hosts."""
    monkeypatch.setattr(module, "STUCK_AFTER", 0.05)
    monkeypatch.setattr("syndicate.store.polls.STUCK", timedelta(0))
    monkeypatch.setattr(module, "AT_ONCE", 4)
    hanging = [f"h{number}" for number in range(10)]
    house = House(tmp_path, *hanging, *(f"s{number}" for number in range(100)))
    released = asyncio.Event()

    async def hang():
        await released.wait()
        return FetchError("not complete")

    for name in hanging:
        house.answer(name, hang)
    done = []

    def heard(polled):
        done.append(polled.source_id)
        if len(done) == 100:
            assert not set(done) & set(hanging)
            released.set()

    house.due(heard)
    assert sorted(done[100:]) == sorted(hanging)


def test_two_of_one_host_at_a_time(tmp_path):
    """Twenty sources of one host are polled two at a time, in one process or several."""
    house = House(
        tmp_path, *(f"s{n}" for n in range(20)), urls={f"s{n}": f"https://one.example/{n}" for n in range(20)}
    )
    running, most = 0, 0

    async def counted():
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return rss("a")

    for name in house.sources:
        house.answer(name, counted)

    async def both():
        return await asyncio.gather(poll_due(house.polling), poll_due(replace(house.polling, worker="there")))

    polled = [one.source_id for done in asyncio.run(both()) for one in done]
    assert sorted(polled) == sorted(house.sources)
    assert most <= 2


def test_named_polls_come_in_order_and_say_what_waits(tmp_path):
    """Of the sources that a person names each has its row: polled, or why it was not."""
    house = House(tmp_path, "south", "north", "paused", "gone", "taken", "away")
    house.answer("north", FetchError("the site refuses us (403)", status=403))
    house.answer("away", FetchError("busy (503)", status=503, retry_after=7200.0))
    house.named("away")
    with house.store.write() as tx:
        paused, gone = tx.sources.get(["paused", "gone"])
        tx.sources.change(replace(paused, paused_at=NOW))
        tx.sources.change(replace(gone, next_poll_at=None, next_why="gone for good"))
        tx.polls.take(NOW, "elsewhere", 1, Manners(), only=["taken"])
    polled = house.named("south", "north", "paused", "gone", "taken", "away")
    assert [one.status for one in polled] == ["new", "failed", *["waiting"] * 4]
    words = [
        "syndicate resume paused",
        "gone for good; `syndicate resume gone`",
        "another process",
        "until 2026-11-23 14:00 UTC",
    ]
    assert all(said in one.error for said, one in zip(words, polled[2:], strict=True))


def test_claims_of_the_dead_are_taken_over(tmp_path):
    """What a process that was killed had claimed is polled by the next one, without waiting for its time to run out."""
    house = House(tmp_path, "south", "north")
    with house.store.write() as tx:
        tx.polls.take(NOW, "dead", 1, Manners(), only=["south"])
        tx.polls.take(NOW, "alive", 1, Manners(), only=["north"])
    assert [one.source_id for one in house.due()] == ["south"]


def test_a_poll_whose_claim_was_lost_writes_nothing(tmp_path):
    """What a person decided while a source was polled stands; the answer is thrown away and told apart from a failure."""
    house = House(tmp_path, "south", "north")

    def meddling(answer):
        async def meddle():
            with house.store.write() as tx:
                tx.sources.change(replace(tx.sources.get(["south"])[0], paused_at=NOW))
            return answer

        return meddle

    for answer in (rss("a"), FetchError("no")):
        house.answer("south", meddling(answer))
        with house.store.write() as tx:
            tx.sources.change(replace(tx.sources.get(["south"])[0], paused_at=None))
        (polled,) = house.named("south")
        assert (polled.status, "changed while it was polled" in polled.error) == ("waiting", True)
    assert house.items() == 0
    assert (house.state("south").paused_at, house.state("south").polls) == (NOW, 0)


def test_a_run_that_is_broken_off_frees_its_claims(tmp_path):
    """Cancelled while sources hang, a run leaves nothing claimed, and the next one polls them."""
    house = House(tmp_path, "south", "north")
    hanging = asyncio.Event()

    async def hang():
        hanging.set()
        await asyncio.Event().wait()

    house.answer("south", hang)

    async def run():
        task = asyncio.create_task(poll_due(house.polling))
        await hanging.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    house.answer("south", rss("a"))
    assert "south" in [one.source_id for one in house.due()]


def test_a_database_that_fails_ends_the_run(tmp_path):
    """A disk that is full is no fault of a source: the run stops with it, and nothing is lost."""
    house = House(tmp_path, "south")
    fail(house.store, "poll_runs")
    with pytest.raises(StoreError, match="disk is full"):
        house.due()
    mend(house.store, "poll_runs")
    assert [one.status for one in house.due()] == ["new"]


def test_a_fault_of_ours_in_storing_is_that_sources_failure(tmp_path):
    """An item that our own code cannot store stops neither the run nor the neighbours."""
    house = House(tmp_path, "south", "north")
    house.publishers["south"] = replace(house.publishers["south"], id=None)  # nothing that an item may belong to
    house.sources["south"] = replace(house.sources["south"], publisher=house.publishers["south"])
    statuses = {one.source_id: one.status for one in house.due()}
    assert statuses == {"south": "failed", "north": "new"}
    assert "a mistake in the program" in house.state("south").last_error
    assert house.items() == 2


def test_a_pause_between_two_polls_of_a_host(tmp_path):
    """With a pause the sources of a host are polled one after the other, and not faster."""
    house = House(tmp_path, *"abc", urls={n: f"https://one.example/{n}" for n in "abc"})
    house.manners = Manners(pause=0.1)
    times = []

    async def run():
        loop = asyncio.get_running_loop()
        began = loop.time()
        moving = replace(house.polling, clock=lambda: NOW + timedelta(seconds=loop.time() - began))
        await poll_due(moving, lambda _: times.append(loop.time() - began))

    asyncio.run(run())
    assert len(times) == 3
    assert times[-1] >= 0.2


# --------------------------------------------------------------------------------------- what is remembered


def test_wishes_make_the_next_poll_later(tmp_path):
    """Headers and document decide together, a 304 leaves the wishes of the last answer in force, or brings its own."""
    house = House(tmp_path, "south")
    body = rss("a", head="<ttl>120</ttl>").encode()
    url = house.sources["south"].url
    house.answer("south", Fetched(200, url, body, etag='"1"', fresh_for=4 * 3600.0))
    house.due()
    assert house.state("south").next_why == "every 4 hours, as its server asks"
    assert NOW + 4 * HOUR <= house.state("south").next_poll_at <= NOW + 4.2 * HOUR
    house.answer("south", Fetched(304, url))
    house.named("south")
    assert house.state("south").next_why == "every 4 hours, as its server asks"
    house.answer("south", Fetched(304, url, fresh_for=60.0))
    house.named("south")
    assert house.state("south").next_why == "every 2 hours, as it asks"
    house.answer("south", Fetched(200, url, rss("a").encode()))
    house.named("south")
    assert house.state("south").next_why == "every 30 min"


def test_a_source_that_fails_breaks_slowly_and_mends_at_once(tmp_path):
    """Failures back off with their reason; after several over hours it is broken; one answer makes it sound."""
    house = House(tmp_path, "south")
    house.answer("south", FetchError("there is no feed at this address (404)", status=404))
    seen = []
    for _ in range(6):
        house.due()
        state = house.state("south")
        seen.append((state.failures, state.health))
        house.clock.now = state.next_poll_at
    assert [failures for failures, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert [health for _, health in seen] == [Health.SOUND] * 4 + [Health.BROKEN] * 2
    state = house.state("south")
    assert (state.next_why, state.failing_since) == ("backing off after 404", NOW)
    assert "404" in state.health_why
    house.answer("south", rss("a"))
    house.due()
    state = house.state("south")
    assert (state.health, state.failures, state.failing_since, state.last_error) == (Health.SOUND, 0, None, "")
    assert state.health_since == house.clock.now


def test_two_answers_of_gone_a_day_apart_end_a_source(tmp_path):
    """A feed that is gone is looked at once more a day later and then never again."""
    house = House(tmp_path, "south")
    house.answer("south", FetchError("gone (410)", status=410))
    for _ in range(400):
        house.due()
        house.clock.now += HOUR
    assert len(house.web.asked) == 2
    state = house.state("south")
    assert (state.next_poll_at, state.health) == (None, Health.GONE)
    assert state.next_why == "its publisher has removed it for good"


def test_a_permanent_redirect_is_followed_and_adopted_late(tmp_path):
    """The old address is asked three times in all; what comes from the new one is not new again."""
    house = House(tmp_path, "south")
    old, new = house.sources["south"].url, "https://moved.example/feed"

    async def redirect():
        return Fetched(200, new, rss("a", "b").encode(), moved_to=new)

    house.web.answers = {old: redirect, new: rss("a", "b")}
    for _ in range(200):
        house.due()
        house.clock.now += HOUR
    assert house.web.asked.count(old) == 3
    assert house.items() == 2
    state = house.state("south")
    assert (state.url, state.memory.adopted, state.host) == (old, new, "moved.example")
