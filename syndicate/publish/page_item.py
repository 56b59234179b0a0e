# SPDX-License-Identifier: Apache-2.0
"""What the pages are made of, as values: items with their decisions, channels, digests, the frame around every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from syndicate.model import Channel, Decision, Entry, Mode, Site


@dataclass(frozen=True, slots=True)
class PageItem:
    """An item as a page shows it: ``entry`` is what this page carries of it.

    ``mode`` is how far the item's own page carries it, ``decisions`` has one for each configured channel, in their
    order, ``uses`` one for each kind of use by others, and ``printed`` tells whether the text may be printed.
    """

    entry: Entry
    mode: Mode
    decisions: tuple[Decision, ...] = ()
    uses: tuple[Decision, ...] = ()
    printed: bool = False


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """A channel and the time of its newest release, None if nothing of it has been released yet."""

    channel: Channel
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class DigestSummary:
    """A digest that went out: its channel, the day of its period, its subject and how many items it holds.

    ``period`` is its period's name, ``later`` tells that another one of the channel went out before on that day.
    """

    channel: Channel
    day: date
    subject: str
    items: int
    period: str = ""
    later: bool = False

    @property
    def name(self) -> str:
        """How its address ends: with its day, or as a later one of the day with its period."""
        return self.period if self.later else self.day.isoformat()

    @property
    def hour(self) -> str:
        """Of a later one the time of its period, to tell it from others of the day; else ""."""
        digits = self.period[11:].replace(":", "")
        return f"{digits[:2]}:{digits[2:4]}" if self.later else ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A list that anybody may put themselves on: its id, its name, and what one agrees to."""

    id: str
    name: str
    wording: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: the site, its channels, and the time.

    ``live`` is False for pages that no program of ours will answer for: they lead to no form.
    """

    site: Site
    channels: tuple[ChannelSummary, ...]
    now: datetime
    live: bool = True
