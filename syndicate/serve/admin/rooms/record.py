# SPDX-License-Identifier: Apache-2.0
"""The ledger: what was decided and done; objections; and the settings, each with where it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicate.pipeline.breaches import cure, open_breaches
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.store import LedgerKind, LedgerRow

SHOWN = 200


def ledger(house: House, visit: Visit) -> Answer:
    """GET ledger: the newest lines, of one kind or about one subject; and breaches that are not cured."""
    kind, subject = visit.asked.get("kind", ""), visit.asked.get("subject", "").strip()
    known = kind if kind in {one.value for one in LedgerKind} else None
    with house.read() as tx:
        rows = tx.ledger.tail(SHOWN, known, subject or None)
        breaches = open_breaches(tx)
        objections = tx.ledger.tail(SHOWN, LedgerKind.OBJECTION)
    values = {
        "rows": [(row, _told(row)) for row in rows],
        "kinds": [one.value for one in LedgerKind],
        "kind": known or "",
        "subject": subject,
        "breaches": breaches,
        "objections": [(row, _told(row)) for row in objections],
        "shown": SHOWN,
        "now": house.local(house.now()),
    }
    return View("ledger.html", values)


def cured(house: House, visit: Visit) -> Answer:
    """POST ledger/breaches/N: it is cured, and how."""
    if not visit.path["number"].isdigit():
        return None
    how = visit.get("how")
    if not how:
        return Go("ledger", "Nothing was recorded: say how it was cured.")
    cure(house.composing, int(visit.path["number"]), how, visit.by)
    return Go("ledger", f"Breach {visit.path['number']} is cured.")


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
