# SPDX-License-Identifier: Apache-2.0
"""One item, one id: an entry that a document names otherwise than an earlier one did is still the item that we hold.

An id that different entries share identifies none of them as long as they stand side by side; before and afterwards it
does. Feeds also begin and cease to give ids.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from syndicate.model import Feed, Item
from syndicate.pipeline.origins import flat
from syndicate.rights.trace import url_key
from syndicate.store import Transaction


def recognised(tx: Transaction, feed: Feed, listed: Collection[str]) -> tuple[Item, ...]:
    """The feed's items, each under the id by which we hold it already; ``listed`` are the ids of the whole document.

    An item is another one that we hold if one of its aliases says so, with the same page and the same title.
    """
    held = tx.items.get(flat([feed.aliases, *feed.aliases.values()]))
    taken = {*listed} - {item.id for item in feed.items}
    known: dict[str, Item] = {}
    for item in feed.items:
        mine = held.get(item.id)
        names = () if mine and _is_same_page(item, mine.item) else feed.aliases.get(item.id, ())
        found = (held[name].item for name in names if name in held and name not in taken)
        same = next((one for one in found if _is_same_page(item, one) and one.title == item.title), None)
        if same:
            known[item.id] = same
            taken.add(same.id)
    return tuple(
        replace(item, id=known[item.id].id, identity=known[item.id].identity) if item.id in known else item
        for item in feed.items
    )


def _is_same_page(item: Item, known: Item) -> bool:
    return url_key(item.url) == url_key(known.url)
