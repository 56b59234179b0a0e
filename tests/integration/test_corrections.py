# SPDX-License-Identifier: Apache-2.0
"""A story that its publisher changes or takes back after it was mailed: the next digest tells its readers, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from lxml import etree, html

from syndicate.config import statement
from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Consent,
    Hop,
    Item,
    Medium,
    Publisher,
    Purpose,
    Role,
    Site,
    Source,
    Verified,
)
from syndicate.pipeline.compose import Composing, compose_feed
from syndicate.pipeline.release import send_digest
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.store import LedgerKind
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

START = datetime(2026, 1, 1, 7, tzinfo=UTC)
DAILY = Channel(
    "daily", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * *",
    sender="Bulletin <news@bulletin.example>", subject="Today",
)  # fmt: skip
FULL = "grants: [{mode: full, media: [web, email], duties: [credit, link]}]"


class House:
    """One publisher whose stories go out by mail, a day each."""

    def __init__(self, folder):
        self.now = START
        self.store = databases.open(folder)
        records = statement(FULL, licence=by_id, name="terms")
        self.south = Publisher("south", "South Desk", "https://south.example/", records)
        site = Site("Bulletin", "https://bulletin.example", "editor@bulletin.example")
        clock = lambda: self.now  # noqa: E731 - the clock is set by hand
        self.composing = Composing(self.store, clock, site, {"south": self.south}, environment(), b"k" * 32)
        with self.store.write() as tx:
            tx.sources.sync([Source("south", "https://south.example/feed", self.south)], START)
            tx.channels.sync([DAILY.id], START)
            consent = Consent(Purpose.COMMUNITY, "The daily digest.", "test", START)
            tx.people.add_confirmed(DAILY.id, {"ada@reader.example": consent}, now=START)

    def bring(self, name, text, *, title=""):
        """A story comes, or comes again."""
        url = f"https://south.example/{name}"
        item = Item(
            f"i-{name}", "south", "south", url, url, title or name.title(), f"<p>{text}</p>", text, published=START
        )
        chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", url, START, item.id),))
        with self.store.write() as tx:
            tx.items.put("south", [item], {item.id: chain}, {}, {}, now=self.now, first_poll=False)

    def send(self):
        """Tomorrow's digest: what a reader sees of it."""
        self.now += timedelta(days=1)
        released = send_digest(self.composing, DAILY, f"{self.now:%Y-%m-%dT%H%M}")
        message = message_from_bytes(released.verified.edition.parts[0].content, policy=policy.default)
        page = html.fromstring(message.get_body(("html",)).get_content())
        return " ".join(page.text_content().split())


@pytest.fixture
def house(tmp_path):
    """The house, with one story mailed."""
    house = House(tmp_path)
    house.bring("ferry", "The ferry runs at nine.")
    assert "Since we sent them" not in house.send()
    return house


def test_a_change_is_told_once(house):
    """The next digest names the story, the day it was sent and its publisher; the one after that does not."""
    house.bring("ferry", "The ferry runs at ten.")
    house.bring("mill", "The mill turns.")
    said = house.send()
    assert "“Ferry” of South Desk, sent on 2 January, has been changed by its publisher. Read it there" in said
    with house.store.read() as tx:
        (line,) = tx.ledger.tail(9, LedgerKind.CORRECTION)
    assert (line.subject, line.data["channel"]) == ("i-ferry", "daily")
    house.bring("weir", "The weir holds.")
    assert "Since we sent them" not in house.send()
    house.bring("ferry", "The ferry runs at eleven.")
    house.bring("lock", "The lock is shut.")
    assert "has been changed by its publisher" in house.send()


def test_a_retraction_is_told(house):
    """What was taken back is named without a link."""
    with house.store.write() as tx:
        tx.items.withdraw(["i-ferry"])
    house.bring("mill", "The mill turns.")
    assert "“Ferry” of South Desk, sent on 2 January, was taken back by its publisher." in house.send()


def test_what_readers_did_not_see_is_not_told(house):
    """White space is no change; nor is text of a story that went out as a link, nor one that may not be shown now."""
    house.bring("ferry", "The  ferry runs at nine.")
    house.bring("mill", "The mill turns.")
    assert "Since we sent them" not in house.send()
    silent = replace(house.south, records=statement("otherwise: link", licence=by_id, name="terms"))
    house.composing = replace(house.composing, publishers={"south": silent})
    house.bring("weir", "The weir holds.")
    house.send()
    house.bring("weir", "The weir broke.")
    house.bring("lock", "The lock is shut.")
    assert "Since we sent them" not in house.send()
    house.bring("weir", "The weir broke.", title="No weir")
    house.bring("quay", "The quay is new.")
    assert "“Weir” of South Desk" in house.send()
    gone = replace(house.south, records=statement("otherwise: withhold", licence=by_id, name="terms"))
    other = Publisher("other", "Other", "https://other.example/", statement(FULL, licence=by_id, name="terms"))
    house.composing = replace(house.composing, publishers={"south": gone, "other": other})
    house.bring("ferry", "The ferry stopped.")
    assert send_digest(house.composing, DAILY, "later") is None


def entry(house):
    """The ferry in an Atom feed as it is composed now: its date of change, and what is said of it."""
    feed = Channel("feed", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("atom",))
    verified = compose_feed(house.composing, feed)
    assert isinstance(verified, Verified), verified.findings
    root = etree.fromstring(verified.edition.parts[0].content)
    atom = "{http://www.w3.org/2005/Atom}"
    (one,) = [e for e in root.iter(f"{atom}entry") if e.findtext(f"{atom}title") == "Ferry"]
    return datetime.fromisoformat(one.findtext(f"{atom}updated")), one.findtext(f"{atom}content")


def test_a_silent_edit_is_dated_and_marked_in_feeds(house):
    """An edit without a new date gets the day on which we saw it, and its readers are told; white space is none."""
    with house.store.write() as tx:
        tx.channels.sync([DAILY.id, "feed"], START)
    assert entry(house)[0] == START
    assert "has changed this text" not in entry(house)[1]
    house.now += timedelta(days=1)
    house.bring("ferry", "The  ferry runs at nine.")
    assert entry(house)[0] == START
    house.now += timedelta(days=1)
    house.bring("ferry", "The ferry runs at ten.")
    updated, content = entry(house)
    assert updated == house.now
    assert f"Its publisher has changed this text; it is that of {house.now.day} January 2026." in content
    seen, house.now = house.now, house.now + timedelta(days=3)
    assert entry(house)[0] == seen, "it is told as it was seen"
