# SPDX-License-Identifier: Apache-2.0
"""One story, one entry: its copies stand together, whoever they credit, and the best lawful one is carried."""

from dataclasses import replace
from itertools import permutations

import pytest

from syndicate.model import Covers, Grant, Medium, Mode, Purpose, Record
from tests.house import FREE, MARSH, SOUTH, STORY, House, prose

pytestmark = pytest.mark.usefixtures("each_database")
ORDERS = pytest.mark.parametrize("order", [("south", "marsh"), ("marsh", "south")], ids="-then-".join)


@pytest.fixture
def house(tmp_path):
    """The house."""
    return House(tmp_path)


def test_one_story_one_entry(house):
    """The story stands once, by the holder's copy where modes are equal, credited to its chain, under one id for ever."""
    house.show("marsh", [*STORY, "<p>And a word of ours.</p>"], hour=5, title="Our ferry")
    house.poll("marsh")
    (before,) = house.feed()
    house.show("tarn", STORY, hour=1, title="The ferry")
    house.show("south", STORY, hour=7, title="Ferry again")
    house.poll("tarn", "south")
    (after,) = house.feed()
    assert (before.item.title, after.item.title) == ("Our ferry", "The ferry")
    assert before.item.id == after.item.id == after.decision.item_id == house.held("marsh").item.id
    assert after.first_seen == before.first_seen
    assert house.held("tarn").work_id == house.held("south").work_id == house.held("marsh").item.id
    assert house.feed() == (after,)


@pytest.mark.parametrize("order", list(permutations(["south", "marsh", "tarn"])), ids="-then-".join)
def test_one_story_whose_copies_credit_strangers(house, order):
    """A copy that credits a page which nobody polls stays on that page's terms, and is no second entry of its story."""
    credit = '<p>First published by <a href="https://far.example/7">Far Post</a>.</p>'
    house.show("south", STORY, hour=1)
    house.show("marsh", [*STORY[:3], credit], hour=5, title="Our ferry")
    house.show("tarn", [*STORY, credit.replace("/7", "/9")], hour=6, title="Ferry again")
    house.poll(*order)
    (entry,) = house.feed()
    assert entry.item.url == "https://south.example/0"
    for name in ("marsh", "tarn"):
        found = house.held(name)
        assert (found.chain.origin_known, found.chain.hops[0].name) == (False, "Far Post")
        assert found.work_id == house.held("south").work_id
    house.show("south", prose("another"), hour=8, title="The mill")
    house.poll("south")
    first = "Our ferry" if order.index("marsh") < order.index("tarn") else "Ferry again"
    assert {entry.item.title for entry in house.feed()} == {first, "The mill"}


@ORDERS
def test_one_story_whose_origin_nobody_knows(house, order):
    """Where nothing tells which of two was first both are links, and one of them stands for the story."""
    house.publishers["south"] = replace(SOUTH, records=(FREE,))
    for name in order:
        house.show(name, STORY, dated=False)
    house.poll(*order)
    (entry,) = house.feed()
    assert (entry.decision.mode, house.mode("south"), house.mode("marsh")) == (Mode.LINK, Mode.LINK, Mode.LINK)
    assert house.held("south").work_id == house.held("marsh").work_id


def test_a_collection_that_holds_a_story_stays(house):
    """What credits a stranger and has more words than the story that it holds keeps its own entry."""
    credit = '<p>First published by <a href="https://far.example/7">Far Post</a>.</p>'
    house.show("south", STORY, hour=1)
    house.show("marsh", [*STORY, *prose("more"), credit], hour=5, title="The week")
    house.poll("south", "marsh")
    assert sorted(entry.item.title for entry in house.feed()) == ["The ferry", "The week"]


def test_the_best_lawful_copy(house):
    """Of a story whose holder permits little the copy is carried that may be carried furthest."""
    crossposts = Grant(
        Mode.FULL, frozenset({Medium.WEB}), frozenset({Purpose.COMMUNITY}), ("credit",), Covers.CROSSPOSTS
    )
    house.publishers["marsh"] = replace(MARSH, records=(Record("agreed", (crossposts,)),))
    house.show("south", STORY, hour=1)
    house.show("marsh", STORY, hour=5, title="Our ferry")
    house.poll("south", "marsh")
    (entry,) = house.feed()
    assert (entry.item.title, entry.decision.mode) == ("Our ferry", Mode.FULL)
    assert [hop.publisher_id for hop in entry.chain.hops] == ["south", "marsh"]
    assert entry.item.id == house.held("south").item.id


def test_a_digest_never_repeats_a_story(house):
    """A copy of what a digest has carried is nothing new, whichever copy it carried."""
    house.show("marsh", STORY, hour=5, title="Our ferry")
    house.poll("marsh")
    assert house.digest() == ["Our ferry"]
    house.show("tarn", STORY, hour=1, title="The ferry")
    house.show("marsh", STORY, hour=5, title="Our ferry", more=[("News", prose("news"))])
    house.poll("tarn", "marsh")
    assert house.digest() == ["News"]
    assert house.digest() is None
