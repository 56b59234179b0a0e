# SPDX-License-Identifier: Apache-2.0
"""What the words and the markup of items say of their own use, for a whole feed. Costly, so done where it is read."""

from dataclasses import replace

from syndicate.model import Feed, Item
from syndicate.rights.notices.suggested import refusals, suggests
from syndicate.rights.signals import parts_hidden


def heard(feed: Feed) -> Feed:
    """The feed, its items with what their own words forbid and what their markup keeps out of snippets.

    ``speaking`` names those whose words a person should see.
    """
    speaking = dict.fromkeys(item.url for item in feed.items if suggests(item))
    return replace(feed, items=tuple(_heard(item) for item in feed.items), speaking=tuple(speaking))


def _heard(item: Item) -> Item:
    found = (*refusals(item), *parts_hidden(item))
    return replace(item, evidence=(*item.evidence, *found)) if found else item
