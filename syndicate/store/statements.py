# SPDX-License-Identifier: Apache-2.0
"""The statements that the databases word differently, and batches, in one place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, Text, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T")

BATCH = 500
"""The most values that one statement names: well below every database's limit."""


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
    """True where the column has one of any number of values: one parameter, so the statement is built once for all."""
    members = _Members(literal(json.dumps(list(values)), Text))
    members.type = column.type
    return column.op("IN", is_comparison=True)(members)


def add_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert the rows; those whose ``key`` (a unique one) exists already stay as they are."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(index_elements=list(key)), list(rows))


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, which must be new."""
    if rows:
        connection.execute(table.insert(), list(rows))
