# SPDX-License-Identifier: Apache-2.0
"""Works: what waits to be traced, ids that stay, one entry a work in every list, near copies from both sides."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Edition,
    Entry,
    Hop,
    Item,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Role,
    Source,
    Verified,
)
from syndicate.store import Tally, Traced
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)


@pytest.fixture
def store(tmp_path):
    """A store with two sources."""
    opened = databases.open(tmp_path, "syndicate")
    with opened.write() as tx:
        tx.sources.sync([Source(n, f"https://{n}.example/feed", Publisher(n, n.title())) for n in ("a", "b")], NOW)
    yield opened
    opened.close()


def item(name, *, title="T", url=None):
    """An item; the first letter of its id is its source."""
    where = f"https://{name[0]}.example/{name}" if url is None else url
    return Item(name, name[0], name[0], name, where, title, "", "")


def own(one):
    """The chain of an item that is its own origin."""
    return Chain((Hop(Role.ORIGIN, one.publisher_id, one.publisher_id, one.url, item_id=one.id),))


def put(store, *items, now=NOW, traced=True, first_poll=False):
    """Polls that bring these items, each its own origin."""
    with store.write() as tx:
        for one in items:
            chains = {one.id: own(one)}
            tx.items.put(one.source_id, [one], chains, {}, {}, now=now, first_poll=first_poll, traced=traced)


def trace(store, origins, credits_=""):
    """Write what was found of items: the origin of each."""
    with store.write() as tx:
        held = tx.items.get(list(origins))
        tx.works.put([Traced(one, held[one].chain, origin, credits_) for one, origin in origins.items()])


def works(store, *ids):
    """The work id of each item."""
    with store.read() as tx:
        held = tx.items.get(ids)
    return [held[one].work_id for one in ids]


def listed(store, **more):
    """The ids of the list of the newest."""
    with store.read() as tx:
        return {one.item.id for one in tx.items.newest(99, **more)}


def test_untraced_is_in_no_list(store):
    """What waits to be traced is in no list, the first seen first; traced it is, and waits again when it changes."""
    put(store, item("a2"), now=NOW + HOUR, traced=False)
    put(store, item("a1"), traced=False)
    put(store, item("b1"))
    with store.read() as tx:
        assert tx.works.untraced(9) == ["a1", "a2"]
        assert tx.works.untraced(1) == ["a1"]
        assert tx.works.of(["a1", "b1"]).keys() == {"b1"}
        assert [one.item_id for one in tx.items.not_in_editions("weekly", 9)] == ["b1"]
    assert listed(store) == {"b1"}
    trace(store, {"a1": "a1", "a2": "a2"})
    assert listed(store) == {"a1", "a2", "b1"}
    put(store, item("a1", title="Changed"), traced=False)
    assert listed(store) == {"a2", "b1"}
    with store.read() as tx:
        assert tx.items.get(["a1"])["a1"].chain == own(item("a1")), "the chain stays until the text was traced"


def test_a_work_keeps_its_id(store):
    """The id is that of the item seen first; a better copy that arrives later does not change it."""
    put(store, item("a1"))
    put(store, item("b1"), now=NOW + HOUR)
    put(store, item("b2"), now=NOW + 2 * HOUR)
    assert works(store, "a1", "b1", "b2") == ["a1", "b1", "b2"]
    trace(store, {"b1": "b1", "a1": "b1"})
    assert works(store, "a1", "b1", "b2") == ["a1", "a1", "b2"]
    trace(store, {"b2": "b1"})
    assert works(store, "a1", "b1", "b2") == ["a1", "a1", "a1"]
    with store.read() as tx:
        assert [one.item.id for one in tx.works.of(["a1"])["a1"]] == ["a1", "b1", "b2"]
    trace(store, {"a1": "a1"})
    assert works(store, "a1", "b1", "b2") == ["a1", "b1", "b1"], "who leaves takes its own id along"


def test_one_entry_a_work(store):
    """Lists hold a work once, by the item seen first of those that are there and of the sources asked for."""
    put(store, item("a1"))
    put(store, item("b1"), item("b2"), now=NOW + HOUR)
    trace(store, {"a1": "b1", "b1": "b1"})
    assert listed(store) == {"a1", "b2"}
    assert listed(store, sources=("b",)) == {"b1", "b2"}
    with store.write() as tx:
        tx.items.withdraw(["a1"])
        assert [one.item.id for one in tx.works.of(["a1"])["a1"]] == ["b1"]
    assert listed(store) == {"b1", "b2"}


def test_backfill_holds_a_work_once(store):
    """Two sources that bring one work with their first polls bring one entry."""
    put(store, item("a1"), item("b1"), first_poll=True)
    trace(store, {"b1": "a1"})
    with store.read() as tx:
        assert [one.item_id for one in tx.items.backfill("weekly", 5)] == ["a1"]


def test_a_digest_never_repeats_a_work(store):
    """What an edition considered under the id of any of its items is considered, also when works come together later."""
    put(store, item("a1"))
    put(store, item("b1"), item("b2"), now=NOW + HOUR)
    decision = Decision("b1", "weekly", Mode.LINK, (), (), "")
    edition = Edition("e-1", WEEKLY, "2026-11-02", NOW, (), (Entry(item("b1"), own(item("b1")), decision, NOW),))
    with store.write() as tx:
        tx.editions.put(edition, Verified(edition, ()), (), now=NOW)
        assert {one.item_id for one in tx.items.not_in_editions("weekly", 9)} == {"a1", "b2"}
    trace(store, {"a1": "b1"})
    assert works(store, "b1") == ["a1"]
    with store.read() as tx:
        assert {one.item_id for one in tx.items.not_in_editions("weekly", 9)} == {"b2"}


def test_the_standing_of_a_publisher(store):
    """How many of a publisher's items credit somebody, how many a stranger, how many have others' words in silence."""
    put(store, item("a1"), item("a2"), item("a3"), item("a4"), item("a5"))
    put(store, item("b1"), traced=False)
    trace(store, {"a1": "a1"}, "known")
    trace(store, {"a2": "a2"}, "stranger")
    trace(store, {"a5": "b1"}, "text")
    with store.write() as tx:
        tx.works.put_credits({"a3": "known"})
        tx.works.put_credits({})
    with store.read() as tx:
        assert tx.works.tally(["a", "b", "c"]) == {"a": Tally(5, 3, 1, 1), "b": Tally(1)}
        assert tx.works.tally(["a", "b"], traced=True) == {"a": Tally(5, 3, 1, 1)}
        assert tx.works.uncredited("a") == ["a4", "a5"]


def test_near_copies(store):
    """Near copies are found from both sides, and replaced on both."""
    put(store, item("a1"), item("b1"), item("b2"))
    with store.write() as tx:
        tx.works.set_near({"a1": ["b2", "b1"]})
    with store.write() as tx:
        assert tx.works.near(["a1", "b1", "b2"]) == {"a1": ["b1", "b2"], "b1": ["a1"], "b2": ["a1"]}
        tx.works.set_near({"b1": []})
        assert tx.works.near(["a1", "b1", "b2"]) == {"a1": ["b2"], "b2": ["a1"]}
