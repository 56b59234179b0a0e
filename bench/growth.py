# SPDX-License-Identifier: Apache-2.0
"""P9: ten times as much takes at most eleven times the time, and at most one and a half times the memory.

    growth.py [ROUNDS] [FEEDS]

Reads feeds of 100 and of 1,000 entries: cold, with one new entry, with none; CPU time. Polls 200 and 2,000 feeds of two
items, served by nginx, for the first time and again a day later: the poller's CPU time and peak memory, those of the
children that parse not included. Medians of interleaved rounds.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from served.programs import in_child
from served.site import nginx, poller, run, write_feeds

from syndicate.intake import delta
from syndicate.model import Publisher, Source
from syndicate.pipeline.poll import poll_due

OWN = Source("own", "https://own.example/feed", Publisher("own", "Own"))
SIZES = (100, 1000)
GOAL, MEMORY_GOAL = 11, 1.5
TENTH = 10


def feed(entries: int) -> bytes:
    words = "<p>" + "Some words about a town by a river, and what its council did. " * 20 + "</p>"
    items = "".join(
        f"<item><title>{n}</title><link>https://own.example/{n}</link>"
        f"<description><![CDATA[{words}{n}]]></description></item>"
        for n in range(entries, 0, -1)
    )
    return f'<rss version="2.0"><channel><title>Own</title>{items}</channel></rss>'.encode()


def seconds(body: bytes, marks: bytes) -> float:
    started = time.process_time()
    delta.read(body, url=OWN.url, source=OWN, marks=marks)
    return time.process_time() - started


async def child(folder: Path, count: int) -> dict[str, float]:
    """Poll so many feeds for the first time and again a day later."""
    async with poller(folder, count) as (polling, clock):
        took = {}
        for name in ("first", "again"):
            started = time.process_time()
            polled = await poll_due(polling)
            took[name] = time.process_time() - started
            if len(polled) != count or any(one.error for one in polled):
                sys.exit(f"{len(polled)} polls of {count}: {[one.error for one in polled if one.error][:3]}")
            clock.ahead += timedelta(days=2)
    return took | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def told(name: str, few: float, many: float, unit: str, goal: float) -> None:
    verdict = "met" if many / few <= goal else "missed"
    print(
        f"P9 {name:20} {few:8.2f} {unit:3} {many:8.2f} {unit:3} {many / few:5.1f}x  goal <= {goal:g}x  {verdict}",
        flush=True,
    )


def entries(rounds: int) -> None:
    held = {size: delta.read(feed(size), url=OWN.url, source=OWN).marks for size in SIZES}
    works = {
        "cold": lambda size: seconds(feed(size), b""),
        "one new entry": lambda size: seconds(feed(size + 1), held[size]),
        "no new entry": lambda size: seconds(feed(size) + b"<!-- x -->", held[size]),
    }
    taken: dict[tuple[str, int], list[float]] = {(name, size): [] for name in works for size in SIZES}
    for _ in range(rounds):
        for (name, size), times in taken.items():
            times.append(works[name](size))
    for name in works:
        few, many = (statistics.median(taken[name, size]) * 1000 for size in SIZES)
        told(f"entries, {name}", few, many, "ms", GOAL)


def feeds(rounds: int, most: int) -> None:
    sizes = (most // TENTH, most)
    taken: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    with tempfile.TemporaryDirectory() as name:
        folder, root = Path(name), Path(name) / "root"
        root.mkdir()
        folder.chmod(0o755)
        write_feeds(root, most, 2)
        with nginx(folder, root):
            for _ in range(rounds):
                for size, found in taken.items():
                    with tempfile.TemporaryDirectory() as place:
                        found.append(in_child(__file__, place, str(size)))
    for what, unit, goal in (("first", "s", GOAL), ("again", "s", GOAL), ("memory", "MB", MEMORY_GOAL)):
        few, many = (statistics.median(one[what] for one in taken[size]) for size in sizes)
        told(f"feeds, {what}", few, many, unit, goal)


def main() -> None:
    rounds, most = (*map(int, sys.argv[1:]), *(3, 2000)[len(sys.argv) - 1 :])
    entries(rounds)
    feeds(rounds, most)


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:  # children that parse import this file too
    print(json.dumps(run(child(Path(sys.argv[2]), int(sys.argv[3])))))
elif __name__ == "__main__":
    main()
