# SPDX-License-Identifier: Apache-2.0
"""What a feed document asks of those who poll it: how often to come, and when not to.

RSS has ``ttl`` (minutes), ``skipHours`` and ``skipDays``; the syndication module has a period and how often in it. What
makes no sense was not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from syndicate.intake.evidence import feed_element
from syndicate.model import Asks

_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MIDNIGHT = 24  # what some publishers call hour 0
_DIGITS = 9


def read_asks(root: etree._Element) -> Asks:
    """The wishes of an RSS or Atom document, of its feed element alone. Spec: RSS 2.0, RSS 1.0 Syndication."""
    feed = feed_element(root)
    if feed is None:
        return Asks()
    hours = {
        int(text) % _MIDNIGHT for text in _listed(feed, "skiphours") if _is_number(text) and int(text) <= _MIDNIGHT
    }
    days = {_DAYS.index(text.lower()) for text in _listed(feed, "skipdays") if text.lower() in _DAYS}
    return Asks(max(_ttl(feed), _period(feed)), tuple(sorted(hours)), tuple(sorted(days)))


def _ttl(feed: etree._Element) -> int:
    """Seconds; an RSS feed counts in minutes."""
    text = _first(feed, "ttl")
    return int(text) * 60 if _is_number(text) else 0


def _period(feed: etree._Element) -> int:
    period, often = _first(feed, _SYNDICATION + "updateperiod"), _first(feed, _SYNDICATION + "updatefrequency")
    if not period and not often:
        return 0
    seconds = _PERIODS.get(period.lower() or "daily", 0)
    return seconds // max(int(often), 1) if _is_number(often) else seconds


def _first(feed: etree._Element, name: str) -> str:
    return next((_text(child) for child in feed if _name(child) == name), "")


def _listed(feed: etree._Element, name: str) -> Iterator[str]:
    for child in feed:
        if _name(child) == name:
            yield from (_text(grandchild) for grandchild in child)


def _name(element: etree._Element) -> str:
    """Its name in lower case: with the namespace for the syndication module, without for everything else."""
    return _known_as(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(4096)
def _known_as(tag: str) -> str:
    uri, _, local = tag.rpartition("}")
    if uri + "}" == _SYNDICATION or local.lower().startswith("sy:"):
        return _SYNDICATION + local.lower().removeprefix("sy:")
    return local.lower()


def _text(element: etree._Element) -> str:
    return (element.text or "").strip() if isinstance(element.tag, str) else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS
