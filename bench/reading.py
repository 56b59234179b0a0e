# SPDX-License-Identifier: Apache-2.0
"""Reading feeds against feedparser with its defaults: CPU seconds over real feeds, in one process.

    reading.py [ROUNDS]

Theirs parses, resolves and sanitises with all defaults, told the feed's URL. Ours goes from bytes to normalised, safe
items, with rights evidence, credit lines and marks for the next time: cold; with one new entry; with none. Rounds are
interleaved and medians compared. What is read as one new entry beside marks is first checked against a whole reading.
"""

import io
import statistics
import sys
import time
from pathlib import Path

import feedparser

from syndicate.intake import delta
from syndicate.intake.document import decode
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.intake.spans import cut
from syndicate.model import Publisher, Source

CORPUS = Path(__file__).resolve().parents[2] / "shared/corpus/feeds"
URL = "https://own.example/feed"
OWN = Source("own", URL, Publisher("own", "Own"))
GOALS = {"P3a one new entry": 20, "P3c changed bytes, no new entry": 40, "P3b cold": 4}


def prepared():
    """Of each real XML feed: its bytes, marks without its second entry, bytes that differ by nothing, marks of all."""
    for path in sorted(CORPUS.glob("*.xml")):
        body = path.read_bytes()
        text = decode(body).encode()
        spans = cut(text)
        start, end = spans.entries[min(1, len(spans.entries) - 1)]
        before = delta.read(text[:start] + text[end:], url=URL, source=OWN)
        after = delta.read(text, url=URL, source=OWN, marks=before.marks)
        held = {item.id: item for reading in (before, after) for item in reading.feed.items}
        if [held[one] for one in after.listed] != list(normalise(parse(text, url=URL), OWN).items):
            sys.exit(f"{path.name}: one new entry read alone differs from the whole feed")
        yield body, text, before.marks, text + b"\n<!-- served at 10:00 -->", after.marks


def seconds(work):
    """CPU seconds."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    feeds = list(prepared())
    if not feeds:
        sys.exit(f"no feeds in {CORPUS}: this measurement needs real ones")
    headers = {"content-location": URL}
    works = {
        "feedparser": lambda: [feedparser.parse(io.BytesIO(one[0]), response_headers=headers) for one in feeds],  # noqa: TID251 -- what we are measured against
        "P3a one new entry": lambda: [delta.read(one[1], url=URL, source=OWN, marks=one[2]) for one in feeds],
        "P3c changed bytes, no new entry": lambda: [
            delta.read(one[3], url=URL, source=OWN, marks=one[4]) for one in feeds
        ],
        "P3b cold": lambda: [delta.read(one[0], url=URL, source=OWN) for one in feeds],
    }
    taken = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work))
    peer = taken.pop("feedparser")
    spread = f"{min(peer):.2f} to {max(peer):.2f}"
    print(f"{len(feeds)} feeds; feedparser {feedparser.__version__}: {statistics.median(peer):.2f} s CPU ({spread})")
    for name, times in taken.items():
        ratio, goal = statistics.median(peer) / statistics.median(times), GOALS[name]
        rate = len(feeds) / statistics.median(times)
        print(
            f"{name:34} ours {rate:8.1f} feeds/s  theirs {len(feeds) / statistics.median(peer):6.1f}  "
            f"{ratio:6.1f}x  goal {goal}x  {'met' if ratio >= goal else 'missed'}"
        )


main()
