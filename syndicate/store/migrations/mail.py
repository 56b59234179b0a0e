# SPDX-License-Identifier: Apache-2.0
"""The first tables of people and mail."""

import sqlalchemy as sa
from alembic import op

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """People, what they are owed, and what came back."""
    _subscribers()
    _suppressions()
    _deliveries()
    _sendings()
    _sender()
    _returns()
    _operators()


def _subscribers() -> None:
    """People and their consent."""
    op.create_table(
        "subscribers",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False, server_default=""),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("channel_id", "email_sha256", name="uq_subscribers_channel_id_email_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscribers_channel_id_state", "subscribers", ["channel_id", "state"])


def _suppressions() -> None:
    """Addresses that must not be written to, as fingerprints."""
    op.create_table(
        "suppressions",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("email_sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("erased_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "email_sha256", name="pk_suppressions"),
    )


def _deliveries() -> None:
    """The outbox."""
    op.create_table(
        "deliveries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("edition_id", sa.Text(), nullable=True),
        sa.Column("subscriber_id", SERIAL, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("notice", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("server_text", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_deliveries_edition_id_editions"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_deliveries_subscriber_id_subscribers"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("edition_id", "subscriber_id", name="uq_deliveries_edition_id_subscriber_id"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_due_at_id", "deliveries", ["due_at", "id"])
    op.create_index("ix_deliveries_state", "deliveries", ["state"])
    op.create_index("ix_deliveries_subscriber_id", "deliveries", ["subscriber_id"])


def _sendings() -> None:
    """How far each edition by mail has got, and whether it may go on."""
    op.create_table(
        "sendings",
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_sendings_edition_id_editions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name="pk_sendings"),
    )
    op.create_index("ix_sendings_channel_id_created_at", "sendings", ["channel_id", "created_at"])


def _sender() -> None:
    """What the sender keeps: rates, relays that rest, who leads, alarms, signing keys."""
    op.create_table(
        "rates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "at", name="pk_rates"),
    )
    op.create_index("ix_rates_at", "rates", ["at"])
    op.create_table(
        "relays",
        sa.Column("relay", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests_until", TIME, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("relay", name="pk_relays"),
    )
    op.create_table(
        "leases",
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("duty", name="pk_leases"),
    )
    op.create_table(
        "alarms",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject", name="pk_alarms"),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("retired_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
    )


def _operators() -> None:
    """Who may enter the console."""
    op.create_table(
        "operators",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_operators"),
    )


def _returns() -> None:
    """Bounces and complaints."""
    op.create_table(
        "returns",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("delivery_id", SERIAL, nullable=True),
        sa.Column("subscriber_id", SERIAL, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_returns_delivery_id_deliveries", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_returns_subscriber_id_subscribers", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_returns"),
        sa.UniqueConstraint("sha256", "subscriber_id", name="uq_returns_sha256_subscriber_id"),
    )
    op.create_index("ix_returns_delivery_id", "returns", ["delivery_id"])
    op.create_index("ix_returns_subscriber_id_at", "returns", ["subscriber_id", "at"])
