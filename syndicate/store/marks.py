# SPDX-License-Identifier: Apache-2.0
"""What the last reading of each source's document left for the next, so that only what is new is read."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from syndicate.store.schema import source_marks
from syndicate.store.statements import add


class Marks:
    """The marks of all sources, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def get(self, source_id: str) -> bytes:
        """The marks of a source's last reading; b"" if it left none, and then everything is to be read."""
        query = select(source_marks.c.marks).where(source_marks.c.source_id == source_id)
        return self._connection.execute(query).scalar_one_or_none() or b""

    def put(self, source_id: str, marks: bytes) -> None:
        """Keep the marks of a reading, in the transaction that stores its items: without those they would be lost."""
        mine = source_marks.c.source_id == source_id
        if not marks:
            self._connection.execute(delete(source_marks).where(mine))
        elif not self._connection.execute(update(source_marks).where(mine).values(marks=marks)).rowcount:
            add(self._connection, source_marks, [{"source_id": source_id, "marks": marks}])
