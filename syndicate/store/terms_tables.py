# SPDX-License-Identifier: Apache-2.0
"""The tables of what people decide: terms recorded, items picked or narrowed, what is suggested to them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from syndicate.store.columns import Serial, count, metadata, text, time

recorded_terms = Table(
    "recorded_terms",
    metadata,
    Column("id", Serial, primary_key=True),
    text("publisher_id"),
    text("kind"),
    text("record"),
    text("by"),
    time("at"),
    time("since"),
    time("withdrawn_at", nullable=True),
    Index(None, "publisher_id"),
)

picks = Table(
    "picks",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    text("by"),
    time("at"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("item_id", Text, ForeignKey("items.id"), primary_key=True),
    Column("channel_id", Text, primary_key=True),
    count("mode"),
    text("reason"),
    text("by"),
    time("at"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Serial, primary_key=True),
    text("publisher_id"),
    text("sha256"),
    text("place"),
    text("url"),
    text("item_id", ""),
    text("reading"),
    text("why", ""),
    count("times"),
    time("found_at"),
    time("seen_at"),
    text("state"),
    text("by", ""),
    time("decided_at", nullable=True),
    count("statement_id"),
    UniqueConstraint("publisher_id", "sha256"),
    Index(None, "state", "id"),
)
