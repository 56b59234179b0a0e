# SPDX-License-Identifier: Apache-2.0
"""The sources in a real database: what they remember, who may poll them, and how gently hosts are treated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Asks, Health, Memory, Publisher, Source
from syndicate.store import Manners, PollRun
from syndicate.store.polls import LEASE, STUCK
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
FREE = Manners(per_host=1000)


def source(name, url=""):
    """A source of that name, at a host of its own."""
    return Source(name, url or f"https://{name}.example/feed.xml", Publisher(name, name))


@pytest.fixture
def store(tmp_path):
    """A store with two sources, due now."""
    return made(tmp_path, "south", "north")


def made(folder, *names, url=""):
    """A store with these sources."""
    store = databases.open(folder)
    with store.write() as tx:
        tx.sources.sync([source(name, url.replace("NAME", name)) for name in names], NOW)
    return store


def take(store, now=NOW, worker="w", limit=99, manners=FREE, only=None):
    """Claim what may be claimed."""
    with store.write() as tx:
        return tx.polls.take(now, worker, limit, manners, only=only)


def ids(taken):
    """Their ids, sorted."""
    return sorted(state.source_id for state in taken.sources)


def one(store, name):
    """The state of a source."""
    with store.read() as tx:
        return tx.sources.get([name])[0]


def polled(store, name, now=NOW, *, run=None, **change):
    """Write that a source was polled."""
    with store.write() as tx:
        (state,) = tx.sources.get([name])
        after = replace(state, next_poll_at=now + HOUR, last_success_at=now, first_polled_at=now)
        tx.sources.settle(replace(after, **change), replace(PollRun(name, now, 200, 0, 0, 0, 0.0, ""), **(run or {})))


# ------------------------------------------------------------------------------------------- what is remembered


def test_sync_follows_the_configuration(store):
    """New sources are due at once, gone ones are marked and not polled, returning ones keep their state."""
    polled(store, "north", etag='"1"', last_modified="Mon", title="North")
    with store.write() as tx:
        tx.sources.sync([source("south"), source("west")], NOW + HOUR * 2)
    with store.read() as tx:
        assert [one.removed for one in tx.sources.get(["west", "none", "north"])] == [False, True]
    assert ids(take(store, NOW + HOUR * 2)) == ["south", "west"]
    with store.write() as tx:
        tx.sources.sync([source("north"), source("west")], NOW + HOUR * 3)
    north = one(store, "north")
    assert (north.removed, north.etag, north.title, north.polls) == (False, '"1"', "North", 1)
    with store.read() as tx:
        assert [one.source_id for one in tx.sources.all()] == ["north", "south", "west"]


def test_new_url_forgets_what_belongs_to_the_old_one(store):
    """A source with a new URL is due at once, sends no validators and follows no redirect of the old one."""
    memory = Memory(asks=Asks(3600), adopted="https://moved.example/", gap=5.0)
    polled(store, "north", etag='"1"', body_sha256="abc", memory=memory, health=Health.GONE, wait_until=NOW + HOUR * 9)
    claimed = take(store, NOW, only=["north"])
    assert ids(claimed) == []
    with store.write() as tx:
        tx.sources.sync([source("south"), source("north", "https://north.example/new.xml")], NOW + HOUR)
    north = one(store, "north")
    assert (north.url, north.etag, north.body_sha256) == ("https://north.example/new.xml", "", "")
    assert north.memory == Memory(asks=Asks(3600), gap=5.0)
    assert (north.next_poll_at, north.health, north.wait_until) == (NOW + HOUR, Health.SOUND, None)


def test_a_held_source_stays_held_at_a_new_url(store):
    """A new address does not release what waits for a person."""
    polled(store, "north", health=Health.HELD, health_why="57 new items at once")
    with store.write() as tx:
        tx.sources.sync([source("south"), source("north", "https://north.example/new.xml")], NOW + HOUR)
    assert (one(store, "north").health, one(store, "north").health_why) == (Health.HELD, "57 new items at once")


def test_everything_of_a_state_comes_back(store):
    """A state is read as it was written, field by field."""
    (before,) = take(store, only=["south"]).sources
    after = replace(
        before, title="T", etag='"1"', last_modified="Mon", body_sha256="abc", memory=Memory(gap=1.5, churns=2),
        health=Health.BROKEN, health_why="404", health_since=NOW + HOUR, next_poll_at=NOW + HOUR * 2, next_why="because",
        wait_until=NOW + HOUR, first_polled_at=NOW, last_success_at=NOW, failures=3, failing_since=NOW, last_error="404",
        host="other.example", paused_at=NOW,
    )  # fmt: skip
    with store.write() as tx:
        tx.sources.settle(after, PollRun("south", NOW, 404, 1, 2, 3, 4.5, "no"))
        assert tx.sources.runs("south") == [PollRun("south", NOW, 404, 1, 2, 3, 4.5, "no")]
    assert one(store, "south") == replace(after, polls=1)


def test_polls_remembered_are_bounded(store):
    """Of each source the last fifty polls are kept, and hardly more rows than that."""
    for number in range(75):
        polled(store, "south", run={"bytes": number})
    polled(store, "north", run={"bytes": 1000})
    with store.read() as tx:
        assert [run.bytes for run in tx.sources.runs("south", 99)] == list(range(74, 24, -1))
        assert [run.bytes for run in tx.sources.runs("south", 2)] == [74, 73]
        assert len(tx.sources.runs("north")) == 1
        rows = tx._connection.exec_driver_sql("SELECT count(*) FROM poll_runs").scalar_one()
    assert rows <= 61


def test_next_due(store):
    """The earliest of all that are polled; paused and removed ones do not count."""
    polled(store, "south")
    with store.read() as tx:
        assert tx.sources.next_due() == NOW
    polled(store, "north", next_poll_at=NOW + HOUR * 3)
    with store.read() as tx:
        assert tx.sources.next_due() == NOW + HOUR
    polled(store, "south", paused_at=NOW)
    with store.read() as tx:
        assert tx.sources.next_due() == NOW + HOUR * 3


# ------------------------------------------------------------------------------------------- who polls what


def test_the_longest_due_come_first(store):
    """Those that are due, in order, and no more than asked for."""
    polled(store, "south")
    polled(store, "north", next_poll_at=NOW + HOUR / 2)
    assert take(store, NOW).sources == ()
    assert ids(take(store, NOW + HOUR, limit=1)) == ["north"]
    assert ids(take(store, NOW + HOUR, limit=0)) == []
    assert ids(take(store, NOW + HOUR)) == ["south"]


def test_a_claimed_source_is_nobody_elses(store):
    """Until the poll is settled, or the time is up, another poller does not get it; then it does, with a new number."""
    (first,) = take(store, worker="a", limit=1).sources
    assert ids(take(store, worker="b")) == ["south"] != [first.source_id]
    assert ids(take(store, NOW + LEASE - SECOND, worker="c")) == []
    later = take(store, NOW + LEASE, worker="c")
    assert ids(later) == ["north", "south"]
    with store.write() as tx:
        assert not tx.sources.holds(first)
        assert all(tx.sources.holds(state) for state in later.sources)
    polled(store, "south", NOW + LEASE)
    polled(store, "north", NOW + LEASE)
    assert ids(take(store, NOW + LEASE * 9)) == ["north", "south"]


def test_many_pollers_share_without_overlap(tmp_path):
    """Eight pollers at once claim two hundred sources, each exactly once."""
    store = made(tmp_path, *(f"s{number}" for number in range(200)))
    with ThreadPoolExecutor(8) as pool:
        taken = [name for names in pool.map(lambda n: _take_all(store, f"w{n}"), range(8)) for name in names]
    assert sorted(taken) == sorted(f"s{number}" for number in range(200))


def _take_all(store, worker):
    names = []
    while found := ids(take(store, worker=worker, limit=7)):
        names += found
    return names


def test_claims_of_a_dead_poller_are_freed_at_once(store):
    """Whoever knows that a poller is dead gives its sources back, and nobody else's."""
    take(store, worker="dead", limit=1)
    take(store, worker="alive", limit=1)
    with store.write() as tx:
        assert tx.polls.workers() == ["alive", "dead"]
        tx.polls.free("dead")
        assert tx.polls.workers() == ["alive"]
    assert ids(take(store)) == ["north"]


def test_what_was_not_polled_is_given_back(store):
    """A claim that comes to nothing ends; one that was lost since is left alone."""
    taken = take(store, worker="a")
    again = take(store, NOW + LEASE, worker="b", limit=1)
    with store.write() as tx:
        tx.polls.give_back(taken.sources)
    assert ids(take(store, NOW + LEASE, worker="c")) == ["south"]
    assert ids(again) == ["north"]


@pytest.mark.parametrize(
    "change",
    [
        {"paused_at": NOW},
        {"wait_until": NOW + HOUR * 9},
        {"next_poll_at": None},
    ],
    ids=["paused", "told to wait", "gone"],
)
def test_what_is_not_polled(store, change):
    """Neither by the clock nor by name: paused sources, those whose server said when to come back, and gone ones."""
    polled(store, "south", **change)
    assert ids(take(store, NOW + HOUR * 8)) == ["north"]
    assert ids(take(store, NOW + HOUR * 8, only=["south"])) == []


def test_named_sources_are_polled_before_their_time(store):
    """A person may ask for a source that is not due; the others stay."""
    polled(store, "south")
    assert ids(take(store, NOW, only=["south", "none"])) == ["south"]


def test_a_change_by_a_person_ends_the_claim(store):
    """What a poll brings that was under way when a person decided something is not written over it."""
    (claimed,) = take(store, only=["south"]).sources
    with store.write() as tx:
        tx.sources.change(replace(claimed, paused_at=NOW))
        assert not tx.sources.holds(claimed)
    assert one(store, "south").paused_at == NOW


def test_many_polls_are_settled_at_once(tmp_path):
    """Whatever changed of each is written, and its poll; the one whose claim was lost is left as it is."""
    store = made(tmp_path, "quiet", "other", "lost")
    states = {state.source_id: state for state in take(store).sources}
    with store.write() as tx:
        tx.sources.change(replace(states["lost"], paused_at=NOW))
    times = {"next_poll_at": NOW + HOUR, "next_why": "every hour", "last_success_at": NOW}
    after = {name: replace(state, **times) for name, state in states.items()}
    after["other"] = replace(after["other"], etag='"2"', memory=Memory(fresh_for=60.0), first_polled_at=NOW)
    polls = {name: PollRun(name, NOW, 304, 0, 0, 0, 0.5, "") for name in states}
    with store.write() as tx:
        held = tx.sources.settle_all([(states[name], after[name], polls[name]) for name in states])
        assert held == {"quiet", "other"}
        assert tx.sources.settle_all([]) == set()
        runs = {name: tx.sources.runs(name) for name in states}
    assert runs == {"quiet": [polls["quiet"]], "other": [polls["other"]], "lost": []}
    for name in held:
        assert one(store, name) == replace(after[name], polls=1)
    lost = one(store, "lost")
    assert (lost.paused_at, lost.polls, lost.next_poll_at) == (NOW, 0, NOW)
    assert ids(take(store, NOW + HOUR)) == ["other", "quiet"]


# ------------------------------------------------------------------------------------------- gently


def test_a_host_is_asked_for_two_at_a_time(tmp_path):
    """Of a host two sources are claimed at once; a third only when one is settled. Another host does not wait."""
    store = made(tmp_path, "a", "b", "c", "d", url="https://one.example/NAME")
    with store.write() as tx:
        tx.sources.sync([*(source(name, f"https://one.example/{name}") for name in "abcd"), source("other")], NOW)
    assert ids(take(store, manners=Manners())) == ["a", "b", "other"]
    assert ids(take(store, manners=Manners())) == []
    polled(store, "a")
    assert ids(take(store, manners=Manners())) == ["c"]


def test_polls_that_stand_still_make_room_for_as_many(tmp_path):
    """After a few seconds a poll no longer counts, but no host ever has more than twice its number."""
    store = made(tmp_path, *"abcdefg", url="https://one.example/NAME")
    assert ids(take(store, NOW, manners=Manners())) == ["a", "b"]
    assert ids(take(store, NOW + STUCK - SECOND, manners=Manners())) == []
    assert ids(take(store, NOW + STUCK, manners=Manners())) == ["c", "d"]
    assert ids(take(store, NOW + STUCK * 2, manners=Manners())) == []


def test_crowded_hosts_do_not_hide_the_others(tmp_path):
    """A source whose host is free is found behind thousands whose host is busy."""
    store = made(tmp_path, *(f"s{number:04}" for number in range(2000)), url="https://one.example/NAME")
    take(store, manners=Manners())
    with store.write() as tx:
        many = [source(f"s{number:04}", f"https://one.example/s{number:04}") for number in range(2000)]
        tx.sources.sync([*many, source("last")], NOW + SECOND)
    assert ids(take(store, NOW + SECOND, limit=5, manners=Manners())) == ["last"]


def test_a_pause_lies_between_two_polls_of_a_host(tmp_path):
    """One at a time, and the caller learns when the next may start; hosts that do not wait are not held up."""
    store = made(tmp_path, *"abc", url="https://one.example/NAME")
    gently = Manners(pause=1.0)
    first = take(store, manners=gently)
    assert (ids(first), first.again_at) == (["a"], NOW + SECOND)
    assert ids(take(store, NOW + SECOND / 2, manners=gently)) == []
    second = take(store, NOW + SECOND, manners=gently, only=["c", "b"])
    assert (ids(second), second.again_at) == (["c"], NOW + SECOND * 2)
    polled(store, "a")
    polled(store, "c")
    last = take(store, NOW + SECOND * 2, manners=gently)
    assert (ids(last), last.again_at) == (["b"], None)


def test_two_sources_that_are_told_to_wait_speak_for_their_host(tmp_path):
    """One such answer concerns its own address; two at once keep us from the whole host, until the shorter one ends."""
    store = made(tmp_path, *"abcd", url="https://one.example/NAME")
    polled(store, "a", wait_until=NOW + HOUR)
    with store.write() as tx:
        tx.polls.asked_to_wait("one.example", NOW)
        assert tx.polls.away(NOW) == {}
    polled(store, "b", wait_until=NOW + HOUR * 2)
    with store.write() as tx:
        tx.polls.asked_to_wait("one.example", NOW)
        assert tx.polls.away(NOW) == {"one.example": NOW + HOUR}
    assert ids(take(store, NOW + HOUR - SECOND)) == []
    assert ids(take(store, NOW + HOUR)) == ["a", "c", "d"]


def test_a_host_that_wants_to_be_left_alone_is_not_waited_for(tmp_path):
    """Waiting for seconds is worth while, waiting for an hour is the next run's."""
    store = made(tmp_path, *"abc", url="https://one.example/NAME")
    for wait, again in ((HOUR, None), (5 * SECOND, NOW + 5 * SECOND)):
        for name in "ab":
            polled(store, name, wait_until=NOW + wait)
        with store.write() as tx:
            tx.polls.asked_to_wait("one.example", NOW)
        taken = take(store, manners=Manners(pause=1.0))
        assert (ids(taken), taken.again_at) == ([], again)
        assert take(store, manners=Manners(pause=1.0), only=["c"]).again_at == again
    assert ids(take(store, NOW + 5 * SECOND, manners=Manners(pause=1.0))) == ["c"]
