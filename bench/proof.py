# SPDX-License-Identifier: Apache-2.0
"""What the proof costs beside rendering: the three formats of one feed, 100 and 1,000 generated items, one process.

Prints processor time an item (median of interleaved rounds) to render and to verify, and the ratio of the two. Half of
the items are under a licence and carried in full, half state nothing and are linked, so their text must stand nowhere.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from syndicate.model import (
    Channel,
    ChannelKind,
    Edition,
    Entry,
    Evidence,
    Item,
    Level,
    Medium,
    Part,
    Person,
    Publisher,
    Purpose,
    Site,
    Verified,
)
from syndicate.proof import verify
from syndicate.publish.feed import render_feed
from syndicate.publish.templates import environment
from syndicate.rights.directory import Directory
from syndicate.rights.policy import decide
from syndicate.rights.trace import trace

SIZES = (100, 1000)
ROUNDS = {100: 5, 1000: 3}
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
FEED = Channel(
    "community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"), limit=max(SIZES)
)
LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"
SYLLABLES = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "wi", "ché", "grä", "\u2019o"]
TEMPLATES = environment()


def vocabulary(chance: random.Random) -> list[str]:
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(4000)]


def paragraphs(chance: random.Random, words: list[str]) -> list[str]:
    """About four hundred words in six paragraphs."""
    told = []
    for _ in range(6):
        sentences = (" ".join(chance.choices(words, k=chance.randint(8, 18))) for _ in range(5))
        told.append(" ".join(f"{sentence.capitalize()}." for sentence in sentences))
    return told


def entry(number: int, chance: random.Random, words: list[str]) -> Entry:
    """An item of one of forty publishers, decided by the rules."""
    outlet = number % 40
    publisher = Publisher(f"outlet-{outlet}", f"Outlet {words[outlet].title()}", f"https://outlet-{outlet}.example/")
    told = paragraphs(chance, words)
    url = f"https://outlet-{outlet}.example/stories/{number}?a=1&b=2"
    stated = (Evidence("cc.userland", Level.ITEM, LICENCE, "item/creativeCommons:license", url),)
    item = Item(
        id=f"i-{number:016x}",
        source_id=publisher.id,
        publisher_id=publisher.id,
        identity=url,
        url=url,
        title=" ".join(chance.choices(words, k=7)).capitalize(),
        html="".join(f"<p>{text[:-1]} &amp; <em>more</em>.</p>" for text in told),
        text="\n\n".join(f"{text[:-1]} & more." for text in told),
        authors=(Person(" ".join(chance.choices(words, k=2)).title()),),
        published=NOW - timedelta(hours=number),
        evidence=stated if number % 2 else (),
    )
    chain = trace(item, publisher, {}, Directory([publisher]))
    return Entry(item, chain, decide(item, chain, FEED, {publisher.id: publisher}, NOW), NOW)


def rendered(entries: tuple[Entry, ...]) -> tuple[float, tuple[Part, ...]]:
    """Seconds to render, and the parts."""
    start = time.process_time()
    parts = render_feed(FEED, SITE, entries, NOW, TEMPLATES)
    return time.process_time() - start, parts


def verified(entries: tuple[Entry, ...], parts: tuple[Part, ...]) -> float:
    """Seconds to verify."""
    edition = Edition("bench", FEED, "now", NOW, parts, entries)
    start = time.process_time()
    outcome = verify(edition, SITE)
    taken = time.process_time() - start
    assert isinstance(outcome, Verified), outcome
    return taken


def main() -> None:
    chance = random.Random(7)
    words = vocabulary(chance)
    everything = tuple(entry(number, chance, words) for number in range(max(SIZES)))
    times: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
    for turn in range(max(ROUNDS.values())):
        for size in (size for size in SIZES if turn < ROUNDS[size]):
            taken, parts = rendered(everything[:size])
            times[size].append((taken, verified(everything[:size], parts)))
    print("items  render ms/item  verify ms/item  verify/render")
    for size, rounds in times.items():
        render, proof = (median(column) * 1000 / size for column in zip(*rounds, strict=True))
        print(f"{size:5}  {render:14.2f}  {proof:14.2f}  {proof / render:13.1f}")


if __name__ == "__main__":
    main()
