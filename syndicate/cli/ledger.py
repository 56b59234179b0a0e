# SPDX-License-Identifier: Apache-2.0
"""`ledger`, `pick` and `tell`: the record read, and what terms ask of a person."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.text import Text

from syndicate.app import open_app
from syndicate.cli.explain import found_items
from syndicate.cli.show import OUT, as_json, count, table
from syndicate.cli.statements import person
from syndicate.errors import UsageError
from syndicate.model import Mode
from syndicate.pipeline import recording
from syndicate.pipeline.breaches import Open, look, open_breaches
from syndicate.pipeline.breaches import cure as record_cure
from syndicate.pipeline.explain import explain
from syndicate.pipeline.recording import Waiting
from syndicate.pipeline.stating import since
from syndicate.store import LedgerKind, LedgerRow


def ledger(path: Path, kind: str, subject: str, limit: int, *, as_machine: bool) -> int:
    """The newest lines, newest first."""
    if kind and kind not in list(LedgerKind):
        raise UsageError("is no kind of line", subject=kind, remedy=f"one of: {', '.join(LedgerKind)}")
    with closing(open_app(path)) as app, app.store.read() as tx:
        rows = tx.ledger.tail(limit, kind or None, subject or None)
    if as_machine:
        as_json(rows)
        return 0
    if rows:
        table(["When", "Kind", "Subject", "What"], ([_when(r), r.kind, r.subject, _what(r)] for r in rows))
    else:
        OUT.print("No such line.")
    return 0


def breaches(path: Path, *, as_machine: bool) -> int:
    """Look at what was released lately, then list what breaks its terms and is not cured; 1 if anything does."""
    with closing(open_app(path)) as app:
        look(app.composing)
        with app.store.read() as tx:
            found = open_breaches(tx)
        now = app.clock()
    if as_machine:
        as_json(found)
    elif found:
        table(
            ["Breach", "Found", "Item", "Channel", "What", "Cure until"],
            (
                [str(o.row.id), _when(o.row), o.row.subject, o.row.data["channel"], _broken(o), _left(o, now)]
                for o in found
            ),
        )
    else:
        OUT.print("No breach is open.")
    return 1 if found else 0


def _broken(one: Open) -> str:
    data = one.row.data
    permitted = f", permitted was {data['permitted']}" if "permitted" in data else ""
    return f"{data['duty']}: carried as {data['carried']}{permitted}: {data['because']}"


def _left(one: Open, now: datetime) -> str:
    if one.until is None:
        return "no cure in its licence; ask the publisher"
    days = (one.until - now).days
    return f"{one.until:%Y-%m-%d}, {count(days, 'day')} left" if days >= 0 else f"{one.until:%Y-%m-%d}, over"


def cure(path: Path, breach: int, how: str) -> int:
    """Record how a breach was cured."""
    if not how.strip():
        raise UsageError("does not say how it was cured", subject=str(breach), remedy="add --how 'what was done'")
    with closing(open_app(path)) as app:
        record_cure(app.composing, breach, how.strip(), person())
    OUT.print(f"Breach {breach} is cured.")
    return 0


def _when(row: LedgerRow) -> str:
    return f"{row.at:%Y-%m-%d %H:%M:%S}"


def _what(row: LedgerRow) -> str:
    """The plain values of a line; what has parts is left to --json."""
    return ", ".join(f"{name} {value}" for name, value in row.data.items() if not isinstance(value, (dict, list)))


def pick(path: Path, item: str, channel_id: str, by: str, *, undo: bool) -> int:
    """Choose an item for a channel, or take the choice back."""
    with closing(open_app(path)) as app:
        channel = app.channel(channel_id)
        for stored in found_items(app, item):
            if not recording.pick(app.composing, channel, stored, by or person(), undo=undo):
                remedy = f"`syndicate pick --channel {channel_id}` lists what waits"
                raise UsageError("was not picked", subject=item, remedy=remedy)
            said = "No longer picked" if undo else "Picked"
            OUT.print(Text(f"{said} for {channel.id}: {stored.item.title or stored.item.url}"))
            (after,) = explain(app.composing, stored, [channel])
            if not undo and after.decision.mode <= Mode.LINK:
                OUT.print(Text(f"  still {after.decision.mode.name.lower()}: {after.decision.because}"))
    return 0


def waiting(path: Path, channel_id: str, *, as_machine: bool) -> int:
    """What waits for a person, channel by channel."""
    with closing(open_app(path)) as app:
        queue = recording.queue(app.composing, [app.channel(channel_id)] if channel_id else app.config.channels)
    if as_machine:
        as_json([_waiting(one) for one in queue])
        return 0
    rows = [
        [w.channel_id, w.stored.item.id, f"{w.now.name.lower()} → {w.picked.name.lower()}", w.stored.item.title]
        for w in queue
    ]
    if rows:
        table(["Channel", "Item", "If picked", "Title"], rows)
    wait = "waits" if len(rows) == 1 else "wait"
    OUT.print(f"{count(len(rows), 'item')} {wait} for a person; choose with: syndicate pick ITEM --channel CHANNEL")
    return 0


def tell(path: Path, items: Sequence[str], where: str, date: str, by: str) -> int:
    """Record that the publishers of items were told of them."""
    if not where:
        raise UsageError("does not say where", subject="syndicate tell", remedy="give the address with --at ADDRESS")
    with closing(open_app(path)) as app:
        at = since(date, app.clock())
        for stored in [found for item in items for found in found_items(app, item)]:
            recording.told(app.composing, stored, where, by or person(), at)
            OUT.print(Text(f"Told at {where}: {stored.item.title or stored.item.url}"))
    return 0


def untold(path: Path, *, as_machine: bool) -> int:
    """What waits until somebody was told, the newest first."""
    with closing(open_app(path)) as app:
        rows = recording.untold(app.composing, app.config.channels)
    if as_machine:
        keys = ("item", "title", "url", "because", "channels")
        said = ((r.stored.item.id, r.stored.item.title, r.stored.item.url, r.because, r.channel_ids) for r in rows)
        as_json([dict(zip(keys, one, strict=True)) for one in said])
        return 0
    if rows:
        table(["Item", "Because", "Title"], [[r.stored.item.id, r.because, r.stored.item.title] for r in rows])
    wait = "waits" if len(rows) == 1 else "wait"
    OUT.print(f"{count(len(rows), 'item')} {wait} until its publisher was told: syndicate tell ITEM --at ADDRESS")
    return 0


def _waiting(one: Waiting) -> dict[str, object]:
    item = one.stored.item
    where = {"channel": one.channel_id, "item": item.id, "title": item.title, "url": item.url}
    return where | {"mode": one.now, "picked": one.picked}
