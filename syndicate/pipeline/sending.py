# SPDX-License-Identifier: Apache-2.0
"""The acts of a person on editions by mail: pause, resume, cancel, and what becomes of mails whose answer was lost."""

from __future__ import annotations

from collections.abc import Sequence

from syndicate.errors import UsageError
from syndicate.model import SendingState
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.progress import Progress, progress
from syndicate.store import LedgerKind, Transaction

BY_HAND = "by hand"
ENDED = ("refusals", "complaints", "readers", "often", "late", "copied", "terms")
"""The alarms about an edition that end when a person has looked and decided."""


def change(composing: Composing, edition_id: str, state: SendingState, by: str = "operator") -> Progress:
    """Pause (PAUSED), resume (RUNNING) or cancel (CANCELLED); how far it has got.

    Raises UsageError for an edition that is not there, is in that state already or was cancelled.
    """
    now = composing.clock()
    with composing.store.write() as tx:
        held = tx.sendings.get(edition_id)
        if held is None:
            raise _unknown(tx, edition_id)
        reason = "" if state is SendingState.RUNNING else BY_HAND
        if not tx.sendings.change(edition_id, state, reason, now):
            raise UsageError(f"is {held.state} already", subject=edition_id, remedy="see: syndicate sending")
        for kind in ENDED:
            tx.alarms.end(kind, edition_id, now)
        tx.ledger.record(LedgerKind.DELIVERY, at=now, subject=edition_id, data={"act": state.value, "by": by})
        return progress(tx, tx.sendings.get(edition_id) or held, now)


def decide(composing: Composing, deliveries: Sequence[int], *, again: bool, by: str = "operator") -> None:
    """Send held deliveries again, or call them done; raises UsageError for one that is not held."""
    now = composing.clock()
    with composing.store.write() as tx:
        for delivery_id in deliveries:
            if not tx.outbox.decide(delivery_id, again=again, now=now):
                raise UsageError("is not held", subject=f"delivery {delivery_id}", remedy="see: syndicate sending held")
            data = {"act": "again" if again else "done", "by": by}
            tx.ledger.record(LedgerKind.DELIVERY, at=now, subject=str(delivery_id), data=data)


def _unknown(tx: Transaction, edition_id: str) -> UsageError:
    known = ", ".join(sending.edition_id for sending in tx.sendings.latest(limit=5))
    return UsageError("no such edition by mail", subject=edition_id, remedy=f"the newest: {known or 'none'}")
