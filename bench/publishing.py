# SPDX-License-Identifier: Apache-2.0
"""P5: one new item in a channel of 500, from its decisions to proved and compressed RSS and Atom.

Beside it feedgen, which writes the same two formats of the same items, and gzip -6; one process, interleaved rounds.
Ours is what the pipeline does: render, prove in the finished bytes, compress. Prints processor time, and the ratio of
the medians; the goal is 0.15.

``python bench/publishing.py [ROUNDS]``: 5 rounds without an argument.
"""

import gzip
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from feedgen.feed import FeedGenerator
from proof import FEED, NOW, SITE, TEMPLATES, entry, vocabulary

from syndicate.model import Entry, Verified
from syndicate.pipeline.compose import Draft, prove
from syndicate.proof import Setting
from syndicate.publish.feed import render_feed

ITEMS = 500
GOAL = 0.15
CHANNEL = replace(FEED, formats=("rss", "atom"), limit=ITEMS)


def ours(entries: Sequence[Entry]) -> None:
    """Rendered, proved, compressed."""

    def render(current: Sequence[Entry]) -> Draft:
        return Draft(render_feed(CHANNEL, SITE, current, NOW, TEMPLATES), tuple(current))

    outcome = prove(Setting(CHANNEL, SITE, NOW), "", entries, render)
    assert isinstance(outcome, Verified), outcome
    for part in outcome.edition.parts:
        gzip.compress(part.content, mtime=0)


def theirs(entries: Sequence[Entry]) -> None:
    """Rendered by feedgen and compressed; of items that we link, as much as we show."""
    feed = FeedGenerator()
    feed.id(f"{SITE.url}/feeds/community")
    feed.title(SITE.name)
    feed.description(SITE.name)
    feed.link(href=SITE.url, rel="alternate")
    for one in entries:
        item, made = one.item, feed.add_entry(order="append")
        made.guid(item.url)
        made.title(item.title)
        made.link(href=item.url)
        made.author([{"name": person.name} for person in item.authors])
        made.published(item.published)
        made.updated(item.published)
        made.content(item.html if one.decision.mode.name == "FULL" else item.title, type="html")
        made.rights(one.chain.hops[0].name)
    for content in (feed.rss_str(), feed.atom_str()):
        gzip.compress(content, 6)


def seconds(make: Callable[[Sequence[Entry]], None], entries: Sequence[Entry]) -> float:
    """Processor time."""
    start = time.process_time()
    make(entries)
    return time.process_time() - start


def main(rounds: str = "5") -> None:
    """A round is one more item at the head, and the last one gone."""
    chance = random.Random(7)
    words = vocabulary(chance)
    everything = [entry(number, chance, words) for number in range(ITEMS + int(rounds) + 1)][::-1]
    times: dict[str, list[float]] = {"ours": [], "feedgen + gzip -6": []}
    ours(everything[int(rounds) + 1 :])  # what stood there before
    for turn in range(int(rounds), 0, -1):
        entries = everything[turn : turn + ITEMS]
        times["ours"].append(seconds(ours, entries))
        times["feedgen + gzip -6"].append(seconds(theirs, entries))
    for name, taken in times.items():
        print(f"{name:20} {median(taken) * 1000:8.1f} ms  ({min(taken) * 1000:.1f} to {max(taken) * 1000:.1f})")
    print(f"ratio {median(times['ours']) / median(times['feedgen + gzip -6']):.2f} (goal {GOAL})")


if __name__ == "__main__":
    main(*sys.argv[1:])
