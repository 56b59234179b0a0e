# SPDX-License-Identifier: Apache-2.0
"""Everything that stands in one database into another, of whatever kind; each row is read back and compared by hash.

All or nothing: the target is committed once every row of it has been found equal. The source is read as it was at one
moment, and not changed by this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, func, inspect, select, text

from syndicate.errors import StoreError, UsageError
from syndicate.store.columns import metadata
from syndicate.store.database import READ, WRITE, glance, open_engine, transaction
from syndicate.store.schema import VERSION
from syndicate.store.statements import add

AT_ONCE = 1000
"""So many rows are in memory at a time."""

_TABLES = metadata.sorted_tables  # what others refer to comes first

Told = Callable[[str, int, int], object]


@dataclass(frozen=True, slots=True)
class Moved:
    """A table that was moved: how many rows, and the hash of all of them in order."""

    table: str
    rows: int
    sha256: str


def move(source_url: str, target_url: str, told: Told = lambda *_: None) -> list[Moved]:
    """Copy every table; ``told`` hears its name, how many of its rows are written and compared, and of how many.

    The target is made as needed and must be empty. UsageError: it is not, or both are the same. StoreError: one of them
    cannot be used, the source is of another version, or a row came back as another than it was; then the target is as
    empty as before.
    """
    if source_url == target_url:
        raise UsageError("is both source and target", subject=target_url, remedy="name another target")
    with glance(source_url) as source, transaction(source, READ) as whence:
        _check_version(whence)
        target = open_engine(target_url)
        try:
            return _into(whence, target, told)
        finally:
            target.dispose()


def _check_version(whence: Connection) -> None:
    version = ""
    if inspect(whence).has_table("alembic_version"):
        version = whence.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none() or ""
    if version != VERSION:
        raise StoreError(
            f"the database is of version {version or '(none)'}, we know {VERSION}",
            subject=whence.engine.url.render_as_string(),
            remedy="open it with `syndicate list` of this version first, which brings it up to date",
        )


def _into(whence: Connection, target: Engine, told: Told) -> list[Moved]:
    with transaction(target, WRITE) as where:
        for table in _TABLES:
            if where.execute(select(table).limit(1)).first() is not None:
                remedy = "name an empty database; nothing was changed"
                raise UsageError(f"is not empty (table {table.name})", subject=str(target.url), remedy=remedy)
        done = [_move(table, whence, where, told) for table in _TABLES]
        for table in _TABLES:
            _go_on_counting(table, whence, where)
    return done


def _move(table: Table, whence: Connection, where: Connection, told: Told) -> Moved:
    total = whence.execute(select(func.count()).select_from(table)).scalar_one()
    written = 0
    for rows in _read(table, whence).partitions(AT_ONCE):
        add(where, table, [row._asdict() for row in rows])
        written += len(rows)
        told(table.name, written, 2 * total)
    both = hashlib.sha256()
    with closing(_rows(table, whence)) as before, closing(_rows(table, where)) as after:
        for number, (was, came) in enumerate(zip_longest(before, after), 1):
            if was is None or came is None or _hash(was) != _hash(came):
                what = f"row {number} of the table {table.name} came back as another"
                raise StoreError(what, subject=str(where.engine.url), remedy="nothing was kept there; report it")
            both.update(_hash(was))
            if number % AT_ONCE == 0 or number == total:
                told(table.name, total + number, 2 * total)
    return Moved(table.name, total, both.hexdigest())


def _read(table: Table, connection: Connection) -> Any:
    ordered = select(table).order_by(*table.primary_key.columns)
    return connection.execute(ordered.execution_options(yield_per=AT_ONCE))


def _rows(table: Table, connection: Connection) -> Generator[Row[Any], None, None]:
    with _read(table, connection) as result:
        yield from result


def _hash(row: Row[Any]) -> bytes:
    """The same for rows with the same values, whichever database they come from."""
    said = hashlib.sha256()
    for value in row:
        kind, content = _plain(value)
        said.update(b"%s %d:" % (kind, len(content)))
        said.update(content)
    return said.digest()


def _plain(value: Any) -> tuple[bytes, bytes]:
    if value is None:
        return b"none", b""
    if isinstance(value, bytes | memoryview):
        return b"bytes", bytes(value)
    if isinstance(value, datetime):
        return b"time", value.astimezone(UTC).isoformat().encode()
    if isinstance(value, str):
        return b"text", value.replace("\0", "\ufffd").encode()  # as PostgreSQL gets it, see wire.py
    return b"number", repr(float(value)).encode() if isinstance(value, float) else str(int(value)).encode()


def _go_on_counting(table: Table, whence: Connection, where: Connection) -> None:
    """Numbers that were given once are not given again, also of rows that are gone."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(_counted(table, column.name, whence), where.execute(select(func.max(column))).scalar_one() or 0)
    if not last:
        return
    names: Mapping[str, Any] = {"table": table.name, "column": column.name, "last": last}
    if where.dialect.name == "postgresql":
        where.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"), names)
    elif table.dialect_options["sqlite"]["autoincrement"]:
        where.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), names)
        where.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), names)


def _counted(table: Table, column: str, connection: Connection) -> int:
    names = {"table": table.name, "column": column}
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), names).scalar_one()
        row = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # noqa: S608 - its own
        return int(row.last_value) if row.is_called else 0
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    return int(connection.execute(query, names).scalar_one_or_none() or 0)
