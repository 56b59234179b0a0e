# SPDX-License-Identifier: Apache-2.0
"""How values go to PostgreSQL and how many rows at once do. The only module that knows its driver.

A text may not hold the character NUL there; what does gets a replacement character in its place, as what cannot be read
does everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Error
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault


class _Text(StrDumper):
    """Texts without NUL."""

    def dump(self, obj: str) -> Any:
        """The bytes that are sent."""
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


_SILENT = (("tcp_keepalives_idle", 10), ("tcp_keepalives_interval", 5), ("tcp_keepalives_count", 3))
"""After 25 seconds the server gives up a client that fell silent: what its transaction holds keeps all others waiting.

The server's own setting is two hours. A client that is only slow is not meant: its machine answers.
"""


def configure(connection: Any, _record: Any) -> None:
    """Set a new connection up."""
    connection.adapters.register_dumper(str, _Text)
    connection.execute("; ".join(f"SET {name} = {seconds}" for name, seconds in _SILENT))
    connection.commit()


def copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows by COPY: a third of the work of an INSERT, and one round trip. All must have the same columns."""
    _copy(connection, table, table.name, rows)


def copy_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """The same for rows of which some may be there already, by their ``key``: those stay as they are."""
    beside = f"_copied_{table.name}"
    like = f'(LIKE "{table.name}" INCLUDING DEFAULTS)'
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{beside}" {like} ON COMMIT DROP')
    connection.exec_driver_sql(f'TRUNCATE "{beside}"')
    columns = ", ".join(f'"{name}"' for name in _copy(connection, table, beside, rows))
    keys = ", ".join(f'"{name}"' for name in key)
    fresh = f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM "{beside}" ON CONFLICT ({keys}) DO NOTHING'  # noqa: S608 - names of ours
    connection.exec_driver_sql(fresh)


def _copy(connection: Connection, table: Table, into: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Copy rows of a table into one that has its columns; the names of those that were given."""
    given = list(rows[0])
    fixed = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in rows[0] and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = [*given, *fixed]
    constants = tuple(fixed.values())
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(f'COPY "{into}" ({columns}) FROM STDIN') as copying:
            for row in rows:
                copying.write_row((*(row[name] for name in given), *constants))
    except Error as error:  # SQLAlchemy, which words the others so, does not see this statement
        raise DBAPIError(f"COPY {into}", None, error) from error
    finally:
        cursor.close()
    return names
