# SPDX-License-Identifier: Apache-2.0
"""Whether what a source brings looks like what it always brought. Pure.

A feed whose ids all change, that brings far more than ever, or that is suddenly another feed would mail everything to
everybody once more. Such a batch waits for a person. What is held tells why in one sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syndicate.model import Face

CHURN_SHARE, CHURN_ITEMS, CHURN_MATCHED = 0.8, 10, 0.5
"""Ids changed: so much of a document unknown, so many at least, so much of these recognised all the same."""

MASS = 20
"""So many new items at once are no reason to wait."""

MASS_FACTOR = 5
"""How many times what a source usually brings."""

CATCHING_UP = 3
"""How many times what its rhythm makes us expect since the last poll."""

LOOKED_BACK = 30
"""Polls that tell what is usual."""

MIRRORED = 2
"""Of title, home and hosts of its items, so many must differ for a feed to be another one."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one document brought: entries in all, those with unknown ids, of these the recognised; items held before."""

    entries: int
    unseen: int
    matched: int
    held: int


def churned(brought: Brought) -> bool:
    """Whether the ids of a source have changed, all at once."""
    many = brought.unseen >= max(CHURN_ITEMS, CHURN_SHARE * brought.entries) and brought.held >= CHURN_ITEMS
    return many and brought.matched >= CHURN_MATCHED * brought.unseen


def most_new(earlier: Sequence[int], elapsed: float, gap: float) -> int:
    """How many new items at once are within reason.

    ``earlier`` are the numbers of new items of the last polls; ``elapsed`` are the seconds since the last one that
    succeeded, ``gap`` those from item to item (0 unknown).
    """
    ordered = sorted(earlier[:LOOKED_BACK])
    usual = ordered[min(len(ordered) * 95 // 100, len(ordered) - 1)] if ordered else 0
    expected = elapsed / gap if gap else 0.0
    return int(max(MASS, MASS_FACTOR * usual, CATCHING_UP * expected))


def face(title: str, home: str, items: Iterable[str]) -> Face:
    """What a document looks like: its title, the host of its home page, and that of most of its ``items``."""
    counted = Counter(filter(None, items))
    return Face(title, home, counted.most_common(1)[0][0] if counted else "")


def is_another(before: Face, now: Face, hosts: Iterable[str]) -> bool:
    """Whether a feed has become another one: two of its three marks differ. What is not stated does not differ.

    ``hosts`` are all those of its items: the one that most items had may have become one of several.
    """
    title = bool(before.title and now.title) and before.title.casefold() != now.title.casefold()
    home = bool(before.home and now.home) and before.home != now.home
    items = bool(before.items and now.items) and before.items not in set(hosts)
    return title + home + items >= MIRRORED
