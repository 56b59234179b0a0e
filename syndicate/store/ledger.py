# SPDX-License-Identifier: Apache-2.0
"""The record of what was decided and done: rows are added and read. The database itself refuses anything else."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from syndicate.store import encoding
from syndicate.store.records import LedgerRow
from syndicate.store.schema import ledger
from syndicate.store.statements import add, batches


class LedgerKind(enum.StrEnum):
    """What a line of the record is about."""

    DECISION = "decision"
    EDITION = "edition"
    PROOF = "proof"
    RELEASE = "release"
    REFUSAL = "refusal"
    DELIVERY = "delivery"
    PERMISSION = "permission"
    OBJECTION = "objection"
    RETRACTION = "retraction"
    TERMS = "terms"
    PICK = "pick"
    CORRECTION = "correction"
    BREACH = "breach"
    CURE = "cure"
    CONSENT = "consent"
    NOTICE = "notice"
    SOURCE = "source"
    REQUEST = "request"
    OVERRIDE = "override"


class Ledger:
    """The record, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def record(self, kind: str, *, at: datetime, subject: str, data: Mapping[str, Any]) -> None:
        """Add one line about ``subject`` (an item, edition, channel or subscriber id). ValueError: no such kind."""
        self.record_all(kind, [(subject, data)], at=at)

    def record_all(self, kind: str, lines: Sequence[tuple[str, Mapping[str, Any]]], *, at: datetime) -> None:
        """Add one line for each (subject, data). ValueError: no such kind."""
        kind = LedgerKind(kind).value
        rows = [
            {"at": at, "kind": kind, "subject": subject, "data": encoding.data_text(data)} for subject, data in lines
        ]
        add(self._connection, ledger, rows)

    def newest(self, kinds: Sequence[str]) -> int:
        """The number of the newest line of these kinds; 0 if there is none."""
        query = select(func.coalesce(func.max(ledger.c.id), 0)).where(ledger.c.kind.in_(kinds))
        return int(self._connection.execute(query).scalar_one())

    def all(self, kind: str) -> list[LedgerRow]:
        """Every line of one kind, in the order in which they were written."""
        query = select(ledger).where(ledger.c.kind == LedgerKind(kind).value).order_by(ledger.c.id)
        return [_row(row) for row in self._connection.execute(query)]

    def first(self, kind: str, subjects: Sequence[str]) -> dict[str, LedgerRow]:
        """The first line of a kind about each of these subjects, of those that have one."""
        found: dict[str, LedgerRow] = {}
        for batch in batches(subjects):
            here = and_(ledger.c.kind == LedgerKind(kind).value, ledger.c.subject.in_(batch))
            rows = self._connection.execute(select(ledger).where(here).order_by(ledger.c.id.desc()))
            found |= {row.subject: _row(row) for row in rows}
        return found

    def tail(self, limit: int, kind: str | None = None, subject: str | None = None) -> list[LedgerRow]:
        """The newest lines, newest first."""
        query = select(ledger).order_by(ledger.c.id.desc()).limit(limit)
        if kind is not None:
            query = query.where(ledger.c.kind == kind)
        if subject is not None:
            query = query.where(ledger.c.subject == subject)
        return [_row(row) for row in self._connection.execute(query)]


def _row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(id=row.id, at=row.at, kind=row.kind, subject=row.subject, data=encoding.data_value(row.data))
