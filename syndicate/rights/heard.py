# SPDX-License-Identifier: Apache-2.0
"""What the words and the markup of items say of their own use, for a whole feed. Costly, so done where it is read."""

from dataclasses import replace

from syndicate.model import Evidence, Feed, Item
from syndicate.rights.notices.suggested import lined, overheard
from syndicate.rights.signals import parts_hidden


def heard(feed: Feed) -> Feed:
    """The feed, its items with what their own words forbid and what their markup keeps out of snippets.

    ``speaking`` names those whose words a person should see.
    """
    said = [(item, *overheard(item)) for item in feed.items]
    speaking = dict.fromkeys(item.url for item, speaks, _ in said if speaks)
    return replace(feed, items=tuple(_with(item, refusals) for item, _, refusals in said), speaking=tuple(speaking))


def _with(item: Item, refusals: tuple[Evidence, ...]) -> Item:
    found = (*refusals, *lined(item), *parts_hidden(item))
    return replace(item, evidence=(*item.evidence, *found)) if found else item
