# SPDX-License-Identifier: Apache-2.0
"""Warm polls: 2,000 feeds that have not changed, from one nginx on the first core, on 200 loopback addresses.

    polling.py [ROUNDS] [FEEDS]

P1: a new TLS connection for each poll, with the choice of what is due and the state written, against ``wrk`` in the
same mode, both on the second core. P2: kept connections, against lemon24/reader with ten workers: feeds a
second. All was polled once before, so that each round starts from a copy of the same database. Rounds are interleaved
and medians compared.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from served.programs import in_child, pinned, tool
from served.site import ADDRESSES, SECURE, nginx, poller, row, run, url, write_feeds

from syndicate.pipeline.arrive import Polled
from syndicate.pipeline.poll import poll_due

ITEMS = 2
CONNECTIONS = 50


async def prepare(folder: Path, count: int, *, secure: bool) -> dict[str, float]:
    """Poll all for the first time."""
    async with poller(folder, count, secure=secure) as (polling, _):
        polled = await poll_due(polling)
    check(polled, count, "new")
    return {}


async def again(folder: Path, count: int, *, secure: bool) -> dict[str, float]:
    """Poll all two days later, and measure that."""
    async with poller(folder, count, secure=secure, workers=1) as (polling, clock):
        clock.ahead += timedelta(days=2)
        wall, cpu = time.perf_counter(), time.process_time()
        polled = await poll_due(polling)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    check(polled, count, "unchanged")
    return {"rate": count / wall, "cpu_ms": cpu / count * 1000}


def check(polled: list[Polled], count: int, status: str) -> None:
    told = {one.status for one in polled}
    if len(polled) != count or told != {status}:
        sys.exit(f"{len(polled)} polls of {count}, {told}: {[one.error for one in polled if one.error][:3]}")


def prepared(count: int, certificate: Path, folder: Path, *, secure: bool) -> Path:
    """A folder with the database in which all has been polled once."""
    folder.mkdir()
    in_child(__file__, "prepare", str(folder), str(count), str(int(secure)), SSL_CERT_FILE=str(certificate))
    return folder


def ours(count: int, certificate: Path, kept: Path, *, secure: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = shutil.copytree(kept, Path(name) / "copy")
        core = 1 if secure else None
        arguments = ("again", str(folder), str(count), str(int(secure)))
        return in_child(__file__, *arguments, core=core, SSL_CERT_FILE=str(certificate))


def wrk(folder: Path, count: int) -> float:
    """Requests a second, each on a connection of its own; it asks one address, since it takes no more."""
    script = folder / "wrk.lua"
    script.write_text(
        'local i = -1\nlocal h = {["If-None-Match"] = "*", ["Accept-Encoding"] = "gzip"}\n'
        f'function request() i = (i + 1) % {count} return wrk.format("GET", "/" .. i .. ".xml", h) end\n'
    )
    command = [tool("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", "-d3s", "-s", str(script), f"https://127.0.1.1:{SECURE}"]
    done = subprocess.run(pinned(1, command), capture_output=True, text=True, check=True)
    return float(next(line for line in done.stdout.splitlines() if "Requests/sec" in line).split()[1])


READER = """
import sys, time
from reader import make_reader
act, path, count, first, addresses = sys.argv[1:]
reader = make_reader(path)
if act == "prepare":
    for n in range(int(count)):
        address = f"127.0.1.{n % int(addresses) + 1}"
        reader.add_feed(first.replace("127.0.1.1", address).replace("/0.xml", f"/{n}.xml"))
wall, cpu = time.perf_counter(), time.process_time()
done = list(reader.update_feeds_iter(workers=10, scheduled=False))
print(len(done) / (time.perf_counter() - wall), (time.process_time() - cpu) / len(done) * 1000)
"""


def reader(act: str, folder: Path, count: int) -> list[float]:
    """Feeds a second of lemon24/reader, all for the first time or again in a copy of that; CPU, milliseconds a feed."""
    with tempfile.TemporaryDirectory() as name:
        if act == "again":
            folder = shutil.copytree(folder, Path(name) / "copy")
        command = [sys.executable, "-c", READER, act, f"{folder}/r.db", str(count), url(0), str(ADDRESSES)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return [float(word) for word in done.stdout.split()]


def main() -> None:
    rounds, count = (*map(int, sys.argv[1:]), *(5, 2000)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as name:
        folder, root = Path(name), Path(name) / "root"
        root.mkdir()
        folder.chmod(0o755)
        write_feeds(root, count, ITEMS)
        with nginx(folder, root) as certificate:
            with_tls = prepared(count, certificate, folder / "tls", secure=True)
            without = prepared(count, certificate, folder / "plain", secure=False)
            theirs = folder / "reader"
            theirs.mkdir()
            reader("prepare", theirs, count)
            secure, limit, kept, peer = [], [], [], []
            for _ in range(rounds):
                secure.append(ours(count, certificate, with_tls, secure=True))
                limit.append(wrk(folder, count))
                kept.append(ours(count, certificate, without, secure=False))
                peer.append(reader("again", theirs, count))
    median = statistics.median
    row(f"P1 warm poll, new TLS each, {count} feeds", median(x["rate"] for x in secure), median(limit), 0.5, "polls/s")
    row(
        f"P2 warm poll, kept connections, {count} feeds",
        median(x["rate"] for x in kept),
        median(x for x, _ in peer),
        10,
        "feeds/s",
    )
    tls, plain = (median(x["cpu_ms"] for x in one) for one in (secure, kept))
    print(
        f"CPU a poll, ours: {tls:.2f} ms with TLS, {plain:.2f} ms without; reader {median(x for _, x in peer):.2f} ms"
    )
    print(f"rounds: {[round(x['rate']) for x in secure]} {[round(x) for x in limit]}")
    print(f"        {[round(x['rate']) for x in kept]} {[round(x) for x, _ in peer]}")


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:  # children that parse import this file too
    act, place, number, safe = sys.argv[2:]
    work = prepare if act == "prepare" else again
    print(json.dumps(run(work(Path(place), int(number), secure=safe == "1"))))
elif __name__ == "__main__":
    main()
