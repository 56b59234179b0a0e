# SPDX-License-Identifier: Apache-2.0
"""One story, one entry: what names a work, and which of its copies a channel carries."""

from collections.abc import Sequence
from datetime import datetime

from syndicate.model import Chain, Item, Mode
from syndicate.rights.addresses import url_key
from syndicate.rights.copies import contained
from syndicate.rights.origins import Sighting, age


def work_key(mine: Sighting, twins: Sequence[Sighting]) -> str:
    """What names the work that an item shows, the same for every copy: its origin, as far as the chain leads.

    The id of an item that we hold, else the address of a page that we do not hold. Where the origin is not known, the
    words tell: an item that a near copy holds whole is of that one's work, whoever it credits. Of several that whose
    origin is known counts, then that which names a page, then the oldest. ``twins`` are the near copies.
    """
    same = [] if mine.chain.origin_known else [other for other in twins if _shows_the_same(mine, other)]
    return _named(min((mine, *same), key=_telling))


def _shows_the_same(mine: Sighting, other: Sighting) -> bool:
    """True if nothing is lost where one stands for the other; of two whose origin nobody knows, either for either."""
    open_ = not other.chain.origin_known
    return contained(mine.item, other.item) or (open_ and contained(other.item, mine.item))


def _telling(one: Sighting) -> tuple[bool, bool, tuple[datetime, datetime, str]]:
    """To sort by: whose chain tells most of the origin, and among equals the oldest."""
    names_a_page = any(hop.item_id or url_key(hop.url) for hop in one.chain.hops[:-1])
    return not one.chain.origin_known, not names_a_page, age(one)


def _named(one: Sighting) -> str:
    named = (hop.item_id or url_key(hop.url) for hop in one.chain.hops)
    return next((name for name in named if name), one.item.id)


def rank(item: Item, chain: Chain, modes: Sequence[Mode], first_seen: datetime) -> tuple[int, bool, int, str, str]:
    """The place of a copy among those of its work: the best lawful one sorts first.

    The widest ``modes`` (those of the channels that ask), then the holder's own, then the shortest way from it, then
    the one seen first: as long as no better one arrives, always the same.
    """
    holders = chain.origin_known and len(chain.hops) == 1
    return -sum(modes), not holders, len(chain.hops), first_seen.isoformat(), item.id
