# SPDX-License-Identifier: Apache-2.0
"""Which records speak about an item: those of the item alone, else those of its section, else those of the whole.

A record that holds nothing but prohibitions, or words about the credit, says nothing else: it displaces no other
record.
"""

import re
from collections.abc import Iterable, Sequence

from syndicate.model import Hop, Item, Record, Scope
from syndicate.rights.addresses import url_key

_WHOLE, _SECTION, _ITEM = range(3)
_ITS_PAGE = frozenset({"alternate", "canonical"})


def speaking(records: Sequence[Record], item: Item, hop: Hop) -> tuple[Record, ...]:
    """The records that permit or refuse for the copy of ``item`` at ``hop``, all of one level, the most specific."""
    ranked = [(rank, r) for r in records if _speaks(r) and (rank := _rank(r.scope, item, hop)) is not None]
    top = max((rank for rank, _ in ranked), default=_WHOLE)
    return tuple(record for rank, record in ranked if rank == top)


def doubtful(records: Sequence[Record], item: Item, hop: Hop) -> tuple[Record, ...]:
    """The records of sections to which the copy at ``hop`` may belong.

    We know its categories there as little as, without a link, its address.
    """
    if _is_own(item, hop) or any(_rank(r.scope, item, hop) for r in records):
        return ()
    return tuple(r for r in records if _speaks(r) and (r.scope.categories or (r.scope.urls and not hop.url)))


def about(records: Sequence[Record], item: Item, hop: Hop) -> tuple[Record, ...]:
    """All records, of any level, whose scope the copy at ``hop`` is in."""
    return tuple(r for r in records if _rank(r.scope, item, hop) is not None)


def of_file(records: Sequence[Record], url: str) -> tuple[Record, ...]:
    """The records about a picture, a recording or another file by its address."""
    return tuple(r for r in records if _fits(r.scope.files, (url,)))


def _speaks(record: Record) -> bool:
    beside = record.prohibitions or record.leave_out or record.institutions
    return bool(record.grants or record.licence or not beside)


def _is_own(item: Item, hop: Hop) -> bool:
    return hop.item_id == item.id or (bool(hop.url) and url_key(hop.url) == url_key(item.url))


def _rank(scope: Scope, item: Item, hop: Hop) -> int | None:
    """How exactly a scope names the copy; None if it is about something else."""
    if scope.files:
        return None
    if scope == Scope():
        return _WHOLE
    own = _is_own(item, hop)
    linked = [link.href for link in item.links if link.rel in _ITS_PAGE]
    urls = tuple(filter(None, (hop.url, item.url, *linked) if own else (hop.url,)))
    keys = {*filter(None, map(url_key, urls))}
    if hop.item_id in scope.items or any(url_key(name) in keys for name in scope.items if url_key(name)):
        return _ITEM
    labels = {word.casefold() for c in item.categories for word in (c.term, c.label) if word} if own else set()
    if _fits(scope.urls, urls) or any(name.casefold() in labels for name in scope.categories):
        return _SECTION
    return None


def _fits(patterns: Iterable[str], urls: Iterable[str]) -> bool:
    """Whether an address is like a pattern, in which ``*`` stands for anything, whatever the case of its host."""
    found = [re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE) for pattern in patterns]
    return any(pattern.fullmatch(url) for pattern in found for url in urls)
