# SPDX-License-Identifier: Apache-2.0
"""The brakes of sending: what stops an edition by itself, and tells a person once.

Refusals and complaints are signs that we write to people who do not want it, or that nobody takes mail from us: the
rates at which large mailbox providers begin to refuse a sender are where we stop first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from syndicate.deliver.answers import Trouble, puts_off, trouble
from syndicate.errors import DeliveryError, UsageError
from syndicate.model import Channel, DeliveryState, Sending, SendingState
from syndicate.pipeline.journal import Stops
from syndicate.pipeline.ports import Clock
from syndicate.store import LedgerKind, Settled, Store, Transaction

ENOUGH = 200
"""Rates of fewer mails mean nothing."""

FEW, ALL = 5, 0.9
"""But where this part of at least so many is refused, nobody takes our mail, however short the list is."""

REFUSED_WARN, REFUSED_STOP = 0.02, 0.05
COMPLAINTS_WARN, COMPLAINTS_STOP = 0.001, 0.003

GRACE = timedelta(hours=6)
"""An edition older than this of which nothing was sent yet is not sent by itself."""

OFTEN = 3
"""So many editions of one list in two of its periods, and the next is a reason to ask first."""

MORE_READERS, FEW_READERS = 1.2, 50
"""So many times the readers of the last edition, and so many more, are a reason to ask first."""

MOST_HELD = 1000
_COPY = "if the other one sends no more: syndicate sending take-over"
_RESUME = "look at it, then: syndicate sending resume {id}, or: syndicate sending cancel {id}"


def after_settling(clock: Clock) -> Callable[[Transaction, Sequence[Settled]], Stops]:
    """What follows from results, in the transaction that writes them; answers what stops."""
    troubled: set[str] | None = None

    def follow(tx: Transaction, ended: Sequence[Settled]) -> Stops:
        nonlocal troubled
        now = clock()
        troubled = set(tx.destinations.troubled()) if troubled is None else troubled
        rests = _destinations(tx, ended, troubled, now)
        accepted = Counter(one.delivery.edition_id for one in ended if one.outcome.state is DeliveryState.ACCEPTED)
        refused = Counter(one.delivery.edition_id for one in ended if one.outcome.state is DeliveryState.HARD)
        for one in ended:
            if one.outcome.state is DeliveryState.HARD:
                _refused(tx, one, now)
        changes = {name: (accepted[name], refused[name], 0) for name in (accepted | refused) if name}
        return rests | {held: None for one in tx.sendings.count(changes) if (held := judge(tx, one, now))}

    return follow


def _destinations(tx: Transaction, ended: Sequence[Settled], troubled: set[str], now: datetime) -> Stops:
    """Note which mail domains put us off and which take our mail; those that rest. ``troubled`` is kept up to date."""
    rests: Stops = {}
    for one in ended:
        domain = one.delivery.email.rpartition("@")[2]
        if one.outcome.state is DeliveryState.ACCEPTED and domain in troubled:
            tx.destinations.works([domain])
            troubled.discard(domain)
        elif one.outcome.state is DeliveryState.SOFT and puts_off(one.outcome.text):
            troubled.add(domain)
            until = tx.destinations.refused(domain, one.outcome.text, now)
            if until:
                rests[f"@{domain}"] = until
    return rests


def judge(tx: Transaction, sending: Sending, now: datetime) -> str:
    """Stop the edition if its rates say so, warn before that; the id of an edition that does not run."""
    if sending.state is not SendingState.RUNNING:
        return sending.edition_id
    sent = sending.accepted + sending.refused
    if sent >= FEW and sending.refused >= ALL * sent:
        hold(tx, sending.edition_id, "refusals", f"{sending.refused} refusals in {sent} mails", now)
        return sending.edition_id
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
    latest = tx.sendings.latest(channel.id)
    last = sum(one.recipients for one in latest if one.created_at == latest[0].created_at)  # of all variants together
    if not latest or recipients <= max(last * MORE_READERS, last + FEW_READERS):
        return ""
    return f"{recipients} readers, where the last edition had {last}"


def too_often(tx: Transaction, channel: Channel, since: datetime) -> str:
    """Why one more edition since then (a period and a half ago) does not go out by itself; "" if it does."""
    made = {one.created_at for one in tx.sendings.latest(channel.id, OFTEN * 20) if one.created_at >= since}
    if len(made) < OFTEN:
        return ""
    return f"it would be edition {OFTEN + 1} since {since:%Y-%m-%d %H:%M} UTC, where its schedule makes two"


def may_send(store: Store, now: datetime) -> None:
    """Raises DeliveryError, and rings an alarm, if this database is a copy of one that sends."""
    with store.read() as tx:
        why = tx.place.copied()
    if not why:
        return
    error = DeliveryError(f"is a copy of one that sends ({why}), so nothing is sent", subject="database", remedy=_COPY)
    with store.write() as tx:
        tx.alarms.ring("copy", "database", error.what, _COPY, now)
    raise error


def take_over(store: Store, now: datetime) -> int:
    """A person says that this copy of a database sends from now on; how many editions wait for one more word.

    What was under way when the copy was made may have been sent since: it is held, not sent again by itself.
    """
    with store.write() as tx:
        why = tx.place.copied()
        if not why:
            raise UsageError("is no copy, as far as can be seen", subject="database", remedy="nothing is to be done")
        running = [one for one in tx.sendings.latest(limit=MOST_HELD) if one.state is SendingState.RUNNING]
        waiting = [one for one in running if tx.outbox.waits(one.edition_id)]
        for one in waiting:
            hold(tx, one.edition_id, "copied", "the other database may have sent more of it", now)
        tx.alarms.end("copy", "database", now)
        tx.ledger.record(LedgerKind.DELIVERY, at=now, subject="database", data={"act": "take over", "because": why})
    store.take_over()
    return len(waiting)


def _refused(tx: Transaction, one: Settled, now: datetime) -> None:
    """A refusal that says that the address is dead takes it off all lists; every other one is only counted."""
    if trouble(one.outcome.text) is not Trouble.DEAD:
        return
    if tx.people.dead(one.delivery.subscriber_id, now):
        data = {"act": "suppress", "because": "refused", "text": one.outcome.text}
        tx.ledger.record(LedgerKind.CONSENT, at=now, subject=str(one.delivery.subscriber_id), data=data)
