# SPDX-License-Identifier: Apache-2.0
"""The outbox: one row for each mail that is owed, and its state. docs/operations.md explains the states.

A row is claimed by one worker for a limited time. ``attempts`` grows with every claim and fences: whoever lost a claim
changes nothing any more. A mail goes out again only if its outcome is unknown, at most twice, and always with the same
Message-ID. ``due_at`` is set as long as a row waits, and only then: what is due is found without looking at the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, or_, select, update

from syndicate.model import Delivery, DeliveryState, Outcome, Subscriber
from syndicate.store.mail_tables import deliveries
from syndicate.store.records import EditionSummary, edition_summary
from syndicate.store.schema import editions
from syndicate.store.statements import add, add_missing, batches

LEASE = timedelta(minutes=15)
"""How long a claim holds: longer than the 600 s that a relay may take to answer. Spec: RFC 5321 4.5.3.2.6."""

AFTER_UNKNOWN = timedelta(minutes=15)
"""The pause before a mail whose outcome is unknown goes out again."""

MOST_UNKNOWNS = 3
"""So often may the outcome of one mail be unknown; then a person decides."""

WAITING = (DeliveryState.READY.value, DeliveryState.SOFT.value, DeliveryState.UNKNOWN.value)
NEVER = (DeliveryState.HARD.value, DeliveryState.EXPIRED.value, DeliveryState.CANCELLED.value)
BUSY = (DeliveryState.CLAIMED.value, DeliveryState.IN_DATA.value)
# UNKNOWN too: an answer that comes after the lease still settles the doubt, unless it was claimed again.
SETTLED_FROM = (*BUSY, DeliveryState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class Settled:
    """How a delivery ended; ``due_at`` is when it is tried again (of SOFT and UNKNOWN), or None: never by itself."""

    delivery: Delivery
    outcome: Outcome
    due_at: datetime | None = None


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
        key_id: str,
    ) -> None:
        """Owe the edition to the subscribers, once each however often this is called.

        ``message_ids`` are by subscriber id; after ``expires_at`` a mail that did not get through is given up.
        """
        for batch in batches(subscribers):  # a row takes ten times the room of the subscriber
            rows = [
                {**_row(one, message_ids[one.id], key_id, now, expires_at), "edition_id": edition_id} for one in batch
            ]
            add_missing(self._connection, deliveries, rows, key=["edition_id", "subscriber_id"])

    def enqueue_notice(
        self, subscriber: Subscriber, message_id: str, message: bytes, now: datetime, *, expires_at: datetime
    ) -> None:
        """Owe a pending subscriber the request to confirm: ``message`` is the whole mail."""
        add(self._connection, deliveries, [{**_row(subscriber, message_id, "", now, expires_at), "notice": message}])

    def reached(self, edition_id: str) -> frozenset[int]:
        """Who was sent an edition, may have been, or may yet be: ids of subscribers."""
        mine = (deliveries.c.edition_id == edition_id, deliveries.c.state.not_in(NEVER))
        return frozenset(self._connection.execute(select(deliveries.c.subscriber_id).where(*mine)).scalars())

    def notices_since(self, subscriber_id: int, since: datetime) -> int:
        """How many requests to confirm a subscriber was owed since then."""
        query = select(func.count()).where(
            deliveries.c.subscriber_id == subscriber_id,
            deliveries.c.edition_id.is_(None),
            deliveries.c.created_at > since,
        )
        return self._connection.execute(query).scalar_one()

    def notice(self, delivery_id: int) -> bytes:
        """The whole mail of a delivery that has no edition; empty if it has one."""
        query = select(deliveries.c.notice).where(deliveries.c.id == delivery_id)
        return self._connection.execute(query).scalar_one() or b""

    def in_data(self, taken: Sequence[Delivery], *, now: datetime, lease: timedelta = LEASE) -> set[int]:
        """These messages are about to go out; the ids of those that may: the others' claims were lost.

        Commit before the first byte of a message: from here on its outcome may become unknown.
        """
        change = update(deliveries).where(*_mine(DeliveryState.CLAIMED.value))
        change = change.values(state=DeliveryState.IN_DATA.value, claimed_until=now + lease, updated_at=now)
        if self._connection.execute(change, [_fence(one) for one in taken]).rowcount == len(taken):
            return {one.id for one in taken}
        return self._now_in(taken, DeliveryState.IN_DATA.value)

    def settle(self, ended: Sequence[Settled], *, now: datetime) -> set[int]:
        """Write how deliveries ended; the ids of those that were still ours to write about."""
        kinds: dict[tuple[DeliveryState, bool], list[Settled]] = defaultdict(list)
        for one in ended:
            kinds[one.outcome.state, one.due_at is not None].append(one)
        done: set[int] = set()
        for (state, again), group in kinds.items():
            change = update(deliveries).where(*_mine(*SETTLED_FROM))
            change = change.values(
                **_ending(state, again=again), server_text=bindparam("b_text"), claimed_until=None, updated_at=now
            )
            rows = [{**_fence(one.delivery), "b_text": one.outcome.text} for one in group]
            if again:
                rows = [{**row, "b_due": one.due_at} for row, one in zip(rows, group, strict=True)]
            if self._connection.execute(change, rows).rowcount == len(rows):
                done |= {one.delivery.id for one in group}
            else:
                done |= self._now_in([one.delivery for one in group], state.value, DeliveryState.HELD.value)
        return done

    def put_back(self, claimed: Sequence[Delivery], due_at: datetime, *, now: datetime) -> None:
        """Nothing was sent for these claims; again at ``due_at``."""
        if claimed:
            change = update(deliveries).where(*_mine(DeliveryState.CLAIMED.value))
            change = change.values(state=DeliveryState.READY.value, due_at=due_at, updated_at=now, claimed_until=None)
            self._connection.execute(change, [_fence(one) for one in claimed])

    def free(self, worker: str, now: datetime) -> None:
        """Whatever a worker has claimed and not begun to send is due again."""
        mine = update(deliveries).where(
            deliveries.c.state == DeliveryState.CLAIMED.value, deliveries.c.worker == worker
        )
        self._connection.execute(
            mine.values(state=DeliveryState.READY.value, due_at=now, claimed_until=None, updated_at=now)
        )

    def cancel_for(self, subscriber_id: int, now: datetime) -> None:
        """Nothing that waits or is claimed may go to this subscriber any more."""
        change = update(deliveries).where(
            deliveries.c.subscriber_id == subscriber_id,
            deliveries.c.state.in_([*WAITING, DeliveryState.CLAIMED.value]),
        )
        self._connection.execute(change.values(state=DeliveryState.CANCELLED.value, due_at=None, updated_at=now))

    def forget(self, subscriber_id: int) -> None:
        """The address stands in none of the subscriber's deliveries any more, nor in what was written to it."""
        mine = update(deliveries).where(deliveries.c.subscriber_id == subscriber_id)
        self._connection.execute(mine.values(email="", domain="", notice=None, server_text=""))

    def of_subscriber(self, subscriber_id: int) -> list[tuple[Delivery, datetime]]:
        """All that a subscriber was owed, and when that was last changed."""
        query = select(deliveries).where(deliveries.c.subscriber_id == subscriber_id).order_by(deliveries.c.id)
        return [(_delivery(row), row.updated_at) for row in self._connection.execute(query)]

    def workers(self) -> list[str]:
        """The names under which deliveries are claimed."""
        names = select(deliveries.c.worker).where(deliveries.c.state.in_(BUSY)).distinct().order_by(deliveries.c.worker)
        return list(self._connection.execute(names).scalars())

    def recover(self, now: datetime, *, worker: str = "", resend: bool = True) -> int:
        """Free the claims whose time has passed; how many. With ``worker`` also those of that name, passed or not.

        Name a worker only if none of that name runs. What was claimed is ready again, what was inside DATA is unknown:
        due again, or held at once without ``resend``.
        """
        dead = deliveries.c.claimed_until < now
        if worker:
            dead = or_(dead, deliveries.c.worker == worker)
        text = "the sender stopped while the relay had not answered"
        doubt = {**_doubt(now + AFTER_UNKNOWN if resend else None), "server_text": text}
        ready = {"state": DeliveryState.READY.value, "due_at": now}
        freed = 0
        for state, values in ((DeliveryState.CLAIMED, ready), (DeliveryState.IN_DATA, doubt)):
            # What another transaction works on is not dead; waiting for it might be waiting for each other.
            found = select(deliveries.c.id).where(deliveries.c.state == state.value, dead)
            change = update(deliveries).where(deliveries.c.id.in_(found.with_for_update(skip_locked=True)))
            done = self._connection.execute(change.values({**values, "claimed_until": None, "updated_at": now}))
            freed += done.rowcount
        return freed

    def decide(self, delivery_id: int, *, again: bool, now: datetime) -> bool:
        """A person decides about a held delivery: send it ``again``, or call it done. False: it is not held."""
        held = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.HELD.value)
        values: dict[str, Any] = {"state": DeliveryState.CANCELLED.value}
        if again:
            values = {"state": DeliveryState.READY.value, "due_at": now, "expires_at": now + timedelta(days=2)}
        return bool(self._connection.execute(held.values(updated_at=now, **values)).rowcount)

    def counts(self, edition_id: str) -> dict[DeliveryState, int]:
        """How many deliveries of an edition are in each state; states without any are left out."""
        query = (
            select(deliveries.c.state, func.count())
            .where(deliveries.c.edition_id == edition_id)
            .group_by(deliveries.c.state)
        )
        return {DeliveryState(state): count for state, count in self._connection.execute(query)}

    def owed(self, channel_id: str, created: datetime) -> frozenset[int]:
        """Who was owed the channel's edition that was composed then, or a variant of it, by subscriber id."""
        query = select(deliveries.c.subscriber_id).join(editions, editions.c.id == deliveries.c.edition_id)
        mine = query.where(editions.c.channel_id == channel_id, editions.c.created == created)
        return frozenset(self._connection.execute(mine).scalars())

    def owed_since(self, list_id: str, when: datetime) -> frozenset[int]:
        """Who was owed an edition of any track of a list that was composed after that time, by subscriber id."""
        query = select(deliveries.c.subscriber_id).join(editions, editions.c.id == deliveries.c.edition_id)
        tracks = or_(editions.c.channel_id == list_id, editions.c.channel_id.startswith(f"{list_id}~", autoescape=True))
        return frozenset(self._connection.execute(query.where(editions.c.created > when, tracks)).scalars())

    def last_owed(self, subscriber_ids: Sequence[int]) -> dict[int, EditionSummary]:
        """By subscriber id the last edition that they were owed, of any track; those who never were are left out."""
        found: dict[int, EditionSummary] = {}
        for batch in batches(subscriber_ids):
            query = select(editions, deliveries.c.subscriber_id).join(
                deliveries, deliveries.c.edition_id == editions.c.id
            )
            query = query.where(deliveries.c.subscriber_id.in_(batch)).order_by(editions.c.created, editions.c.id)
            found |= {row.subscriber_id: edition_summary(row) for row in self._connection.execute(query)}
        return found

    def waits(self, edition_id: str) -> bool:
        """Whether anything of an edition is still to be sent."""
        states = deliveries.c.state.in_([*WAITING, *BUSY])
        query = select(deliveries.c.id).where(deliveries.c.edition_id == edition_id, states).limit(1)
        return self._connection.execute(query).first() is not None

    def accepted_since(self, edition_id: str, since: datetime) -> int:
        """How many mails of an edition were accepted since then."""
        query = select(func.count()).where(
            deliveries.c.edition_id == edition_id,
            deliveries.c.state == DeliveryState.ACCEPTED.value,
            deliveries.c.updated_at > since,
        )
        return self._connection.execute(query).scalar_one()

    def accepted_at(self, edition_id: str) -> list[datetime]:
        """When each mail of an edition was accepted, in order."""
        mine = deliveries.c.edition_id == edition_id, deliveries.c.state == DeliveryState.ACCEPTED.value
        query = select(deliveries.c.updated_at).where(*mine).order_by(deliveries.c.updated_at)
        return list(self._connection.execute(query).scalars())

    def due(self, now: datetime, most: int = 0) -> int:
        """How many deliveries wait and are due; counted up to ``most``, 0 is all."""
        query = select(func.count()).select_from(deliveries).where(deliveries.c.due_at <= now)
        if most:
            some = select(deliveries.c.id).where(deliveries.c.due_at <= now).limit(most)
            query = select(func.count()).select_from(some.subquery())
        return self._connection.execute(query).scalar_one()

    def next_due(self) -> datetime | None:
        """When the next waiting delivery is due; None if none waits."""
        earliest: datetime | None = self._connection.execute(select(func.min(deliveries.c.due_at))).scalar_one()
        return earliest

    def in_state(self, state: DeliveryState, limit: int = 100) -> list[tuple[Delivery, str]]:
        """Deliveries in a state with what the relay last said, the oldest first."""
        query = select(deliveries).where(deliveries.c.state == state.value).order_by(deliveries.c.id).limit(limit)
        return [(_delivery(row), row.server_text) for row in self._connection.execute(query)]

    def get(self, delivery_id: int) -> Delivery | None:
        """One delivery, or None."""
        return self._find(deliveries.c.id == delivery_id)

    def by_message_id(self, message_id: str) -> Delivery | None:
        """The delivery with this Message-ID, or None."""
        return self._find(deliveries.c.message_id == message_id)

    def _find(self, where: Any) -> Delivery | None:
        row = self._connection.execute(select(deliveries).where(where)).one_or_none()
        return None if row is None else _delivery(row)

    def _now_in(self, mine: Sequence[Delivery], *states: str) -> set[int]:
        """The ids of those that are in one of the states under the claim that is held here."""
        attempts = {one.id: one.attempts for one in mine}
        found: set[int] = set()
        for batch in batches(list(attempts)):
            query = select(deliveries.c.id, deliveries.c.attempts).where(
                deliveries.c.id.in_(batch), deliveries.c.state.in_(states)
            )
            found |= {row.id for row in self._connection.execute(query) if row.attempts == attempts[row.id]}
        return found


def _mine(*states: str) -> tuple[Any, ...]:
    return (
        deliveries.c.id == bindparam("b_id"),
        deliveries.c.attempts == bindparam("b_attempts"),
        or_(*(deliveries.c.state == state for state in states)),  # a list cannot stand in a statement for many rows
    )


def _fence(delivery: Delivery) -> dict[str, Any]:
    return {"b_id": delivery.id, "b_attempts": delivery.attempts}


def _ending(state: DeliveryState, *, again: bool) -> dict[str, Any]:
    due = bindparam("b_due", type_=deliveries.c.due_at.type) if again else None
    return _doubt(due) if state is DeliveryState.UNKNOWN else {"state": state.value, "due_at": due}


def _doubt(due_at: Any) -> dict[str, Any]:
    """Unknown, and due again; held for a person if that was too often, or if it is never to go out again by itself."""
    if due_at is None:
        return {"state": DeliveryState.HELD.value, "unknowns": deliveries.c.unknowns + 1, "due_at": None}
    last = deliveries.c.unknowns >= MOST_UNKNOWNS - 1
    return {
        "state": case((last, DeliveryState.HELD.value), else_=DeliveryState.UNKNOWN.value),
        "unknowns": deliveries.c.unknowns + 1,
        "due_at": case((last, None), else_=due_at),
    }


def _row(subscriber: Subscriber, message_id: str, key_id: str, now: datetime, expires_at: datetime) -> dict[str, Any]:
    return {
        "edition_id": None,
        "subscriber_id": subscriber.id,
        "email": subscriber.email,
        "domain": subscriber.email.rpartition("@")[2],
        "message_id": message_id,
        "key_id": key_id,
        "notice": None,
        "state": DeliveryState.READY.value,
        "due_at": now,
        "expires_at": expires_at,
        "created_at": now,
        "updated_at": now,
    }


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        edition_id=row.edition_id or "",
        subscriber_id=row.subscriber_id,
        email=row.email,
        message_id=row.message_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        key_id=row.key_id,
    )
