# SPDX-License-Identifier: Apache-2.0
"""How a source is: sound, broken, held or gone, and since when.

A single failure is no news: a source is broken when it has failed several times over several hours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from syndicate.intake import moves
from syndicate.model import Health
from syndicate.store import LedgerKind, SourceChange, SourceState, Transaction

FAILURES = 3
FAILING = timedelta(hours=6)
"""A source is broken after so many failures in a row over such a time."""


def sound(state: SourceState, now: datetime) -> SourceState:
    """A source that has answered. One that is held stays so until a person has decided."""
    return state if state.health is Health.HELD else _become(state, Health.SOUND, "", now)


def failing(state: SourceState, now: datetime, *, gone: bool) -> SourceState:
    """A source that has just failed once more, or whose word of being gone is believed."""
    if gone:
        return _become(state, Health.GONE, state.last_error, now)
    long = state.failing_since is not None and now - state.failing_since >= FAILING
    if state.failures >= FAILURES and long and state.health is Health.SOUND:
        return _become(state, Health.BROKEN, state.last_error, now)
    return state


def hold(state: SourceState, why: str, now: datetime) -> SourceState:
    """A source whose items wait for a person; the first reason stays."""
    return state if state.health is Health.HELD else _become(state, Health.HELD, why, now)


def note_changes(tx: Transaction, before: SourceState, after: SourceState, now: datetime, note: str = "") -> None:
    """Put down what became of a source, for the operator to hear once and for the record."""
    told = [("renamed", note)] if note else []
    if moved := moves.adopted(before.memory, after.memory):
        told.append(("moved", f"it has moved for good and is polled at {without_credentials(moved)} now"))
    if after.health is not before.health:
        told.append((_KINDS[after.health], after.health_why or "it answers again"))
    for kind, text in told:
        tx.holding.changed(SourceChange(after.source_id, now, kind, text))
        tx.ledger.record(LedgerKind.SOURCE, at=now, subject=after.source_id, data={"what": kind, "text": text})


def without_credentials(url: str) -> str:
    """An address as it may be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


_KINDS = {Health.SOUND: "recovered", Health.BROKEN: "broke", Health.HELD: "held", Health.GONE: "gone"}


def _become(state: SourceState, health: Health, why: str, now: datetime) -> SourceState:
    since = state.health_since if state.health is health else now
    return replace(state, health=health, health_why=why, health_since=since)


def status(state: SourceState) -> str:
    """How a source is, in a word or two."""
    if state.paused_at:
        return "paused"
    if state.health is not Health.SOUND:
        return "on hold" if state.health is Health.HELD else state.health.value
    if state.polls == 0:
        return "new"
    return "failing" if state.failures else "sound"
