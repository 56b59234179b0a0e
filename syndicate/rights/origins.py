# SPDX-License-Identifier: Apache-2.0
"""Whose an item is that says nothing of its origin: of two publishers with the same text, who had it first.

Asked after ``trace``, for an item whose chain it left open: an item that credits nobody, or names an outlet without a
link. A credit outweighs any date. Without one the origin is who surely had the text earlier; where dates prove no
order, who seldom shows the work of others; where that does not tell either, nobody. Nobody's word takes a text from
whom we had it from before: then nobody is the origin either.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from syndicate.model import Chain, Evidence, Hop, Item, Level, Publisher, Role
from syndicate.rights.addresses import url_key
from syndicate.rights.copies import contained
from syndicate.rights.shingles import Overlap, overlap
from syndicate.rights.trace import keys_of

KIND: Final = "near-copy"
"""The kind of the evidence: the first words that both have, and the page of the origin's text."""

DOUBT: Final = "publisher.republishes"
"""The kind of the evidence that a publisher shows the work of others: how many of its items credit somebody."""

MARGIN: Final = 0.25
"""The difference in the share of others' work from which on it tells who copied."""

MOSTLY: Final = 3 / 4
"""The share of others' work, credited or told by its words, from which on what is left need not be the publisher's."""

STRANGERS: Final = (2, 0.05)
"""How many items, and which share, credit outlets that we do not know from which on the same holds."""

NEARLY: Final = 0.9
"""The part of the most common words that others must have too to be asked for their age: corrections change a few."""

AT_LEAST: Final = 4
"""Items that a publisher must have for its shares to say anything."""

ZONES: Final = timedelta(days=1)
"""So much earlier a day may have begun than it did in UTC, and some hours more."""

HELD: Final = timedelta(hours=1)
"""So long we must have held a text to doubt whoever comes with it then: all sources of one start are polled sooner."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a publisher's items tell of it.

    How many there are, how many credit somebody else, how many a stranger, and how many credit nobody although their
    words are somebody else's.
    """

    items: int = 0
    crediting: int = 0
    strangers: int = 0
    copied: int = 0

    @property
    def share(self) -> float:
        """The share of its items that credit somebody else, 0 if there are too few to tell."""
        return self.crediting / self.items if self.items >= AT_LEAST else 0.0

    @property
    def is_mostly_others(self) -> bool:
        """True if most of its items are somebody else's."""
        return self.items >= AT_LEAST and self.crediting + self.copied >= MOSTLY * self.items

    @property
    def is_doubtful(self) -> bool:
        """True if an item that credits nobody, and has nobody's words, may well be somebody else's."""
        least, part = STRANGERS
        return self.is_mostly_others or self.strangers >= max(least, part * self.items)


NO_HABIT: Final = Habit()


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item with its chain, what we know of its age, and the habit of its publisher.

    ``not_before`` is when its source was last polled without it: whatever date it bears, it appeared later. None if it
    came with the first poll. ``dated`` is the date that it bore when it was first seen: feeds give a corrected item the
    date of its correction. None if that is the one it bears now. ``named`` is the habit of the outlet that its chain
    begins with, where we do not hold that outlet's page.
    """

    item: Item
    chain: Chain
    first_seen: datetime
    not_before: datetime | None = None
    habit: Habit = NO_HABIT
    dated: datetime | None = None
    named: Habit = NO_HABIT


def age(sighting: Sighting) -> tuple[datetime, datetime, str]:
    """To sort by: the latest time at which an item can have appeared, then what we saw first."""
    _, latest = _bounds(sighting)
    return latest, sighting.first_seen, sighting.item.id


def by_text(mine: Sighting, publisher: Publisher, twins: Iterable[Sighting]) -> Chain:
    """The chain of an item as its text tells it, or as it was if no known text does.

    ``mine.chain`` is what ``trace`` found and ``publisher`` the item's; ``twins`` are its near copies.
    """
    if len(mine.chain.hops) > 1 and not _credit(mine.chain):
        return mine.chain
    ordered = sorted(twins, key=age)
    told = next(_told(mine, publisher, ordered), None)
    return told or _own_or_doubtful(mine)


def follows(mine: Sighting, other: Sighting) -> bool:
    """True if the chain or the work of an item leads to a near copy, or may: it is traced again when that one moves."""
    if not mine.chain.origin_known or any(hop.item_id == other.item.id for hop in mine.chain.hops):
        return True
    told = any(why.kind == KIND for why in mine.chain.hops[-1].because)
    return told or (len(mine.chain.hops) == 1 and any(may(mine, other) for may, _ in _WAYS))


def _told(mine: Sighting, publisher: Publisher, ordered: Sequence[Sighting]) -> Iterator[Chain]:
    """The chains that near copies offer, the surest first."""
    for may, make in _WAYS:
        for other in _fullest(mine, [other for other in ordered if may(mine, other)]):
            yield make(mine, publisher, other)


def _fullest(mine: Sighting, others: Sequence[Sighting]) -> Sequence[Sighting]:
    """Those that have nearly as many words of an item as any has, in order: a passage tells less than the whole."""
    if len(others) < 2:  # noqa: PLR2004 - nothing to choose from
        return others
    common = [overlap(mine.item, other.item).common for other in others]
    return [other for other, words in zip(others, common, strict=True) if words >= NEARLY * max(common)]


def _own_or_doubtful(mine: Sighting) -> Chain:
    """The chain as it was, with the origin unknown where the publisher's habit forbids to take an item for its own."""
    if len(mine.chain.hops) > 1 or not mine.habit.is_doubtful:
        return mine.chain
    habit = mine.habit
    said = (
        f"{habit.crediting} of {habit.items} items credit somebody else, {habit.copied} more have somebody else's text"
    )
    why = Evidence(DOUBT, Level.FEED, said, "all items of the publisher")
    return Chain((replace(mine.chain.hops[0], because=(why,)),), origin_known=False)


# ------------------------------------------------------------------------------------------------ who was first


def _is_origin(mine: Sighting, other: Sighting) -> bool:
    """True if the text of an item came from another: it credits that one's outlet, or appeared after it."""
    if _came_from(other.chain, mine.item):
        return False
    credit = _credit(mine.chain)
    return any(_same(credit, hop) for hop in other.chain.hops) if credit else _earlier(other, mine)


def _is_showing(mine: Sighting, other: Sighting) -> bool:
    """True if the same publisher shows the same text under another id too, and there we know from whom."""
    own = other.item.publisher_id == mine.item.publisher_id
    return own and len(other.chain.hops) > 1 and not _credit(mine.chain)


def _vouches(mine: Sighting, other: Sighting) -> bool:
    """True if another credits this very page for the text: what we can compare, unlike a page that we do not hold.

    It does not tell who had the text first where nothing else does: copies are credited too.
    """
    hops = other.chain.hops
    told = len(hops) > 1 and hops[-2].item_id == mine.item.id and all(why.kind != KIND for why in hops[-1].because)
    return told and not _credit(mine.chain)


def _names_another(mine: Sighting, other: Sighting) -> bool:
    """True if another names somebody else for this text, whose page we do not hold, and ours shows others' work too.

    Unless who is named mostly shows others' work itself, so that the text is hardly its own; or is said to have had it
    on a day when ours had long appeared.
    """
    first = other.chain.hops[0]
    if len(other.chain.hops) == 1 or other.chain.origin_known or mine.habit.share == 0 or _credit(mine.chain):
        return False
    another = first.publisher_id != mine.item.publisher_id and url_key(first.url) not in keys_of(mine.item)
    later = first.date is not None and _bounds(mine)[1] <= first.date - ZONES
    return another and not other.named.is_mostly_others and not later


def _is_open(mine: Sighting, other: Sighting) -> bool:
    """True if nothing tells which of two publishers was first, the other's credit neither."""
    if other.item.publisher_id == mine.item.publisher_id or _credit(mine.chain) or _came_from(other.chain, mine.item):
        return False
    return not _earlier(mine, other) and not _earlier(other, mine)


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
    """True if one appeared before the other: by dates, else by the habits of their publishers.

    Of two with the same date it is who shows less of others' work: some copies take the date along. Never one that is
    new to us and was not seen to appear while we held the other: a copier writes what date it likes.
    """
    if _came_after(one, other):
        return False
    if _surely_earlier(one, other):
        return True
    if _surely_earlier(other, one):
        return False
    gap = other.habit.share - one.habit.share
    if abs(gap) >= MARGIN:
        return gap > 0
    return _is_dated(one) and _is_dated(other) and age(one) < age(other)


def _came_after(one: Sighting, other: Sighting) -> bool:
    """True if one came with the first poll of its source when we had held the words of the other for long."""
    # Words that took the place of others were held from the poll after ``not_before``, later than the first sight.
    held = max(other.first_seen, other.not_before or _ALWAYS)
    return one.not_before is None and one.first_seen - held > HELD


def _surely_earlier(one: Sighting, other: Sighting) -> bool:
    """True if the dates prove it; at the same moment, if one was seen before a poll brought the other."""
    latest, earliest = _bounds(one)[1], _bounds(other)[0]
    both = _is_dated(one) and _is_dated(other)
    return latest < earliest or (latest == earliest and not both and one.first_seen < other.first_seen)


def _is_dated(sighting: Sighting) -> bool:
    earliest, latest = _bounds(sighting)
    return earliest == latest


def _bounds(sighting: Sighting) -> tuple[datetime, datetime]:
    """The earliest and the latest time at which an item can have appeared."""
    published, lowest = sighting.item.published, sighting.not_before or _ALWAYS
    if published is None:
        return lowest, sighting.first_seen
    dated = max(min(published, sighting.dated or published, sighting.first_seen), lowest)
    return dated, dated


# ------------------------------------------------------------------------------------------------ chains


def _copied(mine: Sighting, publisher: Publisher, origin: Sighting) -> Chain:
    """The origin's chain with this item at its end."""
    both = overlap(mine.item, origin.item)
    adds = not both.is_whole and not contained(mine.item, origin.item)
    last = _last(mine, publisher, origin, both, own_text=adds or _claims_to_be_first(mine.item, origin.item))
    return Chain((*origin.chain.hops, last), origin.chain.origin_known)


def _vouched(mine: Sighting, _: Publisher, __: Sighting) -> Chain:
    """The item alone, as far as its publisher's habit allows."""
    return _own_or_doubtful(mine)


def _shown_before(mine: Sighting, publisher: Publisher, other: Sighting) -> Chain:
    """The chain by which the same publisher shows the text under another id."""
    both = overlap(mine.item, other.item)
    last = _last(mine, publisher, other, both, own_text=other.chain.hops[-1].own_text)
    return Chain((*other.chain.hops[:-1], last), other.chain.origin_known)


def _doubted(mine: Sighting, _: Publisher, other: Sighting) -> Chain:
    """The item alone, its origin unknown: the other is the reason."""
    because = (_why(overlap(mine.item, other.item), other),)
    return Chain((replace(mine.chain.hops[-1], because=because),), origin_known=False)


def _last(mine: Sighting, publisher: Publisher, other: Sighting, both: Overlap, *, own_text: bool) -> Hop:
    item = mine.item
    return Hop(
        role=Role.REPUBLISHER,
        name=publisher.name,
        publisher_id=publisher.id,
        url=item.url,
        date=item.published,
        item_id=item.id,
        own_text=own_text,
        evidence=item.evidence,
        because=(_why(both, other),),
    )


def _why(both: Overlap, other: Sighting) -> Evidence:
    return Evidence(KIND, Level.ITEM, both.quote, "body", other.item.url)


def _claims_to_be_first(item: Item, origin: Item) -> bool:
    """True if an item bears the earlier date although we know better: then both publishers' terms must permit."""
    return item.published is not None and origin.published is not None and item.published < origin.published


_Way = tuple[Callable[[Sighting, Sighting], bool], Callable[[Sighting, Publisher, Sighting], Chain]]
_WAYS: Final[tuple[_Way, ...]] = (
    (_is_origin, _copied),
    (_is_showing, _shown_before),
    (_is_open, _doubted),
    (_vouches, _vouched),
    (_names_another, _doubted),
)
"""When a near copy tells the chain of an item, and which chain, the surest first."""
