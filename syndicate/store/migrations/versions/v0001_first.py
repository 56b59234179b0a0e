# SPDX-License-Identifier: Apache-2.0
"""The first tables."""

import sqlalchemy as sa
from alembic import op

from syndicate.store.migrations import mail, pages, polling, rights

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_REFUSALS = (
    (
        "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
    (
        "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
)
POSTGRESQL_REFUSALS = (
    (
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    ),
    (
        "CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    ),
)


def upgrade() -> None:
    """From nothing to the first version."""
    _meta()
    polling.upgrade()
    _documents()
    _items()
    polling.after_items()
    _item_keys()
    _item_credits()
    _item_texts()
    _shingles("item_shingles")
    _shingles("new_shingles")
    _near_copies()
    _editions()
    _edition_parts()
    _edition_items()
    mail.upgrade()
    _channels()
    rights.upgrade()
    pages.upgrade()
    _ledger()
    if op.get_context().dialect.name == "postgresql":
        _order_texts_by_bytes()
    for statement in POSTGRESQL_REFUSALS if op.get_context().dialect.name == "postgresql" else SQLITE_REFUSALS:
        op.execute(statement)


def _order_texts_by_bytes() -> None:
    """Ids, URLs and fingerprints sort as in SQLite and in Python, whatever language the server speaks; quicker too."""
    found = op.get_bind().exec_driver_sql(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND data_type = 'text'"
    )
    for table, column in found.fetchall():
        op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C"')


def _meta() -> None:
    """Single values."""
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )


def _documents() -> None:
    """Every version of an item that is needed."""
    op.create_table(
        "documents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_documents"),
    )


def _items() -> None:
    """The items as they are now."""
    op.create_table(
        "items",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("publisher_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("published", TIME, nullable=True),
        sa.Column("updated", TIME, nullable=True),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("order_at", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=True),
        sa.Column("corrected", TIME, nullable=True),
        sa.Column("first_poll", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("work_id", sa.Text(), nullable=False),
        sa.Column("credits", sa.Text(), nullable=False),
        sa.Column("traced", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["content_sha256"], ["documents.sha256"], name="fk_items_content_sha256_documents"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_items_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
    )
    op.create_index("ix_items_content_sha256", "items", ["content_sha256"])
    op.create_index("ix_items_order_at", "items", ["order_at"])
    op.create_index("ix_items_origin", "items", ["origin"])
    op.create_index("ix_items_publisher_id_credits", "items", ["publisher_id", "credits"])
    op.create_index("ix_items_source_id_order_at", "items", ["source_id", "order_at"])
    untraced = sa.text("NOT traced")
    op.create_index("ix_items_traced", "items", ["traced"], sqlite_where=untraced, postgresql_where=untraced)
    op.create_index("ix_items_url", "items", ["url"])
    op.create_index("ix_items_work_id", "items", ["work_id"])


def _item_keys() -> None:
    """The keys under which an item may be credited."""
    op.create_table(
        "item_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_keys_item_id_items"),
        sa.PrimaryKeyConstraint("key", "item_id", name="pk_item_keys"),
    )
    op.create_index("ix_item_keys_item_id", "item_keys", ["item_id"])


def _item_credits() -> None:
    """The keys that an item credits."""
    op.create_table(
        "item_credits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_credits_item_id_items"),
        sa.PrimaryKeyConstraint("key", "item_id", name="pk_item_credits"),
    )
    op.create_index("ix_item_credits_item_id", "item_credits", ["item_id"])


def _item_texts() -> None:
    """The number under which the passages of an item's present text are kept, how many there are, how many are rare."""
    op.create_table(
        "item_texts",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("shingles", sa.Integer(), nullable=False),
        sa.Column("rare", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_texts_item_id_items"),
        sa.PrimaryKeyConstraint("number", name="pk_item_texts"),
        sa.UniqueConstraint("item_id", name="uq_item_texts_item_id"),
        sqlite_autoincrement=True,
    )


def _shingles(name: str) -> None:
    """Which texts have a passage; in order of the hash, without a second tree."""
    op.create_table(
        name,
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "number", name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )


def _near_copies() -> None:
    """Items with the same text or a part of it, from both sides."""
    op.create_table(
        "near_copies",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_near_copies_item_id_items"),
        sa.ForeignKeyConstraint(["other_id"], ["items.id"], name="fk_near_copies_other_id_items"),
        sa.PrimaryKeyConstraint("item_id", "other_id", name="pk_near_copies"),
    )
    op.create_index("ix_near_copies_other_id", "near_copies", ["other_id"])


def _editions() -> None:
    """Finished outputs."""
    op.create_table(
        "editions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("stored_at", TIME, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("tombstones", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("released_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("channel_id", "period", name="uq_editions_channel_id_period"),
    )
    op.create_index("ix_editions_channel_id_created", "editions", ["channel_id", "created"])
    op.create_index("ix_editions_state", "editions", ["state"])


def _edition_parts() -> None:
    """Their bytes."""
    op.create_table(
        "edition_parts",
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("templates", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_edition_parts_edition_id_editions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "name", name="pk_edition_parts"),
    )


def _edition_items() -> None:
    """Their entries."""
    op.create_table(
        "edition_items",
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("proved", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["content_sha256"], ["documents.sha256"], name="fk_edition_items_content_sha256_documents"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_edition_items_edition_id_editions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_edition_items_item_id_items"),
        sa.PrimaryKeyConstraint("edition_id", "item_id", name="pk_edition_items"),
    )
    op.create_index("ix_edition_items_channel_id_item_id", "edition_items", ["channel_id", "item_id"])
    op.create_index("ix_edition_items_content_sha256", "edition_items", ["content_sha256"])
    op.create_index("ix_edition_items_item_id", "edition_items", ["item_id"])


def _channels() -> None:
    """Since when a channel is known, when its schedule was looked at, when and by which terms it was decided."""
    op.create_table(
        "channels",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("looked_at", TIME, nullable=False),
        sa.Column("decide_at", TIME, nullable=True),
        sa.Column("terms_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_channels"),
    )


def _ledger() -> None:
    """The record."""
    op.create_table(
        "ledger",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
    )
    op.create_index("ix_ledger_kind_id", "ledger", ["kind", "id"])
    op.create_index("ix_ledger_subject_id", "ledger", ["subject", "id"])
