# SPDX-License-Identifier: Apache-2.0
"""Whose an item is that says nothing of its origin: of two publishers with the same text, who had it first.

Asked after ``trace``, for an item whose chain it left open: an item that credits nobody, or names an outlet without a
link. A credit outweighs any date. Without one the origin is who surely had the text earlier; where nothing proves an
order, nobody's item becomes a copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from syndicate.model import Chain, Evidence, Hop, Item, Level, Publisher, Role
from syndicate.rights.addresses import url_key
from syndicate.rights.copies import contained
from syndicate.rights.shingles import Overlap, overlap
from syndicate.rights.trace import keys_of

KIND: Final = "near-copy"
"""The kind of the evidence: the first words that both have, and the page of the origin's text."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item with its chain and what we know of its age.

    ``not_before`` is when its source was last polled without it: whatever date it bears, it appeared later. None if it
    came with the first poll.
    """

    item: Item
    chain: Chain
    first_seen: datetime
    not_before: datetime | None = None


def age(sighting: Sighting) -> tuple[datetime, datetime, str]:
    """To sort by: the latest time at which an item can have appeared, then what we saw first."""
    _, latest = _bounds(sighting)
    return latest, sighting.first_seen, sighting.item.id


def by_text(mine: Sighting, publisher: Publisher, similar: Sequence[Sighting]) -> Chain:
    """The chain of an item as its text tells it, or as it was if no known text does.

    ``mine.chain`` is what ``trace`` found and ``publisher`` the item's; ``similar`` are items that may share its text.
    """
    if len(mine.chain.hops) > 1 and not _credit(mine.chain):
        return mine.chain
    for other in sorted(similar, key=age):
        if _may_be_origin(mine, other):
            shared = overlap(mine.item, other.item)
            if shared.is_copy:
                return _copied(mine, publisher, other, shared)
    return mine.chain


def follows(mine: Sighting, other: Sighting) -> bool:
    """True if the chain of an item leads through another, or should: then it is traced again when the other moves."""
    if any(hop.item_id == other.item.id for hop in mine.chain.hops):
        return True
    told = any(why.kind == KIND for why in mine.chain.hops[-1].because)
    open_ = told or len(mine.chain.hops) == 1 or _credit(mine.chain)
    return bool(open_) and _may_be_origin(mine, other) and overlap(mine.item, other.item).is_copy


def _may_be_origin(mine: Sighting, other: Sighting) -> bool:
    if _came_from(other.chain, mine.item):
        return False
    credit = _credit(mine.chain)
    return any(_same(credit, hop) for hop in other.chain.hops) if credit else _earlier(other, mine)


def _came_from(chain: Chain, item: Item) -> bool:
    """True if a chain leads back to an item or its publisher."""
    keys = keys_of(item)
    return any(hop.publisher_id == item.publisher_id or url_key(hop.url) in keys for hop in chain.hops)


def _credit(chain: Chain) -> Hop | None:
    """The outlet that a chain names without a page."""
    return chain.hops[0] if not chain.origin_known and len(chain.hops) > 1 and not chain.hops[0].url else None


def _same(one: Hop, other: Hop) -> bool:
    if one.publisher_id and other.publisher_id:
        return one.publisher_id == other.publisher_id
    return one.name.strip().casefold() == other.name.strip().casefold()


def _earlier(one: Sighting, other: Sighting) -> bool:
    """True if one surely appeared before the other; of two with the same date, who was seen first."""
    earliest, _ = _bounds(other)
    return age(one) < (earliest, other.first_seen, other.item.id)


def _bounds(sighting: Sighting) -> tuple[datetime, datetime]:
    """The earliest and the latest time at which an item can have appeared."""
    published, lowest = sighting.item.published, sighting.not_before or _ALWAYS
    if published is None:
        return lowest, sighting.first_seen
    dated = max(min(published, sighting.first_seen), lowest)
    return dated, dated


def _copied(mine: Sighting, publisher: Publisher, origin: Sighting, shared: Overlap) -> Chain:
    """The origin's chain with this item at its end."""
    item = mine.item
    last = Hop(
        role=Role.REPUBLISHER,
        name=publisher.name,
        publisher_id=publisher.id,
        url=item.url,
        date=item.published,
        item_id=item.id,
        own_text=not contained(item, origin.item) or _claims_to_be_first(item, origin.item),
        evidence=item.evidence,
        because=(Evidence(KIND, Level.ITEM, shared.quote, "body", origin.item.url),),
    )
    return Chain((*origin.chain.hops, last), origin.chain.origin_known)


def _claims_to_be_first(item: Item, origin: Item) -> bool:
    """True if an item bears the earlier date although we know better: then both publishers' terms must permit."""
    return item.published is not None and origin.published is not None and item.published < origin.published
