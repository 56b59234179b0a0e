# SPDX-License-Identifier: Apache-2.0
"""A hundred and twenty days by a clock set by hand: feed, archive and digests hold on each day what terms permit then.

What is checked are finished bytes: the released Atom and JSON, the mail as it was stored, the pages of the archive. What
is expected is written down here day by day, and knows nothing of the policy.
"""

from __future__ import annotations

import json
import re
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
)
from syndicate.pipeline import archive, pages, recording
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.recording import Draft
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.schedule.cycle import Report, Work, publish_feeds, send_due_digests, to_decide
from syndicate.store import LedgerKind
from tests.databases import databases

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
DAYS = 120
CAME = (0, 20, 29, 40, 59, 75, 100)  # the days on which each publisher brings one story
GRANT = "mode: full, media: [web, email], duties: [credit, link]"
TERMS = {
    "embargo": f"grants: [{{{GRANT}, embargo: 48h}}]",
    "window": f"grants: [{{{GRANT}, window: 90d}}]",
    "removal": "grants: [{mode: full, media: [web], duties: [credit, link], window: 90d, on_expiry: remove}]",
    "later": f"grants: [{{{GRANT}, valid_from: {START + timedelta(days=19, hours=12):%Y-%m-%dT%H:%M:%S}+00:00}}]",
    "change": f"grants: [{{{GRANT}}}]",
    "objection": f"grants: [{{{GRANT}}}]",
}
FEED = Channel("feed", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("atom", "json"), limit=200)
DAILY = Channel(
    "daily", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * *", limit=50,
    sender="Bulletin <news@bulletin.example>", subject="Today",
)  # fmt: skip
STORY = "<p>The ferry runs again after eleven winters.</p><p>Four people rebuilt the landing stage by hand.</p>"


def expected(name, came, now, *, mailed=False):
    """What may be carried of a story at a time; None is nothing at all."""
    age = now - (START + timedelta(days=came))
    day = (now - START).days
    if name == "embargo":
        return "full" if age >= timedelta(hours=48) else None
    if name == "window":
        return "full" if age < timedelta(days=90) else "link"
    if name == "removal":
        return ("link" if mailed else "full") if age < timedelta(days=90) else None
    if name == "later":
        return "full" if now >= START + timedelta(days=19, hours=12) else "link"
    if name == "change":
        return "full" if day <= 30 else "excerpt"
    return "full" if day <= 60 else None


class House:
    """Everything that the pipeline calls on, and what it published."""

    def __init__(self, folder):
        self.now = START
        self.parts = {}
        self.store = databases.open(folder)
        self.publishers = {
            name: Publisher(name, name.title(), f"https://{name}.example/", statement(text, licence=by_id, name=name))
            for name, text in TERMS.items()
        }
        site = Site("Bulletin", "https://bulletin.example", "editor@bulletin.example")
        self.composing = Composing(self.store, lambda: self.now, site, self.publishers, environment(), b"k" * 32)
        with self.store.write() as tx:
            sources = [Source(p.id, f"{p.home}feed", p) for p in self.publishers.values()]
            tx.sources.sync(sources, self.now)
            tx.channels.sync([FEED.id, DAILY.id], self.now)
            consent = Consent(Purpose.COMMUNITY, "The daily digest.", "test", self.now)
            tx.people.add_confirmed(DAILY.id, {"ada@reader.example": consent}, now=self.now)
        self.work = Work(None, self.composing, None, self.release, (FEED, DAILY))

    def release(self, verified):
        """Keep the finished bytes where a web server would find them."""
        self.parts |= {part.name: part.content for part in verified.edition.parts}
        return ()

    def bring(self, day):
        """Each publisher publishes one story and we see it at once."""
        when = START + timedelta(days=day)
        with self.store.write() as tx:
            for name in TERMS:
                url = f"https://{name}.example/{day}"
                item = Item(
                    f"i-{name}-{day}", name, name, url, url, f"{name} of day {day}", STORY,
                    re.sub("</p><p>", "\n\n", STORY).replace("<p>", "").replace("</p>", ""), published=when,
                )  # fmt: skip
                chain = Chain((Hop(Role.ORIGIN, name.title(), name, url, when, item.id),))
                tx.items.put(name, [item], {item.id: chain}, {}, {}, now=when, first_poll=False)

    def record(self, name, text, kind):
        """The operator records a statement."""
        (record,) = statement(text, licence=by_id, name="letter")
        recording.put(self.composing, [Draft(name, record, kind, self.now)], "Mara")

    def build(self, *, is_new):
        """What the daemon does: all feeds if something new came, else those that have to be decided again."""
        report = Report()
        publish_feeds(self.work, report, self.work.channels if is_new else to_decide(self.work))
        send_due_digests(self.work, report)
        assert report.clean, (report.refused, report.trouble)

    def feed(self):
        """Modes by item in the released JSON and Atom, and what their tombstones name."""
        data = json.loads(self.parts["json"])
        modes = {item["_syndicate"]["id"]: item["_syndicate"]["mode"] for item in data["items"]}
        gone = {stone["id"].rpartition("/")[2] for stone in data.get("_syndicate", {}).get("deleted", ())}
        atom = etree.fromstring(self.parts["atom"])
        entries = [str(e.findtext("{*}content")) for e in atom.iterfind("{*}entry")]
        assert {i: m for text in entries for i, m in shown(text).items()} == modes
        told = {
            e.get("ref").rpartition("/")[2] for e in atom.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
        }
        assert told == gone
        return modes, gone

    def mails(self):
        """What each digest held: the time it was made, and modes by item in the HTML of the stored mail."""
        found = {}
        with self.store.read() as tx:
            for summary in tx.editions.digests(DAILY.id):
                part = tx.editions.get(summary.id).edition.parts[0]
                message = message_from_bytes(part.content, policy=policy.default)
                found[summary.created] = shown(message.get_body(("html",)).get_content())
        return found


def shown(markup):
    """The mode of each item that stands in markup; text of a story stands in those only that may carry it."""
    found = {}
    for element in html.fromstring(f"<div>{markup}</div>").iter():
        if element.get("data-item"):
            found[element.get("data-item")] = element.get("data-mode")
            words = " ".join(element.text_content().split())
            assert ("The ferry runs" in words) == (element.get("data-mode") != "link")
            assert ("Four people" in words) == (element.get("data-mode") == "full")
    return found


def wanted(now, *, mailed=False):
    """Every story that is out, as it may be carried at a time."""
    day = (now - START).days
    modes = {
        f"i-{name}-{came}": expected(name, came, now, mailed=mailed) for name in TERMS for came in CAME if came <= day
    }
    return {item: mode for item, mode in modes.items() if mode}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The house after a hundred and twenty days; every day's feed was checked on the way."""
    house = House(tmp_path_factory.mktemp("days"))
    ever, archived = set(), {}
    for day in range(DAYS):
        house.now = START + timedelta(days=day, hours=2)  # after the digest's hour
        if day in CAME:
            house.bring(day)
        house.build(is_new=day in CAME)
        modes, gone = house.feed()
        assert modes == wanted(house.now), day
        ever |= modes.keys()
        lately = {i for i in ever - modes.keys() if _left(i) > house.now - timedelta(days=90)}
        assert gone == lately, day
        if day in (59, 61, 92, 119):
            archived[day] = {came: house_page(house, came) for came in CAME if came <= day}
        house.now = START + timedelta(days=day, hours=6)
        if day == 30:
            house.record("change", "grants: [{mode: excerpt, words: 8, media: [web, email]}]", "grant")
        if day == 60:
            house.record("objection", "prohibitions: [{mode: withhold, quote: Take it down.}]", "objection")
    house.archived = archived
    yield house
    house.store.close()


def _left(item_id):
    """When a story was taken away."""
    _, name, came = item_id.split("-")
    over = START + timedelta(days=int(came) + 90)
    return {"removal": over, "objection": START + timedelta(days=60, hours=6)}[name]


def house_page(house, came):
    """The archive's page of the digest of a day, as the web shows it now."""
    found = archive.digest(house.composing, DAILY, (START + timedelta(days=came)).date())
    return found if not isinstance(found, tuple) else shown(found[1].html.decode())


def test_digests_carry_each_story_once(house):
    """A digest holds what its terms permit on its day; what was embargoed comes with the first one after, once."""
    seen = []
    for made, held in house.mails().items():
        assert held == {item: wanted(made, mailed=True)[item] for item in held}, made
        seen += held
    assert len(seen) == len(set(seen))
    expected_ever = {f"i-{n}-{c}" for n in TERMS for c in CAME if n != "objection" or c <= 60}
    assert set(seen) == expected_ever
    late = {item: made for made, held in house.mails().items() for item in held if item.startswith("i-embargo")}
    assert {(made - START).days for made in late.values()} == {came + 2 for came in CAME}


@pytest.mark.parametrize("day", [59, 61, 92, 119])
def test_the_archive_follows(house, day):
    """A digest's page shows of each item no more than was sent and than may be shown on the day that it is read."""
    now = START + timedelta(days=day, hours=2)
    sent = {made.date(): held for made, held in house.mails().items()}
    order = [None, "link", "excerpt", "full"]
    for came, page in house.archived[day].items():
        mailed = sent[(START + timedelta(days=came)).date()]
        left = {item: min(mode, expected(*_parts(item), now), key=order.index) for item, mode in mailed.items()}
        assert page == {item: mode for item, mode in left.items() if mode}, came


def _parts(item_id):
    _, name, came = item_id.split("-")
    return name, int(came)


def test_pages_of_items_follow(house):
    """What was removed answers as gone with the reason; what is embargoed is not there yet; the rest is shown."""
    removed = pages.one(house.composing, "i-objection-0", (FEED, DAILY))
    assert removed == pages.Gone("Objection refuses community sites any use.")
    over = pages.one(house.composing, "i-removal-0", (FEED,))
    assert over == pages.Gone("Removal asked for its removal 90 days after its publication.")
    assert pages.one(house.composing, "i-window-0", (FEED, DAILY)).decisions[0].mode.name == "LINK"
    early = replace(house.composing, clock=lambda: START + timedelta(days=100, hours=1))
    assert pages.one(early, "i-embargo-100", (FEED, DAILY)) is None


def test_the_ledger_tells_both_changes(house):
    """Terms that changed and the objection are on record, with the day and who recorded them."""
    with house.store.read() as tx:
        (change,) = tx.ledger.tail(9, LedgerKind.PERMISSION)
        (objection,) = tx.ledger.tail(9, LedgerKind.OBJECTION)
    assert ((change.at - START).days, change.subject, change.data["by"]) == (30, "change", "Mara")
    assert ((objection.at - START).days, objection.subject) == (60, "objection")
