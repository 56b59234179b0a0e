# SPDX-License-Identifier: Apache-2.0
"""Who does a duty that one process at a time should do. The fence tells a holder that lost the lease without knowing.

Correctness does not rest on the clock: whoever writes asks in the same transaction whether the fence still stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from syndicate.store.mail_tables import leases
from syndicate.store.statements import add_missing, locking

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lease:
    """A duty and the fence under which it was taken: larger for each new holder."""

    duty: str
    fence: int


class Leases:
    """The leases, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def holder(self, duty: str) -> str:
        """Who holds it, or held it last; "" if nobody ever did."""
        query = select(leases.c.holder).where(leases.c.duty == duty)
        return self._connection.execute(query).scalar_one_or_none() or ""

    def take(self, duty: str, holder: str, now: datetime, until: datetime) -> Lease | None:
        """Take the duty, or keep it, until then; None: another holds it."""
        add_missing(self._connection, leases, [{"duty": duty, "holder": "", "fence": 0, "until": now}], key=["duty"])
        here = leases.c.duty == duty
        mine = update(leases).where(here, leases.c.holder == holder)
        if not self._connection.execute(mine.values(until=until)).rowcount:
            free = update(leases).where(here, leases.c.until <= now)
            taken = free.values(holder=holder, until=until, fence=leases.c.fence + 1)
            if not self._connection.execute(taken).rowcount:
                return None
        return Lease(duty, self._connection.execute(select(leases.c.fence).where(here)).scalar_one())

    def holds(self, lease: Lease) -> bool:
        """Whether nobody has taken the duty since; nobody does before a writing transaction ends."""
        query = select(leases.c.fence).where(leases.c.duty == lease.duty)
        return bool(self._connection.execute(locking(self._connection, query)).scalar_one_or_none() == lease.fence)

    def drop(self, duty: str) -> None:
        """Its holder is no more: anybody may take it at once."""
        over = update(leases).where(leases.c.duty == duty).values(holder="", until=LONG_AGO)
        self._connection.execute(over)
