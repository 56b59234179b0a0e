# SPDX-License-Identifier: Apache-2.0
"""Senders that are killed, and senders at the same time: nobody is lost, nobody is written to twice without a reason."""

from __future__ import annotations

import hashlib
import runpy
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.model import DeliveryState
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parents[1] / "cases/deliver/house.py"
H = SimpleNamespace(**runpy.run_path(str(HERE)))
house = H.house


@pytest.mark.parametrize("connections", [1, 10])
def test_killed_in_mid_send(tmp_path, connections):
    """Killed six times at random messages: nobody is lost, in doubt is at most one mail a connection and kill."""
    kills = 6
    with house(tmp_path, connections=connections) as (home, sink):
        people = home.edition(600)
        for number in range(kills):
            reached = (number + 1) * 80 + number * 7
            sender = start_sender(databases.url(tmp_path), sink.port, connections)
            wait_for(lambda reached=reached, sender=sender: len(sink.taken) >= reached or sender.poll() is not None)
            assert len(sink.taken) >= reached, "it ended by itself"
            sender.kill()
            sender.wait()
            with home.store.read() as tx:
                assert len(tx.outbox.in_state(DeliveryState.IN_DATA)) <= connections
        home.now += timedelta(minutes=20)
        home.run_until_done()
        copies = sink.copies()
        assert set(copies) == {one.email for one in people}
        assert sum(copies.values()) - 600 <= kills * connections
        assert len({(one.recipient, one.message_id, one.sha256) for one in sink.taken}) == 600
        assert set(home.counts()) == {"accepted"}


@pytest.mark.parametrize("connections", [1, 10])
def test_killed_at_a_faulty_relay(tmp_path, connections):
    """Killed four times while the relay refuses, closes, hangs and talks nonsense: copies only where answers were lost."""
    bench = SimpleNamespace(**runpy.run_path(str(ROOT / "bench/killed.py")))

    def plan(recipient, attempt):
        number = int(hashlib.sha256(f"{recipient} {attempt}".encode()).hexdigest()[:8], 16) % 100
        return bench.KINDS[number] if number < len(bench.KINDS) else "hang" if number == 99 and connections > 1 else ""

    found = bench.measure(300, 4, connections, plan, databases.url(tmp_path))
    assert found.kept(4), found
    assert found.doubt <= connections
    assert found.unanswered > 0


def test_four_daemons_make_each_edition_once(tmp_path):
    """Four daemons by one clock, five periods: five editions, and every reader has each of them once."""
    run = runpy.run_path(str(HERE.with_name("daemons.py")))["run"]
    held = run(tmp_path, 5, 10, database=databases.url(tmp_path))
    assert (held.editions, held.mails, held.extra, held.missing, held.other_ids) == (5, 50, 0, 0, 0)


def start_sender(url, port, connections):
    """A process that delivers."""
    return subprocess.Popen([sys.executable, HERE, url, str(port), str(connections)])


def wait_for(ready):
    """Ask again until it is so."""
    while not ready():
        time.sleep(0.005)


def test_four_daemons_one_edition_a_period(tmp_path):
    """Four processes drain one outbox of fifty editions at once: every reader gets each edition once."""
    with house(tmp_path) as (home, sink):
        expected = Counter()
        for period in range(50):
            for one in home.edition(4, period=str(period)):
                expected[one.email] += 1
        senders = [start_sender(databases.url(tmp_path), sink.port, 2) for _ in range(4)]
        for sender in senders:
            assert sender.wait(100) == 0
        home.run_until_done()
        assert sink.copies() == expected
        assert home.counts("e-49") == {"accepted": 4}
