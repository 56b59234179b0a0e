# SPDX-License-Identifier: Apache-2.0
"""Which item of a source an entry with an unknown id is, if any. Pure: items go in, pairs come out.

Ids change when a publisher moves to another program, or on every request. So an entry with an id that we never saw may
be an item that we hold: by its page, else by its title and words. An item that stands in the document under its own id
is itself and nothing else, and what two entries share identifies neither. Ids never match across sources.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

REMEMBERED = timedelta(days=90)
"""An item that we first saw longer ago is not recognised by its words."""

NEAR = 0.7
"""Two texts are the same if so much of the shorter one's runs of three words stands in the other."""

_SAME_TIME = timedelta(days=1)
_RUN = 3
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells an item: its page (without scheme and tracking, with its fragment), its title, its time.

    ``first_seen`` is None for one that has just arrived.
    """

    id: str
    page: str
    title: str
    published: datetime | None = None
    first_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """An arrived item that may be one we hold; ``sure`` is False if their texts have to be compared as well."""

    arrived: str
    held: str
    sure: bool


def pairs(
    arrived: Sequence[Sign], held: Sequence[Sign], present: Collection[str], home: str, now: datetime
) -> list[Pair]:
    """Each arrived item with the held one that it may be, each at most once.

    ``present`` are the ids of held items that stand in the same document, ``home`` is the key of the feed's home page,
    which identifies no item.
    """
    free = [sign for sign in held if sign.id not in present]
    recent = [sign for sign in free if sign.first_seen is None or now - sign.first_seen <= REMEMBERED]
    found: list[Pair] = []
    taken: set[str] = set()
    for key_of, pool, sure in ((_page, free, True), (_path, free, False), (_title, recent, False)):
        known = _unique(key_of, (sign for sign in pool if sign.id not in taken), home)
        for key, sign in _unique(key_of, (sign for sign in arrived if sign.id not in taken), home).items():
            if key in known and (sure or _same_time(sign, known[key])):
                found.append(Pair(sign.id, known[key].id, sure))
                taken |= {sign.id, known[key].id}
    return found


def near(one: str, other: str) -> bool:
    """Whether two texts say the same, but for a few words; without words nobody knows."""
    first, second = _runs(one), _runs(other)
    return bool(first and second) and len(first & second) >= NEAR * min(len(first), len(second))


def _page(sign: Sign, home: str) -> str:
    """The whole address, unless it is the home page's or any other site's front page."""
    page = sign.page.partition("#")[0]
    return sign.page if page != home and "/" in page else ""


def _path(sign: Sign, home: str) -> str:
    """The address without host and fragment, with the title: publishers move from host to host."""
    title, path = _title(sign, home), sign.page.partition("#")[0].partition("/")[2]
    return f"{path} {title}" if _page(sign, home) and title else ""


def _title(sign: Sign, _home: str) -> str:
    return "".join(_WORD.findall(sign.title.casefold()))


def _unique(key_of: Callable[[Sign, str], str], signs: Iterable[Sign], home: str) -> dict[str, Sign]:
    """The items by key, without those that share theirs."""
    keyed = [(key, sign) for sign in signs if (key := key_of(sign, home))]
    counted = Counter(key for key, _ in keyed)
    return {key: sign for key, sign in keyed if counted[key] == 1}


def _same_time(one: Sign, other: Sign) -> bool:
    """Recurring items have one title and much of their text, and days between them."""
    return one.published is None or other.published is None or abs(one.published - other.published) <= _SAME_TIME


def _runs(text: str) -> set[str]:
    """Its runs of three words; of a shorter text the whole."""
    words = _WORD.findall(text.casefold())
    return {" ".join(words[n : n + _RUN]) for n in range(max(len(words) - _RUN + 1, min(len(words), 1)))}
