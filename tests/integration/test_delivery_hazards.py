# SPDX-License-Identifier: Apache-2.0
"""Sending while the disk is full, the database is locked, a mail domain is away, or another process leads."""

from __future__ import annotations

import runpy
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.deliver.answers import puts_off
from syndicate.errors import DeliveryError, StoreError
from syndicate.model import DeliveryState
from syndicate.pipeline.leading import LEADS, lead
from syndicate.store import database

HERE = Path(__file__).parents[1] / "cases/deliver/house.py"
H = SimpleNamespace(**runpy.run_path(str(HERE)))
NOW, MINUTE = H.NOW, timedelta(minutes=1)
house = H.house


# ------------------------------------------------------------------------------------------------ domains


@pytest.mark.parametrize("fault", ["closing", "busy"])
def test_a_domain_that_puts_us_off_holds_up_nobody_else(tmp_path, fault):
    """One of two domains answers 421 or 451 for two hours: the other's readers get theirs at once, it is left alone."""
    away = [True]

    def plan(recipient, _attempt):
        return fault if away[0] and recipient.endswith("@away.example") else ""

    with house(tmp_path, plan) as (home, sink):
        slow = home.edition(150, domain="away.example")
        quick = home.edition(150, period="2", domain="here.example")
        assert home.deliver()[DeliveryState.ACCEPTED] == 150
        assert sink.copies() == {one.email: 1 for one in quick}
        tried = sink.faults[fault]
        assert tried <= 5 + 4, "five in a row, and one a connection that was under way"
        assert home.counts()["ready"] == 150 - tried, "whoever was not tried has lost no try"
        with home.store.read() as tx:
            assert NOW + 5 * MINUTE <= tx.outbox.next_due() < NOW + 7 * MINUTE
        while home.now < NOW + 120 * MINUTE:
            with home.store.read() as tx:
                home.now = tx.outbox.next_due() + timedelta(seconds=1)
            home.deliver()
        assert sink.faults[fault] <= tried + 4 * 9, "the rests grow"
        away[0] = False
        home.run_until_done()
        assert sink.copies() == {one.email: 1 for one in (*slow, *quick)}
        assert home.alarms() == []
        with home.store.read() as tx:
            assert tx.destinations.troubled() == {}


def test_readers_of_a_domain_that_rests_wait_with_it(tmp_path):
    """What is owed to a domain while it rests is not tried before the rest is over."""
    with house(tmp_path, lambda *_: "closing") as (home, sink):
        home.edition(10, domain="away.example")
        home.deliver()
        tried = sum(sink.tries.values())
        home.edition(10, period="2", domain="away.example")
        assert home.deliver() == {}
        assert sum(sink.tries.values()) == tried
        assert home.counts("e-2") == {"ready": 10}


def test_a_relay_that_closes_on_everybody_rests(tmp_path):
    """421 to readers of many domains is the relay's own: it rests after a few tries, with one alarm."""
    with house(tmp_path, lambda *_: "closing") as (home, sink):
        for number in range(40):
            home.edition(1, period=str(number), domain=f"d{number}.example")
        with pytest.raises(DeliveryError, match="closes on everybody"):
            home.deliver()
        assert sink.connections <= 10
        assert home.alarms() == ["relay"]
        sink.plan = lambda *_: ""
        home.run_until_done()
        assert (len(sink.taken), home.alarms()) == (40, [])


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("421 4.7.28 too much mail from your address", True),
        ("421 closing", True),
        ("451 4.7.500 server busy", True),
        ("452 4.3.1 no room", True),
        ("450-4.4.2 lost", True),
        ("451 4.7.1 Greylisting in action", False),
        ("421 greylisted", False),
        ("450 4.2.0 come back", False),
        ("452 4.2.2 mailbox full", False),
        ("450 4.1.1 who?", False),
        ("450 later", False),
        ("550 5.7.1 never", False),
        ("not sent: the relay closed the connection before the message", False),
    ],
)
def test_what_is_about_a_whole_domain(text, is_so):
    """Busy, closing and too much are about the domain; a mailbox and greylisting are about one reader."""
    assert puts_off(text) is is_so


# ------------------------------------------------------------------------------------------------ the database


def test_locked_now_and_then(tmp_path):
    """Another process holds the write lock again and again while mail goes out: it only takes longer."""
    with house(tmp_path) as (home, sink):
        people = home.edition(300)
        done = threading.Event()
        locks = Counter()

        def lock():
            with closing(sqlite3.connect(tmp_path / "test.db", timeout=30, isolation_level=None)) as other:
                while not done.is_set():
                    other.execute("BEGIN IMMEDIATE")
                    locks["held"] += 1
                    done.wait(0.3)
                    other.execute("ROLLBACK")
                    done.wait(0.1)

        locking = threading.Thread(target=lock)
        locking.start()
        try:
            assert home.deliver() == {DeliveryState.ACCEPTED: 300}
        finally:
            done.set()
            locking.join()
        assert locks["held"] >= 1
        assert sink.copies() == {one.email: 1 for one in people}
        assert home.counts() == {"accepted": 300}


def test_locked_for_too_long(tmp_path, monkeypatch):
    """The run ends with one plain sentence; nobody is lost, and nothing comes twice: the next run writes it down."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    options = {"isolation_level": None, "check_same_thread": False, "timeout": 0}
    with house(tmp_path) as (home, sink), closing(sqlite3.connect(tmp_path / "test.db", **options)) as other:
        people = home.edition(300)

        def plan(_recipient, _attempt):
            if len(sink.taken) >= 100 and not other.in_transaction:
                with suppress(sqlite3.OperationalError):  # we are writing: at the next message
                    other.execute("BEGIN IMMEDIATE")
            return ""

        sink.plan = plan
        with pytest.raises(StoreError, match="kept the database busy too long; try again"):
            home.deliver()
        sink.plan = lambda *_: ""
        other.execute("ROLLBACK")
        home.now += 20 * MINUTE
        home.run_until_done()
        copies = sink.copies()
        assert set(copies) == {one.email for one in people}
        assert sum(copies.values()) == 300, "what could not be written was not forgotten"
        assert home.counts() == {"accepted": 300}


def test_the_disk_is_full(tmp_path):
    """On a file system that fills up at ten points: one plain sentence each time, nothing lost, and it goes on."""
    script = f"mount -t tmpfs -o size=24m none {tmp_path} && exec {sys.executable} {__file__} {tmp_path}"
    if not shutil.which("unshare"):
        pytest.skip("unshare is not here")
    may = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if may.returncode:
        pytest.skip("this system lets nobody make a file system of their own")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["the disk is full; make room; nothing that was acknowledged is lost"]


def fill_up(folder):
    """What the test runs where it may fill the disk."""
    sentences = set()
    with house(folder, url=f"sqlite:///{folder}/test.db") as (home, sink):
        people = home.edition(1000)
        ballast = folder / "ballast"
        for number in range(10):
            limit = 40 + number * 90

            def plan(_recipient, _attempt, limit=limit):
                if len(sink.taken) >= limit and not ballast.exists():
                    with suppress(OSError), ballast.open("wb", buffering=0) as file:
                        while True:
                            file.write(b"x" * 4096)
                return ""

            sink.plan = plan
            try:
                home.deliver()
            except StoreError as error:
                sentences.add(f"{error.what}; {error.remedy}")
            ballast.unlink(missing_ok=True)
            home.now += MINUTE
        sink.plan = lambda *_: ""
        home.now += 30 * MINUTE
        home.run_until_done()
        copies = sink.copies()
        assert set(copies) == {one.email for one in people}, "nobody is lost"
        assert sum(copies.values()) == 1000, "what could not be written was not forgotten"
        assert home.counts() == {"accepted": 1000}, home.counts()
    print(*sentences, sep="\n")  # noqa: T201 - it is a program here


# ------------------------------------------------------------------------------------------------ who leads


@pytest.mark.usefixtures("each_database")
def test_one_leads(tmp_path):
    """A duty has one holder: kept while it is renewed, free when its time is over or its holder is no more."""
    from tests.databases import databases

    store = databases.open(tmp_path)

    def take(worker, now, gone=()):
        return lead(store, "digests", worker, lambda name: name in gone, now)

    first = take("a", NOW)
    assert take("a", NOW + MINUTE) == first
    assert take("b", NOW + MINUTE) is None
    second = take("b", NOW + MINUTE + LEADS)
    assert second.fence == first.fence + 1
    third = take("c", NOW + MINUTE + LEADS, gone=["b"])
    assert third.fence == second.fence + 1
    with store.read() as tx:
        assert [tx.leases.holds(lease) for lease in (first, second, third)] == [False, False, True]
    store.close()


if __name__ == "__main__":
    fill_up(Path(sys.argv[1]))
