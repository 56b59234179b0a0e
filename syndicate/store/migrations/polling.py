# SPDX-License-Identifier: Apache-2.0
"""The first tables of polling: what sources answered, when they and their hosts may be asked, and the last polls."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    _sources()
    _additions()
    _hosts()
    _source_marks()
    _poll_runs()
    _source_changes()


def after_items() -> None:
    """Make those that are about items."""
    for name, own in (("item_aliases", [_text("alias"), _text("item_id")]), ("held_items", [_text("item_id")])):
        op.create_table(
            name,
            *own,
            _text("source_id"),
            sa.Column("at", TIME, nullable=False),
            sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=f"fk_{name}_item_id_items"),
            sa.PrimaryKeyConstraint(own[0].name, name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_source_id", name, ["source_id"])


def _source_changes() -> None:
    """What became of sources, for the operator to hear once."""
    op.create_table(
        "source_changes",
        sa.Column("id", SERIAL, nullable=False),
        _text("source_id"),
        sa.Column("at", TIME, nullable=False),
        *map(_text, ("kind", "text")),
        _time("told_at"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_changes_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_source_changes"),
    )
    op.create_index("ix_source_changes_told_at", "source_changes", ["told_at"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, TIME, nullable=True)


def _additions() -> None:
    """Sources that were added by command."""
    op.create_table(
        "additions",
        *map(_text, ("source_id", "url", "publisher_id", "publisher_name", "home")),
        _count("every"),
        _text("pages"),
        sa.Column("added_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_additions"),
    )


def _sources() -> None:
    """What each source last answered, how it is, when it is due, and who polls it now."""
    op.create_table(
        "sources",
        *map(_text, ("id", "url", "host", "title", "etag", "last_modified", "body_sha256")),
        *map(_text, ("memory", "health", "health_why")),
        sa.Column("health_since", TIME, nullable=False),
        _time("next_poll_at"),
        _text("next_why"),
        *map(_time, ("wait_until", "first_polled_at", "last_success_at")),
        _count("failures"),
        _time("failing_since"),
        _text("last_error"),
        _count("polls"),
        _text("worker"),
        _count("claims"),
        *map(_time, ("claimed_at", "claimed_until")),
        sa.Column("added_at", TIME, nullable=False),
        *map(_time, ("paused_at", "removed_at")),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_index("ix_sources_next_poll_at", "sources", ["next_poll_at"])
    op.create_index("ix_sources_claimed_until", "sources", ["claimed_until"])
    op.create_index("ix_sources_host_wait_until", "sources", ["host", "wait_until"])


def _hosts() -> None:
    """When each host may be asked again."""
    op.create_table(
        "hosts",
        _text("host"),
        *map(_time, ("next_at", "away_until", "pages_at")),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )


def _source_marks() -> None:
    """What the last reading of each source left for the next."""
    op.create_table(
        "source_marks",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_marks_source_id_sources"),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_marks"),
    )


def _poll_runs() -> None:
    """The last polls of each source."""
    op.create_table(
        "poll_runs",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_poll_runs_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_poll_runs"),
    )
    op.create_index("ix_poll_runs_source_id_id", "poll_runs", ["source_id", "id"])
