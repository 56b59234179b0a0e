# SPDX-License-Identifier: Apache-2.0
"""How far each edition by mail has got, and whether it may go on; what rests; what a person must look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from syndicate.model import Alarm, DeliveryState, Purpose, Sending, SendingState
from syndicate.store.mail_tables import alarms, deliveries, relays, sendings
from syndicate.store.outbox import WAITING
from syndicate.store.statements import add_missing, alone

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=5)
"""How long a relay that cannot be used rests before it is tried again: twice as long each time."""


class Sendings:
    """The editions that are being mailed, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def begin(
        self,
        edition_id: str,
        channel_id: str,
        purpose: Purpose,
        recipients: int,
        *,
        now: datetime,
        interests: Iterable[str] = (),
    ) -> None:
        """An edition is owed to so many; who did not agree to all ``interests`` will not get it."""
        row = {
            "edition_id": edition_id,
            "channel_id": channel_id,
            "purpose": purpose.value,
            "interests": " ".join(interests),
            "state": SendingState.RUNNING.value,
            "recipients": recipients,
            "created_at": now,
            "changed_at": now,
        }
        add_missing(self._connection, sendings, [row], key=["edition_id"])

    def get(self, edition_id: str) -> Sending | None:
        """One, or None."""
        row = self._connection.execute(select(sendings).where(sendings.c.edition_id == edition_id)).one_or_none()
        return None if row is None else _sending(row)

    def latest(self, channel_id: str = "", limit: int = 20) -> list[Sending]:
        """The newest first, of one channel or of all."""
        query = select(sendings).order_by(sendings.c.created_at.desc(), sendings.c.edition_id).limit(limit)
        if channel_id:
            query = query.where(sendings.c.channel_id == channel_id)
        return [_sending(row) for row in self._connection.execute(query)]

    def not_begun(self, before: datetime) -> list[Sending]:
        """Those that run, were made before that time, and of which nothing was claimed yet."""
        running = sendings.c.state == SendingState.RUNNING.value
        query = select(sendings).where(running, sendings.c.started_at.is_(None), sendings.c.created_at < before)
        return [_sending(row) for row in self._connection.execute(query)]

    def change(self, edition_id: str, state: SendingState, reason: str, now: datetime) -> bool:
        """Pause, hold, resume or cancel; False if it is not there, is so already or was cancelled."""
        live = update(sendings).where(
            sendings.c.edition_id == edition_id, sendings.c.state.not_in([state.value, SendingState.CANCELLED.value])
        )
        done = self._connection.execute(live.values(state=state.value, reason=reason, changed_at=now)).rowcount
        if done and state is SendingState.RUNNING:
            waits = _waiting(edition_id).where(deliveries.c.due_at.is_(None))
            self._connection.execute(waits.values(due_at=now, updated_at=now))
            # What was counted before was looked at: a brake that was released must not close again at once.
            again = update(sendings).where(sendings.c.edition_id == edition_id)
            self._connection.execute(again.values(accepted=0, refused=0, complaints=0))
        if done and state is SendingState.CANCELLED:
            values = {"state": DeliveryState.CANCELLED.value, "due_at": None, "server_text": f"not sent: {reason}"}
            self._connection.execute(_waiting(edition_id).values(updated_at=now, **values))
        return bool(done)

    def count(self, changes: Mapping[str, tuple[int, int, int]]) -> list[Sending]:
        """Add (accepted, refused, complaints) by edition id; how those editions stand now."""
        for edition_id, (accepted, refused, complaints) in changes.items():
            change = update(sendings).where(sendings.c.edition_id == edition_id)
            values = {"accepted": sendings.c.accepted + accepted, "refused": sendings.c.refused + refused}
            self._connection.execute(change.values(complaints=sendings.c.complaints + complaints, **values))
        return [found for edition_id in changes if (found := self.get(edition_id)) is not None]


class Relays:
    """Which relays rest because they could not be used, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def rests_until(self, relay: str, now: datetime) -> datetime | None:
        """Until when the relay is left alone; None if it may be tried."""
        query = select(relays.c.rests_until).where(relays.c.relay == relay, relays.c.rests_until > now)
        until: datetime | None = self._connection.execute(query).scalar_one_or_none()
        return until

    def failed(self, relay: str, error: str, now: datetime) -> datetime:
        """The relay cannot be used: it rests, longer with every failure in a row. Until when."""
        row = self._connection.execute(select(relays).where(relays.c.relay == relay)).one_or_none()
        failures = row.failures + 1 if row else 1
        until: datetime = now + min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
        values = {"failures": failures, "rests_until": until, "error": error}
        add_missing(self._connection, relays, [{"relay": relay, **values}], key=["relay"])
        self._connection.execute(update(relays).where(relays.c.relay == relay).values(**values))
        return until

    def works(self, relay: str) -> None:
        """The relay took something: its failures are forgotten."""
        self._connection.execute(delete(relays).where(relays.c.relay == relay))


class Alarms:
    """What a person must look at, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def ring(self, kind: str, subject: str, text: str, remedy: str, now: datetime) -> bool:
        """Raise an alarm, or count it again; True if it is new."""
        alone(self._connection, f"the alarm {kind} {subject}")
        here = (alarms.c.kind == kind, alarms.c.subject == subject)
        again = update(alarms).where(*here, alarms.c.ended_at.is_(None))
        values = {"text": text, "remedy": remedy, "last_at": now}
        if self._connection.execute(again.values(times=alarms.c.times + 1, **values)).rowcount:
            return False
        self._connection.execute(delete(alarms).where(*here))
        row = {"kind": kind, "subject": subject, "times": 1, "first_at": now, **values}
        self._connection.execute(alarms.insert().values(row))
        return True

    def end(self, kind: str, subject: str, now: datetime) -> None:
        """The cause is gone."""
        mine = update(alarms).where(alarms.c.kind == kind, alarms.c.subject == subject, alarms.c.ended_at.is_(None))
        self._connection.execute(mine.values(ended_at=now))

    def open(self) -> list[Alarm]:
        """What has not ended, the oldest first."""
        query = select(alarms).where(alarms.c.ended_at.is_(None)).order_by(alarms.c.first_at, alarms.c.kind)
        return [
            Alarm(row.kind, row.subject, row.text, row.remedy, row.times, row.first_at, row.last_at)
            for row in self._connection.execute(query)
        ]


def _waiting(edition_id: str) -> Any:
    return update(deliveries).where(deliveries.c.edition_id == edition_id, deliveries.c.state.in_(WAITING))


def _sending(row: Row[Any]) -> Sending:
    return Sending(
        edition_id=row.edition_id,
        channel_id=row.channel_id,
        purpose=Purpose(row.purpose),
        state=SendingState(row.state),
        reason=row.reason,
        recipients=row.recipients,
        accepted=row.accepted,
        refused=row.refused,
        complaints=row.complaints,
        created_at=row.created_at,
        started_at=row.started_at,
    )
