# SPDX-License-Identifier: Apache-2.0
"""Works: what names one, and which of its copies is the best."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from syndicate.model import Chain, Hop, Item, Mode, Role
from syndicate.rights.origins import Sighting
from syndicate.rights.works import rank, work_key

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEM = Item("i-mine", "s", "p", "1", "https://marsh.example/1", "T", "", "")
MINE = Hop(Role.REPUBLISHER, "Marsh & Mill", url=ITEM.url, item_id=ITEM.id)


@pytest.mark.parametrize(
    ("origin", "key"),
    [
        (Hop(Role.ORIGIN, "South Desk", url="https://south.example/a", item_id="i-south"), "i-south"),
        (Hop(Role.ORIGIN, "Elsewhere", url="https://www.elsewhere.example/a/?utm_source=x"), "elsewhere.example/a"),
        (Hop(Role.ORIGIN, "Elsewhere"), "i-mine"),
    ],
    ids=["an item", "a page", "a name"],
)
def test_what_names_a_work(origin, key):
    """The origin's item, else its page however it is spelled; a name without a page names no work but the copy's own."""
    assert work_key(Sighting(ITEM, Chain((origin, MINE)), NOW), ()) == key


def test_a_chain_without_names():
    """Where no hop names anything the item is a work of its own."""
    assert work_key(Sighting(ITEM, Chain((Hop(Role.ORIGIN, "Somebody"),)), NOW), ()) == "i-mine"


WORDS = " ".join(f"word{n}" for n in range(60))
MORE = WORDS + "".join(f" other{n}" for n in range(60))
PAGE = Hop(Role.ORIGIN, "Elsewhere", url="https://elsewhere.example/a")


def near(name, text, *hops, known=False, hour=0):
    """A near copy of a publisher, seen some hours after noon, with what its chain says before it."""
    item = replace(ITEM, id=f"i-{name}", url=f"https://{name}.example/1", publisher_id=name, text=text)
    last = Hop(Role.REPUBLISHER if hops else Role.ORIGIN, name, name, item.url, item_id=item.id)
    return Sighting(item, Chain((*hops, last), origin_known=known), NOW + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("mine", "others", "key"),
    [
        (near("tarn", WORDS, PAGE), [near("south", MORE, known=True)], "i-south"),
        (near("tarn", MORE, PAGE), [near("south", WORDS, known=True)], "elsewhere.example/a"),
        (near("tarn", MORE, PAGE, known=True), [near("south", MORE, known=True)], "elsewhere.example/a"),
        (near("tarn", MORE), [near("south", WORDS, PAGE, hour=3)], "elsewhere.example/a"),
        (near("tarn", WORDS), [near("south", MORE, hour=-3), near("marsh", WORDS, hour=-2)], "i-south"),
        (near("tarn", WORDS), [near("south", MORE, hour=3)], "i-tarn"),
        (near("tarn", WORDS), [near("south", "nothing of it", hour=-3)], "i-tarn"),
    ],
    ids=["held whole", "more than a copy", "known", "a page", "the oldest", "older itself", "other words"],
)
def test_words_name_a_work_whose_origin_nobody_knows(mine, others, key):
    """Where the chain ends in the dark a near copy that holds all of it tells the work, the surest first."""
    assert all(work_key(mine, some) == key for some in permutations(others))


def test_the_best_copy_first():
    """The widest mode, then the holder's own, then the shortest way, then the first seen; whatever the order."""
    origin, other = Hop(Role.ORIGIN, "South Desk"), Hop(Role.REPUBLISHER, "Tarn Review")
    copies = [
        rank(ITEM, Chain((origin, other, MINE)), [Mode.FULL, Mode.LINK], NOW),
        rank(ITEM, Chain((origin,)), [Mode.EXCERPT, Mode.WITHHOLD], NOW),
        rank(ITEM, Chain((origin,), origin_known=False), [Mode.EXCERPT, Mode.WITHHOLD], NOW - timedelta(1)),
        rank(ITEM, Chain((origin, MINE)), [Mode.EXCERPT, Mode.WITHHOLD], NOW),
        rank(ITEM, Chain((origin, MINE)), [Mode.EXCERPT, Mode.WITHHOLD], NOW + timedelta(1)),
    ]
    assert all(sorted(some) == copies for some in permutations(copies))
