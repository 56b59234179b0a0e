# SPDX-License-Identifier: Apache-2.0
"""Mail domains that put us off: they rest, longer each time, while mail to all others goes on."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from syndicate.store.mail_tables import deliveries, relays
from syndicate.store.statements import add_missing

PATIENCE = 5
"""So many refusals in a row, and a domain rests; after that each one is enough until it takes something."""

FIRST_REST = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=1)


class Destinations:
    """The domains that put us off, inside one transaction. Kept beside the relays, as ``@domain``."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def troubled(self) -> dict[str, datetime]:
        """By domain that put us off and has taken nothing since: until when it rests, perhaps a time that is over."""
        query = select(relays.c.relay, relays.c.rests_until).where(relays.c.relay.startswith("@"))
        return {row.relay[1:]: row.rests_until for row in self._connection.execute(query)}

    def refused(self, domain: str, text: str, now: datetime) -> datetime | None:
        """It put us off once more. If it rests for that: until when; what waits for it waits until then."""
        key = f"@{domain}"
        row = self._connection.execute(select(relays).where(relays.c.relay == key)).one_or_none()
        if row and row.rests_until > now:
            return None
        failures = row.failures + 1 if row else 1
        until = now + _rest(domain, failures - PATIENCE) if failures >= PATIENCE else now
        values = {"failures": failures, "rests_until": until, "error": text}
        add_missing(self._connection, relays, [{"relay": key, **values}], key=["relay"])
        self._connection.execute(update(relays).where(relays.c.relay == key).values(**values))
        if until == now:
            return None
        waiting = update(deliveries).where(deliveries.c.due_at < until, deliveries.c.domain == domain)
        self._connection.execute(waiting.values(due_at=until))
        return until

    def works(self, domains: Sequence[str]) -> None:
        """These took something."""
        for domain in domains:
            self._connection.execute(delete(relays).where(relays.c.relay == f"@{domain}"))


def _rest(domain: str, again: int) -> timedelta:
    """How long it rests for the ``again``-th time (from 0), up to a quarter longer so that not all end at once."""
    spread = zlib.crc32(f"{domain} {again}".encode()) % 1_000 / 1_000
    longest: timedelta = min(FIRST_REST * 2.0 ** min(again, 10), LONGEST_REST)
    return longest * (1 + spread / 4)
