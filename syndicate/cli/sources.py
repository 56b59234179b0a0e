# SPDX-License-Identifier: Apache-2.0
"""`list`, `pause`, `resume`: how the sources are, and what a person decides about them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.text import Text

from syndicate.app import App, open_app
from syndicate.cli.show import NO_SOURCES, OUT, as_json, count, table
from syndicate.errors import UsageError
from syndicate.model import Health
from syndicate.pipeline import watch
from syndicate.pipeline.health import status, without_credentials
from syndicate.store import PollRun, SourceState

TREND = 14  # polls
_STYLES = {"broken": "red", "gone": "red", "on hold": "yellow", "paused": "dim", "failing": "yellow"}
_BLOCKS = "▂▃▄▅▆▇█"


def list_sources(path: Path, *, json: bool) -> int:
    """Every source with its health, its trend, its newest item and its next poll; then what waits for a person."""
    with closing(open_app(path)) as app:
        known = [source.id for source in app.config.sources]
        with app.store.read() as tx:
            states = tx.sources.get(known)
            runs = {state.source_id: tx.sources.runs(state.source_id, TREND) for state in states}
            newest, held = tx.holding.newest(), tx.holding.held()
        if json:
            as_json([_row(state, runs[state.source_id], newest, held) for state in states])
            return 0
        if not states:
            OUT.print(NO_SOURCES)
            return 0
        now = app.clock()
        _print(states, runs, newest, now)
        for state in states:
            if state.health is not Health.SOUND:
                _explain(state, held.get(state.source_id, 0))
        OUT.print(_sentence(states))
    return 0


def _print(
    states: Sequence[SourceState], runs: dict[str, list[PollRun]], newest: dict[str, datetime], now: datetime
) -> None:
    table(
        ["Source", "Status", "Trend", "Answered", "Newest", "Next poll", "Why then"],
        (
            (
                state.source_id,
                Text(status(state), style=_STYLES.get(status(state), "")),
                trend(runs[state.source_id]),
                ago(state.last_success_at, now),
                ago(newest.get(state.source_id), now),
                ahead(state, now),
                "" if state.paused_at else state.next_why,
            )
            for state in states
        ),
    )


def trend(runs: Sequence[PollRun]) -> str:
    """The last polls, oldest first: height by new items, ``_`` for nothing new, ``x`` for a failure."""
    most = max((run.new for run in runs), default=0)
    return "".join(_mark(run, most) for run in reversed(runs))


def _mark(run: PollRun, most: int) -> str:
    if run.error:
        return "x"
    return _BLOCKS[run.new * (len(_BLOCKS) - 1) // most] if run.new else "_"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, roughly."""
    return "" if moment is None else f"{_span((now - moment).total_seconds())} ago"


def ahead(state: SourceState, now: datetime) -> str:
    """When the next poll is due."""
    if state.next_poll_at is None or state.paused_at:
        return "never"
    seconds = (state.next_poll_at - now).total_seconds()
    return f"in {_span(seconds)}" if seconds > 0 else "now"


def _span(seconds: float) -> str:
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"


def _explain(state: SourceState, waiting: int) -> None:
    since = f"{state.health_since:%Y-%m-%d %H:%M} UTC"
    OUT.print()
    OUT.print(Text(f"{state.source_id} is {status(state)} since {since}: {state.health_why}"))
    if state.health is Health.HELD:
        OUT.print(f"  {count(waiting, 'item')} waiting. Let them go out:  syndicate resume {state.source_id}")
        OUT.print(
            f"  {'':{len(count(waiting, 'item'))}}          Never let them:   syndicate resume {state.source_id} --drop"
        )


def _sentence(states: Sequence[SourceState]) -> str:
    bad = [state for state in states if state.health is not Health.SOUND]
    return f"\n{count(len(states), 'source')}, {count(len(bad), 'needs you', 'need you')}." if bad else ""


def _row(
    state: SourceState, runs: Sequence[PollRun], newest: dict[str, datetime], held: dict[str, int]
) -> dict[str, object]:
    return {
        "source": state.source_id,
        "url": without_credentials(state.url),
        "polled_at": without_credentials(state.memory.adopted or state.url),
        "title": state.title,
        "status": status(state),
        "why": state.health_why,
        "since": state.health_since,
        "waiting": held.get(state.source_id, 0),
        "last_success": state.last_success_at,
        "failures": state.failures,
        "last_error": state.last_error,
        "newest_item": newest.get(state.source_id),
        "next_poll": None if state.paused_at else state.next_poll_at,
        "next_why": state.next_why,
        "polls": runs,
    }


def pause(path: Path, names: Sequence[str]) -> int:
    """Poll these sources no more until they are resumed."""
    with closing(open_app(path)) as app:
        for name in _known(app, names):
            watch.pause(app.store, name, app.clock())
            OUT.print(f"{name}: paused. `syndicate resume {name}` lets it go on.")
    return 0


def resume(path: Path, names: Sequence[str], *, dropping: bool) -> int:
    """Let sources go on: those that are held with what waits of them, or without it."""
    with closing(open_app(path)) as app:
        for name in _known(app, names):
            OUT.print(f"{name}: {_resume(app, name, dropping=dropping)}")
    return 0


def _resume(app: App, name: str, *, dropping: bool) -> str:
    now = app.clock()
    with app.store.read() as tx:
        (state,) = tx.sources.get([name])
    if state.health is Health.HELD:
        if dropping:
            return f"{count(watch.drop(app.store, name, now), 'item')} dropped; what comes from now on goes out."
        return f"{count(watch.release(app.store, name, now), 'item')} released."
    if state.paused_at is None and state.next_poll_at is not None:
        return "is neither paused, nor gone, nor on hold; nothing was changed."
    watch.resume(app.store, name, now)
    return "is polled again."


def _known(app: App, names: Sequence[str]) -> Sequence[str]:
    known = {source.id for source in app.config.sources}
    for name in names:
        if name not in known:
            raise UsageError("no such source", subject=name, remedy=f"one of: {', '.join(sorted(known))}")
    return names
