# SPDX-License-Identifier: Apache-2.0
"""Who may enter the console: names, and passwords that nobody can read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from syndicate.store.mail_tables import operators
from syndicate.store.statements import add_missing


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the console; ``password_hash`` says by itself how it was made."""

    name: str
    password_hash: str = field(repr=False)
    changed_at: datetime


class Operators:
    """The operators, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def all(self) -> tuple[Operator, ...]:
        """Everybody, by name."""
        query = select(operators).order_by(operators.c.name)
        return tuple(Operator(row.name, row.password_hash, row.changed_at) for row in self._connection.execute(query))

    def get(self, name: str) -> Operator | None:
        """One, or None."""
        return next((one for one in self.all() if one.name == name), None)

    def put(self, name: str, password_hash: str, now: datetime) -> None:
        """Let somebody in, or change their password."""
        row = {"name": name, "password_hash": password_hash, "changed_at": now}
        add_missing(self._connection, operators, [row], key=["name"])
        mine = update(operators).where(operators.c.name == name)
        self._connection.execute(mine.values(password_hash=password_hash, changed_at=now))

    def remove(self, name: str) -> bool:
        """Let somebody in no more; False if they are unknown."""
        return bool(self._connection.execute(delete(operators).where(operators.c.name == name)).rowcount)
