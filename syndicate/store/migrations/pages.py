# SPDX-License-Identifier: Apache-2.0
"""The first tables of pages: those of items, those of terms, and what was suggested from them."""

import sqlalchemy as sa
from alembic import op

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "item_pages",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        *_state(),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_pages_item_id_items"),
        sa.PrimaryKeyConstraint("item_id", name="pk_item_pages"),
    )
    op.create_index("ix_item_pages_due_at", "item_pages", ["due_at"])
    op.create_table(
        "terms_pages",
        sa.Column("publisher_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        *_state(),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("publisher_id", "url", name="pk_terms_pages"),
    )
    op.create_index("ix_terms_pages_due_at", "terms_pages", ["due_at"])
    op.create_table(
        "suggestions",
        sa.Column("id", SERIAL, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("publisher_id", "sha256", "place", "url", "item_id")),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suggestions"),
        sa.UniqueConstraint("publisher_id", "sha256", name="uq_suggestions_publisher_id_sha256"),
    )
    op.create_index("ix_suggestions_state_id", "suggestions", ["state", "id"])


def _state() -> list[sa.Column[object]]:
    """When a page is due, when it was read, and with which answer."""
    return [
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
    ]
