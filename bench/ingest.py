# SPDX-License-Identifier: Apache-2.0
"""Cold ingest: feeds of 20 items that nobody has seen, fetched, parsed, cleaned, traced and stored; both cores.

    ingest.py [ROUNDS] [FEEDS]

P4: ours, near copies searched and notices read, against lemon24/reader with ten workers, from the same nginx: feeds a
second. Beside it sfeed_update with eight jobs, a shell script around curl and a parser in C that keeps flat files.
Rounds are interleaved and medians compared. Ours and reader have started before the clock runs.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from served.programs import cpu_of_children, in_child, tool
from served.site import ADDRESSES, nginx, poller, row, run, url, write_feeds

from syndicate.pipeline.poll import Polling, poll_due

ITEMS = 20


async def child(folder: Path, count: int) -> dict[str, float]:
    async with poller(folder, count) as (polling, _):
        await asyncio.gather(*(read_nothing(polling) for _ in range(8)))  # starts the children, as a daemon has them
        wall, cpu, theirs = time.perf_counter(), time.process_time(), cpu_of_children()
        polled = await poll_due(polling)
        wall, cpu, theirs = time.perf_counter() - wall, time.process_time() - cpu, cpu_of_children() - theirs
        with polling.store.read() as tx:
            held = tx.items.count()
    if held != count * ITEMS:
        sys.exit(f"{held} items of {count * ITEMS}: {[one.error for one in polled if one.error][:3]}")
    return {"rate": count / wall, "cpu_ms": cpu / count * 1000, "children_ms": theirs / count * 1000}


async def read_nothing(polling: Polling) -> None:
    source = next(iter(polling.sources.values()))
    await polling.reader.read(b"<rss><channel/></rss>", url=source.url, content_type="", source=source)


READER = """
import sys, time
from reader import make_reader
path, count = sys.argv[1], int(sys.argv[2])
reader = make_reader(path)
for n in range(count):
    address = f"127.0.1.{n % int(sys.argv[4]) + 1}"
    reader.add_feed(sys.argv[3].replace("127.0.1.1", address).replace("/0.xml", f"/{n}.xml"))
wall, cpu = time.perf_counter(), time.process_time()
done = list(reader.update_feeds_iter(workers=10, scheduled=False))
print(len(done) / (time.perf_counter() - wall), (time.process_time() - cpu) / len(done) * 1000)
"""


def theirs(count: int) -> list[float]:
    """Feeds a second of lemon24/reader, and its CPU in milliseconds a feed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", READER, f"{folder}/r.db", str(count), url(0), str(ADDRESSES)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return [float(word) for word in done.stdout.split()]


def sfeed(count: int) -> float:
    """Feeds a second of sfeed_update, all written."""
    with tempfile.TemporaryDirectory() as folder:
        feeds = "".join(f"feed {n} {url(n)}\n" for n in range(count))
        config = Path(folder) / "sfeedrc"
        config.write_text(f'sfeedpath="{folder}/feeds"\nmaxjobs=8\nfeeds() {{\n{feeds}}}\n')
        wall = time.perf_counter()
        subprocess.run([tool("sfeed_update", "sfeed"), str(config)], capture_output=True, text=True, check=True)
        wall = time.perf_counter() - wall
        held = sum(len(one.read_text().splitlines()) for one in Path(folder, "feeds").iterdir() if one.is_file())
    if held != count * ITEMS:
        sys.exit(f"sfeed_update: {held} items of {count * ITEMS}")
    return count / wall


def ours(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return in_child(__file__, folder, str(count))


def main() -> None:
    rounds, count = (*map(int, sys.argv[1:]), *(5, 200)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as name:
        folder, root = Path(name), Path(name) / "root"
        root.mkdir()
        folder.chmod(0o755)
        write_feeds(root, count, ITEMS)
        with nginx(folder, root):
            mine, peer, flat = [], [], []
            for _ in range(rounds):
                mine.append(ours(count))
                peer.append(theirs(count))
                flat.append(sfeed(count))
    median = statistics.median
    row(
        f"P4 cold ingest, {count} feeds of {ITEMS} items",
        median(x["rate"] for x in mine),
        median(x for x, _ in peer),
        4,
        "feeds/s",
    )
    rate = median(x["rate"] for x in mine)
    ratio = rate / median(flat)
    print(
        f"{'   beside sfeed_update, 8 jobs':44} {rate:10.1f} {median(flat):10.1f} {'feeds/s':10} {ratio:7.2f}x  no goal"
    )
    poller_, children, reader = (
        *(median(x[which] for x in mine) for which in ("cpu_ms", "children_ms")),
        median(x for _, x in peer),
    )
    print(f"CPU a feed: the poller {poller_:.1f} ms, its children {children:.1f} ms; reader {reader:.1f} ms")
    print(
        f"rounds: {[round(x['rate'], 1) for x in mine]} {[round(x, 1) for x, _ in peer]} {[round(x, 1) for x in flat]}"
    )


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:  # children that parse import this file too
    print(json.dumps(run(child(Path(sys.argv[2]), int(sys.argv[3])))))
elif __name__ == "__main__":
    main()
