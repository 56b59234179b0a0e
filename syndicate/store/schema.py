# SPDX-License-Identifier: Apache-2.0
"""The tables. What stands here is what the migrations build: a test compares the two.

Times are UTC. JSON stands in text columns: the model's own encoding (``encoding.py``), never queried by content.
Nothing here is particular to one database; ``database.py`` holds what is.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

import syndicate.store.mail_tables
import syndicate.store.terms_tables  # noqa: F401 - the same
from syndicate.store.columns import Serial, count, metadata, text, time

VERSION = "0001"
"""The newest migration: a database at this revision needs none."""


meta = Table("meta", metadata, Column("key", Text, primary_key=True), text("value"))

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    text("url"),
    text("host"),
    text("title", ""),
    text("etag", ""),
    text("last_modified", ""),
    text("body_sha256", ""),
    text("memory"),
    text("health"),
    text("health_why", ""),
    time("health_since"),
    time("next_poll_at", nullable=True),
    text("next_why", ""),
    time("wait_until", nullable=True),
    time("first_polled_at", nullable=True),
    time("last_success_at", nullable=True),
    count("failures"),
    time("failing_since", nullable=True),
    text("last_error", ""),
    count("polls"),
    text("worker", ""),
    count("claims"),
    time("claimed_at", nullable=True),
    time("claimed_until", nullable=True),
    time("added_at"),
    time("paused_at", nullable=True),
    time("removed_at", nullable=True),
    Index(None, "next_poll_at"),
    Index(None, "claimed_until"),
    Index(None, "host", "wait_until"),
)

additions = Table(
    "additions",
    metadata,
    Column("source_id", Text, primary_key=True),
    text("url"),
    text("publisher_id"),
    text("publisher_name"),
    text("home", ""),
    count("every"),
    text("pages"),
    time("added_at"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    time("next_at", nullable=True),
    time("away_until", nullable=True),
    time("pages_at", nullable=True),
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
    time("at"),
    count("status"),
    count("bytes"),
    count("new"),
    count("changed"),
    Column("seconds", Float, nullable=False, default=0.0),
    text("error", ""),
    Index(None, "source_id", "id"),
)

documents = Table(
    "documents",
    metadata,
    Column("sha256", Text, primary_key=True),
    text("item_id"),
    text("body"),
)

items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    text("publisher_id"),
    text("url"),
    text("title"),
    text("language"),
    time("published", nullable=True),
    time("updated", nullable=True),
    time("first_seen"),
    time("order_at"),
    time("not_before", nullable=True),
    time("corrected", nullable=True),
    Column("first_poll", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_sha256", Text, ForeignKey("documents.sha256"), nullable=False),
    text("chain"),
    text("origin"),
    text("work_id"),
    text("credits", ""),
    Column("traced", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Index(None, "order_at"),
    Index(None, "source_id", "order_at"),
    Index(None, "publisher_id", "credits"),
    Index(None, "url"),
    Index(None, "content_sha256"),
    Index(None, "origin"),
    Index(None, "work_id"),
    Index(None, "traced", sqlite_where=sql("NOT traced"), postgresql_where=sql("NOT traced")),
)

item_aliases = Table(
    "item_aliases",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), nullable=False),
    text("source_id"),
    time("at"),
    Index(None, "source_id"),
)

held_items = Table(
    "held_items",
    metadata,
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    text("source_id"),
    time("at"),
    Index(None, "source_id"),
)

source_changes = Table(
    "source_changes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    time("at"),
    text("kind"),
    text("text"),
    time("told_at", nullable=True),
    Index(None, "told_at"),
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

item_texts = Table(
    "item_texts",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), nullable=False, unique=True),
    count("shingles"),
    count("rare"),
    sqlite_autoincrement=True,  # a number is never given again: dead passages still stand under the old ones
)


def _shingles(name: str) -> Table:
    """Passages in order of the hash, without a second tree: many narrow rows."""
    return Table(
        name,
        metadata,
        Column("hash", BigInteger, primary_key=True, autoincrement=False),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


item_shingles = _shingles("item_shingles")
new_shingles = _shingles("new_shingles")

near_copies = Table(
    "near_copies",
    metadata,
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    Column("other_id", Text, ForeignKey("items.id"), primary_key=True),
    Index(None, "other_id"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Text, primary_key=True),
    text("channel_id"),
    text("kind"),
    text("period"),
    time("created"),
    time("stored_at"),
    text("subject"),
    text("state"),
    text("channel"),
    text("findings"),
    text("tombstones"),
    count("items"),
    time("released_at", nullable=True),
    UniqueConstraint("channel_id", "period"),
    Index(None, "channel_id", "created"),
    Index(None, "state"),
)

edition_parts = Table(
    "edition_parts",
    metadata,
    Column("edition_id", Text, ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    count("position"),
    text("media_type"),
    Column("content", LargeBinary, nullable=False),
    text("sha256"),
    text("templates"),
)

edition_items = Table(
    "edition_items",
    metadata,
    Column("edition_id", Text, ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    text("channel_id"),
    count("position"),
    count("mode"),
    text("decision"),
    text("chain"),
    Column("content_sha256", Text, ForeignKey("documents.sha256"), nullable=False),
    time("first_seen"),
    text("proved"),
    time("until", nullable=True),
    Index(None, "channel_id", "item_id"),
    Index(None, "item_id"),
    Index(None, "content_sha256"),
)

channels = Table(
    "channels",
    metadata,
    Column("channel_id", Text, primary_key=True),
    time("since"),
    time("looked_at"),
    time("decide_at", nullable=True),
    text("terms_sha256", ""),
)

carried = Table(
    "carried",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    time("since"),
    time("until", nullable=True),
    time("left_at", nullable=True),
    text("comment", ""),
    Index(None, "channel_id", "left_at"),
)

item_pages = Table(
    "item_pages",
    metadata,
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    text("url"),
    time("due_at", nullable=True),
    time("read_at", nullable=True),
    count("status"),
    text("sha256", ""),
    text("reading", ""),
    count("failures"),
    text("error", ""),
    Index(None, "due_at"),
)

terms_pages = Table(
    "terms_pages",
    metadata,
    Column("publisher_id", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    time("due_at", nullable=True),
    time("read_at", nullable=True),
    count("status"),
    text("sha256", ""),
    count("failures"),
    text("error", ""),
    Index(None, "due_at"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Serial, primary_key=True),
    time("at"),
    text("kind"),
    text("subject"),
    text("data"),
    Index(None, "kind", "id"),
    Index(None, "subject", "id"),
)
