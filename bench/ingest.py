# SPDX-License-Identifier: Apache-2.0
"""Cold ingest: feeds of 20 items that nobody has seen, fetched, parsed, cleaned, traced and stored; both cores.

    ingest.py [ROUNDS] [FEEDS]

P4: ours, near copies searched, against lemon24/reader with ten workers, from the same nginx: feeds a second. Rounds are
interleaved and medians compared. Both have started before the clock runs.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from served.site import ADDRESSES, in_child, nginx, poller, row, run, url, write_feeds

from syndicate.pipeline.poll import Polling, poll_due

ITEMS = 20


async def child(folder: Path, count: int) -> dict[str, float]:
    async with poller(folder, count) as (polling, _):
        await asyncio.gather(*(read_nothing(polling) for _ in range(8)))  # starts the children, as a daemon has them
        wall, cpu = time.perf_counter(), time.process_time()
        polled = await poll_due(polling)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        with polling.store.read() as tx:
            held = tx.items.count()
    if held != count * ITEMS:
        sys.exit(f"{held} items of {count * ITEMS}: {[one.error for one in polled if one.error][:3]}")
    return {"rate": count / wall, "cpu_ms": cpu / count * 1000}


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
wall = time.perf_counter()
done = list(reader.update_feeds_iter(workers=10, scheduled=False))
print(len(done) / (time.perf_counter() - wall))
"""


def theirs(count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", READER, f"{folder}/r.db", str(count), url(0), str(ADDRESSES)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return float(done.stdout)


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
            mine, peer = [], []
            for _ in range(rounds):
                mine.append(ours(count))
                peer.append(theirs(count))
    median = statistics.median
    row(f"P4 cold ingest, {count} feeds of {ITEMS} items", median(x["rate"] for x in mine), median(peer), 4, "feeds/s")
    print(f"CPU a feed beside the children that parse: {median(x['cpu_ms'] for x in mine):.1f} ms")
    print(f"rounds: {[round(x['rate'], 1) for x in mine]} {[round(x, 1) for x in peer]}")


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:  # children that parse import this file too
    print(json.dumps(run(child(Path(sys.argv[2]), int(sys.argv[3])))))
elif __name__ == "__main__":
    main()
