# SPDX-License-Identifier: Apache-2.0
"""Works: what names one, and which of its copies is the best."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from syndicate.model import Chain, Hop, Item, Mode, Role
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
    assert work_key(ITEM, Chain((origin, MINE))) == key


def test_a_chain_without_names():
    """Where no hop names anything the item is a work of its own."""
    assert work_key(ITEM, Chain((Hop(Role.ORIGIN, "Somebody"),))) == "i-mine"


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
