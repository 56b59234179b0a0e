# SPDX-License-Identifier: Apache-2.0
"""Readers who come from elsewhere, with their consent: a table is read, weighed, and brought in.

A date alone proves no consent: a row without method and wording is asked to confirm, as one without a date is. Whoever
left earlier stays off, whatever a table says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from syndicate.errors import UsageError
from syndicate.model import Channel, Consent
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.people import ask_to_confirm
from syndicate.store import Added, LedgerKind, address

COLUMNS = ("email", "confirmed_at", "method", "wording")
DELIMITERS = (",", ";", "\t")


@dataclass(slots=True)
class Rows:
    """A table, read: who confirmed and how, who is to be asked, and what was wrong, line by line."""

    confirmed: dict[str, Consent] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a table, or would: how many were added, were there before, left earlier, and are asked."""

    added: int
    there: int
    barred: int
    asked: int


def read(lines: Iterable[str], channel: Channel, now: datetime, *, name: str) -> Rows:
    """Read a table with a header line; raises UsageError if it is none. ``name`` says where it comes from.

    As spreadsheets write it: commas, semicolons or tabs, names of columns in any case.
    """
    rows, left = Rows(), iter(lines)
    try:
        head = next(left, "")
        delimiter = next((sign for sign in DELIMITERS if "email" in _columns(head, sign)), "")
        if not delimiter:
            raise UsageError("has no column email", subject=name, remedy=f"begin it with a line: {','.join(COLUMNS)}")
        reader = csv.DictReader(left, _columns(head, delimiter), delimiter=delimiter)
        for row in reader:
            _read_row(rows, row, channel, now, f"{name}:{reader.line_num + 1}")
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot be read: {error}", subject=name, remedy="save it as CSV in UTF-8") from error
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
    if not (text["method"] and text["wording"]):
        rows.asked.append(email)
        return
    rows.confirmed[email] = Consent(channel.purpose, text["wording"], text["method"], confirmed, channel.consent)


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def weigh(composing: Composing, channel: Channel, rows: Rows) -> Brought:
    """What bringing a table in would do; whoever was asked lately counts, though they are not asked again so soon."""
    confirmed, asked = (list(dict.fromkeys(map(str.casefold, some))) for some in (rows.confirmed, rows.asked))
    with composing.store.read() as tx:
        kept, barred = tx.people.known(channel.id, [*confirmed, *asked])
    there = {one.email.casefold() for one in kept if one.state == "active"}
    off = {one.casefold() for one in barred} | {
        one.email.casefold() for one in kept if one.state not in {"active", "pending"}
    }
    new = [one for one in confirmed if one not in there | off]
    asking = [one for one in asked if one not in there | off and one not in new]
    return Brought(len(new), len(there & {*confirmed}), len(off & {*confirmed}), len(asking))


def bring(composing: Composing, channel: Channel, rows: Rows, origin: str) -> Brought:
    """Put who confirmed on the channel's list, each with a line of the ledger, and owe the others a request."""
    added = add_confirmed(composing, channel, rows.confirmed, origin)
    asked = ask_to_confirm(composing, channel, rows.asked) if rows.asked else 0
    there = sum(one.state == "active" for one in added.kept)
    return Brought(len(added.added), there, len(added.barred), asked)


def add_confirmed(composing: Composing, channel: Channel, confirmed: Mapping[str, Consent], origin: str) -> Added:
    """Put those who confirmed on the channel's list, with a line in the ledger for each."""
    now = composing.clock()
    with composing.store.write() as tx:
        added = tx.people.add_confirmed(channel.id, confirmed, now=now)
        about = {"act": "import", "channel": channel.id, "from": origin}
        lines: Sequence[tuple[str, Mapping[str, object]]] = [
            (str(s.id), {**about, "wording": s.consent.version if s.consent else ""}) for s in added.added
        ]
        tx.ledger.record_all(LedgerKind.CONSENT, lines, at=now)
    return added
