# SPDX-License-Identifier: Apache-2.0
"""Today: what came, what went, what waits, what broke; each with one act; then fourteen days as drawings and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from syndicate.model import Health, Mode
from syndicate.pipeline import asking, recording
from syndicate.pipeline.breaches import open_breaches
from syndicate.pipeline.progress import progress
from syndicate.serve.admin import charts, words
from syndicate.serve.admin.house import Answer, House, View, Visit
from syndicate.store import SourceState, Transaction

DAYS = 14
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
POLLED = ("new", "quiet", "failed")
RETURNED = ("failed", "complaint")
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """Something that waits or broke: a title, what it is about, and one act (its label, and where it leads)."""

    title: str
    text: str
    label: str
    to: str


def show(house: House, _visit: Visit) -> Answer:
    """GET /admin/: the morning page."""
    now = house.now()
    queue = recording.queue(house.composing, house.config.channels)
    with house.read() as tx:
        states = tx.sources.get(list(house.sources))
        waits = [*_terms(house, tx), *_held(house, states), *_picks(len(queue)), *_refused(house, tx), *_letters(tx)]
        waits += _unanswered(house, tx)
        broke = [*_broken(house, states), *_breaches(tx), *_alarms(tx)]
        values = {
            "today": house.local(now),
            "now": house.local(now),
            "waits": waits,
            "broke": broke,
            "next": _next(house, tx, states, now),
            "asked": tx.figures.asked(now - DAY),
            "sent": _sent(tx, now),
            **_days(house, tx, now),
        }
    return View("today.html", values)


def _days(house: House, tx: Transaction, now: datetime) -> dict[str, object]:
    """The figures of the last day and the drawings of fourteen."""
    today = house.local(now).date()
    days = [today - n * DAY for n in reversed(range(DAYS))]
    start = now - DAYS * DAY
    came = [house.local(when).date() for times in tx.figures.came(start).values() for when in times]
    went = [(house.local(when).date(), mode) for when, mode in tx.figures.went(start)]
    accepted = [house.local(when).date() for when in tx.figures.accepted(start)]
    back = [(house.local(when).date(), kind) for when, kind in tx.figures.returned(start)]
    joined, left = tx.figures.readers()
    modes = (Mode.FULL, Mode.EXCERPT, Mode.LINK)
    last = [mode for when, mode in tx.figures.went(now - DAY)]
    came_in = tx.figures.came(now - DAY)
    growth = [(_label(day), _reading(house, joined, left, day)) for day in days]
    return {
        "came": sum(map(len, came_in.values())),
        "came_from": len(came_in),
        "went": [(mode, last.count(mode)) for mode in modes],
        "came_days": charts.bars(_counted(days, came), "Items that came"),
        "went_days": charts.bars(_counted(days, [day for day, _ in went]), "Items that went"),
        "broke_days": charts.bars(
            _counted(days, [house.local(when).date() for when in tx.figures.breaks(start)]), "Sources that broke"
        ),
        "modes": charts.stack(
            [(_label(day), tuple(went.count((day, mode)) for mode in modes)) for day in days],
            ("full", "excerpt", "link"),
            "Items by mode in fourteen days",
        ),
        "polls": _polls(house, tx, now),
        "bounces": charts.stack(
            [(_label(day), tuple(back.count((day, kind)) for kind in RETURNED)) for day in days],
            ("bounces", "complaints"),
            "Mail that came back in fourteen days",
        ),
        "deliveries": charts.bars(_counted(days, accepted), "Mails accepted", width=330, height=100),
        "growth": charts.line(growth, "Readers"),
        "left": sum(1 for when in left if when >= start),
        "joined": sum(1 for when in joined if when >= start),
    }


def _polls(house: House, tx: Transaction, now: datetime) -> charts.Stack:
    """The polls of the last day that are remembered, by the hour."""
    hours = [_hour(house.local(now - n * HOUR)) for n in reversed(range(24))]
    done = Counter((_hour(house.local(when)), kind) for when, kind in tx.figures.polled(hours[0]))
    rows = [(f"{hour:%H}:00", tuple(done[hour, kind] for kind in POLLED)) for hour in hours]
    return charts.stack(rows, ("brought something", "nothing new", "failed"), "Polls in the last day")


def _hour(when: datetime) -> datetime:
    return when.replace(minute=0, second=0, microsecond=0)


def _counted(days: Sequence[date], seen: Sequence[date]) -> list[tuple[str, int]]:
    return [(_label(day), seen.count(day)) for day in days]


def _label(day: date) -> str:
    return f"{day.day} {day:%b}"


def _reading(house: House, joined: Sequence[datetime], left: Sequence[datetime], day: date) -> int:
    """How many readers there were at the end of a day."""
    return sum(house.local(one).date() <= day for one in joined) - sum(house.local(one).date() <= day for one in left)


def _sent(tx: Transaction, now: datetime) -> str:
    """What became of the newest edition of the last day, in a sentence; "" if none went out."""
    newest = [one for one in tx.sendings.latest(limit=1) if one.created_at >= now - DAY]
    if not newest:
        return ""
    done = progress(tx, newest[0], now)
    return (
        f"The digest {newest[0].channel_id} was accepted for {done.accepted:,} of {words.count(done.total, 'reader')}."
    )


def _terms(house: House, tx: Transaction) -> list[Row]:
    rows = []
    for one in tx.suggestions.all()[:SHOWN]:
        publisher = house.publishers.get(one.publisher_id)
        name = publisher.name if publisher else one.publisher_id
        quote = next((" ".join(q["text"].split()) for q in one.reading["quotes"]), one.url)
        rows.append(Row(f"{name} may allow something", f"It says “{quote[:200]}”.", "Review", f"terms/{one.id}"))
    return rows


def _held(house: House, states: Sequence[SourceState]) -> list[Row]:
    return [
        Row(
            f"{_name(house, one)} is on hold",
            f"{one.health_why}. Nothing of it goes out.",
            "Decide",
            f"sources/{one.source_id}",
        )
        for one in states
        if one.health is Health.HELD
    ]


def _picks(number: int) -> list[Row]:
    if not number:
        return []
    what = words.counted(number, "item waits for your choice", "items wait for your choice")
    return [Row(what, "Their terms ask that a person chooses each.", "Items", "items")]


def _refused(house: House, tx: Transaction) -> list[Row]:
    return [
        Row(
            f"An edition of {one.edition.channel.title or one.edition.channel.id} did not go out",
            f"The proof stopped it: {words.count(len(one.findings), 'duty', 'duties')} missing, composed "
            f"{words.at(house.local(one.edition.created), house.local(house.now()))}.",
            "See why",
            f"editions/{one.summary.id}",
        )
        for one in tx.editions.refused()
    ]


def _letters(tx: Transaction) -> list[Row]:
    """Editions that a brake or a person holds."""
    return [
        Row(
            f"An edition of {one.channel_id} is {words.STATES[one.state]}",
            f"{one.reason or 'No reason is given'}.",
            "Look",
            f"editions/{one.edition_id}",
        )
        for one in tx.sendings.latest()
        if one.state in {"paused", "held"}
    ]


def _unanswered(house: House, tx: Transaction) -> list[Row]:
    """Requests that are worth a reminder."""
    names, today = {one.id: one.name for one in house.publishers.values()}, house.now().date()
    return [
        Row(
            f"{names.get(one.letter.publisher_id, one.letter.publisher_id)} has not answered",
            f"Asked {words.count((today - one.last).days, 'day')} ago: {one.letter.subject}",
            "Remind",
            f"terms/requests/{one.number}",
        )
        for one in asking.requests(tx)
        if one.is_late(house.now())
    ]


def _breaches(tx: Transaction) -> list[Row]:
    """What went out against terms and is not cured."""
    number = len(open_breaches(tx))
    what = words.counted(number, "breach is", "breaches are") + " not cured"
    return (
        [Row(what, "Something went out further than its terms permit.", "Look", "terms/objections")] if number else []
    )


def _broken(house: House, states: Sequence[SourceState]) -> list[Row]:
    return [
        Row(_name(house, one), f"{one.health_why}.", "Look", f"sources/{one.source_id}")
        for one in states
        if one.health in {Health.BROKEN, Health.GONE}
    ]


def _alarms(tx: Transaction) -> list[Row]:
    return [
        Row(alarm.subject, f"{alarm.text}. {alarm.remedy[:1].upper()}{alarm.remedy[1:]}.", "", "")
        for alarm in tx.alarms.open()
    ]


def _name(house: House, state: SourceState) -> str:
    return house.sources[state.source_id].publisher.name


def _next(house: House, tx: Transaction, states: Sequence[SourceState], now: datetime) -> list[tuple[str, str]]:
    """What comes next, each with its time."""
    coming: list[tuple[datetime, str]] = []
    polled = [one.next_poll_at for one in states if one.next_poll_at and one.paused_at is None]
    if polled:
        first = max(min(polled), now)
        within = sum(when <= first + timedelta(minutes=5) for when in polled)
        coming.append((first, f"Poll {words.count(within, 'source')}"))
    if (due := tx.outbox.next_due()) is not None:
        coming.append((max(due, now), "Deliver mail that waits"))
    if (page := tx.webpages.next_due()) is not None:
        coming.append((max(page, now), "Read web pages for their terms"))
    coming += [
        (house.next_due(channel, now), f"{channel.title or channel.id}, a digest")
        for channel in house.digests()
        if channel.schedule
    ]
    here = house.local(now)
    return [(words.at(house.local(when), here), what) for when, what in sorted(coming)]
