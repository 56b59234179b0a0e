# SPDX-License-Identifier: Apache-2.0
"""The desk where polls are written down: many share a transaction, each is all or nothing."""

import asyncio
from datetime import UTC, datetime

import pytest

from syndicate.errors import StoreError
from syndicate.model import Publisher, Source
from syndicate.pipeline.desk import Desk
from tests.databases import databases, fail

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    """A store with one source."""
    store = databases.open(tmp_path)
    with store.write() as tx:
        tx.sources.sync([Source("south", "https://south.example/feed", Publisher("south", "South"))], NOW)
    return store


def record(tx, subject, *, fail=False):
    """Write a line of the ledger, then fail if told to; how many there are now."""
    tx.ledger.record("consent", at=NOW, subject=subject, data={})
    if fail:
        raise KeyError(subject)
    return len(tx.ledger.tail(1000))


def subjects(store):
    """What the ledger holds, oldest first."""
    with store.read() as tx:
        return [row.subject for row in tx.ledger.tail(1000)][::-1]


def test_each_gets_its_own_outcome(store):
    """Of many that are written together, one that raises is undone alone and hears of it; the others stand."""

    async def run():
        desk = Desk(store)
        acts = [desk.write(lambda tx, n=n: record(tx, f"s{n}", fail=n == 2)) for n in range(5)]
        outcomes = await asyncio.gather(*acts, return_exceptions=True)
        await desk.finish()
        return outcomes

    outcomes = asyncio.run(run())
    assert isinstance(outcomes[2], KeyError)
    assert [one for one in outcomes if isinstance(one, int)] == [1, 2, 3, 4]
    assert subjects(store) == ["s0", "s1", "s3", "s4"]


def test_a_database_that_cannot_commit_tells_all(store):
    """If the transaction itself fails, everybody in it hears so and nothing of it stands."""
    fail(store, "ledger", "s1")

    async def run():
        desk = Desk(store)
        acts = [desk.write(lambda tx, n=n: record(tx, f"s{n}")) for n in range(3)]
        return await asyncio.gather(*acts, return_exceptions=True)

    outcomes = asyncio.run(run())
    assert any(isinstance(one, StoreError) for one in outcomes)
    written = [f"s{n}" for n, one in enumerate(outcomes) if not isinstance(one, Exception)]
    assert subjects(store) == written


def test_a_long_transaction_takes_no_more(store):
    """After a tenth of a second the rest goes into the next transaction, in the order in which it came."""

    def slow(tx, number):
        total = 0
        while total < 3_000_000:
            total += 1
        return record(tx, f"s{number}")

    async def run():
        desk = Desk(store)
        return await asyncio.gather(*(desk.write(lambda tx, n=n: slow(tx, n)) for n in range(4)))

    assert asyncio.run(run()) == [1, 2, 3, 4]
    assert subjects(store) == ["s0", "s1", "s2", "s3"]


def test_what_is_alike_is_written_by_one_call(store):
    """Of what is handed in together one call writes all; if it raises, each is written alone and hears for itself."""
    lots = []

    def together(tx, numbers):
        lots.append(list(numbers))
        return [record(tx, f"s{n}", fail=n == 2) and f"wrote {n}" for n in numbers]

    async def run():
        desk = Desk(store)
        first = desk.write(lambda tx: record(tx, "first"))
        return await asyncio.gather(
            first, *(desk.write_with_others(together, n) for n in range(4)), return_exceptions=True
        )

    outcomes = asyncio.run(run())
    assert isinstance(outcomes.pop(3), KeyError)
    assert outcomes == [1, "wrote 0", "wrote 1", "wrote 3"]
    assert lots == [[0, 1, 2, 3], [0], [1], [2], [3]]
    assert subjects(store) == ["first", "s0", "s1", "s3"]


def test_whoever_does_not_wait_any_more_harms_nobody(store):
    """A writer that is cancelled leaves its work done or undone, and the next one is served."""

    async def run():
        desk = Desk(store)
        task = asyncio.create_task(desk.write(lambda tx: record(tx, "first")))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await desk.write(lambda tx: record(tx, "second")) in {1, 2}
        await desk.finish()

    asyncio.run(run())
    assert subjects(store)[-1] == "second"
