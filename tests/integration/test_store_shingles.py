# SPDX-License-Identifier: Apache-2.0
"""Which items may share a passage: found, filtered, replaced, and cheap however common a passage is."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Chain, Hop, Item, Publisher, Role, Source
from syndicate.store import open_store
from syndicate.store.shingles import COMMON, MOST

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
BIG = 2**63 - 1


@pytest.fixture
def store(tmp_path):
    """A store with two sources."""
    opened = open_store(f"sqlite:///{tmp_path}/syndicate.db")
    with opened.write() as tx:
        sources = [Source(n, f"https://{n}.example/feed", Publisher(n, n.title())) for n in ("south", "north")]
        tx.sources.sync(sources, NOW)
    yield opened
    opened.close()


def put(store, hashes, age=0):
    """Store items with these passages; the first letter of an id tells the publisher."""
    with store.write() as tx:
        for one in hashes:
            name = {"s": "south", "n": "north"}[one[0]]
            url = f"https://{name}.example/{one}"
            item = Item(one, name, name, one, url, one, "", "", published=NOW - timedelta(days=age))
            chain = Chain((Hop(Role.ORIGIN, name, name),))
            tx.items.put(name, [item], {one: chain}, {}, {}, now=NOW, first_poll=True)
        tx.shingles.put(hashes)


def similar(store, *ids, **more):
    """What is similar to these."""
    with store.read() as tx:
        return tx.shingles.similar(ids, **more)


def rows(store):
    """How many passages are kept."""
    with store._engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM item_shingles").scalar_one()


def test_found_from_both_sides(store):
    """Two publishers' items with two common passages are found from each other; extreme numbers come back."""
    put(store, {"s1": (-BIG, BIG, 3), "n1": (-BIG, 2, BIG), "n2": (BIG, 7, 8), "s2": (), "n3": (99, 98)})
    assert similar(store, "s1", "s2", "n1", "n2", "i-none") == {"s1": ["n1"], "n1": ["s1"]}
    assert similar(store) == {}


def test_never_of_one_publisher(store):
    """What one publisher's items share is not told."""
    put(store, {"s1": (1, 2, 3), "s2": (1, 2, 3)})
    assert similar(store, "s1", "s2") == {}


def test_share_of_the_shorter(store):
    """Two passages of many are a quotation; of few they are enough."""
    put(store, {"s1": range(100), "n1": (*range(2), *range(200, 210)), "n2": (*range(2), *range(200, 204))})
    assert similar(store, "s1") == {"s1": ["n2"]}
    assert similar(store, "n1") == {}


def test_the_likeliest_first(store):
    """The largest share of the shorter first, then the earliest; no more than asked for."""
    put(store, {"s1": range(10), "n1": (*range(6), 21, 22, 23)})
    put(store, {"n2": range(9)})
    put(store, {"n3": range(8)}, age=5)
    assert similar(store, "s1") == {"s1": ["n3", "n2", "n1"]}
    assert similar(store, "s1", most=1) == {"s1": ["n3"]}


def test_replaced_on_change(store):
    """A changed text is found by its new passages only, and leaves none behind."""
    put(store, {"s1": (1, 2, 3), "n1": (1, 2, 3), "n2": (5, 6)})
    with store.write() as tx:
        tx.shingles.put({"s1": (5, 6)})
    assert similar(store, "s1") == {"s1": ["n2"]}
    with store.write() as tx:
        tx.shingles.put({"s1": (), "n1": (), "n2": ()})
    assert rows(store) == 0
    assert similar(store, "s1") == {}


def test_common_passages(store):
    """A passage that very many share is kept for the first of them, and still finds these."""
    put(store, {f"s{n}": (1, 2, 3) for n in range(COMMON + 20)})
    assert rows(store) == COMMON * 3
    put(store, {"n1": (1, 2, 3)})
    assert rows(store) == COMMON * 3
    assert len(similar(store, "n1", most=99)["n1"]) == COMMON
    assert len(similar(store, "n1")["n1"]) == MOST


def test_many_at_once(store):
    """More passages and items than one statement may name are no problem."""
    put(store, {"s1": range(1300), "n1": range(1300)} | {f"n{n}": (n + 5000,) for n in range(2, 700)})
    assert similar(store, "s1", *(f"n{n}" for n in range(2, 700))) == {"s1": ["n1"]}
    with store.write() as tx:
        tx.shingles.put({"s1": ()})
    assert similar(store, "n1") == {}
