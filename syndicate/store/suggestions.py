# SPDX-License-Identifier: Apache-2.0
"""Terms that notices suggest, and what people decided about them. A suggestion permits nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from syndicate.store import encoding
from syndicate.store.records import Suggestion
from syndicate.store.statements import add_missing
from syndicate.store.terms_tables import suggestions

OPEN, SUPERSEDED, CONFIRMED, REJECTED = "open", "superseded", "confirmed", "rejected"


class Suggestions:
    """The suggestions, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(
        self,
        publisher_id: str,
        sha256: str,
        reading: Mapping[str, Any],
        *,
        place: str,
        url: str,
        item_id: str,
        why: str,
        now: datetime,
    ) -> bool:
        """A notice was seen; True if it is new. One that is known is counted and stays as a person left it."""
        row = {
            "publisher_id": publisher_id,
            "sha256": sha256,
            "place": place,
            "url": url,
            "item_id": item_id,
            "reading": encoding.data_text(reading),
            "why": why,
            "found_at": now,
            "seen_at": now,
            "state": OPEN,
            "statement_id": 0,
            "times": 0,
        }
        known = self._of(publisher_id, sha256)
        add_missing(self._connection, suggestions, [row], key=["publisher_id", "sha256"])
        mine = update(suggestions).where(suggestions.c.publisher_id == publisher_id, suggestions.c.sha256 == sha256)
        self._connection.execute(mine.values(seen_at=now, times=suggestions.c.times + 1))
        return known is None

    def get(self, id_: int) -> Suggestion | None:
        """One suggestion, or None."""
        row = self._connection.execute(select(suggestions).where(suggestions.c.id == id_)).one_or_none()
        return None if row is None else _suggestion(row)

    def all(self, state: str = OPEN, publisher_id: str = "") -> list[Suggestion]:
        """The suggestions in a state ("" is any), of one publisher or of all, the oldest first."""
        query = select(suggestions).order_by(suggestions.c.id)
        query = query.where(suggestions.c.state == state) if state else query
        query = query.where(suggestions.c.publisher_id == publisher_id) if publisher_id else query
        return [_suggestion(row) for row in self._connection.execute(query)]

    def decide(self, id_: int, state: str, *, by: str, now: datetime, statement_id: int = 0) -> None:
        """A person confirmed or rejected it, or another one took its place."""
        mine = update(suggestions).where(suggestions.c.id == id_)
        values = {"state": state, "by": by, "decided_at": now, "statement_id": statement_id}
        self._connection.execute(mine.values(**values))

    def of_statement(self, statement_id: int) -> list[Suggestion]:
        """The suggestions that became this statement."""
        query = select(suggestions).where(suggestions.c.statement_id == statement_id, suggestions.c.state == CONFIRMED)
        return [_suggestion(row) for row in self._connection.execute(query)]

    def superseded(self, publisher_id: str, sha256: str) -> Suggestion | None:
        """The suggestion with these words if another one took its place, and nobody decided about it."""
        row = self._of(publisher_id, sha256)
        return _suggestion(row) if row is not None and row.state == SUPERSEDED else None

    def reopen(self, id_: int, *, why: str) -> None:
        """It is asked again."""
        mine = update(suggestions).where(suggestions.c.id == id_)
        self._connection.execute(mine.values(state=OPEN, why=why, by="", decided_at=None, statement_id=0))

    def _of(self, publisher_id: str, sha256: str) -> Row[Any] | None:
        query = select(suggestions).where(suggestions.c.publisher_id == publisher_id, suggestions.c.sha256 == sha256)
        return self._connection.execute(query).one_or_none()


def _suggestion(row: Row[Any]) -> Suggestion:
    values = row._asdict()
    return Suggestion(**(values | {"reading": encoding.data_value(row.reading)}))
