# SPDX-License-Identifier: Apache-2.0
"""P6: a re-published feed from the default server, beside nginx with gzip_static, both on the first core.

    serving.py [ROUNDS]

Asked by ``wrk`` on the second core over 50 kept connections, once for the whole feed and once by a client that has it
(304). Rounds are interleaved; requests a second and processor time a request are compared by their medians.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from served.programs import nginx_of, pinned, port, tool, wait_for
from served.site import write_feeds

from syndicate.app import open_app
from syndicate.deliver.files import release
from syndicate.pipeline.loop import run
from syndicate.serve.app import build_app
from syndicate.serve.run import serving

CONNECTIONS = 50
ITEMS = 50
SECONDS = 3
OURS, THEIRS = port("BENCH_OURS_PORT"), port("BENCH_THEIRS_PORT")
GOAL = 0.35
PATH = "/feeds/community.rss"
CONFIG = """
site: {name: Riverside Bulletin, url: https://bulletin.example, contact: editor@bulletin.example}
channels:
  community: {kind: feed}
"""


async def child(folder: Path) -> None:
    """The daemon's server over an open database, until it is stopped."""
    app = open_app(folder / "config.yaml")
    async with serving(build_app(app.pages(lambda: True)), port=OURS):
        await asyncio.Event().wait()


@contextlib.contextmanager
def running(command: list[str], at: int) -> Iterator[int]:
    """A server on the first core; yields the process whose time counts."""
    server = subprocess.Popen(pinned(0, command), stderr=subprocess.DEVNULL)
    try:
        wait_for(server, f"http://127.0.0.1:{at}{PATH}")
        workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        yield int(workers[0]) if workers else server.pid
    finally:
        server.terminate()
        server.wait()


def nginx(folder: Path) -> list[str]:
    """One worker that sends the stored gzip form."""
    return nginx_of(
        folder,
        "sendfile on; tcp_nopush on; keepalive_requests 1000000000; "
        f"server {{ listen 127.0.0.1:{THEIRS}; root {folder}/public; etag on; }}",
    )


def tag(at: int) -> str:
    """The validator of the gzip form."""
    asked = urllib.request.Request(f"http://127.0.0.1:{at}{PATH}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return str(answer.headers["ETag"])


def seconds(pid: int) -> float:
    """Processor time of a process so far, by the scheduler: to the nanosecond, where clock ticks miss short turns."""
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def wrk(at: int, pid: int, unchanged: str = "") -> tuple[float, float]:
    """Requests a second, and microseconds of the server's processor time a request."""
    headers = ["-H", "Accept-Encoding: gzip", *(["-H", f"If-None-Match: {unchanged}"] if unchanged else [])]
    command = [
        tool("wrk", "wrk"),
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}s",
        *headers,
        f"http://127.0.0.1:{at}{PATH}",
    ]
    before = seconds(pid)
    done = subprocess.run(pinned(1, command), capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done and not unchanged:
        sys.exit(done)
    count = int(re.search(r"(\d+) requests in", done)[1])  # type: ignore[index] # wrk always says so
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])  # type: ignore[index] # likewise
    return rate, (seconds(pid) - before) / count * 1e6


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "config.yaml").write_text(CONFIG)
        write_feeds(folder, 1, ITEMS)
        feed = (folder / "0.xml").read_bytes()
        release(folder / "public" / "feeds", {"community.rss": feed})
        packed = (folder / "public/feeds/community.rss.gz").stat().st_size
        ours_command = [sys.executable, __file__, "--child", name]
        found: dict[str, list[tuple[float, float]]] = {}
        with running(ours_command, OURS) as ours, running(nginx(folder), THEIRS) as theirs:
            for _ in range(rounds):
                for status in ("200", "304"):
                    for who, at, pid in (("ours", OURS, ours), ("nginx", THEIRS, theirs)):
                        told = tag(at) if status == "304" else ""
                        found.setdefault(f"{who} {status}", []).append(wrk(at, pid, told))
    print(f"P6 one feed of {ITEMS} items, {len(feed):,} bytes, {packed:,} with gzip, {CONNECTIONS} kept connections")
    for status in ("200", "304"):
        rate, cpu = ({who: [x[n] for x in found[f"{who} {status}"]] for who in ("ours", "nginx")} for n in (0, 1))
        by_rate = statistics.median(rate["ours"]) / statistics.median(rate["nginx"])
        by_cpu = statistics.median(cpu["nginx"]) / statistics.median(cpu["ours"])
        for who in ("ours", "nginx"):
            print(f"  {status} {who:6}{statistics.median(rate[who]):9,.0f} requests/s ({min(rate[who]):,.0f} to "
                  f"{max(rate[who]):,.0f}), {statistics.median(cpu[who]):5.1f} us of CPU each")  # fmt: skip
        verdict = "met" if max(by_rate, by_cpu) >= GOAL else "missed"
        print(f"  {status} ratio {by_rate:.2f} by requests, {by_cpu:.2f} by CPU; goal {GOAL}: {verdict}")


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:
    run(child(Path(sys.argv[2])))
elif __name__ == "__main__":
    main()
