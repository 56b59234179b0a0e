# SPDX-License-Identifier: Apache-2.0
"""The clock. Everything else is told what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def clock() -> datetime:
    """Now, in UTC: the one place where time is read."""
    return datetime.now(UTC)  # noqa: TID251 - this is that place
