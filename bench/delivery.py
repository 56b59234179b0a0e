# SPDX-License-Identifier: Apache-2.0
"""Delivery against Postfix's load generator, into the same sink: messages a second, ours with the whole outbox.

    delivery.py [ROUNDS] [MESSAGES]

Ours is a personal digest of 30 kB for each recipient, claimed, marked before its first byte and settled on the disk, in
SQLite with synchronous=FULL, over 1, 10 and 50 connections. Theirs is ``smtp-source``, which sends the same bytes to
everybody and keeps no record. Sink on one core, client on the other; rounds are interleaved and medians compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from served.programs import pinned, port, tool

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "tests/cases/deliver/house.py"
PORT = port("BENCH_SINK_PORT")
SIZE = 30_000
GOAL = 0.8


def ours(connections: int, messages: int, folder: Path) -> dict[str, float]:
    """Owe an edition to so many readers and deliver it, in a process of its own on the second core."""
    command = [sys.executable, __file__, "--client", str(connections), str(messages), str(folder)]
    done = subprocess.run(pinned(1, command), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def client(connections: int, messages: int, folder: Path) -> None:
    """What ``ours`` starts."""
    house = SimpleNamespace(**runpy.run_path(str(HOUSE)))
    from syndicate.pipeline.loop import run
    from syndicate.pipeline.post import deliver

    home = house.House(f"sqlite:///{folder}/test.db", PORT, connections=connections)
    home.edition(messages, size=SIZE)
    before, cpu = time.perf_counter(), time.process_time()
    outcomes = run(deliver(home.posting))
    seconds, cpu = time.perf_counter() - before, time.process_time() - cpu
    assert dict(outcomes) == {"accepted": messages}, outcomes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rate": messages / seconds, "cpu_us": cpu / messages * 1e6, "peak_mb": peak}))


def theirs(connections: int, messages: int) -> dict[str, float]:
    """The same number of messages of the same size by ``smtp-source``."""
    command = [tool("smtp-source", "postfix"), "-s", str(connections), "-m", str(messages), "-l", str(SIZE)]
    command += ["-f", "b@news.example", "-t", "r@example.net", f"127.0.0.1:{PORT}"]
    before = time.perf_counter()
    subprocess.run(pinned(1, command), check=True, capture_output=True)
    return {"rate": messages / (time.perf_counter() - before)}


def sink() -> subprocess.Popen[bytes]:
    """Postfix's sink, listening."""
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen(pinned(0, [tool("smtp-sink", "postfix"), *user, f"127.0.0.1:{PORT}", "1000"]))
    asyncio.run(_answers())
    return process


async def _answers() -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", PORT)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    sys.exit("the sink does not answer")


def main() -> None:
    """Interleaved rounds, then a table of medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("messages", nargs="?", type=int, default=4000)
    options = parser.parse_args()
    variants = {
        "smtp-source, 50": lambda: theirs(50, options.messages * 2),
        "ours, 50": lambda: measured(50, options.messages),
        "ours, 10": lambda: measured(10, options.messages),
        "ours, 1": lambda: measured(1, options.messages // 4),
    }
    results: dict[str, list[dict[str, float]]] = {name: [] for name in variants}
    running = sink()
    try:
        for _ in range(options.rounds):
            for name, measure in variants.items():
                results[name].append(measure())
    finally:
        running.terminate()
        running.wait()
    reference = statistics.median(one["rate"] for one in results["smtp-source, 50"])
    print(f"{'':18}{'messages/s':>12}{'spread':>16}{'ratio':>8}{'goal':>6}{'CPU us':>8}{'peak MB':>9}")
    for name, found in results.items():
        rates = [one["rate"] for one in found]
        rate, spread = statistics.median(rates), f"{min(rates):.0f}-{max(rates):.0f}"
        goal = f"{GOAL:.1f}" if name == "ours, 50" else ""
        cpu = f"{statistics.median(one['cpu_us'] for one in found):.0f}" if "cpu_us" in found[0] else ""
        peak = f"{found[-1]['peak_mb']:.0f}" if "peak_mb" in found[0] else ""
        print(f"{name:18}{rate:12.0f}{spread:>16}{rate / reference:8.2f}{goal:>6}{cpu:>8}{peak:>9}")


def measured(connections: int, messages: int) -> dict[str, float]:
    """One round in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return ours(connections, messages, Path(folder))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        client(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
