# SPDX-License-Identifier: Apache-2.0
"""The statements that the databases word differently, and batches, in one place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, Text, bindparam, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T")

BATCH = 500
"""The most values that one statement names: well below every database's limit."""


MANY = 50
"""From so many rows on PostgreSQL gets them by COPY."""


def alone(connection: Connection, what: str) -> None:
    """Until this transaction ends no other one gets past here with the same name; waits for one that did.

    For what is read first and written later. In SQLite a writer is alone anyway. Whoever needs several names must ask
    for them in one order everywhere, or two may wait for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def locking(connection: Connection, query: Select[Any]) -> Select[Any]:
    """The query; in a writing transaction what it finds stays as it is until the end."""
    return query.with_for_update() if connection.get_execution_options().get("syndicate_begin") == "write" else query


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values, in order, at most ``BATCH`` at a time; nothing for none."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


class _Members(FunctionElement[Any]):
    """The members of a list that is handed over as JSON, as rows."""

    inherit_cache = True


@compiles(_Members, "sqlite")
def _members_in_sqlite(element: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 - the list is a parameter


@compiles(_Members, "postgresql")
def _members_in_postgresql(element: _Members, compiler: SQLCompiler, **options: Any) -> str:
    listed = compiler.process(element.clauses, **options)
    kind = compiler.dialect.type_compiler_instance.process(element.type)
    return f"(SELECT value::{kind} FROM json_array_elements_text(CAST({listed} AS json)))"  # noqa: S608 - same


def among(column: ColumnElement[Any], values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """True where the column has one of any number of values: one parameter, so the statement is compiled once."""
    return _in(column, literal(as_list(values), Text))


def given(column: ColumnElement[Any], name: str = "members") -> ColumnElement[bool]:
    """The same for a statement that is worded once: the values come as the parameter ``name``, made by ``as_list``."""
    return _in(column, bindparam(name, type_=Text()))


def as_list(values: Iterable[int] | Iterable[str]) -> str:
    """Values as one parameter."""
    return json.dumps(list(values))


def _in(column: ColumnElement[Any], values: ColumnElement[str]) -> ColumnElement[bool]:
    members = _Members(values)
    members.type = column.type
    return column.op("IN", is_comparison=True)(members)


def add_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert the rows; those whose ``key`` (a unique one) exists already stay as they are."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= MANY:
        from syndicate.store.wire import copy_missing  # only here: it needs the driver

        copy_missing(connection, table, rows, key)
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(index_elements=list(key)), list(rows))


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, which must be new."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= MANY:
        from syndicate.store.wire import copy  # only here: it needs the driver

        copy(connection, table, rows)
        return
    connection.execute(table.insert(), list(rows))
