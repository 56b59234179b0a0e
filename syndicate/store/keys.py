# SPDX-License-Identifier: Apache-2.0
"""The keys that sign our tokens. A new one takes over at once; an old one is accepted until it is retired."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from syndicate.errors import UsageError
from syndicate.model import Key
from syndicate.store.mail_tables import deliveries, keys
from syndicate.store.outbox import BUSY, WAITING
from syndicate.store.statements import alone


class Keys:
    """The keys, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def all(self) -> tuple[Key, ...]:
        """Those that are accepted, the newest first."""
        query = select(keys).where(keys.c.retired_at.is_(None)).order_by(keys.c.made_at.desc(), keys.c.id.desc())
        return tuple(Key(row.id, bytes.fromhex(row.secret)) for row in self._connection.execute(query))

    def make(self, now: datetime) -> Key:
        """A new key, which signs from now on."""
        alone(self._connection, "the keys")
        number = self._connection.execute(select(func.count()).select_from(keys)).scalar_one() + 1
        made = Key(str(number), secrets.token_bytes(32))
        self._connection.execute(keys.insert().values(id=made.id, secret=made.secret.hex(), made_at=now))
        return made

    def retire(self, key_id: str, now: datetime) -> None:
        """Links signed with this key stop working. UsageError: unknown, in use, or the only one left."""
        held = [key.id for key in self.all()]
        if key_id not in held:
            raise UsageError("no such key", subject=key_id, remedy=f"one of: {', '.join(held)}")
        if key_id == held[0]:
            raise UsageError("is the newest key, which signs", subject=f"key {key_id}", remedy="make a new one first")
        mine = select(deliveries.c.id).where(deliveries.c.key_id == key_id, deliveries.c.state.in_([*WAITING, *BUSY]))
        if self._connection.execute(mine.limit(1)).first() is not None:
            raise UsageError("signs mail that waits", subject=f"key {key_id}", remedy="let it be delivered first")
        self._connection.execute(update(keys).where(keys.c.id == key_id).values(retired_at=now))
