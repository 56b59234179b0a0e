# SPDX-License-Identifier: Apache-2.0
"""How often something happened lately, by minute: for limits that hold for all processes and survive a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from syndicate.store.mail_tables import rates
from syndicate.store.statements import add_missing

KEPT = timedelta(hours=2)


class Rates:
    """The counts, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def used(self, key: str, since: datetime) -> int:
        """How often it happened since then."""
        query = select(func.coalesce(func.sum(rates.c.mails), 0)).where(rates.c.key == key, rates.c.at >= since)
        return int(self._connection.execute(query).scalar_one())

    def count(self, key: str, at: datetime, number: int = 1, *, second: bool = False) -> None:
        """It happened so often in the minute, or the ``second``, of that time."""
        slot = at.replace(microsecond=0) if second else at.replace(second=0, microsecond=0)
        self._connection.execute(delete(rates).where(rates.c.at < at - KEPT))
        add_missing(self._connection, rates, [{"key": key, "at": slot, "mails": 0}], key=["key", "at"])
        change = update(rates).where(rates.c.key == key, rates.c.at == slot)
        self._connection.execute(change.values(mails=rates.c.mails + number))
