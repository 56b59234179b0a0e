# SPDX-License-Identifier: Apache-2.0
"""What follows from mail that came back. Nothing is ever answered, so no mail of ours can begin a loop.

An address that does not exist, and a reader who complained, are taken off at once. Other failures are counted, one a
day; five days of fourteen are enough. "We do not want mail from you" is about us: it is never held against a reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.deliver import tokens
from syndicate.deliver.answers import Trouble, is_permanent, trouble
from syndicate.deliver.returned import Kind, Returned, read_returned
from syndicate.errors import UsageError
from syndicate.model import Delivery, Key
from syndicate.pipeline.brakes import judge
from syndicate.pipeline.people import take_off
from syndicate.pipeline.ports import Clock
from syndicate.store import LedgerKind, Store, Transaction

WINDOW = timedelta(days=14)
FAILING_DAYS = 5

UNMATCHED = "nobody's"
IGNORED = "ignored"
COUNTED = "counted"
DEAD = "taken off: no such address"
FAILING = "taken off: it failed on too many days"
COMPLAINED = "taken off: the reader complained"
LEFT = "taken off: the reader asked for it by mail"
GONE = "was off already"

BACK = "the reader is back on the list"
LIFTED = "the address may be written to again; the reader left by an own act and stays off this list"
NOBODY = "nobody had been taken off by it"


@dataclass(frozen=True, slots=True)
class Returning:
    """All that taking returned mail needs."""

    store: Store
    clock: Clock

    def take(self, content: bytes, sent_to: str = "") -> str:
        """Read one message and act on it, once however often it is handed in; what followed, in words."""
        now, digest = self.clock(), hashlib.sha256(content).hexdigest()
        returned = read_returned(content, sent_to)
        keys = self.store.keys(now)
        with self.store.write() as tx:
            if tx.returns.seen(digest):
                return "seen before"
            reader = who_leaves(keys, returned, now)
            if reader is not None and tx.people.get(reader):
                outcome = LEFT if take_off(tx, reader, now) else GONE
                tx.returns.record(digest, None, ("unsubscribe", "", ""), outcome, now, subscriber_id=reader)
                return outcome
            delivery = whose(tx, keys, returned, now)
            outcome = _follow(tx, returned, delivery, now) if delivery else UNMATCHED
            if delivery or returned.kind not in (Kind.ANSWER, Kind.OTHER):
                what = (returned.kind.value, returned.status, returned.text)
                tx.returns.record(digest, delivery, what, outcome, now)
        return outcome

    def undo(self, return_id: int) -> str:
        """A person looked at it and it was wrong: who was taken off by it comes back. BACK, LIFTED or NOBODY."""
        now = self.clock()
        with self.store.write() as tx:
            held = tx.returns.get(return_id)
            if held is None or held.subscriber_id is None:
                raise UsageError("no such return of a reader", subject=str(return_id), remedy="see: syndicate bounces")
            if not tx.returns.undo(return_id, now):
                raise UsageError("was undone before", subject=str(return_id), remedy="see: syndicate bounces")
            lifted = held.outcome in (DEAD, FAILING, COMPLAINED) and tx.people.restore(held.subscriber_id, now)
            data = {"act": "restore" if lifted else "undo", "return": return_id, "by": "operator"}
            tx.ledger.record(LedgerKind.CONSENT, at=now, subject=str(held.subscriber_id), data=data)
            reader = tx.people.get(held.subscriber_id)
        if not lifted:
            return NOBODY
        return LIFTED if reader and reader.state == "unsubscribed" else BACK


def who_leaves(keys: Sequence[Key], returned: Returned, now: datetime) -> int | None:
    """The reader who asks by mail to be taken off: by the token of the unsubscribe address that was written to."""
    if returned.kind in (Kind.FAILED, Kind.DELAYED, Kind.COMPLAINT):
        return None
    found = (tokens.read(keys, "unsubscribe", token, now) for token in map(_token, returned.addresses))
    return next((number for number in found if number), None)


def _token(address: str) -> str:
    return address.rpartition("@")[0].partition("+")[2].lower()


def whose(tx: Transaction, keys: Sequence[Key], returned: Returned, now: datetime) -> Delivery | None:
    """The delivery that came back: by our token in an address, else by our Message-ID; never by an address alone."""
    for address in returned.addresses:
        number = tokens.read(keys, "return", _token(address), now)
        found = tx.outbox.get(number) if number else None
        if found:
            return found
    return next(filter(None, map(tx.outbox.by_message_id, returned.message_ids)), None)


def _follow(tx: Transaction, returned: Returned, delivery: Delivery, now: datetime) -> str:
    outcome = _act(tx, returned, delivery, now)
    failed, complained = returned.kind is Kind.FAILED, returned.kind is Kind.COMPLAINT
    if delivery.edition_id and (failed or complained):
        for sending in tx.sendings.count({delivery.edition_id: (0, int(failed), int(complained))}):
            judge(tx, sending, now)
    if outcome in (DEAD, FAILING, COMPLAINED):
        data = {"act": "suppress", "because": returned.kind.value, "status": returned.status, "text": returned.text}
        tx.ledger.record(LedgerKind.CONSENT, at=now, subject=str(delivery.subscriber_id), data=data)
    return outcome


def _act(tx: Transaction, returned: Returned, delivery: Delivery, now: datetime) -> str:
    reader = delivery.subscriber_id
    if returned.kind is Kind.COMPLAINT:
        tx.people.suppress(reader, now, "complaint")
        return COMPLAINED
    if returned.kind is not Kind.FAILED:
        return IGNORED
    about = trouble(returned.status or returned.text)
    if about is Trouble.DEAD and is_permanent(returned.status):
        tx.people.dead(reader, now)
        return DEAD
    if about in (Trouble.POLICY, Trouble.MESSAGE):
        return IGNORED
    if tx.returns.days(reader, COUNTED, now - WINDOW) >= FAILING_DAYS - 1 and _is_new_day(tx, reader, now):
        tx.people.suppress(reader, now, "failures")
        return FAILING
    return COUNTED


def _is_new_day(tx: Transaction, reader: int, now: datetime) -> bool:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return tx.returns.days(reader, COUNTED, midnight) == 0
