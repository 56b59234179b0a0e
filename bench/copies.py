# SPDX-License-Identifier: Apache-2.0
"""Near copies among 100,000 items of the feed world, by their words alone: recall, precision, cost.

Goal: of whole copies at least 0.99 are found, of partial ones 0.85, with a precision of 0.95, for at most 2 ms of CPU
an item and a process of 100 MB. Every credit is left out; the notices that publishers put under their items are not.
The items are mixed from a seed by a process of their own and arrive in order of time, 500 between two tracings.

``python bench/copies.py [ITEMS] [SEED]``: 20,000 items of seed 1 without an argument, as ``make bench`` does.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from syndicate.model import Item, Publisher, Source
from syndicate.pipeline.origins import trace_arrivals
from syndicate.rights.trace import keys_of, own_chain
from syndicate.store import Store, open_store

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
BATCH = 500
MAKE = "--make"


# ------------------------------------------------------------------------------------------------ the world


def make(file: Path, url: str, count: int, seed: int) -> None:
    """Write so many items as JSON lines, in order of time, and a database with their sources."""
    program = SHARED / "feedworld" / "feedworld.py"
    spec = importlib.util.spec_from_file_location("feedworld", program)
    feedworld = importlib.util.module_from_spec(spec)
    sys.modules["feedworld"] = feedworld
    spec.loader.exec_module(feedworld)
    options = argparse.Namespace(
        corpus=SHARED / "corpus" / "feeds",
        sources=count // 9,
        seed=seed,
        port=80,
        addresses=1,
        vhost="path",
        corpus_share=0,
    )
    world = feedworld.World(options)
    items = sorted((i for s in world.numbered for i in s.items), key=lambda i: (i.published, i.url))[:count]
    shown = {id(item): f"i-{n:016x}" for n, item in enumerate(items)}
    firsts = {id(item.article): shown[id(item)] for item in items if item.style == "original"}
    with file.open("w") as out:
        for item in items:
            out.write(json.dumps(row(feedworld, item, shown[id(item)], firsts.get(id(item.article), ""))) + "\n")
    publishers = map(_publisher, sorted({item.source.key for item in items}))
    store = open_store(url)
    with store.write() as tx:
        tx.sources.sync([Source(p.id, f"{p.home}/feed", p) for p in publishers], items[0].published)
    store.close()


def row(feedworld: Any, item: Any, item_id: str, origin: str) -> dict[str, str]:
    """An item without its credits, and the truth about it."""
    paragraphs = item.article.paragraphs
    if item.extent == "partial":
        paragraphs = paragraphs[: max(1, len(paragraphs) * 2 // 5)]
    source = item.source
    notice = source.terms.notice if "body" in source.stated_in else None
    return {
        "id": item_id,
        "publisher": source.key,
        "kind": "original" if item.style == "original" else item.extent,
        "origin": "" if item.style == "original" else origin,
        "title": item.title,
        "text": "\n\n".join([*paragraphs, *([feedworld.words(notice, item, source)] if notice else [])]),
        "published": item.published.isoformat(),
    }


def rows(file: Path) -> Iterator[dict[str, str]]:
    """The items again."""
    with file.open() as lines:
        yield from map(json.loads, lines)


# ------------------------------------------------------------------------------------------------ the run


def run(count: int, seed: int) -> None:
    """Make, store, trace, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        file, url = Path(folder) / "items.jsonl", f"sqlite:///{folder}/bench.db"
        subprocess.run([sys.executable, str(Path(__file__)), MAKE, str(file), url, str(count), str(seed)], check=True)
        store = open_store(url)
        publishers = {key: _publisher(key) for key in {one["publisher"] for one in rows(file)}}
        lines = rows(file)
        stored = traced = 0.0
        while batch := list(islice(lines, BATCH)):
            clock = time.process_time()
            _store(store, [_item(one) for one in batch], publishers)
            stored += time.process_time() - clock
            clock = time.process_time()
            trace_arrivals(store, publishers)
            traced += time.process_time() - clock
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table = _table(store, file)
        store.close()
    _print(table)
    print(
        f"{sum(table.values())} items of seed {seed}: storing {stored / count * 1000:.2f} ms, "
        f"tracing {traced / count * 1000:.2f} ms CPU an item (goal 2), peak {memory:.0f} MB (goal 100)"
    )


def _publisher(key: str) -> Publisher:
    return Publisher(key, f"Outlet {key}", f"https://{key}.example")


def _store(store: Store, items: list[Item], publishers: dict[str, Publisher]) -> None:
    with store.write() as tx:
        for item in items:
            chains, keys = {item.id: own_chain(item, publishers[item.source_id])}, {item.id: keys_of(item)}
            tx.items.put(item.source_id, [item], chains, keys, {}, now=item.published, first_poll=True, traced=False)


def _item(one: dict[str, str]) -> Item:
    url = f"https://{one['publisher']}.example/{one['id']}"
    published = datetime.fromisoformat(one["published"])
    return Item(
        one["id"], one["publisher"], one["publisher"], url, url, one["title"], "", one["text"], published=published
    )


def _table(store: Store, file: Path) -> Counter[tuple[str, str]]:
    table: Counter[tuple[str, str]] = Counter()
    truth = rows(file)
    with store.read() as tx:
        while batch := list(islice(truth, BATCH)):
            held = tx.items.get([one["id"] for one in batch])
            table.update((one["kind"], _verdict(one, held[one["id"]].chain.hops[0].item_id)) for one in batch)
    return table


def _verdict(one: dict[str, str], first: str) -> str:
    if first == one["id"]:
        return "missed" if one["origin"] else "own"
    return "right" if first == one["origin"] else "wrong"


def _print(table: Counter[tuple[str, str]]) -> None:
    said = ("own", "right", "missed", "wrong")
    print(f"{'':10}" + "".join(f"{one:>8}" for one in said))
    for kind in ("original", "full", "partial"):
        print(f"{kind:10}" + "".join(f"{table[kind, one]:8}" for one in said))
    for name, kind, goal in (("whole", "full", 0.99), ("partial", "partial", 0.85)):
        total = sum(table[kind, one] for one in said[1:])
        print(f"recall of {name} copies {table[kind, 'right'] / total:.3f} (goal {goal})")
    right, wrong = (sum(n for (_, one), n in table.items() if one == which) for which in ("right", "wrong"))
    print(f"precision {right / (right + wrong):.3f} (goal 0.95)")


if __name__ == "__main__":
    if sys.argv[1:2] == [MAKE]:
        make(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        given = [int(argument) for argument in sys.argv[1:]]
        run(*given, *(20_000, 1)[len(given) :])
