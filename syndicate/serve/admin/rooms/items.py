# SPDX-License-Identifier: Apache-2.0
"""Items: what came, found by words, publisher, mode, channel and day; and of one of them why, and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from syndicate.model import Decision, Mode
from syndicate.pipeline.compose import decide_all
from syndicate.pipeline.explain import named
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, House, View, Visit
from syndicate.store import Sought, StoredItem, Transaction

PAGE = 30
LOOKED = 750
"""So many items are decided to fill a page whose modes are asked for; the next page goes on from there."""

Row = tuple[StoredItem, Sequence[Decision]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for, as it was filled in."""

    find: str
    source: str
    publisher: str
    mode: str
    channel: str
    since: str
    until: str

    @property
    def by_mode(self) -> Mode | None:
        """The mode that is asked for, None for any."""
        return Mode[self.mode.upper()] if self.mode.upper() in Mode.__members__ else None


def all_of_them(house: House, visit: Visit) -> Answer:
    """GET items: the newest first, those that the form asks for, or the one that an id or address names."""
    wanted = Wanted(**{name: visit.asked.get(name, "").strip() for name in Wanted.__slots__})
    with house.read() as tx:
        exact = named(tx, wanted.find) if wanted.find else []
        if exact:
            rows, more, until = _decided(house, tx, exact[:PAGE]), None, None
        else:
            rows, more, until = _page(house, tx, wanted, _place(visit.asked.get("before", "")))
    values = {
        "rows": rows,
        "channels": house.config.channels,
        "sources": sorted(((s.id, s.publisher.name) for s in house.sources.values()), key=lambda one: one[1]),
        "publishers": sorted(((p.id, p.name) for p in house.publishers.values()), key=lambda one: one[1]),
        "modes": [(mode.name.lower(), words.mode(mode)) for mode in reversed(Mode)],
        "wanted": wanted,
        "is_narrowed": any(getattr(wanted, name) for name in Wanted.__slots__),
        "more": f"{more.order_at.isoformat()},{more.item.id}" if more else "",
        "until": house.local(until) if until else None,
        "now": house.local(house.now()),
    }
    return View("items.html", values)


def _page(
    house: House, tx: Transaction, wanted: Wanted, before: tuple[datetime, str] | None
) -> tuple[list[Row], StoredItem | None, datetime | None]:
    """The rows of one page, the item after which the next begins, and up to when it was looked, if not to the end."""
    sought, rows, looked = _sought(house, wanted), [], 0
    step = PAGE + 1 if wanted.by_mode is None else LOOKED // 5
    while True:
        found = tx.items.search(step, sought, before=before)
        looked += len(found)
        for row in _decided(house, tx, found) if wanted.by_mode is None else _with_mode(house, tx, wanted, found):
            rows.append(row)
            if len(rows) > PAGE:
                return rows[:PAGE], rows[PAGE - 1][0], None
        if len(found) < step:
            return rows, None, None
        if looked >= LOOKED:
            return rows, found[-1], found[-1].order_at
        before = found[-1].order_at, found[-1].item.id


def _with_mode(house: House, tx: Transaction, wanted: Wanted, found: Sequence[StoredItem]) -> list[Row]:
    """Those that a channel, or the one that is asked for, carries in the mode that is asked for."""
    asked = [c for c in house.config.channels if wanted.channel in ("", c.id)]
    modes = [[entry.decision.mode for entry in decide_all(house.composing, tx, c, found, house.now())] for c in asked]
    fitting = [one for n, one in enumerate(found) if any(by_item[n] is wanted.by_mode for by_item in modes)]
    return _decided(house, tx, fitting)


def _decided(house: House, tx: Transaction, found: Sequence[StoredItem]) -> list[Row]:
    decided = [decide_all(house.composing, tx, channel, found, house.now()) for channel in house.config.channels]
    return [(one, [entries[n].decision for entries in decided]) for n, one in enumerate(found)]


def _sought(house: House, wanted: Wanted) -> Sought:
    said = wanted.find.casefold()
    return Sought(
        words=wanted.find,
        named=tuple(one.id for one in house.publishers.values() if said and said in one.name.casefold()),
        sources=(wanted.source,) if wanted.source else (),
        publishers=(wanted.publisher,) if wanted.publisher else (),
        since=_day(house, wanted.since),
        until=_day(house, wanted.until, timedelta(days=1)),
    )


def _day(house: House, text: str, more: timedelta = timedelta(0)) -> datetime | None:
    """When a day begins where the site is; None for what is no day."""
    try:
        day = date.fromisoformat(text) + more
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time.min, ZoneInfo(house.config.site.timezone))


def _place(text: str) -> tuple[datetime, str] | None:
    when, _, item_id = text.partition(",")
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        return None
    return (moment, item_id) if moment.tzinfo else None
