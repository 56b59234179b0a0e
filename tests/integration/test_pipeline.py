# SPDX-License-Identifier: Apache-2.0
"""Poll, compose and release over a real database: what one source's or one item's fault may and may not do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import FetchError, ProofError
from syndicate.intake import delta
from syndicate.model import (
    Channel,
    ChannelKind,
    Consent,
    Fetched,
    Grant,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Record,
    Select,
    Site,
    Source,
)
from syndicate.pipeline import release
from syndicate.pipeline.compose import Composing, compose_feed, feed_entries
from syndicate.pipeline.deciding import selected
from syndicate.pipeline.poll import Polling, poll
from syndicate.publish.templates import environment
from syndicate.rights.policy import decide
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GRANT = Grant(Mode.FULL, frozenset({Medium.WEB, Medium.EMAIL}), frozenset({Purpose.COMMUNITY}), ("credit", "link"))
ORIGIN = Publisher(
    "south", "South Desk", "https://south.example/", (Record("open", (GRANT,), contact="desk@south.example"),)
)
COPIER = Publisher("harbour", "Harbour Review", "https://harbour.example/")
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
FORMATS = ("rss", "atom", "json")
COMMUNITY = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=FORMATS, limit=50)
WEEKLY = Channel(
    "weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, schedule="0 7 * * 1", backfill=5, limit=50,
    sender="Riverside Bulletin <news@bulletin.example>", subject="This week",
)  # fmt: skip
STORY = (
    "<p>The last boat leaves at ten past six. Nobody waits for it twice.</p><p>The county counted on two Tuesdays.</p>"
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        """Now."""
        return self.now


class Shelf:
    """A fetcher over a shelf of documents: each URL has an answer, or an error to raise."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    async def fetch(self, url, *, etag="", last_modified=""):
        """Answer as a polite server would."""
        self.asked.append((url, etag, last_modified))
        answer = self.answers[url.split("//")[1].split(".")[0]]
        if isinstance(answer, Exception):
            raise answer
        if etag and etag == f'"{hash(answer)}"':
            return Fetched(304, url)
        return Fetched(200, url, answer.encode(), "application/rss+xml", f'"{hash(answer)}"')


class PlainReader:
    """Parses in this process, without the child."""

    async def read(self, body, *, url, content_type, source, marks, then):
        """Parse and normalise."""
        told = delta.read(body, url=url, content_type=content_type, source=source, marks=marks)
        return replace(told, feed=told.feed and then(told.feed))


def rss(*items):
    """A feed of (title, link, body) items, an hour apart."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><description><![CDATA[{body}]]></description>"
        f"<pubDate>Sun, 22 Nov 2026 0{9 - n}:00:00 GMT</pubDate></item>"
        for n, (title, link, body) in enumerate(items)
    )
    return f'<rss version="2.0"><channel><title>Feed</title><link>https://x.example/</link>{entries}</channel></rss>'


def source(publisher):
    """The one feed of a publisher."""
    return Source(publisher.id, f"https://{publisher.id}.example/feed.xml", publisher, 1800)


@pytest.fixture
def house(tmp_path):
    """A database with two sources, and everything that the pipeline calls on."""
    return House(tmp_path)


class House:
    """The pipeline's surroundings in one place."""

    def __init__(self, folder):
        self.store = databases.open(folder)
        self.clock, self.shelf, self.written = Clock(), Shelf(), []
        self.publishers = {p.id: p for p in (ORIGIN, COPIER)}
        self.sources = {p.id: source(p) for p in (ORIGIN, COPIER)}
        with self.store.write() as tx:
            tx.sources.sync(list(self.sources.values()), NOW)
            tx.channels.sync([COMMUNITY.id, WEEKLY.id], NOW)

    def poll(self, *names):
        """Poll these sources."""
        polling = Polling(self.store, self.shelf, PlainReader(), self.clock, self.sources, self.publishers)
        return asyncio.run(poll(polling, names))

    @property
    def composing(self):
        """What composing needs, with the packaged templates."""
        return Composing(self.store, self.clock, SITE, self.publishers, environment(), b"k" * 32)

    def entries(self):
        """What the community feed would hold now, by title."""
        with self.store.read() as tx:
            return {e.item.title: e for e in feed_entries(self.composing, tx, COMMUNITY, self.clock())}

    def release(self, verified):
        """A folder that only remembers."""
        self.written.append(verified)
        return ()

    def subscribe(self, *emails):
        """Put confirmed readers on the weekly list."""
        consent = Consent(Purpose.COMMUNITY, "The weekly digest.", "test", NOW)
        with self.store.write() as tx:
            tx.people.add_confirmed(WEEKLY.id, dict.fromkeys(emails, consent), now=NOW)


def test_one_failing_source_is_that_sources_problem(house):
    """A source that cannot be fetched backs off with its reason on record; its neighbour's items arrive."""
    house.shelf.answers = {
        "south": rss(("The ferry", "https://south.example/ferry", STORY)),
        "harbour": FetchError("the site answered 503", status=503, retry_after=7200),
    }
    good, bad = house.poll("south", "harbour")
    assert (good.status, good.items, len(good.new)) == ("new", 1, 1)
    assert bad.status == "failed"
    with house.store.read() as tx:
        state = tx.sources.get(["harbour"])[0]
    assert state.failures == 1
    assert "503" in state.last_error
    assert state.next_poll_at == NOW + timedelta(seconds=7200), "Retry-After is honoured in full"


def test_a_fault_of_ours_in_one_document_stops_no_other(house):
    """Even an error that nobody foresaw is recorded as that source's failure."""
    house.shelf.answers = {
        "south": rss(("The ferry", "https://south.example/ferry", STORY)),
        "harbour": ValueError("odd"),
    }
    good, bad = house.poll("south", "harbour")
    assert good.status == "new"
    assert "unexpected ValueError" in bad.error


def test_the_second_poll_is_conditional_and_writes_nothing(house):
    """Validators come back verbatim; 304 and an equal body bring no work."""
    house.shelf.answers = {"south": rss(("The ferry", "https://south.example/ferry", STORY))}
    house.poll("south")
    second = house.poll("south")[0]
    assert house.shelf.asked[1][1] == f'"{hash(house.shelf.answers["south"])}"'
    assert (second.status, second.new, second.changed) == ("unchanged", (), ())


def copy_of_the_ferry(link="https://south.example/ferry"):
    """Harbour Review's cross-post of the ferry story."""
    credit = f'<p>Originally published by <a href="{link}">South Desk</a>.</p>'
    return rss(("The ferry again", "https://harbour.example/ferry", STORY + credit))


@pytest.mark.parametrize("order", [("south", "harbour"), ("harbour", "south")])
def test_a_copy_is_traced_whichever_arrives_first(house, order):
    """A copy polled before its origin is traced again when the origin becomes known."""
    house.shelf.answers = {
        "south": rss(("The ferry", "https://south.example/ferry", STORY)),
        "harbour": copy_of_the_ferry(),
    }
    for name in order:
        house.poll(name)
    with house.store.read() as tx:
        (copy,) = tx.items.find("https://harbour.example/ferry")
    assert [hop.publisher_id for hop in copy.chain.hops] == ["south", "harbour"]
    assert copy.chain.origin_known
    assert decide(copy.item, copy.chain, COMMUNITY, house.publishers, NOW).mode is Mode.FULL
    assert list(house.entries()) == ["The ferry"], "one story, one entry: the holder's copy"


def test_a_copy_of_something_unknown_is_a_link(house):
    """What came from a page that is no item of ours is nobody's to grant but the holder's."""
    house.shelf.answers = {"harbour": copy_of_the_ferry("https://elsewhere.example/story")}
    house.poll("harbour")
    copy = house.entries()["The ferry again"]
    assert not copy.chain.origin_known
    assert copy.decision.mode is Mode.LINK


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ('<source url="https://zed.example/feed">Zed Blog</source>', STORY),
        ("", STORY + '<p>Originally published on <a href="https://zed.example/">Zed Blog</a>.</p>'),
        ("", STORY + '<p>Originally published at <a href="https://zed.example/1">Zed Blog</a>.</p>'),
    ],
    ids=["source", "credit to the site", "credit to the page"],
)
def test_what_a_planet_gathers_is_not_its_own(house, more, body):
    """An item that links to its origin's page and names that origin is a copy, though no host but the origin's is in it."""
    text = rss(("Zed writes", "https://zed.example/1", body)).replace("<pubDate>", f"{more}<pubDate>")
    house.shelf.answers = {"south": text.replace("https://x.example/", "https://south.example/")}
    house.poll("south")
    entry = house.entries()["Zed writes"]
    assert not entry.chain.origin_known
    assert entry.chain.hops[0].name == "Zed Blog"
    assert entry.decision.mode is Mode.LINK


def spoiled_templates(folder, condition):
    """Templates whose credit is left out where a condition holds."""
    loader = environment().loader
    text = loader.get_source(environment(), "credit.html")[0]
    (folder / "credit.html").write_text(f"{{% if not ({condition}) %}}{text}{{% endif %}}")
    return environment(folder)


def ten_stories():
    """Ten stories of South Desk."""
    body = "<p>Story {n} has a sentence that is all its own, with the number {n} in it twice.</p>"
    return rss(*((f"Story {n}", f"https://south.example/{n}", body.format(n=f"N{n}")) for n in range(10)))


def test_one_item_that_fails_becomes_a_link_and_the_rest_goes_out(house, tmp_path):
    """The edition is rendered and read again; the operator finds why in the decision, readers get words for them."""
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    templates = spoiled_templates(tmp_path, "credit.link.endswith('/3') and credit.mode.name == 'FULL'")
    composing = Composing(house.store, house.clock, SITE, house.publishers, templates, b"k" * 32)
    released = release.publish(composing, COMMUNITY, house.release)
    modes = {e.item.title: e.decision.mode for e in released.verified.edition.entries}
    assert modes.pop("Story 3") is Mode.LINK
    assert set(modes.values()) == {Mode.FULL}
    decision = next(e.decision for e in released.verified.edition.entries if e.item.title == "Story 3")
    assert "O1" in str(decision.reasons[-1]) or "South Desk" in decision.reasons[-1].text
    assert "proof" not in decision.because


def test_one_item_that_cannot_be_linked_is_taken_out(house, tmp_path):
    """What fails as a link too costs nobody else the edition; alone in it, it stops it, for the fault may be ours."""
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    templates = spoiled_templates(tmp_path, "credit.link.endswith('/3')")
    composing = Composing(house.store, house.clock, SITE, house.publishers, templates, b"k" * 32)
    entries = release.publish(composing, COMMUNITY, house.release).verified.edition.entries
    (out,) = [entry for entry in entries if entry.decision.mode is Mode.WITHHOLD]
    assert (out.item.title, "the proof failed" in out.decision.reasons[-1].text) == ("Story 3", True)
    with pytest.raises(ProofError):
        release.publish(composing, replace(COMMUNITY, select=Select(include=("Story 3",))), house.release)


def test_a_broken_template_stops_the_edition_and_is_on_record(house, tmp_path):
    """Where every item fails the fault is the template's: nothing is released, and the ledger says what was missing."""
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    templates = spoiled_templates(tmp_path, "credit.mode.name == 'FULL'")
    composing = Composing(house.store, house.clock, SITE, house.publishers, templates, b"k" * 32)
    with pytest.raises(ProofError) as caught:
        release.publish(composing, COMMUNITY, house.release)
    assert str(tmp_path / "credit.html") in str(caught.value)
    assert house.written == []
    with house.store.read() as tx:
        assert [row.subject for row in tx.ledger.tail(10, kind="refusal")] == ["community"]
        assert tx.editions.latest(COMMUNITY.id) is None
    release.publish(house.composing, COMMUNITY, house.release)
    assert len(house.written) == 1


def test_a_digest_carries_each_item_once_however_often_it_is_composed(house):
    """The second edition holds only what came since; with nothing new there is none."""
    house.subscribe("ada@reader.example")
    house.shelf.answers = {"south": rss(("The ferry", "https://south.example/ferry", STORY))}
    house.poll("south")
    first = release.send_digest(house.composing, WEEKLY, "2026-11-23T0700")
    assert [e.item.title for e in first.verified.edition.entries] == ["The ferry"]
    assert first.recipients == 1
    assert release.send_digest(house.composing, WEEKLY, "2026-11-30T0700") is None
    more = ("The mill", "https://south.example/mill", "<p>The mill turns again, and nobody has asked it to.</p>")
    house.shelf.answers = {"south": rss(more, ("The ferry", "https://south.example/ferry", STORY))}
    house.clock.now += timedelta(days=7)
    house.poll("south")
    second = release.send_digest(house.composing, WEEKLY, "2026-11-30T0700")
    assert [e.item.title for e in second.verified.edition.entries] == ["The mill"]


def test_a_period_exists_once(house):
    """Two composers of one period: the second finds it taken and sends nothing."""
    house.subscribe("ada@reader.example")
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    assert release.send_digest(house.composing, WEEKLY, "2026-11-23T0700")
    assert release.send_digest(house.composing, WEEKLY, "2026-11-23T0700") is None
    with house.store.read() as tx:
        assert len(tx.editions.digests(WEEKLY.id)) == 1
        assert tx.outbox.due(NOW + timedelta(days=1)) == 1


def test_backfill_bounds_what_a_first_poll_brings(house):
    """Of ten stories that came with the first poll the digest carries the five newest."""
    house.subscribe("ada@reader.example")
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    sent = release.send_digest(house.composing, WEEKLY, "2026-11-23T0700")
    assert [e.item.title for e in sent.verified.edition.entries] == [f"Story {n}" for n in range(5)]
    assert release.send_digest(house.composing, WEEKLY, "2026-11-30T0700") is None


def test_equal_content_is_no_new_edition(house):
    """Publishing twice makes equal bytes, one edition and one line in the ledger for its release."""
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    first = release.publish(house.composing, COMMUNITY, house.release)
    house.clock.now += timedelta(hours=1)
    second = release.publish(house.composing, COMMUNITY, house.release)
    assert first.verified.edition.parts == second.verified.edition.parts
    with house.store.read() as tx:
        assert len(tx.ledger.tail(100, kind="release")) == 1
        assert len(tx.ledger.tail(100, kind="decision")) == 10


@pytest.mark.parametrize(
    ("select", "titles"),
    [
        ({"include": ("FERRY",)}, {"The ferry"}),
        ({"exclude": ("ferry",)}, {"The mill"}),
        ({"sources": ("harbour",)}, set()),
        ({"languages": ("de",)}, set()),
        ({"categories": ("rivers",)}, set()),
    ],
)
def test_a_channel_selects(house, select, titles):
    """Words in title or text, sources, languages and categories choose what a channel considers."""
    house.shelf.answers = {
        "south": rss(("The ferry", "https://south.example/ferry", STORY), ("The mill", "https://south.example/mill", "<p>It turns.</p>"))
    }  # fmt: skip
    house.poll("south")
    channel = replace(COMMUNITY, select=replace(COMMUNITY.select, **select))
    with house.store.read() as tx:
        assert {s.item.title for s in tx.items.newest(10) if selected(channel, s)} == titles


def test_a_channel_reads_on_until_its_limit_is_reached(house):
    """Items that the filter leaves out do not shorten the feed."""
    house.shelf.answers = {"south": ten_stories()}
    house.poll("south")
    channel = replace(COMMUNITY, limit=3, select=replace(COMMUNITY.select, exclude=("N0", "N2")))
    verified = compose_feed(house.composing, channel)
    assert [e.item.title for e in verified.edition.entries] == ["Story 1", "Story 3", "Story 4"]


def test_a_tombstone_takes_an_item_back(house):
    """A tombstone withdraws the item that it names, once and on record; one older than the entry does nothing."""
    entry = (
        "<entry><title>The ferry</title><id>tag:south.example,2026:1</id><link href='https://south.example/1'/>"
        "<updated>2026-11-22T08:00:00Z</updated><summary>It leaves at ten past six.</summary></entry>"
    )
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Feed</title>'
        "<id>tag:south.example,2026:feed</id><link href='https://south.example/'/>{}</feed>"
    )
    gone = '<at:deleted-entry ref="tag:south.example,2026:1" when="2026-11-22T{}Z"><at:comment>An error</at:comment></at:deleted-entry>'
    for content in (entry, entry + gone.format("07:59:59"), gone.format("09:00:00"), gone.format("09:00:01")):
        house.shelf.answers = {"south": feed.format(content)}
        (polled,) = house.poll("south")
    assert (polled.status, polled.changed) == ("unchanged", ())
    assert house.entries() == {}
    with house.store.read() as tx:
        (line,) = tx.ledger.tail(9, kind="retraction")
    assert (line.data["words"], line.data["at"]) == ("An error", "2026-11-22T09:00:00Z")
