# SPDX-License-Identifier: Apache-2.0
"""Editions: one for each period, complete after a crash, and what was decided in them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import StoreError
from syndicate.model import (
    Ads,
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Duty,
    Edition,
    Entry,
    Evidence,
    Finding,
    Hop,
    Item,
    Level,
    Limit,
    Medium,
    Mode,
    Part,
    Proved,
    Publisher,
    Purpose,
    Reason,
    Role,
    Select,
    Source,
    Verified,
)
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom"))
DIGEST = Channel(
    "weekly",
    ChannelKind.DIGEST,
    Medium.EMAIL,
    Purpose.COMMERCIAL,
    ads=Ads.AROUND,
    select=Select(sources=("south",), include=("bike",)),
    schedule="0 7 * * 1",
    timezone="Europe/Paris",
)


@pytest.fixture
def store(tmp_path):
    """A store with a source and five items."""
    opened = databases.open(tmp_path, "syndicate")
    put_items(opened, *[item(number) for number in range(5)])
    yield opened
    opened.close()


def item(number, title="A title"):
    """A small item."""
    url = f"https://south.example/{number}"
    return Item(f"i-{number:016x}", "south", "south", url, url, title, "<p>One.</p>", "One.", published=NOW)


def put_items(store, *items):
    """One poll of the only source."""
    with store.write() as tx:
        tx.sources.sync([Source("south", "https://south.example/feed.xml", Publisher("south", "South"))], NOW)
        tx.items.put("south", items, {one.id: chain(one) for one in items}, {}, {}, now=NOW, first_poll=False)


def chain(one):
    """The item as its own origin."""
    return Chain((Hop(Role.ORIGIN, "South", "south", one.url),))


def entry(one, channel, mode=Mode.EXCERPT):
    """The item with a decision that uses every field of the model."""
    evidence = (Evidence("atom.license", Level.ITEM, "https://cc.example/by", "entry/link"),)
    decision = Decision(
        one.id,
        channel.id,
        mode,
        (Duty("O1", ("Ann", "South")), Duty("O3", url=one.url, also=("https://south.example/",), asked_by="terms")),
        (Reason("grant", "South permits excerpts.", mode, evidence),),
        because="South permits excerpts.",
        contact="rights@south.example",
        limit=Limit(words=100),
        policy="1",
    )
    return Entry(one, chain(one), decision, NOW)


def edition(channel, period, *items, mode=Mode.EXCERPT, created=NOW):
    """A finished edition with two parts."""
    parts = (
        Part("rss", "application/rss+xml", period.encode() + b"\x00\xff", ("credit.html",)),
        Part("atom", "application/atom+xml", b"<feed/>"),
    )
    entries = tuple(entry(one, channel, mode) for one in items)
    return Edition(f"{channel.id}-{period}", channel, period, created, parts, entries, subject="This week 🚲")


def verified(one):
    """The edition with its proof; the tests stand in for the verifier."""
    proved = tuple(Proved(each.item.id, duty, "rss", "found") for each in one.entries for duty in ("O1", "O3"))
    return Verified(one, proved)


def put(store, one, *, findings=(), now=NOW):
    """Store an edition: verified, or refused with findings."""
    with store.write() as tx:
        return tx.editions.put(one, None if findings else verified(one), findings, now=now)


def test_edition_comes_back_equal(store):
    """An edition comes back equal in every field, with its bytes, entries and proof: it can be proved again."""
    one = edition(DIGEST, "2026-W45", item(2), item(0))
    assert put(store, one).is_new
    with store.read() as tx:
        held = tx.editions.get(one.id)
        assert tx.editions.latest("weekly") == held
        assert tx.editions.get("none") is None
        assert tx.editions.latest("none") is None
    assert held.edition == one
    assert held.proved == verified(one).proved
    assert held.findings == ()
    assert (held.summary.state, held.summary.items, held.summary.released_at) == ("composed", 2, None)


def test_period_is_composed_once(store):
    """A second edition for the same period writes nothing: the first one is the answer."""
    first = edition(DIGEST, "2026-W45", item(0))
    put(store, first)
    second = put(store, replace(edition(DIGEST, "2026-W45", item(1)), id="other"))
    assert not second.is_new
    assert second.edition.id == first.id
    with store.read() as tx:
        assert len(tx.editions.digests("weekly")) == 1
        assert tx.editions.get("other") is None


def test_unreleased_until_released(store):
    """What was composed waits to be released, whatever happens between; said twice, the first time counts."""
    one, two = edition(DIGEST, "1", item(0)), edition(FEED, "a", item(0), created=NOW + HOUR)
    put(store, one)
    put(store, two)
    with store.write() as tx:
        assert [held.edition for held in tx.editions.unreleased()] == [one, two]
        tx.editions.released(one.id, NOW + HOUR)
        tx.editions.released(one.id, NOW + HOUR * 2)
    with store.read() as tx:
        assert [held.edition for held in tx.editions.unreleased()] == [two]
        summary = tx.editions.get(one.id).summary
    assert (summary.state, summary.released_at) == ("released", NOW + HOUR)


def test_refused_edition_gives_way(store):
    """A refused edition keeps its findings, claims no items, and the period can be composed again."""
    findings = (Finding(item(0).id, "O1", "rss", "the credit is missing"),)
    one = edition(DIGEST, "1", item(0))
    assert put(store, one, findings=findings).edition.state == "refused"
    with store.read() as tx:
        assert [held.findings for held in tx.editions.refused()] == [findings]
        assert tx.editions.get(one.id).edition.parts == ()
        assert tx.editions.latest("weekly") is None
        assert tx.editions.last_digest("weekly") is None
        assert tx.editions.unreleased() == []
        assert len(tx.items.not_in_editions("weekly", 9)) == 5
    put(store, one, findings=findings)
    assert put(store, one).is_new
    with store.read() as tx:
        assert tx.editions.refused() == []
        assert tx.editions.latest("weekly").edition == one


def test_refused_feed_leaves_the_latest(store):
    """A refused feed does not replace the one that is out; the next good one clears it away."""
    good, bad, better = (edition(FEED, period, item(0)) for period in ("a", "b", "c"))
    put(store, good)
    put(store, bad, findings=(Finding("", "O1", "rss", "missing"),))
    with store.read() as tx:
        assert tx.editions.latest("community").edition == good
        assert len(tx.editions.refused()) == 1
    put(store, better)
    with store.read() as tx:
        assert tx.editions.refused() == []


def test_unchanged_feed_makes_no_edition(store):
    """The same content again is the same edition; content that comes back later is a new one."""
    one = edition(FEED, "a", item(0))
    assert put(store, one).is_new
    assert not put(store, replace(one, created=NOW + HOUR)).is_new
    assert put(store, edition(FEED, "b", item(1))).is_new
    assert put(store, one).is_new


def test_feeds_keep_the_latest_only(store):
    """Of a feed channel one edition is kept, and no text that nobody needs any more."""
    put(store, edition(FEED, "a", item(0), item(1)))
    put_items(store, item(0, "Corrected"))
    put(store, edition(DIGEST, "1", item(1)))
    put(store, edition(FEED, "b", item(0, "Corrected")))
    with store._engine.connect() as connection:

        def count(table):
            return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - own names

        assert (count("editions"), count("edition_parts"), count("edition_items"), count("documents")) == (2, 4, 2, 5)


def test_digest_keeps_the_text_it_carried(store):
    """A digest shows an item as it was sent, whatever became of the item since."""
    one = edition(DIGEST, "1", item(0))
    put(store, one)
    put_items(store, item(0, "Corrected"))
    with store.read() as tx:
        assert tx.editions.get(one.id).edition == one
        assert tx.items.get([item(0).id])[item(0).id].item.title == "Corrected"


def test_nothing_is_lost_between_digests(store):
    """Items that no edition of the channel considered are offered, whatever other channels did with them."""
    put(store, edition(DIGEST, "1", item(0), item(3)))
    put(store, edition(FEED, "a", *[item(number) for number in range(5)]))
    put_items(store, item(7))
    with store.read() as tx:
        waiting = tx.items.not_in_editions("weekly", 9)
        page = tx.items.not_in_editions("weekly", 2)
        rest = tx.items.not_in_editions("weekly", 9, before=(page[-1].order_at, page[-1].item_id))
        assert tx.items.not_in_editions("community", 9)[0].item_id == item(7).id
    assert [one.item_id for one in waiting] == [item(number).id for number in (1, 2, 4, 7)]
    assert page + rest == waiting


def test_digests_are_listed(store):
    """The digests of a channel are listed newest first, and the last one is known."""
    for number in range(3):
        put(store, edition(DIGEST, str(number), item(number), created=NOW + HOUR * number))
    with store.read() as tx:
        assert [one.period for one in tx.editions.digests("weekly")] == ["2", "1", "0"]
        assert [one.period for one in tx.editions.digests("weekly", 1)] == ["2"]
        last = tx.editions.last_digest("weekly")
    assert (last.period, last.kind, last.subject) == ("2", ChannelKind.DIGEST, "This week 🚲")


def test_decisions_are_the_latest(store):
    """For an item and a channel the newest decision counts; what no edition considered has none."""
    put(store, edition(DIGEST, "1", item(0), mode=Mode.LINK))
    put(store, edition(DIGEST, "2", item(0), mode=Mode.FULL, created=NOW + HOUR))
    put(store, edition(FEED, "a", item(0), item(1), mode=Mode.WITHHOLD))
    with store.read() as tx:
        decisions = tx.editions.decisions([item(0).id, item(1).id, item(2).id])
        assert tx.editions.decision(item(0).id, "weekly") == entry(item(0), DIGEST, Mode.FULL).decision
        assert tx.editions.decision(item(1).id, "weekly") is None
        carried = tx.editions.carried(item(0).id)
    assert {key: {c: d.mode for c, d in value.items()} for key, value in decisions.items()} == {
        item(0).id: {"weekly": Mode.FULL, "community": Mode.WITHHOLD},
        item(1).id: {"community": Mode.WITHHOLD},
    }
    assert [(one.period, one.mode) for one in carried] == [("2", Mode.FULL), ("a", Mode.WITHHOLD), ("1", Mode.LINK)]
    assert {proved.duty for proved in carried[0].proved} == {"O1", "O3"}


def test_entries_for_verification(store):
    """The entries of one edition, or of a whole channel with each item's newest."""
    first = edition(DIGEST, "1", item(0), item(1), mode=Mode.LINK)
    second = edition(DIGEST, "2", item(1), item(2), created=NOW + HOUR)
    put(store, first)
    put(store, second)
    with store.read() as tx:
        assert tx.editions.entries_for(first.id) == list(first.entries)
        channel = tx.editions.entries_for("weekly")
        assert tx.editions.entries_for("none") == []
    assert {one.item.id: one for one in channel} == {one.item.id: one for one in (first.entries[0], *second.entries)}


def test_items_must_be_stored(store):
    """An edition of items that we do not hold is a mistake that is reported, and nothing of it stays."""
    with pytest.raises(StoreError):
        put(store, edition(DIGEST, "1", item(99)))
    with store.read() as tx:
        assert tx.editions.digests("weekly") == []
