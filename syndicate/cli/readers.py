# SPDX-License-Identifier: Apache-2.0
"""`subscribers`: who gets the digests, and by which consent."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from syndicate.app import App, open_app
from syndicate.cli.mail import digest_channel
from syndicate.cli.show import OUT, as_json, count, table, trouble
from syndicate.errors import UsageError
from syndicate.model import Channel, Consent
from syndicate.pipeline.release import ask_to_confirm
from syndicate.store import Added, LedgerKind, address

COLUMNS = ("email", "confirmed_at", "method", "wording")


@dataclass(slots=True)
class Rows:
    """A CSV file, read: who confirmed and how, who is to be asked, and what was wrong, line by line."""

    confirmed: dict[str, Consent] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def import_people(path: Path, file: Path, channel_id: str) -> int:
    """Add who confirmed, ask who did not; a bad line is named and skipped, and nobody who left comes back."""
    with closing(open_app(path)) as app:
        channel = digest_channel(app, channel_id)
        rows = read_rows(file, channel, app.clock())
        added = add_confirmed(app, channel, rows, file.name)
        asked = ask_to_confirm(app.composing, channel, rows.asked) if rows.asked else 0
    there = sum(one.state == "active" for one in added.kept)
    OUT.print(
        f"{channel.id}: {count(len(added.added), 'reader')} added, {there} there before, "
        f"{len(added.barred)} left earlier and stay off, {asked} asked to confirm."
    )
    for wrong in rows.wrong:
        trouble(wrong)
    return 1 if rows.wrong else 0


def add_confirmed(app: App, channel: Channel, rows: Rows, origin: str) -> Added:
    """Put those who confirmed on the channel's list, with a line in the ledger for each."""
    now = app.clock()
    with app.store.write() as tx:
        added = tx.people.add_confirmed(channel.id, rows.confirmed, now=now)
        lines = [(str(s.id), {"act": "import", "channel": channel.id, "from": origin}) for s in added.added]
        tx.ledger.record_all(LedgerKind.CONSENT, lines, at=now)
    return added


def read_rows(file: Path, channel: Channel, now: datetime) -> Rows:
    """Read a CSV file with a header line; raises UsageError if it is not one."""
    rows = Rows()
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if "email" not in (reader.fieldnames or ()):
                raise UsageError(
                    "has no column email", subject=str(file), remedy=f"begin it with a line: {','.join(COLUMNS)}"
                )
            for number, row in enumerate(reader, 2):
                _read_row(rows, row, channel, now, f"{file}:{number}")
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy="name a CSV file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot be read: {error}", subject=str(file), remedy="save it as CSV in UTF-8") from error
    return rows


def _read_row(rows: Rows, row: Mapping[str, str | None], channel: Channel, now: datetime, place: str) -> None:
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        email = address(text["email"])
    except UsageError as error:
        rows.wrong.append(f"{place}: {error}")
        return
    if not text["confirmed_at"]:
        rows.asked.append(email)
        return
    confirmed = _time(text["confirmed_at"])
    if confirmed is None or confirmed > now:
        what = "lies ahead" if confirmed else "is not a date"
        rows.wrong.append(
            f"{place}: confirmed_at {text['confirmed_at']!r} {what}; write 2026-03-04 or 2026-03-04T09:30Z"
        )
        return
    rows.confirmed[email] = Consent(channel.purpose, text["wording"], text["method"] or "import", confirmed)


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def list_people(path: Path, channel_id: str, *, json: bool) -> None:
    """Print readers with their state and consent."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        readers = tx.people.list(app.channel(channel_id).id if channel_id else "")
    if json:
        as_json(
            [
                {"id": s.id, "channel": s.channel_id, "email": s.email, "state": s.state, "consent": s.consent}
                for s in readers
            ]
        )
        return
    if not readers:
        OUT.print("Nobody subscribes yet. Add readers: syndicate subscribers import FILE.csv --channel CHANNEL")
        return
    table(
        ["Channel", "Address", "State", "Confirmed", "By"],
        (
            (s.channel_id, s.email, s.state)
            + ((f"{s.consent.confirmed_at:%Y-%m-%d}", s.consent.method) if s.consent else ("", ""))
            for s in readers
        ),
    )
