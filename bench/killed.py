# SPDX-License-Identifier: Apache-2.0
"""Senders killed at random moments: what is lost, what arrives twice, how much is in doubt.

    killed.py [RECIPIENTS] [KILLS]

Twenty times ``kill -9`` over 10,000 recipients, with 1, 10 and 50 connections, into a sink that has each message on the
disk before it says so. Then everything that is in doubt is sent again, as it would be after a quarter of an hour.
"""

from __future__ import annotations

import argparse
import random
import runpy
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from syndicate.model import DeliveryState
from syndicate.testing import Sink

HOUSE = Path(__file__).resolve().parents[1] / "tests/cases/deliver/house.py"


def measure(recipients: int, kills: int, connections: int) -> tuple[int, ...]:
    """Lost, copies too many, ids too many, the most in doubt after one kill; and the seconds it took."""
    house = SimpleNamespace(**runpy.run_path(str(HOUSE)))
    chance = random.Random(2606 + connections)
    with tempfile.TemporaryDirectory() as name, Sink(ledger=Path(name, "ledger")) as sink:
        folder = Path(name)
        home = house.House(folder, sink.port, connections=4)
        people = home.edition(recipients, size=4_000)
        began, doubts = time.monotonic(), []
        for number in range(kills):
            reached = recipients * (number + 1) // (kills + 1) + chance.randrange(recipients // (kills * 3))
            arguments = [HOUSE, folder, str(sink.port), str(connections)]
            sender = subprocess.Popen([sys.executable, *arguments])
            while len(sink.taken) < reached and sender.poll() is None:
                time.sleep(chance.uniform(0.001, 0.01))
            sender.kill()
            sender.wait()
            with home.store.read() as tx:
                doubts.append(len(tx.outbox.in_state(DeliveryState.IN_DATA)))
        home.now += timedelta(minutes=20)
        home.run_until_done(100)
        copies = sink.copies()
        lost = sum(one.email not in copies for one in people)
        twice = sum(copies.values()) - len(copies)
        changed = len({(one.recipient, one.message_id, one.sha256) for one in sink.taken}) - len(copies)
        home.store.close()
        return lost, twice, changed, max(doubts), int(time.monotonic() - began)


def main() -> None:
    """One row for each number of connections; exits 1 if a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipients", nargs="?", type=int, default=10_000)
    parser.add_argument("kills", nargs="?", type=int, default=20)
    options = parser.parse_args()
    kept = True
    print(f"{options.recipients} recipients, {options.kills} kills")
    print(f"{'connections':>12}{'lost':>6}{'copies':>8}{'allowed':>9}{'new ids':>9}{'most in doubt':>15}{'seconds':>9}")
    for connections in (1, 10, 50):
        lost, twice, changed, doubt, seconds = measure(options.recipients, options.kills, connections)
        allowed = options.kills * connections
        print(f"{connections:12}{lost:6}{twice:8}{allowed:9}{changed:9}{doubt:15}{seconds:9}")
        kept &= not lost and not changed and twice <= allowed and doubt <= connections
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
