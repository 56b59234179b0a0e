# SPDX-License-Identifier: Apache-2.0
"""What a person decides about a source: pause it, let it go on, release what waits or drop it.

Whoever decides while the source is polled is right: what that poll brings is not written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from syndicate.model import Health
from syndicate.store import LedgerKind, SourceChange, SourceState, Store, Transaction


def pause(store: Store, source_id: str, now: datetime) -> None:
    """Poll a source no more until it is resumed; paused twice, the first time counts."""
    with store.write() as tx:
        (state,) = tx.sources.get([source_id])
        if state.paused_at is None:
            tx.sources.change(replace(state, paused_at=now))
            _record(tx, source_id, "paused", "", now)


def resume(store: Store, source_id: str, now: datetime) -> None:
    """Poll a source again that was paused or gone; it is due now, unless its server asked us to wait."""
    with store.write() as tx:
        (state,) = tx.sources.get([source_id])
        memory = replace(state.memory, gone_since=None)
        health = state.health if state.health is Health.HELD else Health.SOUND
        after = replace(
            state, paused_at=None, next_poll_at=now, next_why="resumed", memory=memory, health=health, failures=0
        )
        tx.sources.change(
            replace(after, failing_since=None, health_since=now if health is not state.health else state.health_since)
        )
        _record(tx, source_id, "resumed", "", now)


def hurry(store: Store, source_id: str, now: datetime, by: str) -> bool:
    """A source is due now; False for one that is paused or gone. Its server's wish to be left alone still holds."""
    with store.write() as tx:
        (state,) = tx.sources.get([source_id])
        if state.paused_at is not None or state.next_poll_at is None:
            return False
        tx.sources.change(replace(state, next_poll_at=now, next_why=f"asked for by {by}"))
        return True


def release(store: Store, source_id: str, now: datetime) -> int:
    """What waits of a source may be carried, and the source is what it looks like now; how many items."""
    with store.write() as tx:
        released = tx.holding.release(source_id)
        _go_on(tx, source_id, f"{len(released)} items released", now)
        return len(released)


def drop(store: Store, source_id: str, now: datetime) -> int:
    """What waits of a source is never carried; what comes later is looked at as ever; how many items."""
    with store.write() as tx:
        dropped = tx.holding.drop(source_id)
        _go_on(tx, source_id, f"{len(dropped)} items dropped", now)
        return len(dropped)


def _go_on(tx: Transaction, source_id: str, text: str, now: datetime) -> None:
    """The source is sound. Its next document is read whole, and taken for what the source is."""
    (state,) = tx.sources.get([source_id])
    tx.marks.put(source_id, b"")
    tx.sources.change(_accepted(state, now))
    tx.holding.changed(SourceChange(source_id, now, "released", text))
    _record(tx, source_id, "released", text, now)


def _accepted(state: SourceState, now: datetime) -> SourceState:
    if state.health is not Health.HELD:
        return state
    return replace(
        state,
        health=Health.SOUND,
        health_why="",
        health_since=now,
        memory=replace(state.memory, face=None),
        etag="",
        last_modified="",
        body_sha256="",
        next_poll_at=now,
        next_why="released",
    )


def _record(tx: Transaction, source_id: str, what: str, text: str, now: datetime) -> None:
    tx.ledger.record(LedgerKind.SOURCE, at=now, subject=source_id, data={"what": what, "text": text})
