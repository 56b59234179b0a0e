# SPDX-License-Identifier: Apache-2.0
"""Words that only pages need: dates in the site's zone, names of channels and modes, addresses fit to link. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from syndicate.model import Ads, Channel, ChannelKind, Medium, Mode, Site
from syndicate.publish.words import day, listed, weekday

MODE_WORDS: Final = {
    Mode.FULL: "Full text",
    Mode.EXCERPT: "Excerpt",
    Mode.LINK: "Link only",
    Mode.WITHHOLD: "Withheld",
}
USE_WORDS: Final = {
    "community-site": "Community site",
    "mailing-list": "Mailing list",
    "commercial-site": "Commercial",
    "printed": "Print",
}
MEDIUM_WORDS: Final = {Medium.WEB: "on the web", Medium.EMAIL: "by mail", Medium.PRINT: "in print"}
ADS_WORDS: Final = {Ads.NONE: "no advertising", Ads.AROUND: "advertising around", Ads.INSIDE: "advertising inside"}


def day_words(when: datetime | date | None, site: Site, now: datetime) -> str:
    """``18 November``, with the year if it is not this year's, in the site's zone; "" for None."""
    if when is None:
        return ""
    there = _local(when, site)
    return day(there, year=there.year != _local(now, site).year)


def today_words(now: datetime, site: Site) -> str:
    """``Monday 23 November 2026`` in the site's zone."""
    return weekday(_local(now, site))


def machine_day(when: datetime | date | None, site: Site) -> str:
    """``2026-11-23`` in the site's zone, for ``time`` elements; "" for None."""
    return _local(when, site).date().isoformat() if when else ""


def _local(when: datetime | date, site: Site) -> datetime:
    if isinstance(when, datetime):
        return when.astimezone(ZoneInfo(site.timezone))
    return datetime.combine(when, time.min, ZoneInfo(site.timezone))


def names_of(names: Iterable[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``: each name once, "" for none."""
    once = [name for name in dict.fromkeys(names) if name]
    return listed(once) if once else ""


def channel_name(channel: Channel, site: Site) -> str:
    """The title that the channel has of its own, else its id and kind: ``Community feed``."""
    if channel.title not in {"", site.name}:
        return channel.title
    kind = "sheet" if channel.medium is Medium.PRINT else channel.kind.value
    name = channel.id.replace("-", " ").replace("_", " ")
    if name.endswith(kind):
        return name.capitalize()
    return f"{name} {kind}".capitalize()


def channel_note(channel: Channel) -> str:
    """What a publisher would ask about a channel: ``Community, on the web, no advertising, free``."""
    paid = "paid" if channel.paid else "free"
    purpose = channel.purpose.value.capitalize()
    return f"{purpose}, {MEDIUM_WORDS[channel.medium]}, {ADS_WORDS[channel.ads]}, {paid}"


def is_feed(channel: Channel) -> bool:
    """Whether the channel has feed documents."""
    return channel.kind is ChannelKind.FEED


def is_letter(channel: Channel) -> bool:
    """Whether the channel goes to readers by mail."""
    return channel.kind is ChannelKind.DIGEST and channel.medium is Medium.EMAIL


def safe(url: str) -> str:
    """The address if a page may link to it (http, https, mailto), else ""."""
    return url if urlsplit(url).scheme.lower() in {"http", "https", "mailto"} else ""
