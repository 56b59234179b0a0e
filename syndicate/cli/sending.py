# SPDX-License-Identifier: Apache-2.0
"""`sending`: how far the editions by mail have got, and the acts of a person on them."""

from __future__ import annotations

from pathlib import Path

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json, count, table, trouble
from syndicate.model import DeliveryState, SendingState
from syndicate.pipeline import brakes
from syndicate.pipeline import sending as acts
from syndicate.pipeline.progress import Progress, progress


def show(path: Path, *, json: bool) -> None:
    """The newest editions with their progress, then the open alarms."""
    app = open_app(path)
    now = app.clock()
    with app.store.read() as tx:
        found = [progress(tx, sending, now) for sending in tx.sendings.latest()]
        alarms = tx.alarms.open()
    if json:
        as_json({"sendings": found, "alarms": alarms})
        return
    if not found:
        OUT.print("No edition has gone out by mail yet.")
    else:
        table(
            ["Edition", "Channel", "State", "Accepted", "To go", "Put off", "Refused", "Unknown", "Seconds to go"],
            (_row(one) for one in found),
        )
    for alarm in alarms:
        times = f" ({alarm.count} times)" if alarm.count > 1 else ""
        trouble(f"{alarm.subject}: {alarm.text}{times}, since {alarm.first_at:%Y-%m-%d %H:%M} UTC; {alarm.remedy}")


def _row(one: Progress) -> tuple[str, ...]:
    state = f"{one.sending.state}: {one.sending.reason}" if one.sending.reason else str(one.sending.state)
    figures = (f"{one.accepted} of {one.total}", one.to_go, one.put_off, one.refused, one.unknown)
    left = "" if one.seconds_left is None else f"{one.seconds_left:.0f}"
    return (one.sending.edition_id, one.sending.channel_id, state, *map(str, figures), left)


def change(path: Path, edition_id: str, state: SendingState) -> None:
    """Pause, resume or cancel; raises UsageError."""
    app = open_app(path)
    after = acts.change(app.composing, edition_id, state)
    OUT.print(f"{edition_id}: {state}; {count(after.accepted, 'mail')} accepted, {after.to_go} to go.")


def take_over(path: Path) -> None:
    """Send from this copy of the database from now on; raises UsageError if it is none."""
    app = open_app(path)
    held = brakes.take_over(app.store, app.clock())
    OUT.print("This database sends from now on.")
    if held:
        OUT.print(f"{count(held, 'edition')} held: see `syndicate sending`, then resume or cancel each.")


def held(path: Path, *, json: bool) -> None:
    """The deliveries of which nobody knows whether they arrived, and that do not go out again by themselves."""
    app = open_app(path)
    with app.store.read() as tx:
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
    acts.decide(open_app(path).composing, deliveries, again=again)
    OUT.print(f"{count(len(deliveries), 'delivery', 'deliveries')}: {'sent again' if again else 'called done'}.")
