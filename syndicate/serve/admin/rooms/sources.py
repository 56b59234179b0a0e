# SPDX-License-Identifier: Apache-2.0
"""Sources: how each is, its rhythm, its next poll with the reason, what its terms are; and what a person decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model import Health, Publisher, Record
from syndicate.pipeline import watch
from syndicate.pipeline.deciding import on_record
from syndicate.pipeline.health import status, without_credentials
from syndicate.serve.admin import charts
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.store import PollRun, SourceState, Suggestion

POLLS, WEEKS, NEWEST, PAGE = 14, 8, 12, 50
TABS = (("all", "All"), ("needs", "Needs you"), ("held", "On hold"), ("broken", "Broken"), ("paused", "Paused"))
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a publisher's terms, in two lines; ``waits`` is the suggestion that waits for a person, or 0."""

    state: str
    more: str
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One source in the list."""

    state: SourceState
    name: str
    url: str
    status: str
    polls: charts.Polls
    rhythm: charts.Bars
    newest: datetime | None
    waiting: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Known:
    """A source by what it is found and sorted by; ``needs`` tells whether a person is asked for something."""

    state: SourceState
    name: str
    status: str
    needs: bool

    def is_named(self, words: str) -> bool:
        """Whether it is known by these words: its name, id or address."""
        return words in f"{self.name} {self.state.source_id} {self.state.url}".casefold()


def all_of_them(house: House, visit: Visit) -> Answer:
    """GET sources: those that need somebody on top; by tab, by words, by the page."""
    now = house.now()
    found = visit.asked.get("find", "").strip()
    known = [one for one in _known(house) if one.is_named(found.casefold())]
    tab = visit.asked.get("show", "all")
    kinds = {
        "all": known,
        "needs": [one for one in known if one.needs],
        "held": [one for one in known if one.status == "on hold"],
        "broken": [one for one in known if one.status in {"broken", "gone"}],
        "paused": [one for one in known if one.status == "paused"],
    }
    tab = tab if tab in kinds else "all"
    pages = max(-(-len(kinds[tab]) // PAGE), 1)
    page = min(max(int(asked) if (asked := visit.asked.get("page", "")).isdigit() else 1, 1), pages)
    shown = kinds[tab][(page - 1) * PAGE : page * PAGE]
    with house.read() as tx:
        asked_for = tx.figures.asked(now - DAY)
    values = {
        "rows": _rows(house, now, [one.state.source_id for one in shown]),
        "tab": tab,
        "tabs": [(key, label, len(kinds[key])) for key, label in TABS],
        "found": found,
        "page": page,
        "pages": pages,
        "well": sum(one.status == "sound" for one in known),
        "failing": sum(one.status == "failing" for one in known),
        "held": len(kinds["held"]),
        "broken": len(kinds["broken"]),
        "number": len(known),
        "asked": asked_for,
        "now": house.local(now),
    }
    return View("sources.html", values)


def _known(house: House) -> list[Known]:
    """Every source, those that need somebody first, and of these what is broken; then by name."""
    with house.read() as tx:
        states = tx.sources.get(list(house.sources))
        suggested = {one.publisher_id for one in tx.suggestions.all()}
    found = []
    for state in states:
        publisher, how = house.sources[state.source_id].publisher, status(state)
        needs = how in {"broken", "gone", "on hold"} or publisher.id in suggested
        found.append(Known(state, publisher.name, how, needs))
    return sorted(found, key=lambda one: (not one.needs, one.status not in {"broken", "gone"}, one.name))


def one(house: House, visit: Visit) -> Answer:
    """GET sources/ID: the whole of what its server said, its polls, and what may be done."""
    source_id = visit.path["source"]
    if source_id not in house.sources:
        return None
    now = house.now()
    (row,) = _rows(house, now, [source_id])
    with house.read() as tx:
        runs = tx.sources.runs(source_id)
        items = tx.items.newest(NEWEST, sources=(source_id,))
    values = {"row": row, "runs": runs, "items": items, "now": house.local(now), "here": f"sources/{source_id}"}
    return View("source.html", values)


def act(house: House, visit: Visit) -> Answer:
    """POST sources/ID: pause, resume, poll now, let what waits go out, or drop it."""
    source_id, store, now = visit.path["source"], house.composing.store, house.now()
    if source_id not in house.sources:
        return None
    back = visit.get("back") or f"sources/{source_id}"
    acts: dict[str, Callable[[], str]] = {
        "pause": lambda: _pause(house, source_id, now),
        "resume": lambda: _resume(house, source_id, now),
        "release": lambda: f"{watch.release(store, source_id, now)} items may go out.",
        "drop": lambda: f"{watch.drop(store, source_id, now)} items never go out.",
        "poll": lambda: _hurry(house, source_id, now, visit.by),
    }
    wanted = visit.get("act")
    return Go(back, f"{house.sources[source_id].publisher.name}: {acts[wanted]()}") if wanted in acts else None


def _pause(house: House, source_id: str, now: datetime) -> str:
    watch.pause(house.composing.store, source_id, now)
    return "paused."


def _resume(house: House, source_id: str, now: datetime) -> str:
    watch.resume(house.composing.store, source_id, now)
    return "polled again."


def _hurry(house: House, source_id: str, now: datetime, by: str) -> str:
    hurried = watch.hurry(house.composing.store, source_id, now, by)
    return "asked within a few seconds." if hurried else "not polled at all; resume it first."


def _rows(house: House, now: datetime, ids: Sequence[str]) -> list[Row]:
    """What is shown of these sources, in this order."""
    with house.read() as tx:
        by_id = {state.source_id: state for state in tx.sources.get(ids)}
        states = [by_id[id_] for id_ in ids if id_ in by_id]
        runs = {state.source_id: tx.sources.runs(state.source_id, POLLS) for state in states}
        newest, held = tx.holding.newest(), tx.holding.held()
        came = tx.figures.came(now - WEEKS * 7 * DAY, ids)
        publishers = on_record(house.composing.publishers, tx, now)
        waiting = tx.suggestions.all()
    return [
        Row(
            state,
            house.sources[state.source_id].publisher.name,
            without_credentials(state.memory.adopted or state.url),
            status(state),
            polls(runs[state.source_id], state.health is Health.HELD),
            rhythm(came.get(state.source_id, ()), now),
            newest.get(state.source_id),
            held.get(state.source_id, 0),
            terms(publishers, waiting, house.sources[state.source_id].publisher.id),
        )
        for state in states
    ]


def polls(runs: Sequence[PollRun], held: bool) -> charts.Polls:
    """The last polls, oldest first: new items, nothing new, failed; the newest as held if its source is."""
    kinds = ["failed" if run.error else "new" if run.new else "quiet" for run in reversed(runs)]
    if kinds and held:
        kinds[-1] = "held"
    return charts.marks(kinds, POLLS)


def rhythm(times: Sequence[datetime], now: datetime) -> charts.Bars:
    """Items in each of the last eight weeks."""
    counts = [0] * WEEKS
    for when in times:
        counts[min(WEEKS - 1, max(0, WEEKS - 1 - (now - when).days // 7))] += 1
    labels = [f"{WEEKS - 1 - n} weeks ago" if n < WEEKS - 1 else "this week" for n in range(WEEKS)]
    return charts.bars(list(zip(labels, counts, strict=True)), "Items a week", width=66, height=16)


def terms(publishers: Mapping[str, Publisher], waiting: Sequence[Suggestion], publisher_id: str) -> Terms:
    """What is on record of a publisher, or waits to be read."""
    records = publishers[publisher_id].records if publisher_id in publishers else ()
    mine = [one for one in waiting if one.publisher_id == publisher_id]
    if mine:
        return Terms("Suggested", "stays as it is until you have read it", mine[0].id)
    if not records:
        return Terms("Unknown", "only links, unless its items carry a licence")
    return _recorded(records[-1])


def _recorded(record: Record) -> Terms:
    if record.licence is not None and not record.grants:
        return Terms(record.licence.name, "on record")
    kinds = sorted({f"{grant.mode.name.lower()} on {medium}" for grant in record.grants for medium in grant.media})
    return Terms("Confirmed" if record.confirmed_by else "On record", ", ".join(kinds) or "no permission")
