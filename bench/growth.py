# SPDX-License-Identifier: Apache-2.0
"""P9: ten times the entries of a feed take at most eleven times the time to read.

    growth.py [ROUNDS]

Reads feeds of 100 and of 1,000 entries: cold, with one new entry, with none. CPU time, medians of interleaved rounds.
"""

import statistics
import sys
import time

from syndicate.intake import delta
from syndicate.model import Publisher, Source

OWN = Source("own", "https://own.example/feed", Publisher("own", "Own"))
SIZES = (100, 1000)
GOAL = 11


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


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
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
        few, many = (statistics.median(taken[name, size]) for size in SIZES)
        verdict = "met" if many / few <= GOAL else "missed"
        print(
            f"P9 {name:14} {few * 1000:8.2f} ms  {many * 1000:8.2f} ms  {many / few:5.1f}x  goal <= {GOAL}x  {verdict}"
        )


main()
