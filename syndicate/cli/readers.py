# SPDX-License-Identifier: Apache-2.0
"""`subscribers`: who gets the digests, and by which consent."""

from __future__ import annotations

import json
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from syndicate.app import open_app
from syndicate.cli.mail import digest_channel
from syndicate.cli.show import OUT, as_json, count, table, trouble
from syndicate.errors import UsageError
from syndicate.model import Channel
from syndicate.pipeline import people
from syndicate.pipeline.importing import Rows, bring, read, weigh
from syndicate.store import Suppression, address


def import_people(path: Path, file: Path, channel_id: str, *, dry_run: bool) -> int:
    """Add who confirmed, ask who did not; a bad line is named and skipped, and nobody who left comes back."""
    with closing(open_app(path)) as app:
        channel = digest_channel(app, channel_id)
        rows = read_rows(file, channel, app.clock())
        composing = app.composing
        done = weigh(composing, channel, rows) if dry_run else bring(composing, channel, rows, file.name)
    would = "would be " if dry_run else ""
    OUT.print(
        f"{channel.id}: {count(done.added, 'reader')} {would}added, {done.there} there before, "
        f"{done.barred} left earlier and stay off, {done.asked} {would}asked to confirm."
    )
    for wrong in rows.wrong:
        trouble(wrong)
    return 1 if rows.wrong else 0


def read_rows(file: Path, channel: Channel, now: datetime) -> Rows:
    """Read a CSV file with a header line; raises UsageError if it is not one."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines, channel, now, name=str(file))
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy="name a CSV file") from error


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
    app = open_app(path)
    as_json(people.all_about(app.composing, address(text)))
    return 0


def erase_person(path: Path, text: str) -> int:
    """Forget a person; 1 if nobody of that address was there."""
    done = people.erase(open_app(path).composing, address(text))
    if not done:
        OUT.print("Nobody of that address is on a list.")
        return 1
    OUT.print(f"Forgotten on {count(done, 'list')}. A fingerprint keeps imports from bringing the address back.")
    return 0


def restore(path: Path, text: str, by: str) -> int:
    """Lift what a bounce or a complaint put against an address; 1 if nothing stood against it."""
    lifted, left = False, []
    with closing(open_app(path)) as app:
        with app.store.read() as tx:
            found = tx.people.of_address(address(text))
        for one in found:
            with suppress(UsageError):  # it came back with the one before: the address had been off all lists
                people.restore(app.composing, one.id, by)
                lifted = True
            if one.state == "unsubscribed":
                left.append(one.channel_id)
    stays = f" Off {', '.join(left)} still: whoever left comes back by an own act." if left else ""
    OUT.print(f"May be written to again.{stays}" if lifted else "Was not taken off by a bounce or a complaint.")
    return 0 if lifted else 1


def unsubscribe(path: Path, text: str, channel_id: str) -> int:
    """Take somebody off one list or all; 1 if they were on none."""
    app = open_app(path)
    email = address(text)
    with app.store.read() as tx:
        found = [one for one in tx.people.of_address(email) if channel_id in ("", one.channel_id)]
    for one in found:
        people.leave(app.composing, one.id)
    OUT.print(f"Off {count(len(found), 'list')}.")
    return 0 if found else 1


def suppressed(path: Path, file: Path | None) -> int:
    """Print the suppression list, or add one."""
    app = open_app(path)
    if file is None:
        with app.store.read() as tx:
            as_json(tx.people.suppressions())
        return 0
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        listed = [
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
    with app.store.write() as tx:
        new = tx.people.suppress_all(listed, app.clock())
    OUT.print(f"{count(new, 'address', 'addresses')} added, {len(listed) - new} were on it.")
    return 0


def keys(path: Path, *, rotate: bool, retire: str) -> int:
    """List, make and retire keys."""
    app = open_app(path)
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
