# SPDX-License-Identifier: Apache-2.0
"""`terms review`, `confirm`, `reject` and `unknown`: what notices suggest, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.text import Text

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json, count, table
from syndicate.cli.statements import About, show_moves
from syndicate.pipeline import reviewing
from syndicate.pipeline.compose import PAGE
from syndicate.pipeline.suggesting import unknown as unknown_terms
from syndicate.rights.notices.suggested import duty_names, is_doubtful, plain, unset
from syndicate.store import Suggestion
from syndicate.store.suggestions import CONFIRMED, OPEN, REJECTED


def review(path: Path, *, decided: bool, as_machine: bool) -> int:
    """List the suggestions that wait (or all), each with the words that led to it and where they stand."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        waiting, unread = (
            tx.suggestions.all("" if decided else OPEN),
            [one for one in tx.alarms.open() if one.kind == "rsl"],
        )
    if as_machine:
        as_json([_as_data(one) for one in waiting])
        return 0
    if not waiting:
        OUT.print("No suggestion waits.")
    for one in waiting:
        _show(one)
    for alarm in unread:
        _line(f"{alarm.subject}: {alarm.text}; {alarm.remedy}")
    return 0


def _as_data(one: Suggestion) -> dict[str, object]:
    where = {"url": one.url, "place": one.place, "item": one.item_id or None, "sha256": one.sha256}
    seen = {"found": one.found_at, "seen": one.seen_at, "times": one.times, "why": one.why or None}
    return {"number": one.id, "publisher": one.publisher_id, "state": one.state} | where | seen | dict(one.reading)


_CLASSES = {
    "CW": "community web", "XW": "commercial web", "EM": "community mail", "XE": "commercial mail", "PR": "print",
}  # fmt: skip


def _show(one: Suggestion) -> None:
    """One suggestion: where it was read, its words, what they permit, what is not understood, and what to type."""
    row = one.reading
    _line(f"{one.id}  {one.publisher_id}", style="bold")
    _line(f"   {one.url} ({one.place}, read {one.seen_at:%d %B %Y}, seen {count(one.times, 'time')})")
    if one.why:
        _line(f"   asked because {one.why}")
    if one.item_id:
        _line(f"   on item {one.item_id}")
    for quote in dict.fromkeys(plain(q["text"]) for q in row["quotes"]):
        _line(f"   “{quote}”", style="italic")
    for line in _says(row):
        _line(f"   {line}")
    _line(f"   {_next(one)}\n")


def _next(one: Suggestion) -> str:
    """What to type, or what was decided."""
    words = " --accept" if is_doubtful(one.reading) else ""
    confirm_, reject_ = f"syndicate terms confirm {one.id}{words} --dry-run", f"syndicate terms reject {one.id}"
    if one.state == OPEN:
        return f"{confirm_}   {reject_}"
    when = f"{one.state} by {one.by}, {one.decided_at:%d %B %Y}" if one.by and one.decided_at else one.state
    return f"{when}: statement {one.statement_id}" if one.state == CONFIRMED else f"{when}   {confirm_}"


def _line(text: str, style: str = "") -> None:
    OUT.print(Text(text, style=style), soft_wrap=True)


def _says(row: Mapping[str, Any]) -> Iterator[str]:
    """What a reading comes to, line by line."""
    licence = f" ({row['licence']})" if row["licence"] else ""
    yield f"would permit{licence}: {_modes(row['grants'])}"
    pick = ", once a person has picked an item" if row["picked"] != row["at_most"] else ""
    if pick and not is_doubtful(row):
        yield f"would permit{pick}: {_modes(row['picked'])}"
    if is_doubtful(row):
        for words, text in dict.fromkeys((q["words"], plain(q["text"])) for q in row["not_understood"]):
            yield f"not understood: “{words}”" + (f", in “{text}”" if text != words else "")
        yield f"would permit if that changes nothing (--accept){pick}: {_modes(row['picked'])}"
    duties = duty_names(row)
    yield from (
        f"{name}: {', '.join(said)}"
        for name, said in (("duties", duties), ("prohibitions", row["prohibitions"]))
        if said
    )
    yield from (f"{name}: {row[name]}" for name in ("embargo", "window", "contact", "holder") if row[name])
    if missing := unset(row):
        yield f"asks for more than it says: {', '.join(missing)}; record those with `syndicate terms grant`"


def _modes(grants: Mapping[str, str]) -> str:
    """Modes by channel class, those that are the same together."""
    by_mode: dict[str, list[str]] = {}
    for column, mode in grants.items():
        by_mode.setdefault(mode, []).append(f"{_CLASSES[column]} ({column})")
    return "; ".join(f"{mode} on {', '.join(columns)}" for mode, columns in by_mode.items())


def confirm(path: Path, number: int, narrow: Sequence[str], about: About, *, accept: bool) -> int:
    """Make a suggestion part of the record, no channel class wider than ``narrow`` says; first say what it moves.

    ``accept``: the person read the words that were not understood, and they change nothing.
    """
    most, by = reviewing.narrowed(narrow), about.by
    with closing(open_app(path)) as app:
        one = reviewing.waiting(app.composing, number, REJECTED)
        draft = reviewing.draft(one, most, by, app.clock(), accept=accept)
        if about.dry_run or not about.json:
            show_moves(app, [draft], about)
        if about.dry_run:
            return 0
        stated = reviewing.confirm(app.composing, number, most, by, accept=accept)
    if about.json:
        as_json({"suggestion": number, "statement": stated.id, "publisher": one.publisher_id})
    else:
        OUT.print(f"Suggestion {number} is statement {stated.id} of {one.publisher_id} now.")
    return 0


def reject(path: Path, number: int, reason: str, by: str) -> int:
    """Decide that a suggestion is not what the publisher means; it is not asked again until its words change."""
    with closing(open_app(path)) as app:
        reviewing.reject(app.composing, number, reason, by)
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
