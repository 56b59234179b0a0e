# SPDX-License-Identifier: Apache-2.0
"""Sources that were added by command, beside those of the configuration, each with its publisher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, inspect, select

from syndicate.model import Publisher, Source, WebPages
from syndicate.store.database import READ, glance, transaction
from syndicate.store.schema import additions
from syndicate.store.statements import add_missing


class Additions:
    """The added sources, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def all(self) -> tuple[Source, ...]:
        """Every added source, in the order of addition; publishers' terms are on record elsewhere."""
        query = select(additions).order_by(additions.c.added_at, additions.c.source_id)
        return tuple(_source(row) for row in self._connection.execute(query))

    def put(self, sources: Iterable[Source], now: datetime) -> None:
        """Add sources; one whose id is there already stays as it is."""
        rows = [
            {
                "source_id": source.id,
                "url": source.url,
                "publisher_id": source.publisher.id,
                "publisher_name": source.publisher.name,
                "home": source.publisher.home,
                "every": source.every,
                "pages": source.pages.value,
                "added_at": now,
            }
            for source in sources
        ]
        add_missing(self._connection, additions, rows, key=["source_id"])

    def drop(self, source_id: str) -> bool:
        """Take an added source out; False if there is none of that id. Its items and its past stay."""
        gone = self._connection.execute(delete(additions).where(additions.c.source_id == source_id))
        return gone.rowcount > 0


def added_to(url: str) -> Sequence[Source]:
    """The sources that were added to the database at ``url``; none if it does not exist yet.

    Nothing is made and nothing changed. StoreError: it cannot be read.
    """
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        return ()
    with glance(url) as engine, transaction(engine, READ) as connection:
        return Additions(connection).all() if inspect(connection).has_table(additions.name) else ()


def _source(row: Row[Any]) -> Source:
    publisher = Publisher(row.publisher_id, row.publisher_name, row.home)
    return Source(row.source_id, row.url, publisher, row.every, WebPages(row.pages))
