# SPDX-License-Identifier: Apache-2.0
"""The marks that one reading of a source leaves for the next."""

from datetime import UTC, datetime

import pytest

from syndicate.model import Publisher, Source
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_marks_are_kept_replaced_and_dropped(tmp_path):
    """A source has the marks that were put last; empty ones are none."""
    store = databases.open(tmp_path, "s")
    with store.write() as tx:
        tx.sources.sync([Source("own", "https://own.example/feed", Publisher("own", "Own"))], NOW)
    for marks in (b"", b"\0first", b"second", b"", b"third"):
        with store.write() as tx:
            tx.marks.put("own", marks)
        with store.read() as tx:
            assert (tx.marks.get("own"), tx.marks.get("other")) == (marks, b"")
    store.close()
