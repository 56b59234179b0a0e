# SPDX-License-Identifier: Apache-2.0
"""The first tables of terms: statements by command, picks, overrides, and what each channel carries since when."""

import sqlalchemy as sa
from alembic import op

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "recorded_terms",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("publisher_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("withdrawn_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recorded_terms"),
    )
    op.create_index("ix_recorded_terms_publisher_id", "recorded_terms", ["publisher_id"])
    op.create_table(
        "picks",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_picks_item_id_items"),
        sa.PrimaryKeyConstraint("channel_id", "item_id", name="pk_picks"),
    )
    op.create_table(
        "overrides",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_overrides_item_id_items"),
        sa.PrimaryKeyConstraint("item_id", "channel_id", name="pk_overrides"),
    )
    op.create_table(
        "carried",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.Column("left_at", TIME, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_carried_item_id_items"),
        sa.PrimaryKeyConstraint("channel_id", "item_id", name="pk_carried"),
    )
    op.create_index("ix_carried_channel_id_left_at", "carried", ["channel_id", "left_at"])
