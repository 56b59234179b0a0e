# SPDX-License-Identifier: Apache-2.0
"""`subscribers`: who gets the digests, and by which consent."""

from __future__ import annotations

import csv
import json
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
from syndicate.pipeline import people
from syndicate.pipeline.people import ask_to_confirm
from syndicate.store import Added, LedgerKind, Suppression, address

COLUMNS = ("email", "confirmed_at", "method", "wording")
DELIMITERS = (",", ";", "\t")


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
        about = {"act": "import", "channel": channel.id, "from": origin}
        lines = [(str(s.id), {**about, "wording": s.consent.version if s.consent else ""}) for s in added.added]
        tx.ledger.record_all(LedgerKind.CONSENT, lines, at=now)
    return added


def read_rows(file: Path, channel: Channel, now: datetime) -> Rows:
    """Read a CSV file with a header line; raises UsageError if it is not one.

    As spreadsheets write it: commas, semicolons or tabs, a byte order mark or none, names of columns in any case.
    """
    rows = Rows()
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            delimiter = next((sign for sign in DELIMITERS if "email" in _columns(head, sign)), "")
            if not delimiter:
                raise UsageError(
                    "has no column email", subject=str(file), remedy=f"begin it with a line: {','.join(COLUMNS)}"
                )
            reader = csv.DictReader(lines, _columns(head, delimiter), delimiter=delimiter)
            for row in reader:
                _read_row(rows, row, channel, now, f"{file}:{reader.line_num + 1}")
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy="name a CSV file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot be read: {error}", subject=str(file), remedy="save it as CSV in UTF-8") from error
    return rows


def _columns(head: str, delimiter: str) -> list[str]:
    """The names of the columns: "E-Mail" is email, "Confirmed at" is confirmed_at."""
    (names,) = list(csv.reader([head], delimiter=delimiter)) or [[]]
    plain = ("_".join(name.casefold().replace("-", " ").split()) for name in names)
    return ["email" if name in {"e_mail", "email_address", "e_mail_address"} else name for name in plain]


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
    if not (text["method"] and text["wording"]):  # a date alone proves no consent
        rows.asked.append(email)
        return
    rows.confirmed[email] = Consent(channel.purpose, text["wording"], text["method"], confirmed, channel.consent)


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def list_people(path: Path, channel_id: str, *, as_machine: bool) -> None:
    """Print readers with their state and consent."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        readers = tx.people.list(app.channel(channel_id).id if channel_id else "")
    if as_machine:
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


def export_person(path: Path, text: str) -> int:
    """Print all that is held about a person."""
    with closing(open_app(path)) as app:
        as_json(people.all_about(app.composing, address(text)))
    return 0


def erase_person(path: Path, text: str) -> int:
    """Forget a person; 1 if nobody of that address was there."""
    with closing(open_app(path)) as app:
        done = people.erase(app.composing, address(text))
    OUT.print(f"Forgotten on {count(done, 'list')}. A fingerprint keeps the address off.")
    return 0 if done else 1


def unsubscribe(path: Path, text: str, channel_id: str) -> int:
    """Take somebody off one list or all; 1 if they were on none."""
    email = address(text)
    with closing(open_app(path)) as app:
        with app.store.read() as tx:
            found = [one for one in tx.people.of_address(email) if channel_id in ("", one.channel_id)]
        for one in found:
            people.leave(app.composing, one.id)
    OUT.print(f"Off {count(len(found), 'list')}.")
    return 0 if found else 1


def suppressed(path: Path, file: Path | None) -> int:
    """Print the suppression list, or add one."""
    listed = None if file is None else _listed(file)
    with closing(open_app(path)) as app:
        if listed is None:
            with app.store.read() as tx:
                as_json(tx.people.suppressions())
            return 0
        with app.store.write() as tx:
            new = tx.people.suppress_all(listed, app.clock())
    OUT.print(f"{count(new, 'address', 'addresses')} added, {len(listed) - new} were on it.")
    return 0


def _listed(file: Path) -> list[Suppression]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return [
            Suppression(
                row["channel_id"],
                row["email_sha256"],
                row["reason"],
                datetime.fromisoformat(row["at"]),
                datetime.fromisoformat(row["erased_at"]) if row.get("erased_at") else None,
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "name a file that `syndicate subscribers suppressed` printed"
        raise UsageError(f"is no suppression list ({error})", subject=str(file), remedy=remedy) from error


def keys(path: Path, *, rotate: bool, retire: str) -> int:
    """List, make and retire keys."""
    with closing(open_app(path)) as app:
        app.store.keys(app.clock())
        with app.store.write() as tx:
            if rotate:
                tx.keys.make(app.clock())
            if retire:
                tx.keys.retire(retire, app.clock())
            held = tx.keys.all()
    for number, key in enumerate(held):
        OUT.print(f"key {key.id}: {'accepted' if number else 'signs'}")
    return 0
