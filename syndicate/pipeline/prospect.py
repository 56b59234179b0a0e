# SPDX-License-Identifier: Apache-2.0
"""A source before it is added: what it is, what its pages say about reuse, and what each channel could carry of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syndicate.errors import UsageError
from syndicate.model import Channel, Feed, Publisher, Source
from syndicate.pipeline import adding, discover
from syndicate.pipeline.adding import House, Wish
from syndicate.pipeline.discover import Looking
from syndicate.pipeline.health import without_credentials


@dataclass(frozen=True, slots=True)
class Seen:
    """A feed as it would be added, what its pages say about reuse, and what each channel could carry of it.

    ``others`` are the addresses of all feeds that stand there, this one among them.
    """

    source: Source
    feed: Feed
    heard: list[discover.Heard]
    outlooks: list[discover.Outlook]
    others: list[str]


async def look(
    looking: Looking,
    house: House,
    wish: Wish,
    number: int,
    publishers: Mapping[str, Publisher],
    channels: Sequence[Channel],
) -> Seen:
    """The feed of that number, from 1, at the address wished for, as it would be added.

    Raises FetchError or ParseError if there is none, UsageError if there are not so many, or if it is polled already.
    """
    found = await discover.feeds(looking, address(wish.url))
    if not 1 <= number <= len(found):
        raise UsageError("is not the number of a feed here", subject=str(number), remedy=f"1 to {len(found)}")
    one = found[number - 1]
    wanted = Wish(one.address, one.feed.title, one.home, wish.id, wish.publisher_id, wish.name, wish.every)
    source = adding.chosen(house, wanted)
    feed = await discover.as_source(looking, one, source)
    heard = await discover.terms(looking, feed, one.home)
    outlooks = discover.outlook(feed.items, source.publisher, publishers, channels, looking.clock())
    return Seen(source, feed, heard, outlooks, [without_credentials(other.address) for other in found])


def address(text: str) -> str:
    """An address as people paste it: without its scheme, or with that of a feed."""
    bare = text.strip().removeprefix("feed:").removeprefix("//")
    return bare if "://" in bare else f"https://{bare}"
