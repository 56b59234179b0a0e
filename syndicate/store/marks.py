# SPDX-License-Identifier: Apache-2.0
"""What the last reading of each source's document left for the next, so that only what is new is read."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, update

from syndicate.store.schema import source_marks
from syndicate.store.statements import add

_MINE = source_marks.c.source_id == bindparam("of")
_MARKS = select(source_marks.c.marks).where(_MINE)
_FORGET = delete(source_marks).where(_MINE)
_KEEP = update(source_marks).where(_MINE).values(marks=bindparam("marks"))


class Marks:
    """The marks of all sources, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def get(self, source_id: str) -> bytes:
        """The marks of a source's last reading; b"" if it left none, and then everything is to be read."""
        return self._connection.execute(_MARKS, {"of": source_id}).scalar_one_or_none() or b""

    def put(self, source_id: str, marks: bytes) -> None:
        """Keep the marks of a reading, in the transaction that stores its items: without those they would be lost."""
        if not marks:
            self._connection.execute(_FORGET, {"of": source_id})
        elif not self._connection.execute(_KEEP, {"of": source_id, "marks": marks}).rowcount:
            add(self._connection, source_marks, [{"source_id": source_id, "marks": marks}])
