# SPDX-License-Identifier: Apache-2.0
"""The claim: who may be written to now, decided in one transaction.

Consent and its purpose, suppression, the state of the sending, the terms and the rates are looked up for each row that
is due. A row that may not go now leaves the index of what is due, so that it does not stand in the way of the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, exists, or_, select, update

from syndicate.model import Delivery, DeliveryState, Interest, Pace, SendingState
from syndicate.store.destinations import Destinations
from syndicate.store.mail_tables import deliveries, sendings, subscribers, suppressions
from syndicate.store.outbox import LEASE
from syndicate.store.people import ACTIVE, EVERYWHERE, PENDING, UNSUBSCRIBED
from syndicate.store.place import Place
from syndicate.store.rates import Rates
from syndicate.store.statements import alone, batches

MOST_LOOKS = 20
"""So often a claim looks for rows that may go before it lets other writers in."""

ANY_PACE = Pace()

_ALL, _MINUTE = "all", timedelta(minutes=1)
_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was claimed. ``again_at``: more may be due, but not before then."""

    deliveries: tuple[Delivery, ...]
    again_at: datetime | None = None


class Claims:
    """The claims, inside one transaction."""

    def __init__(self, connection: Connection, place: Place) -> None:
        """``connection`` is in a transaction; ``place`` counts that something was claimed in it."""
        self._connection = connection
        self._place = place
        self._rates = Rates(connection)
        self._destinations = Destinations(connection)

    def claim(
        self,
        now: datetime,
        worker: str,
        limit: int,
        *,
        lease: timedelta = LEASE,
        pace: Pace = ANY_PACE,
        stop: Callable[[str], str] = lambda _: "",
    ) -> Claimed:
        """Take up to ``limit`` deliveries that are due, the longest due first, for ``worker`` and the time ``lease``.

        ``stop`` is asked once for each edition why it may not go out any more ("": it may). Whoever may not be written
        to any more is cancelled, what is too old expires, what must wait waits.
        """
        if pace != ANY_PACE:
            alone(self._connection, "the pace of mail")
        room, again_at = self._room(now, pace, limit)
        if not room:
            return Claimed((), again_at)
        for _ in range(MOST_LOOKS):
            rows = self._connection.execute(_due_query(now, room)).all()
            chosen = self._sort(rows, now, pace, stop)
            if chosen or not rows:
                break
        else:
            return Claimed((), now)
        values = {"state": DeliveryState.CLAIMED.value, "worker": worker, "claimed_until": now + lease, "due_at": None}
        self._set([row.id for row in chosen], now, attempts=deliveries.c.attempts + 1, **values)
        self._started([row.edition_id for row in chosen], now)
        if chosen:
            self._place.claimed()
        self._count(chosen, now, pace)
        return Claimed(tuple(_delivery(row) for row in chosen), again_at if len(rows) == room else None)

    def _sort(self, rows: Sequence[Row[Any]], now: datetime, pace: Pace, stop: Callable[[str], str]) -> list[Row[Any]]:
        """The rows that may go now; what becomes of the others is written."""
        reasons = {name: stop(name) for name in dict.fromkeys(row.edition_id for row in rows if row.edition_id)}
        verdicts: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            verdicts[_verdict(row, reasons.get(row.edition_id or "", ""), now)].append(row)
        rested = self._rested(verdicts.pop("", []), now)
        chosen, late = self._within_domains(rested, now, pace)
        self._move(now, verdicts)
        self._set([row.id for row in late], now, due_at=_next(now, _MINUTE))
        return chosen

    def _room(self, now: datetime, pace: Pace, limit: int) -> tuple[int, datetime | None]:
        """How many may be claimed now, and when there is room again."""
        room, again_at = limit, None
        limits = (
            (pace.per_second, _SECOND, _floor(now, _SECOND)),
            (pace.per_hour, _MINUTE, _floor(now, _MINUTE) - _HOUR),
        )
        for most, step, since in limits:
            if most:
                left = max(0, most - self._rates.used(f"{_ALL}/{step.seconds}", since))
                if left < room:
                    room, again_at = left, _next(now, step)
        return room, again_at

    def _rested(self, rows: Sequence[Row[Any]], now: datetime) -> list[Row[Any]]:
        """The rows whose recipient's domain does not rest; the others wait as long as it does."""
        resting = {name: until for name, until in self._destinations.troubled().items() if until > now}
        for domain, until in resting.items():
            self._set([row.id for row in rows if row.domain == domain], now, due_at=until)
        return [row for row in rows if row.domain not in resting]

    def _within_domains(
        self, rows: Sequence[Row[Any]], now: datetime, pace: Pace
    ) -> tuple[list[Row[Any]], list[Row[Any]]]:
        """The rows whose recipient's domain may get more in this minute, and the others."""
        if not pace.domain_per_minute:
            return list(rows), []
        taken: Counter[str] = Counter()
        for domain in dict.fromkeys(row.domain for row in rows):
            taken[domain] = self._rates.used(f"@{domain}", _floor(now, _MINUTE))
        chosen: list[Row[Any]] = []
        late: list[Row[Any]] = []
        for row in rows:
            taken[row.domain] += 1
            (chosen if taken[row.domain] <= pace.domain_per_minute else late).append(row)
        return chosen, late

    def _count(self, rows: Sequence[Row[Any]], now: datetime, pace: Pace) -> None:
        if pace.per_second:
            self._rates.count(f"{_ALL}/1", now, len(rows), second=True)
        if pace.per_hour:
            self._rates.count(f"{_ALL}/60", now, len(rows))
        if pace.domain_per_minute:
            for domain, number in Counter(row.domain for row in rows).items():
                self._rates.count(f"@{domain}", now, number)

    def _move(self, now: datetime, verdicts: dict[str, list[Row[Any]]]) -> None:
        """Write what became of the rows that are not claimed."""
        # What may have been delivered cannot be called expired: a person looks at it.
        doubt = deliveries.c.state == DeliveryState.UNKNOWN.value
        expired = case((doubt, DeliveryState.HELD.value), else_=DeliveryState.EXPIRED.value)
        for verdict, rows in verdicts.items():
            ids = [row.id for row in rows]
            if verdict == _EXPIRED:
                self._set(ids, now, state=expired, due_at=None)
            elif verdict == _WAITS:
                self._set(ids, now, due_at=None)
            else:
                self._set(ids, now, state=DeliveryState.CANCELLED.value, due_at=None, server_text=verdict)

    def _started(self, edition_ids: Sequence[str | None], now: datetime) -> None:
        for edition_id in dict.fromkeys(filter(None, edition_ids)):
            first = update(sendings).where(sendings.c.edition_id == edition_id, sendings.c.started_at.is_(None))
            self._connection.execute(first.values(started_at=now))

    def _set(self, ids: Sequence[int], now: datetime, **values: Any) -> None:
        for batch in batches(ids):
            change = update(deliveries).where(deliveries.c.id.in_(batch))
            self._connection.execute(change.values(updated_at=now, **values))


_EXPIRED, _WAITS = "expired", "waits"


def _verdict(row: Row[Any], reason: str, now: datetime) -> str:
    """What becomes of a row that is due: "" it may go, else why not."""
    if row.expires_at <= now:
        return _EXPIRED
    if row.sending == SendingState.CANCELLED.value:
        return "not sent: the edition was cancelled"
    if row.sending in (SendingState.PAUSED.value, SendingState.HELD.value):
        return _WAITS
    if not row.allowed:
        return "not sent: the person does not want it, or did not consent to it"
    return f"not sent: {reason}" if reason else ""


def _due_query(now: datetime, limit: int) -> Select[Any]:
    notice = deliveries.c.edition_id.is_(None)
    # A request to confirm goes also to those who left or were forgotten by an own act, and came by another one.
    barred = exists().where(
        suppressions.c.email_sha256 == subscribers.c.email_sha256,
        suppressions.c.channel_id.in_([subscribers.c.channel_id, EVERYWHERE]),
        or_(~notice, suppressions.c.reason != UNSUBSCRIBED, suppressions.c.channel_id == EVERYWHERE),
    )
    wanted = or_(
        subscribers.c.state == case((notice, PENDING), else_=ACTIVE),
        and_(notice, subscribers.c.state == UNSUBSCRIBED),
    )
    agreed = or_(
        notice,
        and_(
            subscribers.c.confirmed_at.is_not(None),
            subscribers.c.purpose == sendings.c.purpose,
            *(or_(~sendings.c.interests.contains(one), subscribers.c.interests.contains(one)) for one in Interest),
        ),
    )
    return (
        select(
            deliveries.c.id,
            deliveries.c.edition_id,
            deliveries.c.subscriber_id,
            deliveries.c.email,
            deliveries.c.domain,
            deliveries.c.message_id,
            deliveries.c.key_id,
            deliveries.c.attempts,
            deliveries.c.expires_at,
            subscribers.c.confirmed_at,
            sendings.c.state.label("sending"),
            and_(wanted, agreed, ~barred).label("allowed"),
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .outerjoin(sendings, sendings.c.edition_id == deliveries.c.edition_id)
        .where(deliveries.c.due_at <= now)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(of=deliveries, skip_locked=True)
    )


def _floor(when: datetime, step: timedelta) -> datetime:
    return when.replace(microsecond=0) if step == _SECOND else when.replace(second=0, microsecond=0)


def _next(when: datetime, step: timedelta) -> datetime:
    return _floor(when, step) + step


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        edition_id=row.edition_id or "",
        subscriber_id=row.subscriber_id,
        email=row.email,
        message_id=row.message_id,
        state=DeliveryState.CLAIMED,
        attempts=row.attempts + 1,
        key_id=row.key_id,
        since=row.confirmed_at,
    )
