# SPDX-License-Identifier: Apache-2.0
"""Breaches found in what was released, and the clock to cure them.

A released output is held again to the terms that were in force when it left, as far as they are known now (a statement
may be recorded later than it holds), and to its own proof. What fails is a line of the ledger with the day until which
it can be cured: under CC 4.0 and 3.0 IGO rights come back with a cure within 30 days, and we hold ourselves to as much
under terms of other kinds. Older CC licences know no cure: there only the publisher can give the rights back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.errors import UsageError
from syndicate.model import ChannelKind, Decision, Edition, Entry, Mode, Verified
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import Bench, copy_id, on_record
from syndicate.proof import verify
from syndicate.rights.licences import by_url
from syndicate.store import LedgerKind, LedgerRow, Transaction

LOOKED_BACK = timedelta(days=30)
CURE = timedelta(days=30)
A_DAY = timedelta(days=1)
"""Who objects on a day is followed on that day: no later record of it makes a breach."""

_NO_CURE = re.compile(r"-(?:1\.0|2\.\d|3\.0)(?!-IGO)(?:-|$)")


@dataclass(frozen=True, slots=True)
class Open:
    """A breach that is not cured. ``until`` is the last moment for it, None where the licence knows no cure."""

    row: LedgerRow
    until: datetime | None


def look(composing: Composing, *, proofs: bool = True) -> int:
    """Find breaches in what was released in the last 30 days, and cures; how many breaches are new.

    Without ``proofs`` only terms are compared, which is quick.
    """
    now = composing.clock()
    with composing.store.read() as tx:
        editions = [held.edition for held in tx.editions.released_since(now - LOOKED_BACK)]
        found = [one for edition in editions for one in _by_terms(composing, tx, edition)]
    found += [one for edition in editions for one in _by_proof(composing, edition)] if proofs else []
    with composing.store.write() as tx:
        known = {(row.subject, row.data["edition"], row.data["duty"]) for row in tx.ledger.all(LedgerKind.BREACH)}
        new = [(entry, data) for entry, data in found if (entry.item.id, data["edition"], data["duty"]) not in known]
        lines = [(entry.item.id, dict(data) | {"cure_until": cure_until(entry.decision, now)}) for entry, data in new]
        tx.ledger.record_all(LedgerKind.BREACH, lines, at=now)
        _cure_feeds(tx, now)
    return len(new)


def open_breaches(tx: Transaction) -> list[Open]:
    """Every breach without a cure, the oldest first."""
    cured = {row.data["breach"] for row in tx.ledger.all(LedgerKind.CURE)}
    rows = [row for row in tx.ledger.all(LedgerKind.BREACH) if row.id not in cured]
    return [
        Open(row, datetime.fromisoformat(row.data["cure_until"]) if row.data["cure_until"] else None) for row in rows
    ]


def cure(composing: Composing, breach: int, how: str, by: str) -> None:
    """Record how a breach was cured; raises UsageError if no breach of that number is open."""
    now = composing.clock()
    with composing.store.write() as tx:
        for one in open_breaches(tx):
            if one.row.id == breach:
                _cured(tx, one.row, how, by, now)
                return
    raise UsageError("no such breach is open", subject=str(breach), remedy="see `syndicate ledger --open`")


def _by_terms(composing: Composing, tx: Transaction, edition: Edition) -> Iterator[tuple[Entry, Mapping[str, object]]]:
    """Items carried further than was permitted by statements that held already and were recorded a day or more later.

    A digest is held to the moment at which it was made; a feed, which lies open until it is replaced, to all of them.
    """
    made, is_feed = edition.created, edition.channel.kind is ChannelKind.FEED
    late = [s for s in tx.terms.all() if s.at - s.since > A_DAY and made < s.at and (is_feed or s.since <= made)]
    if not late:
        return
    then, known = max(made, *(s.since for s in late)), min(s.at for s in late) - timedelta.resolution
    carried = [entry for entry in edition.entries if entry.decision.mode]
    held = tx.items.get([copy_id(entry) for entry in carried])
    copies = {copy_id(e): e for e in carried}
    stored = [replace(held[i], item=replace(e.item, id=i), chain=e.chain) for i, e in copies.items()]
    ways = (on_record(composing.publishers, tx, then, known=known), on_record(composing.publishers, tx, then))
    decided = (Bench(way, tx, edition.channel, then).decide(stored) for way in ways)
    for entry, thought, was in zip(carried, *decided, strict=True):
        if was.mode < min(thought.mode, entry.decision.mode):
            yield entry, _line(edition, entry, "mode", was.because) | {"permitted": was.mode.name.lower()}


def _by_proof(composing: Composing, edition: Edition) -> Iterator[tuple[Entry, Mapping[str, object]]]:
    """Duties that the released bytes do not keep by the proof of today."""
    outcome = verify(edition, composing.site)
    entries = {entry.item.id: entry for entry in edition.entries}
    for finding in () if isinstance(outcome, Verified) else outcome:
        if finding.item_id in entries:
            entry = entries[finding.item_id]
            yield entry, _line(edition, entry, finding.duty, f"{finding.part}: {finding.message}")


def _line(edition: Edition, entry: Entry, duty: str, because: str) -> dict[str, object]:
    carried = entry.decision.mode.name.lower()
    return {"edition": edition.id, "channel": edition.channel.id, "duty": duty, "carried": carried, "because": because}


def cure_until(decision: Decision, now: datetime) -> str:
    """The end of the clock; "" where a licence of the item knows no cure."""
    named = [by_url(duty.url) for duty in decision.duties if duty.id == "O4"]
    return "" if any(one and _NO_CURE.search(one.id) for one in named) else (now + CURE).isoformat()


# ------------------------------------------------------------------------------------------------ cures


def _cure_feeds(tx: Transaction, now: datetime) -> None:
    """A feed is replaced: a breach in one is over when a later edition carries no more than may be, proved."""
    for one in open_breaches(tx):
        latest = tx.editions.latest(one.row.data["channel"])
        if latest is None or latest.edition.channel.kind is not ChannelKind.FEED or not latest.summary.released_at:
            continue
        most = Mode[str(one.row.data.get("permitted", "full")).upper()]
        modes = {entry.item.id: entry.decision.mode for entry in latest.edition.entries}
        is_later = latest.edition.id != one.row.data["edition"]
        if is_later and modes.get(one.row.subject, Mode.WITHHOLD) <= most:
            _cured(tx, one.row, f"edition {latest.edition.id} keeps its terms", "syndicate", now)


def _cured(tx: Transaction, row: LedgerRow, how: str, by: str, now: datetime) -> None:
    late = bool(row.data["cure_until"]) and now > datetime.fromisoformat(row.data["cure_until"])
    data = {"breach": row.id, "how": how, "by": by, "in_time": not late}
    tx.ledger.record(LedgerKind.CURE, at=now, subject=row.subject, data=data)
