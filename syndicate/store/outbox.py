# SPDX-License-Identifier: Apache-2.0
"""The outbox: one row for each mail that is owed, and its state. docs/operations.md explains the states.

A row is claimed by one worker for a limited time; consent and suppression are looked up in the same transaction.
``attempts`` grows with every claim and fences: whoever lost a claim changes nothing any more. A mail goes out again
only if its outcome is unknown, at most twice, and always with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select, update

from syndicate.model import Delivery, DeliveryState, Subscriber
from syndicate.store.people import ACTIVE, PENDING
from syndicate.store.schema import deliveries, subscribers, suppressions
from syndicate.store.statements import add, add_missing, batches

LEASE = timedelta(minutes=15)
"""How long a claim holds: longer than the 600 s that a relay may take to answer. Spec: RFC 5321 4.5.3.2.6."""

AFTER_UNKNOWN = timedelta(minutes=15)
"""The pause before a mail whose outcome is unknown goes out again."""

MOST_UNKNOWNS = 3
"""So often may the outcome of one mail be unknown; then a person decides."""

WAITING = (DeliveryState.READY.value, DeliveryState.SOFT.value, DeliveryState.UNKNOWN.value)


class Outbox:
    """The deliveries, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def enqueue(
        self,
        edition_id: str,
        subscribers: Sequence[Subscriber],
        message_ids: Mapping[int, str],
        now: datetime,
        *,
        expires_at: datetime,
    ) -> None:
        """Owe the edition to the subscribers, once each however often this is called.

        ``message_ids`` are by subscriber id; after ``expires_at`` a mail that did not get through is given up.
        """
        rows = [_row(one, message_ids[one.id], now, expires_at, edition_id=edition_id) for one in subscribers]
        add_missing(self._connection, deliveries, rows, key=["edition_id", "subscriber_id"])

    def enqueue_notice(
        self, subscriber: Subscriber, message_id: str, message: bytes, now: datetime, *, expires_at: datetime
    ) -> bool:
        """Owe a pending subscriber the request to confirm: ``message`` is the whole mail.

        False, and nothing is owed, if the subscriber was written to in the last 24 hours.
        """
        recent = select(deliveries.c.id).where(
            deliveries.c.subscriber_id == subscriber.id, deliveries.c.created_at > now - timedelta(hours=24)
        )
        if self._connection.execute(recent.limit(1)).first() is not None:
            return False
        add(self._connection, deliveries, [_row(subscriber, message_id, now, expires_at, notice=message)])
        return True

    def notice(self, delivery_id: int) -> bytes:
        """The whole mail of a delivery that has no edition; empty if it has one."""
        query = select(deliveries.c.notice).where(deliveries.c.id == delivery_id)
        return self._connection.execute(query).scalar_one() or b""

    def claim(self, now: datetime, worker: str, limit: int, lease: timedelta = LEASE) -> list[Delivery]:
        """Take up to ``limit`` deliveries that are due, the longest due first, for ``worker`` and the time ``lease``.

        Those whose subscriber may not be written to (any more) are cancelled instead, those too old expire.
        """
        self._expire(now)
        rows = self._connection.execute(_due_query(now, limit)).all()
        self._set([row.id for row in rows if not row.allowed], now, state=DeliveryState.CANCELLED.value)
        allowed = [row for row in rows if row.allowed]
        claim = {"state": DeliveryState.CLAIMED.value, "worker": worker, "claimed_until": now + lease}
        self._set([row.id for row in allowed], now, attempts=deliveries.c.attempts + 1, **claim)
        return [_delivery(row, state=DeliveryState.CLAIMED, attempts=row.attempts + 1) for row in allowed]

    def in_data(self, delivery: Delivery, *, now: datetime, lease: timedelta = LEASE) -> bool:
        """The message is about to go out. False: the claim was lost, so it must not.

        Commit before the first byte of the message: from here on the outcome may become unknown.
        """
        change = self._claimed(delivery, DeliveryState.CLAIMED)
        values = {"state": DeliveryState.IN_DATA.value, "claimed_until": now + lease, "updated_at": now}
        return bool(self._connection.execute(change.values(values)).rowcount)

    def accepted(self, delivery: Delivery, text: str, *, now: datetime) -> bool:
        """The relay took it. As all that report an outcome: False if the claim was lost, and nothing is changed."""
        return self._settle(delivery, now, state=DeliveryState.ACCEPTED.value, server_text=text)

    def soft(self, delivery: Delivery, text: str, due_at: datetime, *, now: datetime) -> bool:
        """The relay refused it for now; again at ``due_at``."""
        return self._settle(delivery, now, state=DeliveryState.SOFT.value, server_text=text, due_at=due_at)

    def hard(self, delivery: Delivery, text: str, *, now: datetime) -> bool:
        """The relay refused it for good."""
        return self._settle(delivery, now, state=DeliveryState.HARD.value, server_text=text)

    def unknown(self, delivery: Delivery, text: str, due_at: datetime, *, now: datetime) -> bool:
        """Nobody knows whether the relay took it: again at ``due_at``, or held the third time."""
        return self._settle(delivery, now, **_doubt(due_at), server_text=text)

    def put_back(self, claimed: Sequence[Delivery], due_at: datetime, *, now: datetime) -> None:
        """Nothing was sent for these claims; again at ``due_at``."""
        for delivery in claimed:
            change = self._claimed(delivery, DeliveryState.CLAIMED)
            values = {"state": DeliveryState.READY.value, "due_at": due_at, "updated_at": now, "claimed_until": None}
            self._connection.execute(change.values(values))

    def workers(self) -> list[str]:
        """The names under which deliveries are claimed."""
        busy = deliveries.c.state.in_([DeliveryState.CLAIMED.value, DeliveryState.IN_DATA.value])
        names = select(deliveries.c.worker).where(busy).distinct().order_by(deliveries.c.worker)
        return list(self._connection.execute(names).scalars())

    def recover(self, now: datetime, *, worker: str = "") -> int:
        """Free the claims whose time has passed; how many. With ``worker`` also those of that name, passed or not.

        Name a worker only if none of that name runs. What was claimed is ready again, what was inside DATA is unknown.
        """
        dead = deliveries.c.claimed_until < now
        if worker:
            dead = or_(dead, deliveries.c.worker == worker)
        text = "the sender stopped while the relay had not answered"
        doubt = {**_doubt(now + AFTER_UNKNOWN), "server_text": text}
        freed = 0
        for state, values in ((DeliveryState.CLAIMED, _READY), (DeliveryState.IN_DATA, doubt)):
            change = update(deliveries).where(deliveries.c.state == state.value, dead)
            done = self._connection.execute(change.values({**values, "claimed_until": None, "updated_at": now}))
            freed += done.rowcount
        return freed

    def counts(self, edition_id: str) -> dict[DeliveryState, int]:
        """How many deliveries of an edition are in each state; states without any are left out."""
        query = (
            select(deliveries.c.state, func.count())
            .where(deliveries.c.edition_id == edition_id)
            .group_by(deliveries.c.state)
        )
        return {DeliveryState(state): count for state, count in self._connection.execute(query)}

    def due(self, now: datetime) -> int:
        """How many deliveries wait and are due."""
        query = select(func.count()).select_from(deliveries).where(_is_due(now))
        return self._connection.execute(query).scalar_one()

    def next_due(self) -> datetime | None:
        """When the next waiting delivery is due; None if none waits."""
        query = select(func.min(deliveries.c.due_at)).where(deliveries.c.state.in_(WAITING))
        earliest: datetime | None = self._connection.execute(query).scalar_one()
        return earliest

    def in_state(self, state: DeliveryState, limit: int = 100) -> list[tuple[Delivery, str]]:
        """Deliveries in a state with what the relay last said, the oldest first."""
        query = select(deliveries).where(deliveries.c.state == state.value).order_by(deliveries.c.id).limit(limit)
        return [
            (_delivery(row, state=state, attempts=row.attempts), row.server_text)
            for row in self._connection.execute(query)
        ]

    def _expire(self, now: datetime) -> None:
        old = and_(deliveries.c.state.in_(WAITING), deliveries.c.due_at <= now, deliveries.c.expires_at <= now)
        # What may have been delivered cannot be called expired: a person looks at it.
        in_doubt = deliveries.c.state == DeliveryState.UNKNOWN.value
        state = case((in_doubt, DeliveryState.HELD.value), else_=DeliveryState.EXPIRED.value)
        self._connection.execute(update(deliveries).where(old).values(state=state, updated_at=now))

    def _set(self, ids: Sequence[int], now: datetime, **values: Any) -> None:
        for batch in batches(ids):
            change = update(deliveries).where(deliveries.c.id.in_(batch))
            self._connection.execute(change.values(updated_at=now, **values))

    def _claimed(self, delivery: Delivery, *states: DeliveryState) -> Any:
        return update(deliveries).where(
            deliveries.c.id == delivery.id,
            deliveries.c.attempts == delivery.attempts,
            deliveries.c.state.in_([state.value for state in states]),
        )

    def _settle(self, delivery: Delivery, now: datetime, **values: Any) -> bool:
        # UNKNOWN too: an answer that comes after the lease still settles the doubt, unless it was claimed again.
        change = self._claimed(delivery, DeliveryState.CLAIMED, DeliveryState.IN_DATA, DeliveryState.UNKNOWN)
        values = {**values, "updated_at": now, "claimed_until": None}
        return bool(self._connection.execute(change.values(values)).rowcount)


_READY: dict[str, Any] = {"state": DeliveryState.READY.value}


def _doubt(due_at: datetime) -> dict[str, Any]:
    last = deliveries.c.unknowns >= MOST_UNKNOWNS - 1
    state = case((last, DeliveryState.HELD.value), else_=DeliveryState.UNKNOWN.value)
    return {"state": state, "unknowns": deliveries.c.unknowns + 1, "due_at": due_at}


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(deliveries.c.state.in_(WAITING), deliveries.c.due_at <= now)


def _due_query(now: datetime, limit: int) -> Select[Any]:
    barred = exists().where(
        suppressions.c.channel_id == subscribers.c.channel_id, suppressions.c.email_sha256 == subscribers.c.email_sha256
    )
    wanted = case((deliveries.c.edition_id.is_(None), PENDING), else_=ACTIVE)
    return (
        select(deliveries, and_(subscribers.c.state == wanted, ~barred).label("allowed"))
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(_is_due(now))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(of=deliveries, skip_locked=True)
    )


def _row(
    subscriber: Subscriber,
    message_id: str,
    now: datetime,
    expires_at: datetime,
    *,
    edition_id: str | None = None,
    notice: bytes | None = None,
) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "subscriber_id": subscriber.id,
        "email": subscriber.email,
        "message_id": message_id,
        "notice": notice,
        "state": DeliveryState.READY.value,
        "due_at": now,
        "expires_at": expires_at,
        "created_at": now,
        "updated_at": now,
    }


def _delivery(row: Row[Any], *, state: DeliveryState, attempts: int) -> Delivery:
    return Delivery(
        id=row.id,
        edition_id=row.edition_id or "",
        subscriber_id=row.subscriber_id,
        email=row.email,
        message_id=row.message_id,
        state=state,
        attempts=attempts,
    )
