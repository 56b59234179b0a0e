# SPDX-License-Identifier: Apache-2.0
"""What the tables are made of. Times are UTC; nothing here is particular to one database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite has no zones: there it is UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a time without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only in a column of exactly this type.
Serial = BigInteger().with_variant(Integer, "sqlite")


def text(name: str, default: str | None = None) -> Column[str]:
    """A text, never missing."""
    return Column(name, Text, nullable=False, default=default)


def count(name: str) -> Column[int]:
    """A number that begins with 0."""
    return Column(name, Integer, nullable=False, default=0)


def time(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A time."""
    return Column(name, UtcTime, nullable=nullable)
