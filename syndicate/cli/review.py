# SPDX-License-Identifier: Apache-2.0
"""`terms review`, `confirm`, `reject` and `unknown`: what notices suggest, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, table
from syndicate.errors import UsageError
from syndicate.model import ChannelClass, Mode
from syndicate.pipeline import recording
from syndicate.pipeline.compose import PAGE
from syndicate.pipeline.suggesting import unknown as unknown_terms
from syndicate.rights.notices.suggested import record, unset
from syndicate.store import LedgerKind, Suggestion


def review(path: Path, *, as_machine: bool) -> int:
    """List the suggestions that wait, each with the words that led to it and where they stand."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        waiting = tx.suggestions.all()
    if as_machine:
        as_json([_as_data(one) for one in waiting])
        return 0
    if not waiting:
        OUT.print("No suggestion waits.")
    for one in waiting:
        _show(one)
    return 0


def _as_data(one: Suggestion) -> dict[str, object]:
    where = {"url": one.url, "place": one.place, "item": one.item_id or None, "sha256": one.sha256}
    seen = {"found": one.found_at, "seen": one.seen_at, "times": one.times, "why": one.why or None}
    return {"number": one.id, "publisher": one.publisher_id, "state": one.state} | where | seen | dict(one.reading)


def _show(one: Suggestion) -> None:
    row = one.reading
    OUT.print(Text(f"{one.id}  {one.publisher_id}", style="bold"))
    OUT.print(Text(f"   {one.url} ({one.place}, read {one.seen_at:%d %B %Y}, seen {one.times} times)"))
    if one.why:
        OUT.print(Text(f"   asked again: {one.why}"))
    quotes = dict.fromkeys(" ".join(q["text"].split()) for q in row["quotes"])
    for quote in quotes:
        OUT.print(Text(f"   “{quote}”", style="italic"))
    OUT.print(Text(f"   would permit: {_modes(row['grants'])}" + (f", {row['licence']}" if row["licence"] else "")))
    for name in ("duties", "prohibitions"):
        if row[name]:
            OUT.print(Text(f"   {name}: {', '.join(row[name])}"))
    for name in ("embargo", "window", "contact", "holder"):
        if row[name]:
            OUT.print(Text(f"   {name}: {row[name]}"))
    if missing := unset(row):
        OUT.print(
            Text(f"   asks for more than it says: {', '.join(missing)}; record those with `syndicate terms grant`")
        )
    OUT.print(Text(f"   syndicate terms confirm {one.id}   syndicate terms reject {one.id}\n"))


def _modes(grants: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {mode}" for column, mode in grants.items())


def confirm(path: Path, number: int, narrow: Sequence[str], by: str, *, as_machine: bool) -> int:
    """Make a suggestion part of the record, no channel class wider than ``narrow`` says."""
    most = _narrowed(narrow)
    with closing(open_app(path)) as app:
        one = _open(app, number)
        now = app.clock()
        suggested = replace(
            record(one.reading, most),
            evidence=one.url,
            place=one.place,
            sha256=one.sha256,
            read_at=one.seen_at,
            confirmed_by=by,
            confirmed_at=now,
        )
        if not suggested.grants and suggested.licence is None:
            remedy = f"reject it: `syndicate terms reject {number}`"
            raise UsageError("nothing is left to confirm", subject=f"suggestion {number}", remedy=remedy)
        draft = recording.Draft(one.publisher_id, suggested, "grant", now)
        (stated,) = recording.put(app.composing, [draft], by)
        with app.store.write() as tx:
            tx.suggestions.decide(number, "confirmed", by=by, now=now, statement_id=stated.id)
            data = {"act": "confirmed", "suggestion": number, "statement": stated.id, "by": by, "narrow": list(narrow)}
            tx.ledger.record(LedgerKind.PERMISSION, at=now, subject=one.publisher_id, data=data)
    if as_machine:
        as_json({"suggestion": number, "statement": stated.id, "publisher": one.publisher_id})
    else:
        OUT.print(f"Suggestion {number} is statement {stated.id} of {one.publisher_id} now.")
    return 0


def reject(path: Path, number: int, reason: str, by: str) -> int:
    """Decide that a suggestion is not what the publisher means; it is not asked again until its words change."""
    with closing(open_app(path)) as app:
        one = _open(app, number)
        now = app.clock()
        with app.store.write() as tx:
            tx.suggestions.decide(number, "rejected", by=by, now=now)
            data = {"act": "rejected", "suggestion": number, "by": by, "reason": reason}
            tx.ledger.record(LedgerKind.PERMISSION, at=now, subject=one.publisher_id, data=data)
    OUT.print(f"Suggestion {number} is rejected.")
    return 0


def unknown(path: Path, *, as_machine: bool) -> int:
    """List the publishers of whose terms nothing is on record, and what their items say themselves."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        rows = unknown_terms(tx, app.config.publishers, PAGE)
    if as_machine:
        as_json(rows)
    elif not rows:
        OUT.print("The terms of every publisher are on record.")
    else:
        table(
            ["Publisher", "Items", "They state", "Suggestions"],
            [
                (
                    row.publisher_id,
                    str(row.items),
                    ", ".join(f"{count} {said}" for said, count in sorted(row.stated.items())) or "no items yet",
                    ", ".join(map(str, row.suggestions)) or "none",
                )
                for row in rows
            ],
        )
    return 0


def _open(app: App, number: int) -> Suggestion:
    with app.store.read() as tx:
        one = tx.suggestions.get(number)
    if one is None or one.state != "open":
        state = "there is no such suggestion" if one is None else f"it is {one.state} already"
        raise UsageError(state, subject=f"suggestion {number}", remedy="`syndicate terms review` lists those that wait")
    return one


def _narrowed(narrow: Sequence[str]) -> dict[ChannelClass, Mode]:
    """The most that each channel class may carry: XW=link, PR=withhold."""
    most: dict[ChannelClass, Mode] = {}
    for text in narrow:
        column, _, mode = text.partition("=")
        try:
            most[ChannelClass(column.strip().upper())] = Mode[mode.strip().upper()]
        except (KeyError, ValueError) as error:
            remedy = "write a channel class and a mode, such as XW=link; classes: CW, XW, EM, XE, PR"
            raise UsageError("is no narrowing", subject=text, remedy=remedy) from error
    return most
