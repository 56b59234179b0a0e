# SPDX-License-Identifier: Apache-2.0
"""`sending`: how far the editions by mail have got, and the acts of a person on them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json, count, table, trouble
from syndicate.model import DeliveryState, SendingState
from syndicate.pipeline import brakes
from syndicate.pipeline import sending as acts
from syndicate.pipeline.progress import Progress, progress


def show(path: Path, *, json: bool) -> None:
    """The newest editions with their progress, then the open alarms."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        found = [progress(tx, sending, app.clock()) for sending in tx.sendings.latest()]
        alarms = tx.alarms.open()
    if json:
        rows = [{**asdict(one), "sending": {**asdict(one.sending), "state": _state(one)}} for one in found]
        as_json({"sendings": rows, "alarms": alarms})
        return
    if not found:
        OUT.print("No edition has gone out by mail yet.")
    for one in found:
        _tell(one)
    for alarm in alarms:
        times = f" ({alarm.count} times)" if alarm.count > 1 else ""
        trouble(f"{alarm.subject}: {alarm.text}{times}, since {alarm.first_at:%Y-%m-%d %H:%M} UTC; {alarm.remedy}")


def _state(one: Progress) -> str:
    return "done" if one.finished else str(one.sending.state)


def _tell(one: Progress) -> None:
    """Two lines that may be read at any width: which edition and how it stands, then its figures."""
    why = f": {one.sending.reason}" if one.sending.reason else ""
    OUT.print(Text.assemble((one.sending.edition_id, "bold"), f"  {one.sending.channel_id}  {_state(one)}{why}"))
    figures = {
        "to go": one.to_go,
        "put off": one.put_off,
        "refused": one.refused,
        "unknown": one.unknown,
        "not sent": one.cancelled,
    }
    rest = "".join(f", {number:,} {word}" for word, number in figures.items() if number)
    left = "" if one.seconds_left is None else f"; about {one.seconds_left:,.0f} s at this pace"
    OUT.print(f"    {one.accepted:,} of {one.total:,} accepted{rest}{left}")


def change(path: Path, edition_id: str, state: SendingState) -> None:
    """Pause, resume or cancel; raises UsageError."""
    with closing(open_app(path)) as app:
        after = acts.change(app.composing, edition_id, state)
    OUT.print(f"{edition_id}: {state}; {count(after.accepted, 'mail')} accepted, {after.to_go} to go.")


def take_over(path: Path) -> None:
    """Send from this copy of the database from now on; raises UsageError if it is none."""
    with closing(open_app(path)) as app:
        held = brakes.take_over(app.store, app.clock())
    OUT.print("This database sends from now on.")
    if held:
        OUT.print(f"{count(held, 'edition')} held: see `syndicate sending`, then resume or cancel each.")


def held(path: Path, *, json: bool) -> None:
    """The deliveries of which nobody knows whether they arrived, and that do not go out again by themselves."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        found = tx.outbox.in_state(DeliveryState.HELD, 1000)
    if json:
        as_json([{"delivery": one.id, "edition": one.edition_id, "text": text} for one, text in found])
        return
    if not found:
        OUT.print("Nothing is held.")
        return
    table(
        ["Delivery", "Edition", "Tries", "Last word"], ((str(d.id), d.edition_id, str(d.attempts), t) for d, t in found)
    )
    OUT.print("Send one again: syndicate sending decide DELIVERY --again; or call it done: --done")


def decide(path: Path, deliveries: list[int], *, again: bool) -> None:
    """Send held deliveries again, or call them done; raises UsageError for one that is not held."""
    with closing(open_app(path)) as app:
        acts.decide(app.composing, deliveries, again=again)
    OUT.print(f"{count(len(deliveries), 'delivery', 'deliveries')}: {'sent again' if again else 'called done'}.")
