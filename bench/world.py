# SPDX-License-Identifier: Apache-2.0
"""A world of a thousand publishers with a known truth: whose each item is, and what goes out.

Goal: nothing is carried beyond what its holder allows, no duty is missing, of the articles that may be carried in full
at least 0.98 are. Of the copies whose origin is polled too, at least 0.99 of those that credit somebody and 0.95 of
whole ones that credit nobody lead to the right origin, and no original is taken for a copy.

Every publisher is polled over HTTP on loopback, again after each of several ticks in which some write, copy, correct
and withdraw; then both feeds are composed and proved. Each world is judged twice, with the publishers' notices on
record and without, so that only machine-readable terms count; and once more with every other publisher polled, the
others being strangers.

``python bench/world.py [SOURCES] [SEEDS] [TICKS]``: 200 sources, seed 1 and 2 ticks without an argument, as
``make bench`` does. ``python bench/world.py 1000 1,2,3`` is the whole of it and takes half an hour.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests import worlds  # noqa: E402 - it is found by the line above

SHARED = REPOSITORY.parent / "shared"
WORLDS = (  # whether all publishers are polled; by name, whether their notices are on record
    (True, {"all polled, notices on record": True, "all polled, notices not on record": False}),
    (False, {"every other one polled, notices on record": True}),
)
VERDICTS = ("own", "right", "unknown", "wrong")
TICK = {"percent": 15, "hours": 6, "edit": 10, "delete": 4}


def run(sources: int, seed: int, ticks: int, *, everybody: bool, recorded: dict[str, bool]) -> None:
    """One world: polled, ticked, judged once for each way to have its notices on record."""
    options = ["--sources", sources, "--seed", seed, "--corpus-share", 0, "--addresses", 200, "--slow-seconds", 2,
               "--hang-seconds", 3]  # fmt: skip
    with worlds.serving(SHARED, *map(str, options)) as server, tempfile.TemporaryDirectory() as folder:
        desk = worlds.Desk(server, Path(folder))
        keys = [source["key"] for source in server.truth()["sources"]]
        polled = frozenset(keys if everybody else keys[::2])
        desk.open(polled=polled, formats="json")
        for number in range(ticks + 1):
            if number:
                server.tick(**TICK)
            _poll(desk, number)
        for name, on_record in recorded.items():
            desk.open(recorded=on_record, polled=polled, formats="json")
            print(f"seed {seed}, {sources} publishers, {name}", flush=True)
            show(judged(desk, recorded=on_record))
        desk.close()


def judged(desk: worlds.Desk, *, recorded: bool) -> worlds.Judgement:
    """What the chains and both feeds are worth."""
    said, chains = worlds.Judgement(), desk.chains()
    worlds.attribution(chains, desk.truth, said)
    for channel in ("community", "commercial"):
        full = worlds.publication(desk.feed(channel), channel, desk.truth, set(chains), said)
        if channel == "community":
            worlds.coverage(full, desk.truth, set(chains), said, recorded=recorded)
    return said


def _poll(desk: worlds.Desk, number: int) -> None:
    started = time.perf_counter()
    polled = desk.poll()
    new, changed = (sum(len(getattr(one, what)) for one in polled) for what in ("new", "changed"))
    failed = sum(one.status not in {"new", "unchanged"} for one in polled)
    seconds = time.perf_counter() - started
    print(f"  poll {number}: {new} new, {changed} changed, {failed} sources not polled, {seconds:.0f} s", flush=True)


def show(said: worlds.Judgement) -> None:
    """The table of attribution and the figures."""
    print(f"  {'whose it is':32}" + "".join(f"{one:>9}" for one in VERDICTS))
    for style in sorted({style for style, _ in said.attributed}):
        print(f"  {style:32}" + "".join(f"{said.attributed[style, one]:9}" for one in VERDICTS))
    for name, styles, goal in (("credited", worlds.LINKED, 0.99), ("uncredited whole", ("uncredited",), 0.95)):
        right = sum(said.attributed[style, "right"] for style in styles)
        total = sum(said.attributed[style, one] for style in styles for one in VERDICTS)
        print(f"  right of {name} copies {right / total:.4f} (goal {goal})")
    print(f"  originals taken for copies {len(said.taken)} (goal 0)", *said.taken[:3], sep="\n    ")
    print(f"  originals in doubt, for a copy was held long before {len(said.doubted)}", *said.doubted[:3], sep="\n    ")
    print("  carried", ", ".join(f"{channel} {mode} {n}" for (channel, mode), n in sorted(said.modes.items())))
    print(f"  beyond what the holder allows {len(said.beyond)} (goal 0) {_by_style(said.beyond)}")
    print(f"  the same where nothing tells a copy from an original {len(said.unseen)} {_by_style(said.unseen)}")
    print(f"  duties missing {len(said.missing)} (goal 0) {dict(Counter(one[:2] for one in said.missing))}")
    share = 1 - len(said.missed) / said.allowed
    print(f"  of {said.allowed} articles that may be carried in full {share:.4f} are (goal 0.98)", end=" ")
    print(dict(Counter(one[4] for one in said.missed)), [one[0] for one in said.missed[:2]])
    print(f"  stories that stand twice {said.twice}", flush=True)


def _by_style(rows: list) -> str:
    return ", ".join(f"{' '.join(key)} {n}" for key, n in sorted(Counter(row[:3] for row in rows).items()))


def main(sources: str = "200", seeds: str = "1", ticks: str = "2") -> None:
    """All worlds of all seeds."""
    for seed in map(int, seeds.split(",")):
        for everybody, recorded in WORLDS:
            run(int(sources), seed, int(ticks), everybody=everybody, recorded=recorded)


if __name__ == "__main__":
    main(*sys.argv[1:])
