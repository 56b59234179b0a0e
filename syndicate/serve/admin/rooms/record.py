# SPDX-License-Identifier: Apache-2.0
"""The ledger: what was decided and done; and the settings, each with where it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicate.serve.admin.house import Answer, House, View, Visit
from syndicate.store import LedgerKind, LedgerRow

SHOWN = 200


def ledger(house: House, visit: Visit) -> Answer:
    """GET ledger: the newest lines, of one kind or about one subject."""
    kind, subject = visit.asked.get("kind", ""), visit.asked.get("subject", "").strip()
    known = kind if kind in {one.value for one in LedgerKind} else None
    with house.read() as tx:
        rows = tx.ledger.tail(SHOWN, known, subject or None)
    values = {
        "rows": [(row, _told(row)) for row in rows],
        "kinds": [one.value for one in LedgerKind],
        "kind": known or "",
        "subject": subject,
        "shown": SHOWN,
        "now": house.local(house.now()),
    }
    return View("ledger.html", values)


def settings(house: House, _visit: Visit) -> Answer:
    """GET settings: every value that was given, and where."""
    groups: dict[str, list[Any]] = {}
    for one in house.settings():
        groups.setdefault(one.key.partition(".")[0], []).append(one)
    with house.read() as tx:
        operators = tx.operators.all()
    values = {"groups": groups.items(), "operators": operators, "now": house.local(house.now())}
    return View("settings.html", values)


def _told(row: LedgerRow) -> str:
    """The plain values of a line, as a sentence."""
    data: Mapping[str, Any] = row.data
    return "; ".join(
        f"{name} {value}" for name, value in data.items() if not isinstance(value, dict | list) and value != ""
    )
