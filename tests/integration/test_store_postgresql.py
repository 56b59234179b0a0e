# SPDX-License-Identifier: Apache-2.0
"""What is particular to PostgreSQL: texts, order, conflicts, a server that goes away, pollers in several processes."""

import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import StoreError
from syndicate.model import Publisher, Source
from syndicate.store import Manners, open_store
from syndicate.store.database import WRITE, open_engine, transaction
from syndicate.store.mail_tables import operators
from syndicate.store.statements import add
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("postgresql")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def known(store, *names, host="NAME.example"):
    """Sources of these names, each with a publisher of its own."""
    found = [Source(n, f"https://{host.replace('NAME', n)}/{n}.xml", Publisher(n, n.title())) for n in names]
    with store.write() as tx:
        tx.sources.sync(found, NOW)


def test_a_text_with_nul_is_kept_with_a_replacement(tmp_path):
    """PostgreSQL has no NUL in texts: it is replaced, in one row as in many at once, and nothing fails."""
    store = databases.open(tmp_path)
    with store.write() as tx:
        tx.ledger.record("proof", at=NOW, subject="a\0b", data={})
        tx.ledger.record_all("proof", [(f"c\0{n}", {"n": n}) for n in range(60)], at=NOW)
    with store.read() as tx:
        assert [row.subject for row in tx.ledger.tail(2)] == ["c\ufffd59", "c\ufffd58"]
        assert tx.ledger.tail(1, subject="a\ufffdb")[0].data == {}


def test_many_rows_are_copied_with_all_their_values(tmp_path):
    """Rows that go in by COPY come back as those that go in one by one: texts, times, numbers, bytes, defaults."""
    few, many = databases.open(tmp_path, "few"), databases.open(tmp_path, "many")
    names = [f"s{n:03}" for n in range(120)]
    known(many, *names)
    for start in range(0, 120, 40):  # fewer than are copied; what was there before stays
        known(few, *names[: start + 40])
    with few.read() as one, many.read() as other:
        assert one.sources.all() == other.sources.all()


def test_texts_sort_by_their_bytes(tmp_path):
    """Ids come in the order that Python and SQLite give them, whatever the server's language."""
    store = databases.open(tmp_path)
    names = ["b", "B", "a-b", "ab", "a_b", "\u00e4", "z"]
    known(store, *names, host="one.example")
    with store.read() as tx:
        assert [state.source_id for state in tx.sources.all()] == sorted(names)


def test_work_that_was_in_the_way_is_begun_anew(tmp_path):
    """Two that change the same rows in opposite order both succeed: one of them is done once more."""
    store = databases.open(tmp_path)
    known(store, "a", "b")
    both, tries = threading.Barrier(2, timeout=20), []

    def change(first, second):
        def work(tx):
            tries.append(first)
            tx.sources.change(state(tx, first))
            if tries.count(first) == 1:
                both.wait()
            tx.sources.change(state(tx, second))

        store.act(work)

    def state(tx, name):
        return tx.sources.get([name])[0]

    threads = [threading.Thread(target=change, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tries) > 2, "one was in the other's way"
    with store.read() as tx:
        assert [one.claims for one in tx.sources.all()] == [2, 2]


def test_a_server_that_was_restarted_is_found_again(tmp_path):
    """While it is away a sentence says so; afterwards the same store goes on, and what was committed is there."""
    server = databases.server
    store = databases.open(tmp_path)
    known(store, "a")
    server.crash()
    with pytest.raises(StoreError, match="cannot be reached") as caught, store.read():
        pass
    assert caught.value.exit_code == 75
    server.start()
    with store.read() as tx:
        assert [state.source_id for state in tx.sources.all()] == ["a"]


def test_what_copy_meets_is_said_in_words(tmp_path):
    """An error of the server while rows are copied is a StoreError, as it is for any other statement."""
    databases.open(tmp_path)
    engine = open_engine(databases.url(tmp_path))
    rows = [{"name": "ada", "password_hash": "", "changed_at": NOW}] * 60

    def copy():
        with transaction(engine, WRITE) as connection:
            add(connection, operators, rows)

    with pytest.raises(StoreError, match="duplicate key"):
        copy()
    engine.dispose()


def test_jobs_that_were_in_the_way_are_added_anew(tmp_path):
    """Two that add the same jobs in opposite order both succeed, and each job waits once."""
    store = databases.open(tmp_path)
    with store.write() as tx:
        tx.jobs.prepare()
    both, tries = threading.Barrier(2, timeout=20), []

    def both_jobs(first, second):
        def work(tx):
            tries.append(first)
            tx.jobs.add("polling", "poll", {}, once=first)
            if tries.count(first) == 1:
                both.wait()
            tx.jobs.add("polling", "poll", {}, once=second)

        store.act(work)

    threads = [threading.Thread(target=both_jobs, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(tries) == 3
    with store.read() as tx:
        assert tx.jobs.waiting("polling") == 2


def test_no_such_database_in_words():
    """A database that was not made is named, and how to make it."""
    with pytest.raises(StoreError, match=r"no such database.*createdb"):
        open_store(databases.server.url("nothing"))


TAKER = """
    import sys
    from datetime import UTC, datetime
    from syndicate.store import Manners, open_store
    store, now, mine = open_store(sys.argv[1]), datetime(2026, 11, 2, 7, 30, tzinfo=UTC), []
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        with store.write() as tx:
            taken = tx.polls.take(now, sys.argv[2], 7, Manners(per_host=2))
        if not taken.sources:
            break
        mine += [state.source_id for state in taken.sources]
    print(*mine)
"""


def test_pollers_in_several_processes_never_share_a_source(tmp_path):
    """Four processes that take what is due at the same time have each source once, and two of each host at most."""
    url = databases.url(tmp_path)
    store = databases.open(tmp_path)
    known(store, *(f"s{n:03}" for n in range(300)))
    with store.write() as tx:
        crowd = [Source(f"h{n}", f"https://crowd.example/{n}", Publisher("h", "H")) for n in range(50)]
        quiet = [Source(f"s{n:03}", f"https://s{n:03}.example/s{n:03}.xml", Publisher("s", "S")) for n in range(300)]
        tx.sources.sync(quiet + crowd, NOW)
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(TAKER), url, f"w{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    assert [taker.stdout.readline() for taker in takers] == ["ready\n"] * 4
    for taker in takers:
        taker.stdin.write("\n")
        taker.stdin.flush()
    taken = [taker.communicate(timeout=60)[0].split() for taker in takers]
    everything = [one for mine in taken for one in mine]
    assert len(everything) == len(set(everything)) == 302
    assert sum(one.startswith("h") for one in everything) == 2
    assert sum(bool(mine) for mine in taken) > 1, "they worked at the same time"


def test_a_pause_of_a_host_holds_for_all(tmp_path):
    """What one poller's poll tells of a host keeps the others away from it too."""
    one, other = databases.open(tmp_path), open_store(databases.url(tmp_path))
    known(one, "a", "b", host="shared.example")
    manners = Manners(per_host=2, pause=5)
    with one.write() as tx:
        assert len(tx.polls.take(NOW, "w1", 9, manners).sources) == 1
    with other.write() as tx:
        taken = tx.polls.take(NOW, "w2", 9, manners)
        assert taken.sources == ()
        assert taken.again_at == NOW + timedelta(seconds=5)
    other.close()
