# SPDX-License-Identifier: Apache-2.0
"""Which texts may share a passage: found, filtered, replaced, gathered, and cheap however common a passage is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from syndicate.model import Chain, Hop, Item, Publisher, Role, Source
from syndicate.store.schema import item_shingles, new_shingles
from syndicate.store.shingles import COMMON, GATHERED, MOST
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
BIG = 2**47 - 1
NAMES = {"s": "south", "n": "north"}


@pytest.fixture
def store(tmp_path):
    """A store with two sources."""
    opened = databases.open(tmp_path, "syndicate")
    with opened.write() as tx:
        tx.sources.sync([Source(n, f"https://{n}.example/feed", Publisher(n, n.title())) for n in NAMES.values()], NOW)
    yield opened
    opened.close()


def put(store, hashes, age=0):
    """Store items with these passages and tell what may share their texts; an id's first letter is the publisher."""
    with store.write() as tx:
        for letter, name in NAMES.items():
            items = [
                Item(
                    one,
                    name,
                    name,
                    one,
                    f"https://{name}.example/{one}",
                    one,
                    "",
                    "",
                    published=NOW - timedelta(days=age),
                )
                for one in hashes
                if one[0] == letter
            ]
            chain = Chain((Hop(Role.ORIGIN, name, name),))
            tx.items.put(name, items, {one.id: chain for one in items}, {}, {}, now=NOW, first_poll=True)
        return tx.shingles.put(hashes)


def again(store, hashes):
    """Give items that are stored these passages."""
    with store.write() as tx:
        return tx.shingles.put(hashes)


def rows(store, table):
    """How many passages a table keeps."""
    with store._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_found_from_both_sides(store):
    """Two items with common passages are found from each other; extreme numbers come back."""
    found = put(store, {"s1": (-BIG, BIG, 3), "n1": (-BIG, 2, BIG), "n2": (4, 7, 8), "s2": (), "n3": (99, 98)})
    assert found == {"s1": ["n1"], "n1": ["s1"]}
    assert put(store, {}) == {}


def test_found_later(store):
    """What arrives later finds what was there."""
    assert put(store, {"s1": (1, 2, 3)}) == {}
    assert put(store, {"n1": (1, 2, 4)}) == {"n1": ["s1"]}


def test_one_of_ones_own(store):
    """Of the same publisher's items only the likeliest is told: all others say the same."""
    put(store, {"s1": (1, 2, 3), "s2": (1, 2, 3), "n1": (1, 2, 3)})
    assert put(store, {"s3": (1, 2, 3)}) == {"s3": ["n1", "s1"]}


def test_share_of_the_shorter(store):
    """A passage of many is a quotation; of few it is enough."""
    put(store, {"n1": (*range(2), *range(200, 210)), "n2": (*range(2), *range(300, 304))})
    assert put(store, {"s1": range(100)}) == {"s1": ["n2"]}


def test_the_likeliest_first(store):
    """The largest share of the shorter first, then the earliest; no more than a few."""
    put(store, {"n1": (*range(6), 21, 22, 23)})
    put(store, {"s2": range(9)})
    put(store, {"s3": range(8)}, age=5)
    assert put(store, {"n9": range(10)}) == {"n9": ["s3", "s2", "n1"]}
    put(store, {f"s{n}": range(500, 504) for n in range(20, 20 + COMMON)})
    put(store, {f"s{n}": range(600, 604) for n in range(50, 50 + COMMON)})
    assert len(put(store, {"n30": (*range(500, 504), *range(600, 604))})["n30"]) == MOST < 2 * COMMON


def test_replaced_on_change(store):
    """A changed text is found by its new passages only."""
    put(store, {"s1": (1, 2, 3), "n2": (5, 6)})
    assert again(store, {"s1": (5, 6)}) == {"s1": ["n2"]}
    assert put(store, {"n1": (1, 2, 3)}) == {}
    assert again(store, {"s1": (), "n2": ()}) == {}
    assert put(store, {"n3": (5, 6)}) == {}


def test_common_passages(store):
    """A passage that very many share is kept for the first of them, and still finds these."""
    put(store, {f"s{n:02}": (1, 2, 3, 4) for n in range(COMMON + 20)})
    assert rows(store, new_shingles) == COMMON * 4
    assert put(store, {"n1": (1, 2, 3, 4)})["n1"] == [f"s{n:02}" for n in range(COMMON)]
    assert rows(store, new_shingles) == COMMON * 4


def test_made_of_common_sentences(store):
    """Where most passages stand in many texts, the rare ones tell; sharing a few common ones makes no pair."""
    put(store, {f"s{n:02}": (*range(30), 1000 + n, 2000 + n) for n in range(COMMON + 5)})
    last = COMMON + 4
    found = put(store, {"n1": (0, 1, 1000 + last, 2000 + last, *range(3000, 3007))})
    assert found == {"n1": [f"s{last:02}"]}


def test_many_at_once(store):
    """More passages and items than one statement may name are no problem."""
    found = put(store, {"s1": range(1300), "n1": range(1300)} | {f"n{n}": (n + 5000,) for n in range(2, 700)})
    assert found == {"s1": ["n1"], "n1": ["s1"]}


def test_gathered(store):
    """New passages move to the large table, living ones only, and are found there."""
    put(store, {"s1": (1, 2, 3), "s2": (7, 8, 9)})
    again(store, {"s2": (70, 80, 90)})
    put(store, {f"n{n}": (n + 5000,) for n in range(GATHERED)})
    assert (rows(store, new_shingles), rows(store, item_shingles)) == (0, GATHERED + 6)
    assert put(store, {"nx": (1, 2, 3), "ny": (7, 8, 9), "nz": (70, 80, 90)}) == {"nx": ["s1"], "nz": ["s2"]}
