# SPDX-License-Identifier: Apache-2.0
"""TRACE: what has arrived is compared with all that we hold, by its credits and by its words.

Runs after items were stored, for many at once; until then they are in no list. A copy that came before its origin gets
the longer chain when the origin arrives, and so does whatever credits or repeats that copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from syndicate.model import Chain, Known, Publisher
from syndicate.rights.directory import Directory
from syndicate.rights.origins import MARGIN, NO_HABIT, Habit, Sighting, age, by_text, follows
from syndicate.rights.shingles import overlap, shingles
from syndicate.rights.trace import credited, keys_of, trace
from syndicate.rights.works import work_key
from syndicate.store import Store, StoredItem, Tally, Traced, Transaction

TOGETHER = 250
"""So many items are traced in one transaction: look-ups for many are cheaper than many look-ups."""

WAVES = 8
"""Chains are followed through so many hops that come to light one after the other."""


@dataclass(slots=True)
class Tracer:
    """Traces what waits for it, ``TOGETHER`` items at most in one transaction."""

    publishers: Mapping[str, Publisher]
    _directory: Directory | None = None

    def __call__(self, tx: Transaction) -> int:
        """Trace some; how many items that were."""
        tx.alone("tracing")
        arrived = tx.works.untraced(TOGETHER)
        if arrived:
            self._directory = self._directory or Directory(self.publishers.values())
            _Tracing(tx, self.publishers, self._directory).settle(arrived)
        return len(arrived)


def trace_arrivals(store: Store, publishers: Mapping[str, Publisher]) -> int:
    """Trace whatever waits for it; how many items did. Safe to stop at any moment, and to call from anywhere."""
    tracer, count = Tracer(publishers), 0
    while True:
        with store.read() as tx:
            if not tx.works.untraced(1):
                return count
        count += store.act(tracer)


def flat(groups: Iterable[Iterable[str]]) -> list[str]:
    """Every member of the groups, once, in order."""
    return sorted({member for group in groups for member in group})


class _Tracing:
    """One transaction's tracing; what was read once is kept until it changes."""

    def __init__(self, tx: Transaction, publishers: Mapping[str, Publisher], directory: Directory) -> None:
        self._tx = tx
        self._publishers = publishers
        self._directory = directory
        self._held: dict[str, StoredItem] = {}
        self._habits: dict[str, Habit] = {}
        self._moved: set[str] = set()

    def settle(self, arrived: Sequence[str]) -> None:
        """Give what has arrived, and what depends on it, the chain that all we hold now tells of it."""
        self._hold(arrived)
        self._moved = {self._held[one].item.publisher_id for one in arrived}
        before = dict.fromkeys(self._moved, NO_HABIT) | _habits(self._tx.works.tally(self._moved, traced=True))
        self._tx.works.put_credits({one: _credits(chain) for one, chain in self._claimed(arrived).items()})
        self._habits = _habits(self._tx.works.tally(self._moved))
        touched = self._compare(arrived)
        self._follow(flat([arrived, touched, self._crediting(arrived)]), {*arrived})
        turned = self._turned(before)
        self._follow(flat(self._tx.works.uncredited(one) for one in turned), set())

    def _turned(self, before: dict[str, Habit]) -> list[str]:
        """The publishers whose habit, after all that has moved, makes another difference than before."""
        were = self._habits | before
        self._habits |= _habits(self._tx.works.tally(self._moved))
        return [one for one in sorted(self._moved) if _kind(were[one]) != _kind(self._habits[one])]

    def _follow(self, waiting: list[str], fresh: set[str]) -> None:
        """Trace these items, then what follows those whose chain has changed, and so on."""
        for _ in range(WAVES):
            if not waiting:
                return
            moved = self._retrace(waiting, fresh)
            fresh = set()
            near = self._tx.works.near(moved)
            self._hold(flat([moved, *near.values()]))
            repeating = [
                other
                for one, others in near.items()
                for other in others
                if follows(self._sighting(other), self._sighting(one))
            ]
            waiting = flat([repeating, self._crediting(moved)])

    def _compare(self, arrived: Sequence[str]) -> list[str]:
        """Compare the texts of these with all others; the near copies that they have now, and those they had."""
        before = self._tx.works.near(arrived)
        candidates = self._tx.shingles.put({one: shingles(self._held[one].item) for one in arrived})
        self._hold(flat(candidates.values()))
        near = {
            one: [o for o in candidates.get(one, ()) if overlap(self._held[one].item, self._held[o].item).is_copy]
            for one in arrived
        }
        self._tx.works.set_near(near)
        return flat([*before.values(), *near.values()])

    def _claimed(self, ids: Sequence[str]) -> dict[str, Chain]:
        """The chains of these items as their claims tell them."""
        self._hold(ids)
        known = self._tx.items.known(flat(credited(self._held[one].item) for one in ids))
        return {one: trace(self._held[one].item, self._publisher(one), known, self._directory) for one in ids}

    def _retrace(self, ids: Sequence[str], fresh: set[str]) -> list[str]:
        """Trace these items, the oldest first, and write what was found; those whose chain has changed."""
        near = self._tx.works.near(ids)
        self._hold(flat([ids, *near.values()]))
        known = self._tx.items.known(flat(credited(self._held[one].item) for one in ids))
        found, moved = [], []
        for mine in sorted(map(self._sighting, ids), key=age):
            item, publisher = mine.item, self._publisher(mine.item.id)
            claimed = trace(item, publisher, known, self._directory)
            twins = [self._sighting(other) for other in near.get(item.id, ())]
            chain = by_text(replace(mine, chain=claimed), publisher, twins)
            if chain != mine.chain or item.id in fresh or not chain.origin_known:
                work = work_key(replace(mine, chain=chain), twins)
                found.append(Traced(item.id, chain, work, _credits(claimed) or _silence(chain)))
            if chain != mine.chain:
                self._held[item.id] = replace(self._held[item.id], chain=chain)
                self._moved.add(item.publisher_id)
                known |= {key: Known(item, chain) for key, one in known.items() if one.item.id == item.id}
                moved.append(item.id)
        self._tx.works.put(found)
        return moved

    def _crediting(self, ids: Sequence[str]) -> list[str]:
        return self._tx.items.crediting(flat(keys_of(self._held[one].item) for one in ids))

    def _hold(self, ids: Sequence[str]) -> None:
        """Read what of these is not at hand yet, and the habits of their publishers."""
        self._held |= self._tx.items.get([one for one in ids if one not in self._held])
        unknown = {self._held[one].item.publisher_id for one in ids} - self._habits.keys()
        self._habits |= _habits(self._tx.works.tally(unknown))

    def _publisher(self, item_id: str) -> Publisher:
        publisher_id = self._held[item_id].item.publisher_id
        return self._publishers.get(publisher_id) or Publisher(publisher_id, publisher_id)

    def _sighting(self, item_id: str) -> Sighting:
        held = self._held[item_id]
        habit = self._habits[held.item.publisher_id]
        named = NO_HABIT if held.chain.origin_known else self._habit(held.chain.hops[0].publisher_id)
        return Sighting(held.item, held.chain, held.first_seen, held.not_before, habit, held.order_at, named)

    def _habit(self, publisher_id: str) -> Habit:
        """The habit of any publisher; none of one that is not polled."""
        if publisher_id not in self._habits:
            self._habits |= {publisher_id: NO_HABIT} | _habits(self._tx.works.tally([publisher_id]))
        return self._habits[publisher_id]


def _credits(claimed: Chain) -> str:
    """Whom an item credits by its claims: nobody, an outlet that we know, or a stranger."""
    if len(claimed.hops) == 1:
        return ""
    return "known" if claimed.hops[-2].publisher_id else "stranger"


def _silence(chain: Chain) -> str:
    """The same of an item that credits nobody: its words are its publisher's own, as far as we know, or another's."""
    return "text" if len(chain.hops) > 1 else ""


def _habits(tallies: Mapping[str, Tally]) -> dict[str, Habit]:
    """By publisher what its items tell of it."""
    return {one: Habit(tally.items, tally.crediting, tally.strangers, tally.copied) for one, tally in tallies.items()}


def _kind(habit: Habit) -> tuple[bool, int]:
    """What of a publisher's habit makes a difference."""
    return habit.is_doubtful, int(habit.share / MARGIN)
