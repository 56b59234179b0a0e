# SPDX-License-Identifier: Apache-2.0
"""P9: ten times as much takes at most eleven times the time, and at most one and a half times the memory.

    growth.py [ROUNDS] [FEEDS]

Reads feeds of 100 and of 1,000 entries: cold, with one new entry, with none; CPU time. With the database in a file and
on PostgreSQL: polls 200 and 2,000 feeds of two items, served by nginx, for the first time and again a day later, and
sends an edition to 500 and 5,000 readers; CPU time and peak memory of that process, those of children that parse, of
the server and of the sink not included. Medians of interleaved rounds.
"""

import contextlib
import json
import runpy
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from served.programs import in_child
from served.site import nginx, poller, run, write_feeds

from syndicate.intake import delta
from syndicate.model import Publisher, Source
from syndicate.pipeline.poll import poll_due
from syndicate.testing import Sink
from tests.databases import POSTGRESQL, SQLITE, databases

OWN = Source("own", "https://own.example/feed", Publisher("own", "Own"))
SIZES = (100, 1000)
GOAL, MEMORY_GOAL = 11, 1.5
TENTH = 10
HOUSE = Path(__file__).resolve().parents[1] / "tests/cases/deliver/house.py"


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


def peak() -> float:
    """The most memory that this process had, in MB; what it was started from had more, and ``ru_maxrss`` keeps that."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def poll_child(folder: Path, count: int, database: str) -> dict[str, float]:
    """Poll so many feeds for the first time and again a day later."""
    async with poller(folder, count, database=database) as (polling, clock):
        took = {}
        for name in ("first", "again"):
            started = time.process_time()
            polled = await poll_due(polling)
            took[name] = time.process_time() - started
            if len(polled) != count or any(one.error for one in polled):
                sys.exit(f"{len(polled)} polls of {count}: {[one.error for one in polled if one.error][:3]}")
            clock.ahead += timedelta(days=2)
    return took | {"memory": peak()}


def send_child(port: int, count: int, database: str) -> dict[str, float]:
    """Owe an edition to so many readers, and deliver it."""
    house = SimpleNamespace(**runpy.run_path(str(HOUSE))).House(database, port, connections=10)
    started = time.process_time()
    house.edition(count, size=4_000)
    owed = time.process_time()
    house.deliver()
    sent = time.process_time()
    memory = peak()
    return {"owe": owed - started, "send": sent - owed, "memory": memory}


def told(name: str, few: float, many: float, unit: str, goal: float) -> None:
    verdict = "met" if many / few <= goal else "missed"
    print(
        f"P9 {name:28} {few:8.2f} {unit:3} {many:8.2f} {unit:3} {many / few:5.1f}x  goal <= {goal:g}x  {verdict}",
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


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a new database of that kind, for as long as the context lasts."""
    databases.use(kind)
    with tempfile.TemporaryDirectory() as place:
        yield databases.url(place)
    databases.clear()


def feeds(rounds: int, most: int, kind: str) -> None:
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
                    with database(kind) as where, tempfile.TemporaryDirectory() as place:
                        found.append(in_child(__file__, "poll", place, str(size), where))
    compare(f"{kind}: feeds", taken, ("first", "again"))


def readers(rounds: int, most: int, kind: str) -> None:
    taken: dict[int, list[dict[str, float]]] = {size: [] for size in (most // TENTH, most)}
    with Sink() as sink:
        for _ in range(rounds):
            for size, found in taken.items():
                with database(kind) as where:
                    found.append(in_child(__file__, "send", str(sink.port), str(size), where))
    compare(f"{kind}: readers", taken, ("owe", "send"))


def compare(name: str, taken: dict[int, list[dict[str, float]]], works: tuple[str, ...]) -> None:
    for what, unit, goal in (*((work, "s", GOAL) for work in works), ("memory", "MB", MEMORY_GOAL)):
        few, many = (statistics.median(one[what] for one in found) for found in taken.values())
        told(f"{name}, {what}", few, many, unit, goal)


def main() -> None:
    rounds, most = (*map(int, sys.argv[1:]), *(3, 2000)[len(sys.argv) - 1 :])
    entries(rounds)
    for kind in (SQLITE, POSTGRESQL):
        feeds(rounds, most, kind)
        readers(rounds, most * 5 // 2, kind)
    databases.server.stop()


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:  # children that parse import this file too
    act, where, number, url = sys.argv[2:]
    polled = act == "poll"
    print(
        json.dumps(
            run(poll_child(Path(where), int(number), url)) if polled else send_child(int(where), int(number), url)
        )
    )
elif __name__ == "__main__":
    main()
