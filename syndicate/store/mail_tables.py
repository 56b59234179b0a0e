# SPDX-License-Identifier: Apache-2.0
"""The tables of people and mail: who is written to, what they are owed, and what came back."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from syndicate.store.columns import Serial, UtcTime, count, metadata, text, time

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Serial, primary_key=True),
    text("channel_id"),
    text("email"),
    text("email_sha256"),
    text("state"),
    text("purpose"),
    text("interests", ""),
    text("wording"),
    text("version", ""),
    text("method"),
    text("origin", ""),
    text("proof", ""),
    text("cadence", ""),
    time("created_at"),
    time("confirmed_at", nullable=True),
    time("ended_at", nullable=True),
    UniqueConstraint("channel_id", "email_sha256"),
    Index(None, "channel_id", "state"),
    sqlite_autoincrement=True,  # an id is never used again: a token of somebody erased must not act on another
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("email_sha256", Text, primary_key=True),
    text("reason"),
    time("at"),
    time("erased_at", nullable=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("edition_id", Text, ForeignKey("editions.id"), nullable=True),
    Column("subscriber_id", Serial, ForeignKey("subscribers.id"), nullable=False),
    text("email"),
    text("domain"),
    text("message_id"),
    text("key_id"),
    Column("notice", LargeBinary, nullable=True),
    text("state"),
    count("attempts"),
    count("unknowns"),
    time("due_at", nullable=True),
    time("expires_at"),
    time("claimed_until", nullable=True),
    text("worker", ""),
    text("server_text", ""),
    time("created_at"),
    time("updated_at"),
    UniqueConstraint("edition_id", "subscriber_id"),
    UniqueConstraint("message_id"),
    Index(None, "due_at", "id"),
    Index(None, "state"),
    Index(None, "subscriber_id"),
    sqlite_autoincrement=True,
)

sendings = Table(
    "sendings",
    metadata,
    Column("edition_id", Text, ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    text("channel_id"),
    text("purpose"),
    text("interests", ""),
    text("state"),
    text("reason", ""),
    count("recipients"),
    count("accepted"),
    count("refused"),
    count("complaints"),
    time("created_at"),
    time("started_at", nullable=True),
    time("changed_at"),
    Index(None, "channel_id", "created_at"),
)

rates = Table(
    "rates",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", UtcTime, primary_key=True),
    count("mails"),
    Index(None, "at"),
)

relays = Table(
    "relays",
    metadata,
    Column("relay", Text, primary_key=True),
    count("failures"),
    time("rests_until"),
    text("error"),
)

leases = Table(
    "leases",
    metadata,
    Column("duty", Text, primary_key=True),
    text("holder"),
    count("fence"),
    time("until"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    text("text"),
    text("remedy"),
    count("times"),
    time("first_at"),
    time("last_at"),
    time("ended_at", nullable=True),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    text("secret"),
    time("made_at"),
    time("retired_at", nullable=True),
)

operators = Table(
    "operators",
    metadata,
    Column("name", Text, primary_key=True),
    text("password_hash"),
    time("changed_at"),
)

returns = Table(
    "returns",
    metadata,
    Column("id", Serial, primary_key=True),
    text("sha256"),
    time("at"),
    text("kind"),
    Column("delivery_id", Serial, ForeignKey("deliveries.id", ondelete="SET NULL"), nullable=True),
    Column("subscriber_id", Serial, ForeignKey("subscribers.id", ondelete="SET NULL"), nullable=True),
    text("status", ""),
    text("text", ""),
    text("outcome"),
    time("undone_at", nullable=True),
    UniqueConstraint("sha256", "subscriber_id"),
    Index(None, "subscriber_id", "at"),
    Index(None, "delivery_id"),
)
