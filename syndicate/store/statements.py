# SPDX-License-Identifier: Apache-2.0
"""The statements that the databases word differently, and batches, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

BATCH = 500
"""The most values that one statement names: well below every database's limit."""


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values, in order, at most ``BATCH`` at a time; nothing for none."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


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
