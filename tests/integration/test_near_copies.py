# SPDX-License-Identifier: Apache-2.0
"""An uncredited copy is traced to its origin, whichever is polled first, and carried on the holder's terms."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from syndicate.intake import delta
from syndicate.model import (
    Channel,
    ChannelKind,
    Covers,
    Fetched,
    Grant,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Record,
    Site,
    Source,
)
from syndicate.pipeline.compose import Composing, compose_digest, compose_feed
from syndicate.pipeline.explain import Copy, copies, explain
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.poll import Polling, poll
from syndicate.pipeline.release import record
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.rights.policy import decide
from syndicate.rights.trace import own_chain
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FREE = Record("free", licence=by_id("CC-BY-4.0"))
SOUTH = Publisher("south", "South Desk", "https://south.example/")
MARSH = Publisher("marsh", "Marsh & Mill", "https://marsh.example/", (FREE,))
TARN = Publisher("tarn", "Tarn Review", "https://tarn.example/", (FREE,))
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
CHANNEL = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"))
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, backfill=9, limit=9,
                 sender="Riverside Bulletin <news@bulletin.example>", subject="This week")  # fmt: skip


def prose(seed, words=200):
    """Paragraphs of invented words."""
    chance = random.Random(seed)  # noqa: S311 - invented words
    invented = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(words)]
    return [f"<p>{' '.join(invented[n : n + 40])}.</p>" for n in range(0, words, 40)]


def kanji(seed):
    """Paragraphs of a language without blanks."""
    signs = random.Random(seed).choices([chr(code) for code in range(0x4E00, 0x5A00)], k=800)  # noqa: S311 - invented words
    return [f"<p>{''.join(signs[n : n + 160])}。</p>" for n in range(0, 800, 160)]


STORY = prose("story")


class House:
    """Three publishers, their feeds on a shelf, and a database."""

    def __init__(self, folder):
        self.store = databases.open(folder)
        self.now = NOW
        self.shelf = {}
        self.publishers = {p.id: p for p in (SOUTH, MARSH, TARN)}
        self.sources = {p.id: Source(p.id, f"https://{p.id}.example/feed", p) for p in self.publishers.values()}
        with self.store.write() as tx:
            tx.sources.sync(list(self.sources.values()), NOW)
            tx.channels.sync([CHANNEL.id, WEEKLY.id], NOW)

    async def fetch(self, url, *, etag="", last_modified=""):
        """The document on the shelf."""
        assert (etag, last_modified) == ("", "")
        return Fetched(200, url, self.shelf[url.split("//")[1].split(".")[0]].encode(), "application/rss+xml")

    async def read(self, body, *, url, content_type, source, marks, then):
        """Parse in this process."""
        reading = delta.read(body, url=url, content_type=content_type, source=source, marks=marks)
        return replace(reading, feed=reading.feed and then(reading.feed))

    def show(self, name, paragraphs, *, hour=1, title="The ferry", more=(), dated=True):
        """A publisher shows a story, published some hours after midnight, and perhaps others."""
        date = f"<pubDate>Sun, 22 Nov 2026 0{hour}:00:00 GMT</pubDate>" if dated else ""
        entries = "".join(
            f"<item><title>{heading}</title><link>https://{name}.example/{n}</link><guid>https://{name}.example/{n}</guid>"
            f"<description><![CDATA[{''.join(body)}]]></description>{date}</item>"
            for n, (heading, body) in enumerate([(title, paragraphs), *more])
        )
        self.shelf[name] = (
            f'<rss version="2.0"><channel><title>{name}</title><link>https://{name}.example/</link>{entries}</channel></rss>'
        )

    def poll(self, *names):
        """Poll these, one after the other, an hour apart."""
        for name in names:
            self.now += timedelta(hours=1)
            polling = Polling(self.store, self, self, lambda: self.now, self.sources, self.publishers)
            (polled,) = asyncio.run(poll(polling, [name]))
            assert polled.error == ""

    def held(self, name, number=0):
        """An item as it is stored."""
        with self.store.read() as tx:
            (found,) = tx.items.find(f"https://{name}.example/{number}")
        return found

    def chain(self, name, number=0):
        """The publishers of an item's chain."""
        return [hop.publisher_id for hop in self.held(name, number).chain.hops]

    @property
    def composing(self):
        """What composing needs."""
        return Composing(self.store, lambda: self.now, SITE, self.publishers, environment(), b"k" * 32)

    def feed(self):
        """The entries of the feed that would be published now."""
        return compose_feed(self.composing, CHANNEL).edition.entries

    def publish(self):
        """Put the feed as it is now on record."""
        with self.store.write() as tx:
            record(tx, compose_feed(self.composing, CHANNEL), self.now)

    def digest(self):
        """What a digest would carry now, recorded as sent; the titles."""
        edition = compose_digest(self.composing, WEEKLY, self.now.isoformat())
        if edition is None:
            return None
        with self.store.write() as tx:
            record(tx, edition, self.now)
        return [entry.item.title for entry in edition.edition.entries]

    def mode(self, name):
        """How much of an item the channel may carry."""
        found = self.held(name)
        return decide(found.item, found.chain, CHANNEL, self.publishers, NOW).mode


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
