# SPDX-License-Identifier: Apache-2.0
"""The tables. What stands here is what the migrations build: a test compares the two.

Times are UTC. JSON stands in text columns: the model's own encoding (``encoding.py``), never queried by content.
Nothing here is particular to one database; ``database.py`` holds what is.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

VERSION = "0001"
"""The newest migration: a database at this revision needs none."""


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


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, default=default)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _time(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, UtcTime, nullable=nullable)


meta = Table("meta", metadata, Column("key", Text, primary_key=True), _text("value"))

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    _text("url"),
    _text("title", ""),
    _text("etag", ""),
    _text("last_modified", ""),
    _text("body_sha256", ""),
    _time("next_poll_at", nullable=True),
    _time("first_polled_at", nullable=True),
    _time("last_success_at", nullable=True),
    _count("failures"),
    _text("last_error", ""),
    _count("polls"),
    _time("added_at"),
    _time("removed_at", nullable=True),
    Index(None, "next_poll_at"),
)

source_marks = Table(
    "source_marks",
    metadata,
    Column("source_id", Text, ForeignKey("sources.id"), primary_key=True),
    Column("marks", LargeBinary, nullable=False),
)

poll_runs = Table(
    "poll_runs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    _time("at"),
    _count("status"),
    _count("bytes"),
    _count("new"),
    _count("changed"),
    Column("seconds", Float, nullable=False, default=0.0),
    _text("error", ""),
    Index(None, "source_id", "id"),
)

documents = Table(
    "documents",
    metadata,
    Column("sha256", Text, primary_key=True),
    _text("item_id"),
    _text("body"),
)

items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    _text("publisher_id"),
    _text("url"),
    _text("title"),
    _text("language"),
    _time("published", nullable=True),
    _time("updated", nullable=True),
    _time("first_seen"),
    _time("order_at"),
    _time("not_before", nullable=True),
    Column("first_poll", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_sha256", Text, ForeignKey("documents.sha256"), nullable=False),
    _text("chain"),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Index(None, "order_at"),
    Index(None, "source_id", "order_at"),
    Index(None, "url"),
    Index(None, "content_sha256"),
)

item_keys = Table(
    "item_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    Index(None, "item_id"),
)

item_credits = Table(
    "item_credits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    Index(None, "item_id"),
)

item_shingles = Table(
    "item_shingles",
    metadata,
    Column("hash", BigInteger, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    sqlite_with_rowid=False,
)

item_texts = Table(
    "item_texts",
    metadata,
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Text, primary_key=True),
    _text("channel_id"),
    _text("kind"),
    _text("period"),
    _time("created"),
    _time("stored_at"),
    _text("subject"),
    _text("state"),
    _text("channel"),
    _text("findings"),
    _text("tombstones"),
    _count("items"),
    _time("released_at", nullable=True),
    UniqueConstraint("channel_id", "period"),
    Index(None, "channel_id", "created"),
    Index(None, "state"),
)

edition_parts = Table(
    "edition_parts",
    metadata,
    Column("edition_id", Text, ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    _count("position"),
    _text("media_type"),
    Column("content", LargeBinary, nullable=False),
    _text("sha256"),
    _text("templates"),
)

edition_items = Table(
    "edition_items",
    metadata,
    Column("edition_id", Text, ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    _text("channel_id"),
    _count("position"),
    _count("mode"),
    _text("decision"),
    _text("chain"),
    Column("content_sha256", Text, ForeignKey("documents.sha256"), nullable=False),
    _time("first_seen"),
    _text("proved"),
    _time("until", nullable=True),
    Index(None, "channel_id", "item_id"),
    Index(None, "item_id"),
    Index(None, "content_sha256"),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Serial, primary_key=True),
    _text("channel_id"),
    _text("email"),
    _text("email_sha256"),
    _text("state"),
    _text("purpose"),
    _text("wording"),
    _text("method"),
    _time("created_at"),
    _time("confirmed_at", nullable=True),
    _time("ended_at", nullable=True),
    UniqueConstraint("channel_id", "email_sha256"),
    Index(None, "channel_id", "state"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("email_sha256", Text, primary_key=True),
    _text("reason"),
    _time("at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("edition_id", Text, ForeignKey("editions.id"), nullable=True),
    Column("subscriber_id", Serial, ForeignKey("subscribers.id"), nullable=False),
    _text("email"),
    _text("message_id"),
    Column("notice", LargeBinary, nullable=True),
    _text("state"),
    _count("attempts"),
    _count("unknowns"),
    _time("due_at"),
    _time("expires_at"),
    _time("claimed_until", nullable=True),
    _text("worker", ""),
    _text("server_text", ""),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("edition_id", "subscriber_id"),
    UniqueConstraint("message_id"),
    Index(None, "state", "due_at"),
    Index(None, "subscriber_id"),
)

channels = Table(
    "channels",
    metadata,
    Column("channel_id", Text, primary_key=True),
    _time("since"),
    _time("looked_at"),
    _time("decide_at", nullable=True),
    _text("terms_sha256", ""),
)

recorded_terms = Table(
    "recorded_terms",
    metadata,
    Column("id", Serial, primary_key=True),
    _text("publisher_id"),
    _text("kind"),
    _text("record"),
    _text("by"),
    _time("at"),
    _time("since"),
    _time("withdrawn_at", nullable=True),
    Index(None, "publisher_id"),
)

picks = Table(
    "picks",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    _text("by"),
    _time("at"),
)

carried = Table(
    "carried",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    _time("since"),
    _time("until", nullable=True),
    _time("left_at", nullable=True),
    _text("comment", ""),
    Index(None, "channel_id", "left_at"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Serial, primary_key=True),
    _time("at"),
    _text("kind"),
    _text("subject"),
    _text("data"),
    Index(None, "kind", "id"),
    Index(None, "subject", "id"),
)
