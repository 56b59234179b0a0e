# SPDX-License-Identifier: Apache-2.0
"""Bounces and complaints as they came, and what followed from each; every one can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from syndicate.model import Delivery
from syndicate.store.mail_tables import returns
from syndicate.store.statements import add


@dataclass(frozen=True, slots=True)
class Return:
    """One message that came back. ``subscriber_id`` is None if it was nobody's; ``outcome`` is what followed."""

    id: int
    at: datetime
    kind: str
    delivery_id: int | None
    subscriber_id: int | None
    status: str
    text: str
    outcome: str
    undone_at: datetime | None


class Returns:
    """What came back, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def seen(self, sha256: str) -> bool:
        """Whether these bytes came before."""
        query = select(returns.c.id).where(returns.c.sha256 == sha256)
        return self._connection.execute(query.limit(1)).first() is not None

    def record(
        self,
        sha256: str,
        delivery: Delivery | None,
        returned: tuple[str, str, str],
        outcome: str,
        now: datetime,
        *,
        subscriber_id: int | None = None,
    ) -> None:
        """Put on record what came (kind, status, text) and what followed, for whom."""
        kind, status, text = returned
        row = {"sha256": sha256, "at": now, "kind": kind, "status": status, "text": text, "outcome": outcome}
        mine = {
            "delivery_id": delivery.id if delivery else None,
            "subscriber_id": delivery.subscriber_id if delivery else subscriber_id,
        }
        add(self._connection, returns, [{**row, **mine}])

    def days(self, subscriber_id: int, outcome: str, since: datetime) -> int:
        """On how many days since then something with this outcome came back for a subscriber, and stands."""
        query = select(returns.c.at).where(
            returns.c.subscriber_id == subscriber_id,
            returns.c.at >= since,
            returns.c.outcome == outcome,
            returns.c.undone_at.is_(None),
        )
        return len({when.date() for when in self._connection.execute(query).scalars()})

    def list(self, limit: int = 100) -> list[Return]:
        """The newest first."""
        query = select(returns).order_by(returns.c.id.desc()).limit(limit)
        return [_return(row) for row in self._connection.execute(query)]

    def get(self, return_id: int) -> Return | None:
        """One, or None."""
        row = self._connection.execute(select(returns).where(returns.c.id == return_id)).one_or_none()
        return None if row is None else _return(row)

    def forget(self, subscriber_id: int) -> None:
        """What servers said of a subscriber, which may name the address, stands here no more."""
        mine = update(returns).where(returns.c.subscriber_id == subscriber_id)
        self._connection.execute(mine.values(text=""))

    def undo(self, return_id: int, now: datetime) -> bool:
        """It counts no more; False if that was so before."""
        live = update(returns).where(returns.c.id == return_id, returns.c.undone_at.is_(None))
        return bool(self._connection.execute(live.values(undone_at=now)).rowcount)


def _return(row: Row[Any]) -> Return:
    return Return(
        id=row.id,
        at=row.at,
        kind=row.kind,
        delivery_id=row.delivery_id,
        subscriber_id=row.subscriber_id,
        status=row.status,
        text=row.text,
        outcome=row.outcome,
        undone_at=row.undone_at,
    )
