# SPDX-License-Identifier: Apache-2.0
"""Sources and items: what a poll writes and what is found again."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import (
    Category,
    Chain,
    Claim,
    Enclosure,
    Evidence,
    Hop,
    Item,
    Level,
    Link,
    Person,
    Publisher,
    Role,
    Source,
)
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path):
    """A store with two sources."""
    opened = databases.open(tmp_path, "syndicate")
    with opened.write() as tx:
        tx.sources.sync([source("south"), source("north")], NOW)
    yield opened
    opened.close()


def source(name, url=""):
    """A source of its own publisher."""
    return Source(name, url or f"https://{name}.example/feed.xml", Publisher(name, name.title()))


def item(number, source_id="south", **changes):
    """An item that uses every field of the model."""
    evidence = Evidence(
        "rss.copyright", Level.FEED, "© 2026 South Desk — ‘all’ rights", "channel/copyright", "https://x"
    )
    plain = Item(
        id=f"i-{number:016x}",
        source_id=source_id,
        publisher_id=source_id,
        identity=f"tag:{number}",
        url=f"https://{source_id}.example/{number}",
        title=f"Łódź & <b>{number}</b> 🚲",
        html="<p>One.</p><p>Two.</p>",
        text="One.\n\nTwo.",
        authors=(Person("Ann O'Hara", "https://south.example/ann"), Person("Bo")),
        published=NOW - HOUR * number,
        updated=datetime(2026, 11, 1, 23, 59, 59, 123456, tzinfo=UTC),
        language="pl",
        categories=(Category("bike", "https://scheme.example/", "Bikes"), Category("bike")),
        enclosures=(Enclosure("https://south.example/a.mp3", "audio/mpeg", 12),),
        links=(Link("license", "https://cc.example/by"),),
        evidence=(evidence,),
        claims=(Claim("via", "North", "https://north.example/1", "", evidence),),
        raw_html="<script>1</script>",
    )
    return replace(plain, **changes)


def chain(one):
    """The chain of an item that is its own origin."""
    because = one.evidence
    return Chain((Hop(Role.ORIGIN, "South", one.publisher_id, one.url, one.published, one.id, because=because),))


def put(store, *items, now=NOW, first_poll=False, credited=None):
    """One poll that brings these items."""
    with store.write() as tx:
        return tx.items.put(
            items[0].source_id,
            items,
            {one.id: chain(one) for one in items},
            {one.id: (one.url.removeprefix("https://"), "shared") for one in items},
            credited or {},
            now=now,
            first_poll=first_poll,
        )


def test_items_come_back_equal(store):
    """An item and its chain come back equal in every field, enums, tuples and microseconds included."""
    one = item(1)
    assert put(store, one).new == (one.id,)
    with store.read() as tx:
        held = tx.items.get([one.id, "i-none"])
    assert list(held) == [one.id]
    assert held[one.id].item == one
    assert held[one.id].chain == chain(one)
    assert isinstance(held[one.id].item.evidence[0].level, Level)
    assert held[one.id].first_seen == NOW
    assert (held[one.id].revision, held[one.id].first_poll, held[one.id].withdrawn) == (1, False, False)


def test_unchanged_items_write_nothing(store, tmp_path, each_database):
    """A second poll with equal items reports nothing and changes no page of the file, and no row on a server."""
    put(store, item(1), item(2))
    if each_database == "sqlite":
        watcher = sqlite3.connect(tmp_path / "syndicate.db")
        version = "PRAGMA data_version"
    else:
        watcher = databases.server.connection(store._engine.url.database)
        version = "SELECT string_agg(xmin::text || ctid::text, ',') FROM items"
    with closing(watcher):
        versions = [watcher.execute(version).fetchone()]
        assert put(store, item(1), item(2), now=NOW + HOUR).new == ()
        versions.append(watcher.execute(version).fetchone())
        put(store, item(1), item(2, title="Corrected"))
        versions.append(watcher.execute(version).fetchone())
    assert versions[0] == versions[1] != versions[2]


def test_changed_item_keeps_its_place(store):
    """A changed item has a new revision and its new text, but is no newer than before."""
    put(store, item(1), item(2))
    later = item(1, title="Corrected", published=NOW + HOUR * 5)
    stored = put(store, item(2), later, item(3), now=NOW + HOUR * 9)
    assert (stored.new, stored.changed) == ((item(3).id,), (later.id,))
    with store.read() as tx:
        held = tx.items.get([later.id])[later.id]
    assert (held.item, held.revision, held.first_seen) == (later, 2, NOW)
    assert held.order_at == NOW - HOUR
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM documents").scalar_one() == 3


def test_order_time_is_never_in_the_future(store):
    """A date in the future, and none at all, count as the time of the first sight."""
    put(store, item(1, published=NOW + HOUR * 999), item(2, published=None), item(3))
    with store.read() as tx:
        assert {one.order_at for one in tx.items.get([item(1).id, item(2).id]).values()} == {NOW}


def test_first_of_two_with_one_id(store):
    """A document that has an id twice yields its first entry."""
    put(store, item(1, title="first"), item(1, title="second"))
    with store.read() as tx:
        assert tx.items.get([item(1).id])[item(1).id].item.title == "first"
        assert tx.items.count() == 1


def test_known_by_key(store):
    """A key leads to its item and chain, of several items to the earliest, and follows a change."""
    put(store, item(1), item(2))
    with store.read() as tx:
        known = tx.items.known(["south.example/1", "shared", "nowhere"])
    assert set(known) == {"south.example/1", "shared"}
    assert known["south.example/1"].item == item(1)
    assert known["shared"].item == item(2)
    assert known["shared"].chain == chain(item(2))
    put(store, item(1, url="https://south.example/moved"))
    with store.read() as tx:
        assert set(tx.items.known(["south.example/1", "south.example/moved"])) == {"south.example/moved"}


def test_many_keys_at_once(store):
    """More keys and ids than one statement may name are no problem."""
    many = [item(number) for number in range(1200)]
    put(store, *many)
    with store.read() as tx:
        assert len(tx.items.known([f"south.example/{number}" for number in range(3000)])) == 1200
        assert len(tx.items.get([one.id for one in many])) == 1200


def test_crediting(store):
    """The items that credit a key are found, each once."""
    put(store, item(1), item(2), credited={item(1).id: ("a", "b", "a"), item(2).id: ("b",)})
    with store.read() as tx:
        assert tx.items.crediting(["a", "b"]) == [item(1).id, item(2).id]
        assert tx.items.crediting(["a"]) == [item(1).id]
        assert tx.items.crediting([]) == []


def test_find_by_id_url_or_key(store):
    """A person may name an item by its id, its URL or any of its keys."""
    put(store, item(1), item(2))
    with store.read() as tx:
        for text in (item(1).id, item(1).url, "south.example/1"):
            assert [one.item for one in tx.items.find(text)] == [item(1)]
        assert [one.item for one in tx.items.find("shared")] == [item(2), item(1)]
        assert [one.item for one in tx.items.find("x", item(2).url)] == [item(2)]
        assert tx.items.find("nothing") == []


def test_newest_in_pages(store):
    """Pages of the newest items join without gap or repeat, equal times included."""
    put(store, *[item(number, published=NOW - HOUR * (number // 3)) for number in range(10)])
    put(store, *[item(number + 100, "north", published=NOW - HOUR * number) for number in range(4)])
    with store.read() as tx:
        whole = tx.items.newest(100)
        pages, before = [], None
        while page := tx.items.newest(4, before=before):
            pages += page
            before = (page[-1].order_at, page[-1].item.id)
        north = tx.items.newest(100, sources=("north",))
    assert whole == sorted(whole, key=lambda one: (-one.order_at.timestamp(), one.item.id))
    assert pages == whole
    assert len(whole) == 14
    assert {one.item.source_id for one in north} == {"north"}


def test_withdrawn_items_are_in_no_list(store):
    """What was withdrawn is in no list any more, but can be asked for."""
    put(store, item(1), item(2))
    with store.write() as tx:
        tx.items.withdraw([item(1).id])
    with store.read() as tx:
        assert [one.item for one in tx.items.newest(9)] == [item(2)]
        assert [one.item_id for one in tx.items.not_in_editions("weekly", 9)] == [item(2).id]
        assert tx.items.get([item(1).id])[item(1).id].withdrawn


def test_first_poll_is_marked(store):
    """Items of a source's first poll can be told apart, and asked for apart."""
    put(store, item(1), first_poll=True)
    put(store, item(2), now=NOW + HOUR)
    with store.read() as tx:

        def ask(**how):
            return [one.item_id for one in tx.items.not_in_editions("weekly", 9, **how)]

        assert ask() == [item(1).id, item(2).id]
        assert ask(first_poll=True) == [item(1).id]
        assert ask(first_poll=False) == [item(2).id]
        assert ask(since=NOW + HOUR) == [item(2).id]
        assert ask(sources=("north",)) == []


def test_backfill_takes_the_newest_of_each_source(store):
    """Of each source's first poll the newest items are offered, as many as asked for; later items are not."""
    put(store, *[item(number) for number in range(4)], first_poll=True)
    put(store, *[item(number + 10, "north", url=f"https://n.example/{number}") for number in range(3)], first_poll=True)
    put(store, item(5), now=NOW + HOUR)
    with store.read() as tx:
        both = {one.item_id for one in tx.items.backfill("weekly", 2)}
        south = [one.item_id for one in tx.items.backfill("weekly", 1, sources=("south",))]
        assert tx.items.backfill("weekly", 0) == []
    assert both == {item(0).id, item(1).id, item(10).id, item(11).id}
    assert south == [item(0).id]


def test_channels_remember_their_schedule(store):
    """A channel is known since its first sync, and its schedule is looked at forwards only."""
    with store.write() as tx:
        tx.channels.sync(["weekly"], NOW)
        tx.channels.sync(["weekly", "daily"], NOW + HOUR)
        tx.channels.look("weekly", NOW + HOUR * 2)
        tx.channels.look("weekly", NOW + HOUR)
    with store.read() as tx:
        assert (tx.channels.since("weekly"), tx.channels.looked_at("weekly")) == (NOW, NOW + HOUR * 2)
        assert (tx.channels.since("daily"), tx.channels.looked_at("daily")) == (NOW + HOUR, NOW + HOUR)
