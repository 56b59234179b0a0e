# SPDX-License-Identifier: Apache-2.0
"""Near copies: how many are found, how many of those found are right, and what an item costs.

Goal: of whole copies at least 0.99 are found, of partial ones 0.85, with a precision of 0.95, for at most 2 ms of CPU
an item and 100 MB of memory. The world is made here: originals, copies of several kinds in several languages, and
what must not be taken for a copy (statements quoted by many, standing notices, articles made of the same sentences).

``python bench/near_copies.py [ITEMS]``, 5,000 without a number.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from syndicate.model import Item, Publisher, Source
from syndicate.pipeline.origins import settle
from syndicate.rights.trace import keys_of, trace
from syndicate.store import open_store

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PUBLISHERS = [Publisher(f"p{n}", f"Outlet {n}", f"https://p{n}.example") for n in range(200)]
BY_ID = {p.id: p for p in PUBLISHERS}
BATCH = 20
KINDS = {"whole": 50, "framed": 15, "partial": 25, "corrected": 5, "shortened": 5}  # of 100 copies
COPIES = 0.3


@dataclass(frozen=True)
class Case:
    """An item, what kind it is, and the id of its origin ("" for an original)."""

    item: Item
    kind: str
    origin: str = ""


class World:
    """Articles and their copies, in order of time, from one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        words = [
            "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=self.chance.randint(2, 10)))
            for _ in range(20000)
        ]
        # Words as unevenly common as in any language.
        self.words, self.weights = words, [1 / (n + 10) for n in range(len(words))]
        self.signs = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
        self.stock = [self.sentence() for _ in range(60)]  # a desk that writes with few sentences
        self.statements = [" ".join(self.sentence() for _ in range(3)) for _ in range(30)]
        self.notices = {p.id: " ".join(self.sentence() for _ in range(3)) for p in PUBLISHERS}
        self.shelf: list[Case] = []

    def sentence(self) -> str:
        """Some words."""
        return " ".join(self.chance.choices(self.words, self.weights, k=self.chance.randint(8, 30))).capitalize() + "."

    def paragraph(self) -> str:
        """Some sentences."""
        return " ".join(self.sentence() for _ in range(self.chance.randint(2, 4)))

    def article(self) -> tuple[str, list[str]]:
        """Its kind and its paragraphs."""
        kind = self.chance.choices(("plain", "unspaced", "stock", "quoting"), (77, 8, 5, 10))[0]
        count = self.chance.randint(3, 9)
        if kind == "unspaced":
            return kind, [
                "".join(self.chance.choices(self.signs, k=self.chance.randint(60, 180))) + "。" for _ in range(count)
            ]
        if kind == "stock":
            return kind, [" ".join(self.chance.sample(self.stock, 3)) for _ in range(count)]
        text = [self.paragraph() for _ in range(count)]
        if kind == "quoting":
            text.insert(self.chance.randint(1, count), self.chance.choice(self.statements))
        return kind, text

    def cases(self) -> Iterator[Case]:
        """Items without end, a minute apart."""
        number = 0
        while True:
            number += 1
            when = NOW + timedelta(minutes=number)
            case = self.copy(number, when) if self.shelf and self.chance.random() < COPIES else None
            case = case or self.original(number, when)
            yield case

    def original(self, number: int, when: datetime) -> Case:
        """A new article."""
        kind, text = self.article()
        publisher = self.chance.choice(PUBLISHERS)
        case = Case(self.item(number, publisher, text, when), kind)
        self.shelf = [*self.shelf[-999:], replace(case, item=replace(case.item, text="\n\n".join(text)))]
        return case

    def copy(self, number: int, when: datetime) -> Case | None:
        """A copy of an earlier article; None if it would be of the same publisher."""
        original = self.chance.choice(self.shelf)
        publisher = self.chance.choice(PUBLISHERS)
        if publisher.id == original.item.publisher_id:
            return None
        kind = self.chance.choices(tuple(KINDS), tuple(KINDS.values()))[0]
        text = original.item.text.split("\n\n")
        if kind == "framed":
            text = [self.sentence(), *text, self.sentence()]
        elif kind == "partial":
            text = [*text[: max(1, len(text) * 2 // 5)], "Continue at the source."]
        elif kind == "corrected":
            text = [
                p.replace(p[len(p) // 2 : len(p) // 2 + 3], "xyz", 1) if self.chance.random() < COPIES else p
                for p in text
            ]
        elif kind == "shortened":
            text = [p for n, p in enumerate(text) if n != len(text) // 2]
        return Case(self.item(number, publisher, text, when), kind, original.item.id)

    def item(self, number: int, publisher: Publisher, text: list[str], when: datetime) -> Item:
        """The item, every other one with its publisher's notice."""
        url = f"{publisher.home}/{number}"
        shown = [*text, self.notices[publisher.id]] if number % 2 else text
        return Item(
            f"i-{number:016x}",
            publisher.id,
            publisher.id,
            url,
            url,
            f"T{number}",
            "",
            "\n\n".join(shown),
            published=when,
        )


def run(count: int) -> None:
    cases = islice(World(1).cases(), count)
    table: Counter[tuple[str, str]] = Counter()
    truth: dict[str, tuple[str, str]] = {}
    plain = compared = 0.0
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/bench.db")
        with store.write() as tx:
            tx.sources.sync([Source(p.id, f"{p.home}/feed", p) for p in PUBLISHERS], NOW)
        while batch := list(islice(cases, BATCH)):
            truth.update((case.item.id, (case.kind, case.origin)) for case in batch)
            # A poll brings items of one source; here each comes alone, and a batch shares a transaction.
            with store.write() as tx:
                for case in batch:
                    started = time.process_time()
                    item = case.item
                    chain = trace(item, BY_ID[item.publisher_id], {}, ())
                    tx.items.put(
                        item.source_id, [item], {item.id: chain}, {item.id: keys_of(item)}, {}, now=NOW, first_poll=True
                    )
                    plain += time.process_time() - started
                started = time.process_time()
                settle(tx, BY_ID, [case.item for case in batch])
                compared += time.process_time() - started
        with store.read() as tx:
            for item_id, (kind, origin) in truth.items():
                first = tx.items.get([item_id])[item_id].chain.hops[0].item_id
                table[kind, _verdict(first, item_id, origin)] += 1
        store.close()
    _print(table)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} items: storing {plain / count * 1000:.2f} ms, "
        f"comparing {compared / count * 1000:.2f} ms CPU an item (goal 2), peak {memory:.0f} MB (goal 100)"
    )


def _verdict(first: str, own: str, origin: str) -> str:
    if first == own:
        return "missed" if origin else "own"
    return "right" if first == origin else "wrong"


def _print(table: Counter[tuple[str, str]]) -> None:
    for kind in dict.fromkeys(kind for kind, _ in table):
        print(f"{kind:10}", *(f"{said} {table[kind, said]:5}" for said in ("own", "right", "missed", "wrong")))
    for name, kinds, goal in (("whole", ("whole", "framed"), 0.99), ("partial", ("partial",), 0.85)):
        found = sum(table[kind, "right"] for kind in kinds)
        total = sum(table[kind, said] for kind in kinds for said in ("right", "missed", "wrong"))
        print(f"recall of {name} copies {found / total:.3f} (goal {goal})")
    right = sum(number for (_, said), number in table.items() if said == "right")
    wrong = sum(number for (_, said), number in table.items() if said == "wrong")
    print(f"precision {right / (right + wrong):.3f} (goal 0.95)")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
