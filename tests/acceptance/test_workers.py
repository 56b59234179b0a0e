# SPDX-License-Identifier: Apache-2.0
"""Workers: what they need, and how they say so."""

import pytest

from syndicate.cli.work import worker
from syndicate.errors import UsageError

CONFIG = """
site: {name: Riverside Bulletin, url: "https://bulletin.example", contact: editor@bulletin.example}
database: "sqlite:///x.db"
"""


def test_a_worker_needs_a_server(tmp_path):
    """On a file, and for a queue that there is not, a sentence says what to do instead."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    with pytest.raises(UsageError, match="syndicate migrate-database"):
        worker(tmp_path / "config.yaml", ["polling"], 1)
    with pytest.raises(UsageError, match="no such queue"):
        worker(tmp_path / "config.yaml", ["sorting"], 1)
