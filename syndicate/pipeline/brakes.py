# SPDX-License-Identifier: Apache-2.0
"""The brakes of sending: what stops an edition by itself, and tells a person once.

Refusals and complaints are signs that we write to people who do not want it, or that nobody takes mail from us: the
rates at which large mailbox providers begin to refuse a sender are where we stop first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from syndicate.deliver.answers import Trouble, trouble
from syndicate.model import Channel, DeliveryState, Sending, SendingState
from syndicate.pipeline.ports import Clock
from syndicate.store import LedgerKind, Settled, Transaction

ENOUGH = 200
"""Rates of fewer mails mean nothing."""

REFUSED_WARN, REFUSED_STOP = 0.02, 0.05
COMPLAINTS_WARN, COMPLAINTS_STOP = 0.001, 0.003

GRACE = timedelta(hours=6)
"""An edition older than this of which nothing was sent yet is not sent by itself."""

MORE_READERS, FEW_READERS = 1.2, 50
"""So many times the readers of the last edition, and so many more, are a reason to ask first."""

_RESUME = "look at it, then: syndicate sending resume {id}, or: syndicate sending cancel {id}"


def after_settling(clock: Clock) -> Callable[[Transaction, Sequence[Settled]], set[str]]:
    """What follows from results, in the transaction that writes them; answers which editions stop."""

    def follow(tx: Transaction, ended: Sequence[Settled]) -> set[str]:
        now = clock()
        accepted = Counter(one.delivery.edition_id for one in ended if one.outcome.state is DeliveryState.ACCEPTED)
        refused = Counter(one.delivery.edition_id for one in ended if one.outcome.state is DeliveryState.HARD)
        for one in ended:
            if one.outcome.state is DeliveryState.HARD:
                _refused(tx, one, now)
        changes = {name: (accepted[name], refused[name], 0) for name in (accepted | refused) if name}
        return {held for one in tx.sendings.count(changes) if (held := judge(tx, one, now))}

    return follow


def judge(tx: Transaction, sending: Sending, now: datetime) -> str:
    """Stop the edition if its rates say so, warn before that; the id of an edition that does not run."""
    if sending.state is not SendingState.RUNNING:
        return sending.edition_id
    sent = sending.accepted + sending.refused
    if sent < ENOUGH:
        return ""
    for kind, count, warn, stop in (
        ("refusals", sending.refused, REFUSED_WARN, REFUSED_STOP),
        ("complaints", sending.complaints, COMPLAINTS_WARN, COMPLAINTS_STOP),
    ):
        words = f"{count} {kind} in {sent} mails"
        if count >= stop * sent:
            hold(tx, sending.edition_id, kind, words, now)
            return sending.edition_id
        if count >= warn * sent:
            tx.alarms.ring(f"{kind}-rising", sending.edition_id, words, "look at what the relay said", now)
    return ""


def hold(tx: Transaction, edition_id: str, kind: str, words: str, now: datetime) -> None:
    """Stop an edition until a person decides, and say so once."""
    if tx.sendings.change(edition_id, SendingState.HELD, words, now):
        tx.alarms.ring(kind, edition_id, f"stopped: {words}", _RESUME.format(id=edition_id), now)
        data = {"act": "hold", "reason": kind, "text": words}
        tx.ledger.record(LedgerKind.DELIVERY, at=now, subject=edition_id, data=data)


def too_many(tx: Transaction, channel: Channel, recipients: int) -> str:
    """Why an edition with so many readers does not go out by itself; "" if it does."""
    last = next(iter(tx.sendings.latest(channel.id, 1)), None)
    if last is None or recipients <= max(last.recipients * MORE_READERS, last.recipients + FEW_READERS):
        return ""
    return f"{recipients} readers, where the last edition had {last.recipients}"


def _refused(tx: Transaction, one: Settled, now: datetime) -> None:
    """A refusal that says that the address is dead takes it off all lists; every other one is only counted."""
    if trouble(one.outcome.text) is not Trouble.DEAD:
        return
    if tx.people.dead(one.delivery.subscriber_id, now):
        data = {"act": "suppress", "because": "refused", "text": one.outcome.text}
        tx.ledger.record(LedgerKind.CONSENT, at=now, subject=str(one.delivery.subscriber_id), data=data)
