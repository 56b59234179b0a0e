# SPDX-License-Identifier: Apache-2.0
"""P11, and senders killed at random moments: what is lost, what arrives twice, how much is in doubt.

    killed.py [RECIPIENTS] [KILLS]

Twenty times ``kill -9`` over 10,000 recipients, with 1, 10 and 50 connections, into a sink that has each message on the
disk before it says so; then once more with a relay that does all that relays do wrong. In the end everything that is in
doubt or was put off is sent again, as it would be in the hours after.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from syndicate.model import DeliveryState
from syndicate.testing import Sink

Plan = Callable[[str, int], str]
HOUSE = Path(__file__).resolve().parents[1] / "tests/cases/deliver/house.py"


def no_faults(_recipient: str, _attempt: int) -> str:
    """A sound relay."""
    return ""


KINDS = ("grey", "busy", "full", "closing", "drop", "dropafter", "badreply")
HANGS = 1  # in a thousand: each costs a second
EACH = 5  # in a thousand of every other kind
LOST_ANSWERS = ("dropafter", "badreply", "hang")


def faults(recipient: str, attempt: int) -> str:
    """A fault for one mail in thirty, the same one each time this runs."""
    number = int(hashlib.sha256(f"{recipient} {attempt}".encode()).hexdigest()[:8], 16) % 1000
    if number < HANGS:
        return "hang"
    kind = (number - HANGS) // EACH
    return KINDS[kind] if kind < len(KINDS) else ""


@dataclass(frozen=True)
class Killed:
    """What came of it; ``doubt`` is the most that was in doubt after one kill, ``unanswered`` the answers lost."""

    connections: int
    lost: int
    copies: int
    other_ids: int
    doubt: int
    unanswered: int
    undecided: int
    seconds: float

    def kept(self, kills: int) -> bool:
        """Whether nothing was lost, and nothing doubled but where an answer was lost."""
        allowed = kills * self.connections + self.unanswered
        return not (self.lost or self.other_ids or self.undecided) and self.copies <= allowed


def measure(recipients: int, kills: int, connections: int, plan: Plan = no_faults, database: str = "") -> Killed:
    """Kill so many senders over so many recipients, then go on to the end; ``database`` is its URL, "" a file."""
    house = SimpleNamespace(**runpy.run_path(str(HOUSE)))
    chance = random.Random(2606 + connections)
    with tempfile.TemporaryDirectory() as name, Sink(plan, ledger=Path(name, "ledger")) as sink:
        url = database or f"sqlite:///{name}/test.db"
        home = house.House(url, sink.port, connections=4)
        people = home.edition(recipients, size=4_000)
        began, doubts = time.monotonic(), []
        for number in range(kills):
            reached = recipients * (number + 1) // (kills + 1) + chance.randrange(recipients // (kills * 3))
            sender = subprocess.Popen([sys.executable, HOUSE, url, str(sink.port), str(connections)])
            while len(sink.taken) < reached and sender.poll() is None:
                time.sleep(chance.uniform(0.001, 0.01))
            sender.kill()
            sender.wait()
            with home.store.read() as tx:
                doubts.append(len(tx.outbox.in_state(DeliveryState.IN_DATA)))
        home.now += timedelta(minutes=20)
        home.run_until_done(300)
        copies = sink.copies()
        counts = home.counts()
        home.store.close()
        return Killed(
            connections,
            lost=sum(one.email not in copies for one in people),
            copies=sum(copies.values()) - len(copies),
            other_ids=len({(one.recipient, one.message_id, one.sha256) for one in sink.taken}) - len(copies),
            doubt=max(doubts),
            unanswered=sum(sink.faults[kind] for kind in LOST_ANSWERS),
            undecided=sum(counts.values()) - counts.get("accepted", 0) - counts.get("held", 0),
            seconds=time.monotonic() - began,
        )


def main() -> None:
    """One row for each number of connections; exits 1 if a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipients", nargs="?", type=int, default=10_000)
    parser.add_argument("kills", nargs="?", type=int, default=20)
    options = parser.parse_args()
    print(f"{options.recipients} recipients, {options.kills} kills, load average {os.getloadavg()[0]:.1f}")
    print(f"{'relay':8}{'connections':>12}{'lost':>6}{'copies':>8}{'kills x c + answers lost':>26}", end="")
    print(f"{'new ids':>9}{'most in doubt':>15}{'seconds':>9}")
    kept = True
    for name, plan in (("sound", no_faults), ("faulty", faults)):
        for connections in (1, 10, 50):
            found = measure(options.recipients, options.kills, connections, plan)
            allowed = f"{options.kills} x {connections} + {found.unanswered}"
            print(f"{name:8}{connections:12}{found.lost:6}{found.copies:8}{allowed:>26}{found.other_ids:9}", end="")
            print(f"{found.doubt:15}{found.seconds:9.0f}", flush=True)
            kept &= found.kept(options.kills) and found.doubt <= connections
    print(f"P11 deliveries in doubt <= open connections  {'met' if kept else 'missed'}")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
