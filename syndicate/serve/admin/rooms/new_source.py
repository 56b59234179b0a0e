# SPDX-License-Identifier: Apache-2.0
"""A new source: paste an address, see what it is, what its publisher allows and what would be carried; then add it."""

from __future__ import annotations

from syndicate.errors import SyndicateError
from syndicate.model import Mode
from syndicate.pipeline import discover
from syndicate.pipeline.adding import Wish
from syndicate.pipeline.prospect import Seen
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, Go, House, View, Visit

NEWEST = 5


def show(house: House, visit: Visit) -> Answer:
    """GET sources/new: one field; with an address, what stands there. Nothing is saved."""
    url, number = visit.asked.get("url", "").strip(), visit.asked.get("feed", "1")
    if not url:
        return View("new_source.html", {"url": "", "seen": None, "fault": ""})
    try:
        seen = house.look(Wish(url), int(number) if number.isdigit() else 1)
    except SyndicateError as error:
        return View("new_source.html", {"url": url, "seen": None, "fault": words.error(error)})
    house.drafts[_key(url, number)] = seen
    names = {channel.id: channel.title or channel.id for channel in house.config.channels}
    values = {
        "url": url,
        "fault": "",
        "seen": seen,
        "number": number,
        "newest": seen.feed.items[:NEWEST],
        "stated": discover.stated(seen.feed.items),
        "outlooks": [(names.get(one.channel_id, one.channel_id), _most(one), one) for one in seen.outlooks],
        "known": seen.source.publisher.id in house.publishers,
    }
    return View("new_source.html", values)


def act(house: House, visit: Visit) -> Answer:
    """POST sources/new: add what was looked at."""
    url, number = visit.get("url"), visit.get("feed") or "1"
    seen: Seen | None = house.drafts.pop(_key(url, number), None)
    if seen is None:
        return Go("sources/new", "It was looked at too long ago; look again.")
    house.add(seen)
    waits = " What its pages suggest waits for you under Terms." if seen.heard else ""
    return Go(f"sources/{seen.source.id}", f"Added; it is asked within a few seconds.{waits}")


def _key(url: str, number: str) -> str:
    return f"source {number} {url}"


def _most(one: discover.Outlook) -> list[tuple[Mode, int]]:
    return [(mode, one.modes[mode]) for mode in reversed(Mode) if one.modes.get(mode)]
