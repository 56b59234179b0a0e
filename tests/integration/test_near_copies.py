# SPDX-License-Identifier: Apache-2.0
"""An uncredited copy is traced to its origin, whichever is polled first, and carried on the holder's terms."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from syndicate.model import (
    Mode,
)
from syndicate.pipeline.explain import Copy, copies, explain
from syndicate.pipeline.origins import trace_arrivals
from syndicate.rights.trace import own_chain
from tests.house import CHANNEL, NOW, STORY, House, kanji, prose

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def house(tmp_path):
    """The house."""
    return House(tmp_path)


ORDERS = pytest.mark.parametrize("order", [("south", "marsh"), ("marsh", "south")], ids="-then-".join)


@ORDERS
@pytest.mark.parametrize(
    ("original", "copy"),
    [
        (STORY, STORY),
        (STORY, STORY[:2]),
        (STORY, [*STORY, "<p>Ask us about the ferry, we know it.</p>"]),
        (kanji(1), kanji(1)),
        (kanji(1), kanji(1)[:2]),
    ],
    ids=["whole", "partial", "framed", "unspaced", "unspaced-partial"],
)
def test_a_copy_is_traced_whichever_arrives_first(house, order, original, copy):
    """The holder's silence governs the copy, whatever the copier permits; the original stays its publisher's own."""
    house.show("south", original, hour=1)
    house.show("marsh", copy, hour=5, title="What you need to know about the ferry")
    house.poll(*order)
    assert house.chain("south") == ["south"]
    assert house.chain("marsh") == ["south", "marsh"]
    assert house.held("marsh").chain.hops[-1].because[0].url == "https://south.example/0"
    assert house.mode("marsh") is Mode.LINK


@ORDERS
def test_other_stories_stay_their_own(house, order):
    """Two originals that quote one statement are nobody's copies."""
    statement = prose("statement", 40)
    house.show("south", [*prose(1), *statement, *prose(2)], hour=1)
    house.show("marsh", [*prose(3), *statement, *prose(4)], hour=5)
    house.poll(*order)
    assert (house.chain("south"), house.chain("marsh")) == (["south"], ["marsh"])
    assert house.mode("marsh") is Mode.FULL


def test_what_credits_the_copy_follows(house):
    """When the origin arrives last, the copy and whoever credits the copy get the longer chain."""
    house.show("marsh", STORY, hour=5)
    house.show(
        "tarn", [*STORY, '<p>First published by <a href="https://marsh.example/0">Marsh & Mill</a>.</p>'], hour=7
    )
    house.show("south", STORY, hour=1)
    house.poll("marsh", "tarn")
    assert house.chain("tarn") == ["marsh", "tarn"]
    house.poll("south")
    assert house.chain("marsh") == ["south", "marsh"]
    assert house.chain("tarn") == ["south", "marsh", "tarn"]


def test_a_backdated_copy(house):
    """An item that appears in a feed after we hold its text is a copy, whatever its date."""
    house.show("south", STORY, hour=5)
    house.show("marsh", prose("own"), hour=4)
    house.poll("south", "marsh")
    house.show("marsh", prose("own"), hour=1, more=[("The ferry", STORY)])
    house.poll("marsh")
    assert house.chain("marsh", 1) == ["south", "marsh"]
    assert house.chain("south") == ["south"]


def test_a_new_source_that_backdates(house):
    """Whole copies that come with a new source, dated before what we held, go nowhere and take nothing over."""
    house.show("south", STORY, hour=5, more=[("Bridge", prose("bridge"))])
    house.poll("south")
    house.now += timedelta(days=2)
    house.show("marsh", STORY, hour=1, more=[("Bridge", prose("bridge")), ("Own", prose("own"))])
    house.poll("marsh")
    for number in (0, 1):
        assert (house.chain("south", number), house.chain("marsh", number)) == (["south"], ["marsh"])
        assert not house.held("south", number).chain.origin_known
        assert not house.held("marsh", number).chain.origin_known
    assert (house.mode("south"), house.mode("marsh")) == (Mode.LINK, Mode.LINK)
    assert house.held("marsh", 2).chain.origin_known
    stories = [entry.item.url for entry in house.feed() if entry.item.title != "Own"]
    assert sorted(stories) == ["https://south.example/0", "https://south.example/1"], (
        "one entry each, that which we had"
    )


def test_the_holder_comes_later_than_its_copy(house):
    """A copy that we took for its publisher's own is carried no further once its holder is polled, however late."""
    house.show("marsh", STORY, hour=5)
    house.poll("marsh")
    assert house.mode("marsh") is Mode.FULL
    house.now += timedelta(days=2)
    house.show("south", STORY, hour=1)
    house.poll("south")
    assert (house.mode("marsh"), house.mode("south")) == (Mode.LINK, Mode.LINK)


def test_a_corrected_original(house):
    """A feed that dates a corrected story anew makes no copy of it, nor does it set its copies free."""
    house.show("south", STORY, hour=1)
    house.show("marsh", STORY, hour=5)
    house.poll("south", "marsh")
    house.show("south", [*STORY, "<p>Correction: it was a Tuesday.</p>"], hour=9)
    house.poll("south")
    assert (house.chain("south"), house.chain("marsh")) == (["south"], ["south", "marsh"])


def test_an_old_item_with_new_words(house):
    """A copy that takes the place of an older story of its publisher is no older than its words."""
    house.show("marsh", prose("own"), hour=1)
    house.show("south", STORY, hour=5)
    house.poll("marsh", "south")
    house.show("marsh", STORY, hour=1)
    house.poll("marsh")
    assert (house.chain("south"), house.chain("marsh")) == (["south"], ["south", "marsh"])


def test_an_edited_copy(house):
    """A text that becomes a copy is traced again, and so is one that is rewritten."""
    house.show("south", STORY, hour=1)
    house.show("marsh", prose("own"), hour=5)
    house.poll("south", "marsh")
    assert house.chain("marsh") == ["marsh"]
    house.show("marsh", STORY, hour=5)
    house.poll("marsh")
    assert house.chain("marsh") == ["south", "marsh"]
    house.show("marsh", prose("other"), hour=5)
    house.poll("marsh")
    assert house.chain("marsh") == ["marsh"]


def test_a_name_without_a_link(house):
    """A credit that names an outlet without its page finds the page by the text."""
    house.show("marsh", [*STORY, "<p>First published by South Desk.</p>"], hour=5)
    house.poll("marsh")
    assert not house.held("marsh").chain.origin_known
    house.show("south", STORY, hour=1)
    house.poll("south")
    assert house.held("marsh").chain.origin_known
    assert house.held("marsh").chain.hops[0].url == "https://south.example/0"


def test_what_was_not_traced_is_traced_before_it_is_carried(house):
    """A run that was killed after storing leaves items to be traced: the next to compose or poll does it."""
    house.show("south", STORY, hour=1)
    house.show("marsh", STORY, hour=5)
    feeds = {name: asyncio.run(house.read(house.shelf[name].encode(), url=f"https://{name}.example/feed",
             content_type="text/xml", source=house.sources[name], marks=b"", then=lambda feed: feed)).feed for name in ("marsh", "south")}  # fmt: skip
    with house.store.write() as tx:
        for name, feed in feeds.items():
            chains = {item.id: own_chain(item, house.publishers[name]) for item in feed.items}
            tx.items.put(name, feed.items, chains, {}, {}, now=NOW, first_poll=True, traced=False)
    (entry,) = house.feed()
    assert entry.item.url == "https://south.example/0"
    assert house.chain("marsh") == ["south", "marsh"]
    assert trace_arrivals(house.store, house.publishers) == 0


def test_a_copy_that_is_shown_again(house):
    """A copy that its publisher shows again at another address stays a copy, and one story."""
    house.show("south", STORY, hour=1)
    house.show("marsh", STORY, hour=5, title="Our ferry", more=[("Bridge", prose("bridge"))])
    house.poll("south", "marsh")
    again = [("Bridge", prose("bridge")), ("Ferry again", STORY)]
    house.show("marsh", STORY, hour=5, title="Our ferry", more=again)
    house.poll("marsh")
    assert house.chain("marsh", 2) == ["south", "marsh"]
    assert sorted(entry.item.title for entry in house.feed()) == ["Bridge", "The ferry"]


def test_a_publisher_that_mostly_shows_others_work(house):
    """What it does not credit may be somebody's whom we do not poll: a link, until most of its items are its own."""
    credit = '<p>First published by <a href="https://far.example/{n}">Far Away</a>.</p>'
    copies = [(f"Copy {n}", [*prose(f"copy {n}"), credit.format(n=n)]) for n in range(4)]
    house.show("marsh", prose("own"), more=copies)
    house.poll("marsh")
    assert house.mode("marsh") is Mode.LINK
    assert "5 items credit somebody else" in house.held("marsh").chain.hops[0].because[0].value
    house.show("marsh", prose("own"), more=copies + [(f"Own {n}", prose(f"own {n}")) for n in range(30)])
    house.poll("marsh")
    assert house.mode("marsh") is Mode.LINK, "one in nine credits a stranger"
    house.show("marsh", prose("own"), more=copies + [(f"Own {n}", prose(f"own {n}")) for n in range(90)])
    house.poll("marsh")
    assert house.mode("marsh") is Mode.FULL


def test_a_publisher_that_shows_others_work_in_silence(house):
    """What its words tell counts like a credit: when its silent copies turn out to be some, the rest is in doubt."""
    house.show("marsh", prose("own"), hour=5, more=[(f"Story {n}", prose(n)) for n in range(3)])
    house.poll("marsh")
    assert house.mode("marsh") is Mode.FULL
    house.show("south", prose("ferry"), hour=1, more=[(f"Story {n}", prose(n)) for n in range(3)])
    house.poll("south")
    assert house.chain("marsh", 1) == ["south", "marsh"]
    assert house.mode("marsh") is Mode.LINK
    assert "0 of 4 items credit" in house.held("marsh").chain.hops[0].because[0].value


def test_an_undated_story_that_others_credit(house):
    """A story without a date stays its publisher's own when those who repeat it say whose it is."""
    house.show("south", STORY, dated=False)
    credit = '<p>First published by <a href="https://south.example/0">South Desk</a>.</p>'
    house.show("marsh", [*STORY, credit], hour=5)
    house.poll("south", "marsh")
    assert house.held("south").chain.origin_known
    assert house.chain("marsh") == ["south", "marsh"]


def test_explained(house):
    """Explaining a copy tells which copy the channel carries instead, and all copies of the story."""
    house.show("south", STORY, hour=1)
    house.show("marsh", STORY, hour=5, title="Our ferry")
    house.poll("marsh", "south")
    original, copy = house.held("south"), house.held("marsh")
    (told,) = explain(house.composing, copy, [CHANNEL])
    assert told.instead == Copy(original.item.id, "South Desk", original.item.url)
    (told,) = explain(house.composing, original, [CHANNEL])
    assert told.instead is None
    assert [one.publisher for one in copies(house.composing, original)] == ["Marsh & Mill", "South Desk"]
