# SPDX-License-Identifier: Apache-2.0
"""What a row of each table that grows weighs on PostgreSQL, with its indexes, and how fast rows go in.

    rows.py [ROWS]

Needs PostgreSQL's programs, as the tests do. docs/scale.md has the figures and what follows from them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from syndicate.model import Chain, Consent, Hop, Item, Publisher, Purpose, Role, Source
from syndicate.store import Manners, PollRun, Store, open_store
from tests.databases import POSTGRESQL, databases

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
WORDS = "<p>The last boat leaves at ten past six, and nobody waits for it twice. The county counted two Tuesdays.</p>"
LOT = 1000


def sources(store: Store, number: int) -> None:
    """Sources of their own hosts, in one go."""
    found = [Source(f"source-{n}", f"https://www.outlet-{n}.example/feeds/all.rss.xml", PUB) for n in range(number)]
    with store.write() as tx:
        tx.sources.sync(found, NOW)


def items(store: Store, number: int) -> None:
    """Items of 2 kB of HTML, twenty in a poll."""
    for start in range(0, number, 20):
        some = [_item(n) for n in range(start, start + 20)]
        chains = {one.id: Chain((Hop(Role.ORIGIN, "Outlet", "p", one.url, NOW, one.id),)) for one in some}
        keys = {one.id: (one.url, one.id) for one in some}
        with store.write() as tx:
            tx.items.put(f"source-{start % 900}", some, chains, keys, {}, now=NOW, first_poll=False)


def _item(n: int) -> Item:
    body = f"{n} " + WORDS * 19
    url = f"https://www.outlet-{n % 900}.example/2026/11/02/a-story-of-some-length-{n}"
    return Item(
        f"i-{n:016x}", f"source-{n % 900}", "p", str(n), url, f"A headline of some length, number {n}", body, body
    )


def polls(store: Store, number: int) -> None:
    """Polls that bring nothing: claimed and settled a hundred at a time."""
    for start in range(0, number, 100):
        now = NOW + timedelta(hours=start // 100)
        with store.write() as tx:
            taken = tx.polls.take(now, "w", 100, Manners(2, 0.0)).sources
            runs = [(one, one, PollRun(one.source_id, now, 304, 0, 0, 0, 0.213, "")) for one in taken]
            tx.sources.settle_all(runs)


def readers(store: Store, number: int) -> None:
    """Readers who confirmed, many at once."""
    for start in range(0, number, LOT):
        emails = [f"somebody.with.a.name.{n}@mail-{n % 50}.example" for n in range(start, start + LOT)]
        with store.write() as tx:
            tx.people.add_confirmed("weekly", dict.fromkeys(emails, CONSENT), now=NOW)
            tx._connection.exec_driver_sql("ANALYZE subscribers")  # noqa: SLF001 - the tests' server does this by itself never


def deliveries(store: Store, _number: int) -> None:
    """One edition that is owed to all readers."""
    from syndicate.model import Channel, ChannelKind, Edition, Medium, Part, Verified

    channel = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)
    edition = Edition("e-1", channel, "1", NOW, (Part("mail", "message/rfc822", b"x"),), ())
    with store.write() as tx:
        tx.editions.put(edition, Verified(edition, ()), (), now=NOW)
        people = tx.people.active("weekly")
        ids = {one.id: f"<{one.id:026x}.e-1@bulletin.example>" for one in people}
        tx.outbox.enqueue("e-1", people, ids, NOW, expires_at=NOW + timedelta(days=2), key_id="1")


def ledger(store: Store, number: int) -> None:
    """Decisions, as an edition writes them."""
    data = {"channel": "community", "mode": "full", "because": "Their terms allow it.", "duties": ["O1", "O3", "O5"]}
    for start in range(0, number, LOT):
        with store.write() as tx:
            tx.ledger.record_all("decision", [(f"i-{n:016x}", data) for n in range(start, start + LOT)], at=NOW)


PUB = Publisher("p", "Outlet")
CONSENT = Consent(Purpose.COMMUNITY, "Send me the weekly digest of Riverside Bulletin.", "form", NOW)
STEPS = {
    sources: ("sources",),
    items: ("items", "documents", "item_keys"),
    polls: ("poll_runs",),
    readers: ("subscribers",),
    deliveries: ("deliveries",),
    ledger: ("ledger",),
}


def main() -> None:
    """One line for each table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    databases.use(POSTGRESQL)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(databases.url(folder))
        for step, tables in STEPS.items():
            began = time.perf_counter()
            step(store, number)
            seconds = time.perf_counter() - began
            print(f"{step.__name__}: {number / seconds:,.0f} rows a second")
            for table in tables:
                print(f"  {table}: {_size(store, table)}")
        store.close()
    databases.clear()
    databases.server.stop()


def _size(store: Store, table: str) -> str:
    query = f"SELECT pg_table_size('{table}'), pg_indexes_size('{table}'), (SELECT count(*) FROM {table})"
    with databases.server.connection(store.name.rpartition("/")[2]) as connection:
        heap, indexes, rows = connection.execute(query).fetchone()
    return f"{heap / rows:,.0f} bytes a row and {indexes / rows:,.0f} of indexes ({rows:,} rows)"


if __name__ == "__main__":
    main()
