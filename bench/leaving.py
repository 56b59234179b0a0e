# SPDX-License-Identifier: Apache-2.0
"""Leaving by one click while mail goes out: how long the POST takes, and whether anybody who left is still claimed.

    leaving.py [RECIPIENTS] [LEAVING] [TOGETHER]

One process sends a digest to 10,000 readers over 10 connections into Postfix's sink and serves the site, as the daemon
does; 500 of the readers POST List-Unsubscribe=One-Click from another process, eight at a time. The database writes down
claims and departures in one order (tests/cases/deliver/leaving.py). Goals: every POST within a second, no claim after.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path

import delivery

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.cases.deliver.leaving import Leaving

GOAL = 1.0


def main() -> None:
    """One run; exits 1 if a goal is missed."""
    recipients, leaving, together = (*map(int, sys.argv[1:4]), *(10_000, 500, 8)[len(sys.argv) - 1 :])
    sink = delivery.sink()
    try:
        with tempfile.TemporaryDirectory() as folder:
            house = Leaving(Path(folder), delivery.PORT, recipients)
            left = asyncio.run(house.go(leaving, together))
            house.app.close()
    finally:
        sink.terminate()
        sink.wait()
    seconds = sorted(one for _, one in left.answers)
    answered = {status for status, _ in left.answers}
    met = answered == {200} and seconds[-1] < GOAL and left.claimed_after == 0
    print(f"{recipients} recipients, {leaving} leave, {together} at a time; load {os.getloadavg()[0]:.1f}")
    print(f"POST answered {answered}: median {statistics.median(seconds) * 1000:.0f} ms, ", end="")
    print(f"99 % {seconds[int(len(seconds) * 0.99) - 1] * 1000:.0f} ms, longest {seconds[-1] * 1000:.0f} ms; goal 1 s")
    print(
        f"claimed after they left: {left.claimed_after}; claimed before: {left.claimed_before} of {leaving}; ", end=""
    )
    print(f"deliveries {left.states}  {'met' if met else 'missed'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
