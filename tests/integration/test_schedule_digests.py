# SPDX-License-Identifier: Apache-2.0
"""Digests by their schedule, while nobody subscribes and when the first reader comes, and their pages afterwards."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Consent,
    Evidence,
    Hop,
    Item,
    Level,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Record,
    Role,
    Site,
    Source,
)
from syndicate.pipeline import archive, pages
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.leading import lead
from syndicate.pipeline.release import Scheduled, send_digest
from syndicate.pipeline.site import Press
from syndicate.publish.templates import environment
from syndicate.schedule.cycle import Report, Work, send_due_digests
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
WEEK = timedelta(days=7)
SOUTH = Publisher("south", "South Desk", "https://south.example/")
WEEKLY = Channel(
    "weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * 1", backfill=5, limit=50,
    sender="Riverside Bulletin <news@bulletin.example>", subject="This week",
)  # fmt: skip


class House:
    """A store with one source and one weekly digest; time is set by hand."""

    def __init__(self, folder):
        self.now = MONDAY - WEEK
        self.store = databases.open(folder)
        self.publishers = {"south": SOUTH}
        site = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
        self.composing = Composing(
            self.store, lambda: self.now, site, self.publishers, environment(), b"k" * 32
        )  # fmt: skip
        with self.store.write() as tx:
            tx.sources.sync([Source("south", "https://south.example/feed", SOUTH)], self.now)
            tx.channels.sync([WEEKLY.id], self.now)

    def bring(self, title, *, first_poll=False, evidence=()):
        """An item that a poll brings now."""
        url = f"https://south.example/{title.lower()}"
        item = Item(
            f"i-{title.lower():0>16}",
            "south",
            "south",
            url,
            url,
            title,
            f"<p>{title}.</p>",
            f"{title}.",
            evidence=evidence,
        )
        chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", url, item_id=item.id),))
        with self.store.write() as tx:
            tx.items.put("south", [item], {item.id: chain}, {}, {}, now=self.now, first_poll=first_poll)

    def subscribe(self):
        """A first reader."""
        consent = Consent(Purpose.COMMUNITY, "The weekly digest.", "test", self.now)
        with self.store.write() as tx:
            tx.people.add_confirmed(WEEKLY.id, {"ada@reader.example": consent}, now=self.now)

    def monday(self):
        """What the schedule makes of the next Monday: the titles of each digest that goes out."""
        return [titles(released) for released in self.released()]

    def released(self):
        """The digests of the next Monday."""
        self.now += WEEK
        report = Report()
        send_due_digests(Work(None, self.composing, None, None, (WEEKLY,)), report)
        assert report.clean
        return report.released


def titles(released):
    """The titles of an edition's items."""
    return sorted(entry.item.title for entry in released.verified.edition.entries)


@pytest.fixture
def house(tmp_path):
    """A house with nothing in it."""
    return House(tmp_path)


def test_without_readers_nothing_is_used_up(house):
    """A digest that nobody gets is not made; the first reader gets what it would have held."""
    house.bring("Old", first_poll=True)
    house.bring("Ferry")
    assert send_digest(house.composing, WEEKLY, "2026-11-16T0700") is None
    assert house.monday() == []
    house.subscribe()
    assert titles(send_digest(house.composing, WEEKLY, "2026-11-23T0930")) == ["Ferry", "Old"]
    with house.store.read() as tx:
        assert len(tx.editions.digests(WEEKLY.id)) == 1


def test_the_first_reader_is_not_sent_all_that_ever_came(house):
    """Weeks in which nobody subscribed are let go, but for the last."""
    for title in ("First", "Second", "Third", "Fourth"):
        house.bring(title)
        assert house.monday() == []
    house.subscribe()
    house.bring("Fifth")
    assert house.monday() == [["Fifth", "Fourth"]]
    house.bring("Sixth")
    assert house.monday() == [["Sixth"]]


def test_the_page_of_a_digest_follows_the_terms(house):
    """What was sent is shown; once its publisher permits nothing it is gone, with the reason; another day never was."""
    house.subscribe()
    house.bring("Ferry")
    house.monday()
    summary, message = archive.digest(house.composing, WEEKLY, MONDAY.date())
    assert (summary.channel, summary.items) == (WEEKLY, 1)
    assert "Ferry" in message.text
    house.publishers["south"] = replace(SOUTH, records=(Record("no", otherwise=Mode.WITHHOLD),))
    assert archive.digest(house.composing, WEEKLY, MONDAY.date()) == archive.Gone(archive.NOTHING_LEFT)
    assert archive.digest(house.composing, WEEKLY, (MONDAY - WEEK).date()) is None


def test_two_digests_of_a_day_have_an_address_each(house):
    """The first keeps the address of the day, a later one has that of its period; each is listed once."""
    house.subscribe()
    periods = ("2026-11-16T0700", "2026-11-16T090012")
    for title, period in zip(("Ferry", "Mill"), periods, strict=True):
        house.bring(title)
        assert titles(send_digest(house.composing, WEEKLY, period)) == [title]
        house.now += timedelta(hours=2)
    listed = archive.digests(house.composing, (WEEKLY,))
    assert [(one.name, one.hour) for one in listed] == [("2026-11-16T090012", "09:00"), ("2026-11-16", "")]
    press = Press(house.composing, (WEEKLY,))
    for name, title in (("2026-11-16", "Ferry"), *zip(periods, ("Ferry", "Mill"), strict=True)):
        assert f"https://south.example/{title.lower()}".encode() in press.page(f"/digests/weekly/{name}.txt").body
        assert (b"/mill" in press.page(f"/digests/weekly/{name}").body) is (title == "Mill")
    assert press.page("/digests/weekly/2026-11-16T0800") is None
    later = press.page("/digests/weekly/2026-11-16T090012.txt").body
    assert b"https://bulletin.example/digests/weekly/2026-11-16T090012" in later
    assert b'href="/digests/weekly/2026-11-16T090012"' in press.page("/digests").body


def test_the_page_of_a_digest_has_no_links_of_a_reader(house):
    """On the web nothing offers to unsubscribe whoever looks; the rest of the page is the mail as it was proved."""
    house.subscribe()
    house.bring("Ferry")
    (sent,) = [released.verified.edition for released in house.released()]
    mail = archive.public_message(house.composing, sent)
    _, message = archive.digest(house.composing, WEEKLY, MONDAY.date())
    for form, own in ((mail.text, message.text), (mail.html.decode(), message.html.decode())):
        assert ("/unsubscribe/" in form, "/preferences/" in form) == (True, True)
        assert "/unsubscribe/" not in own
        assert "/preferences/" not in own
    assert message.text.count(archive.OWN_LINK) == 2
    assert re.search(r'<a href="https://bulletin.example/"[^>]*>Unsubscribe</a>', message.html.decode())
    assert mail.html.decode().count("south.example/ferry") == message.html.decode().count("south.example/ferry") > 0


@pytest.mark.parametrize("asked", ["noarchive", "noindex", "none", "nocache"])
def test_the_archive_keeps_no_copy_of_what_asks_for_none(house, asked):
    """What asks search engines to keep no copy, or not to be found, is mailed as permitted, and a link on our pages."""
    licence = Evidence("atom.license", Level.ITEM, "https://creativecommons.org/licenses/by/4.0/", "entry/link", "")
    robots = Evidence("html.robots", Level.ITEM, asked, "head/meta[name=robots]", "https://south.example/reeds")
    house.subscribe()
    house.bring("Ferry", evidence=(licence,))
    house.bring("Reeds", evidence=(licence, robots))
    (sent,) = [released.verified.edition for released in house.released()]
    assert {entry.item.title: entry.decision.mode for entry in sent.entries} == {"Ferry": Mode.FULL, "Reeds": Mode.FULL}
    _, message = archive.digest(house.composing, WEEKLY, MONDAY.date())
    assert {e.item.title: e.decision.mode for e in message.entries} == {"Ferry": Mode.FULL, "Reeds": Mode.LINK}
    assert "<p>Reeds.</p>" not in message.html.decode()
    feed = Channel("feed", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY)
    with house.store.read() as tx:
        desk = pages.Desk(house.composing, tx, (feed,), house.now)
        rows = desk.begun(desk.whole(tx.items.newest(9)), pages.LEAD)
    shut = Mode.LINK if asked in ("noindex", "none") else Mode.EXCERPT
    assert {r.entry.item.title: r.entry.decision.mode for r in rows} == {"Ferry": Mode.EXCERPT, "Reeds": shut}


def test_readers_with_a_cadence_of_their_own(house):
    """A daily reader gets each day what is new since, without gap and nothing twice; the others stay weekly."""
    house.subscribe()
    house.bring("Before")
    assert house.monday() == [["Before"]]
    with house.store.write() as tx:
        consent = Consent(Purpose.COMMUNITY, "The weekly digest.", "test", house.now)
        other = tx.people.add_confirmed(WEEKLY.id, {"bo@reader.example": consent}, now=house.now).added[0]
        tx.people.prefer(other.id, "daily@9@Asia/Tokyo")
    sent = {"weekly": [], "weekly~daily@9@Asia/Tokyo": []}
    for day in range(14):
        if day % 3 == 0:
            house.bring(f"Day{day}")
        for _ in range(12):
            house.now += timedelta(hours=2)
            report = Report()
            send_due_digests(Work(None, house.composing, None, None, (WEEKLY,)), report)
            assert report.clean
            for released in report.released:
                sent[released.channel.id].append(titles(released))
                assert released.recipients == 1
    assert sent["weekly"] == [["Day0", "Day3", "Day6"], ["Day12", "Day9"]]
    assert sent["weekly~daily@9@Asia/Tokyo"] == [["Day0"], ["Day3"], ["Day6"], ["Day9"], ["Day12"]]


def test_more_editions_than_the_schedule_makes_are_held(house):
    """One more edition by hand is nobody's concern; the scheduled one after two more is held, with its reason."""
    house.subscribe()
    for number in range(3):
        house.bring(f"Week{number}")
        assert house.monday() == [[f"Week{number}"]]
    by_hand(house, "One")
    house.bring("Week3")
    house.monday()
    assert states(house) == ["running"] * 5
    by_hand(house, "Two")
    by_hand(house, "Three", 2)
    house.bring("Week4")
    house.monday()
    assert states(house) == ["held", *["running"] * 7]
    with house.store.read() as tx:
        (alarm,) = tx.alarms.open()
    assert (alarm.kind, "where its schedule makes two" in alarm.text) == ("often", True)


def by_hand(house, title, days=1):
    """An edition that a person asks for, some days later."""
    house.now += timedelta(days=days)
    house.bring(title)
    assert titles(send_digest(house.composing, WEEKLY, f"{house.now:%Y-%m-%dT%H%M%S}")) == [title]
    house.now -= timedelta(days=days)


def states(house):
    """How the editions stand, newest first."""
    with house.store.read() as tx:
        return [one.state.value for one in tx.sendings.latest(WEEKLY.id)]


def test_whoever_lost_the_lead_makes_no_edition(house):
    """A process that stood still while another took over writes nothing, and its edition can still be made."""
    house.subscribe()
    house.bring("Ferry")
    mine = lead(house.store, "digests", "slow", lambda _: False, house.now)
    scheduled = Scheduled(house.now + WEEK, house.now - WEEK, mine)
    other = lead(house.store, "digests", "quick", lambda _: True, house.now)
    assert send_digest(house.composing, WEEKLY, "2026-11-16T0700", scheduled) is None
    with house.store.read() as tx:
        assert tx.editions.digests(WEEKLY.id) == []
    assert send_digest(house.composing, WEEKLY, "2026-11-16T0700", replace(scheduled, lease=other))


def test_while_another_leads_nothing_is_looked_at(house):
    """A process that does not lead makes no digest and moves no schedule on."""
    house.subscribe()
    house.bring("Ferry")
    lead(house.store, "digests", "other", lambda _: False, house.now + WEEK)
    assert house.monday() == []
    house.now -= WEEK - timedelta(minutes=5)
    assert house.monday() == [["Ferry"]]
