# SPDX-License-Identifier: Apache-2.0
"""Breaches: what was released against terms that held already is found, has a clock, and is cured on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config import statement
from syndicate.errors import UsageError
from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Consent,
    Hop,
    Item,
    Medium,
    Part,
    Publisher,
    Purpose,
    Role,
    Site,
    Source,
    Verified,
)
from syndicate.pipeline import breaches, recording
from syndicate.pipeline.compose import Composing, compose_feed
from syndicate.pipeline.recording import Draft
from syndicate.pipeline.release import publish, send_digest
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.store import LedgerKind
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
FEED = Channel("feed", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("json",))
DAILY = Channel(
    "daily", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * *",
    sender="Bulletin <news@bulletin.example>", subject="Today",
)  # fmt: skip


class House:
    """One story of one publisher, published in a feed and a digest."""

    def __init__(self, folder, terms):
        self.now = START
        self.store = databases.open(folder)
        records = statement(terms, licence=by_id, name="terms")
        south = Publisher("south", "South Desk", "https://south.example/", records)
        site = Site("Bulletin", "https://bulletin.example", "editor@bulletin.example")
        publishers = {"south": south}
        self.composing = Composing(self.store, lambda: self.now, site, publishers, environment(), b"k" * 32)
        url = "https://south.example/ferry"
        item = Item("i-1", "south", "south", url, url, "The ferry", "<p>It runs.</p>", "It runs.", published=START)
        chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", url, START, item.id),))
        with self.store.write() as tx:
            tx.sources.sync([Source("south", "https://south.example/feed", south)], START)
            tx.channels.sync([FEED.id, DAILY.id], START)
            consent = Consent(Purpose.COMMUNITY, "The daily digest.", "test", START)
            tx.people.add_confirmed(DAILY.id, {"ada@reader.example": consent}, now=START)
            tx.items.put("south", [item], {item.id: chain}, {}, {}, now=START, first_poll=False)
        publish(self.composing, FEED, lambda _: ())
        send_digest(self.composing, DAILY, "2026-01-01T0700")

    def object(self, since):
        """An objection is recorded now that holds since a time."""
        (record,) = statement("prohibitions: [{mode: withhold, quote: No.}]", licence=by_id, name="letter")
        recording.put(self.composing, [Draft("south", record, "objection", since)], "Mara")

    def open(self):
        """The open breaches by channel."""
        with self.store.read() as tx:
            return {one.row.data["channel"]: one for one in breaches.open_breaches(tx)}


@pytest.fixture
def make(tmp_path):
    """A house by its terms."""
    houses = []

    def made(terms):
        houses.append(House(tmp_path, terms))
        return houses[-1]

    yield made
    for house in houses:
        house.store.close()


def test_an_objection_that_held_already(make):
    """Recorded two days late, it makes a breach of what went out in between; the feed is cured by the next build."""
    house = make("grants: [{mode: full, media: [web, email], duties: [credit, link]}]")
    house.now = START + timedelta(days=3)
    house.object(since=START - timedelta(hours=1))
    found = house.open()
    assert set(found) == {"feed", "daily"}
    assert {(o.row.data["carried"], o.row.data["permitted"]) for o in found.values()} == {("full", "withhold")}
    assert {o.until for o in found.values()} == {house.now + timedelta(days=30)}
    house.now += timedelta(hours=1)
    publish(house.composing, FEED, lambda _: ())
    assert breaches.look(house.composing) == 0
    assert set(house.open()) == {"daily"}
    number = house.open()["daily"].row.id
    breaches.cure(house.composing, number, "An apology went to all readers.", "Mara")
    assert house.open() == {}
    with house.store.read() as tx:
        cures = {row.data["by"]: row.data for row in tx.ledger.all(LedgerKind.CURE)}
    assert cures["Mara"] == {"breach": number, "how": "An apology went to all readers.", "by": "Mara", "in_time": True}
    assert cures["syndicate"]["how"].endswith("keeps its terms")
    with pytest.raises(UsageError, match="no such breach is open"):
        breaches.cure(house.composing, number, "Again.", "Mara")


def test_a_feed_that_lay_open(make):
    """A feed is held to all the time that it lay open, a digest to the moment at which it was made."""
    house = make("grants: [{mode: full, media: [web, email], duties: [credit, link]}]")
    house.now = START + timedelta(days=5)
    house.object(since=START + timedelta(days=2))
    assert set(house.open()) == {"feed"}


def test_an_objection_of_today_is_no_breach(make):
    """What is followed on its day breaks nothing, and looking again finds nothing new."""
    house = make("grants: [{mode: full, media: [web, email], duties: [credit, link]}]")
    house.now = START + timedelta(days=5)
    house.object(since=house.now - timedelta(hours=9))
    assert house.open() == {}


@pytest.mark.parametrize(
    ("licence", "days"),
    [("CC-BY-4.0", 30), ("CC-BY-3.0-IGO", 30), ("CC-BY-3.0", None), ("CC-BY-3.0-US", None), ("CC-BY-2.0", None)],
)  # fmt: skip
def test_a_credit_that_was_missing(make, licence, days):
    """Released bytes that their proof of today refuses are a breach; 4.0 and 3.0 IGO know a cure, older texts none."""
    house = make(f"licence: {licence}")
    verified = compose_feed(house.composing, FEED)
    assert isinstance(verified, Verified)
    part = verified.edition.parts[0]
    bare = Part(part.name, part.media_type, part.content.replace(b"South Desk", b"Somebody"), part.templates)
    wrong = replace(verified.edition, id="e-wrong", period="wrong", parts=(bare,))
    with house.store.write() as tx:
        tx.editions.put(wrong, verified, (), now=house.now)
        tx.editions.released("e-wrong", house.now)
    assert breaches.look(house.composing) > 0
    one = house.open()["feed"]
    assert one.row.subject == "i-1"
    assert one.until == (house.now + timedelta(days=days) if days else None)
    assert breaches.look(house.composing) == 0
