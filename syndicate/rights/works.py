# SPDX-License-Identifier: Apache-2.0
"""One story, one entry: what names a work, and which of its copies a channel carries."""

from collections.abc import Sequence
from datetime import datetime

from syndicate.model import Chain, Item, Mode
from syndicate.rights.addresses import url_key


def work_key(item: Item, chain: Chain) -> str:
    """What names the work that an item shows, the same for every copy: its origin, as far as the chain leads.

    The id of an item that we hold, else the address of a page that we do not hold.
    """
    named = (hop.item_id or url_key(hop.url) for hop in chain.hops)
    return next((name for name in named if name), item.id)


def rank(item: Item, chain: Chain, modes: Sequence[Mode], first_seen: datetime) -> tuple[int, bool, int, str, str]:
    """The place of a copy among those of its work: the best lawful one sorts first.

    The widest ``modes`` (those of the channels that ask), then the holder's own, then the shortest way from it, then
    the one seen first: as long as no better one arrives, always the same.
    """
    holders = chain.origin_known and len(chain.hops) == 1
    return -sum(modes), not holders, len(chain.hops), first_seen.isoformat(), item.id
