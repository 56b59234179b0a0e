# SPDX-License-Identifier: Apache-2.0
"""The ways between the rooms of terms, each with how much waits there."""

from __future__ import annotations

from syndicate.pipeline import asking
from syndicate.pipeline.breaches import open_breaches
from syndicate.serve.admin.house import House


def ways(house: House) -> dict[str, object]:
    """What waits: notices to read, requests without an answer, breaches that are not cured."""
    with house.read() as tx:
        return {
            "to_read": len(tx.suggestions.all()),
            "unanswered": sum(not one.answer for one in asking.requests(tx)),
            "uncured": len(open_breaches(tx)),
        }
