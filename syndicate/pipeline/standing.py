# SPDX-License-Identifier: Apache-2.0
"""Whether an edition that is being mailed may still go out: terms change, items are withdrawn, permissions run out.

What it carries was decided when it was composed. As long as it goes out, each claim asks whether every item of it would
still be carried as far, now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from syndicate.model import Mode, SendingState
from syndicate.pipeline.brakes import GRACE, hold
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import Bench, copy_id, on_record
from syndicate.store import LedgerKind, Transaction

CHANGES = (LedgerKind.PERMISSION, LedgerKind.OBJECTION, LedgerKind.OVERRIDE)


def may_go_out(composing: Composing) -> Callable[[Transaction, str], str]:
    """A judge for claims: why an edition may not go out any more, "" if it may.

    The answer is kept until terms or overrides change, at most for a minute: some permissions end by the clock.
    """
    kept: dict[str, tuple[tuple[int, datetime], str]] = {}

    def judge(tx: Transaction, edition_id: str) -> str:
        now = composing.clock()
        mark = (tx.ledger.newest(CHANGES), now.replace(second=0, microsecond=0))
        if edition_id not in kept or kept[edition_id][0] != mark:
            reason = narrowed(composing, tx, edition_id, now)
            if reason:
                tx.sendings.change(edition_id, SendingState.CANCELLED, reason, now)
                remedy = "compose it again; it will carry only what is permitted now"
                tx.alarms.ring("terms", edition_id, f"cancelled: {reason}", remedy, now)
            kept[edition_id] = mark, reason
        return kept[edition_id][1]

    return judge


def narrowed(composing: Composing, tx: Transaction, edition_id: str, now: datetime) -> str:
    """What an edition carries further than is permitted now, in words; "" if nothing."""
    held = tx.editions.get(edition_id)
    if held is None:
        return "the edition is gone"
    carried = [entry for entry in held.edition.entries if entry.decision.mode > Mode.WITHHOLD]
    found = tx.items.get([copy_id(entry) for entry in carried])
    stored = [found[copy_id(entry)] for entry in carried]
    gone = tx.works.gone([entry.item.id for entry in carried])
    bench = Bench(on_record(composing.publishers, tx, now), tx, held.edition.channel, now)
    for entry, one, decision in zip(carried, stored, bench.decide(stored), strict=True):
        if one.withdrawn or entry.item.id in gone:
            return f"item {entry.item.id} was withdrawn"
        if decision.mode < entry.decision.mode:
            return f"item {entry.item.id} may be carried as {decision.mode.name.lower()} only: {decision.because}"
    return ""


def hold_late(tx: Transaction, now: datetime) -> None:
    """Editions that nobody began to send in time are not sent by themselves: their news may be old, or sent before."""
    for sending in tx.sendings.not_begun(now - GRACE):
        words = f"it was made at {sending.created_at:%Y-%m-%d %H:%M} UTC and nothing of it was sent since"
        hold(tx, sending.edition_id, "late", words, now)
