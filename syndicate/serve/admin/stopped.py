# SPDX-License-Identifier: Apache-2.0
"""An edition that the proof stopped: which words are missing from which part, who asks for them, what now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from syndicate.model import Duty, Evidence, Finding
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.serve.admin.house import House, View
from syndicate.store import StoredEdition, StoredItem, Transaction

SHOWN = 12
PARTS = {"mail HTML": "the HTML part", "mail text": "the plain text part"}


@dataclass(frozen=True, slots=True)
class Missing:
    """One finding: the item's title and publisher, the part, what is wrong, the words sought, and who asks for them."""

    finding: Finding
    title: str
    publisher: str
    sought: str
    asked: Evidence | None


def view(house: House, tx: Transaction, held: StoredEdition) -> View:
    """The page of a refused edition."""
    channel = held.edition.channel
    readers = len(tx.people.list(channel.id, state="active"))
    found = missing(house.composing, tx, held, held.findings[:SHOWN])
    parts = Counter(finding.part for finding in held.findings)
    items = {finding.item_id for finding in held.findings}
    values = {
        "held": held,
        "title": channel.title or channel.id,
        "missing": found,
        "number": len(held.findings),
        "items": len(items),
        "parts_of": [PARTS.get(part, f"the part {part}") for part in sorted(parts)],
        "readers": readers,
        "stopped": house.local(held.edition.created),
        "is_digest": channel in house.digests(),
    }
    return View("stopped.html", values)


def missing(composing: Composing, tx: Transaction, held: StoredEdition, findings: Sequence[Finding]) -> list[Missing]:
    """The findings with what stands behind them, by the terms as they are on record now."""
    stored = tx.items.get([finding.item_id for finding in findings])
    now = composing.clock()
    bench = Bench(on_record(composing.publishers, tx, now), tx, held.edition.channel, now)
    known = list(stored.values())
    decided = dict(zip(stored, bench.decide(known), strict=True))
    rows = []
    for finding in findings:
        item, decision = stored.get(finding.item_id), decided.get(finding.item_id)
        duty = next((duty for duty in decision.duties if duty.id == finding.duty), None) if decision else None
        quotes = [e for reason in (decision.reasons if decision else ()) for e in reason.evidence if e.value]
        rows.append(Missing(finding, *_whose(item), _words(duty), quotes[0] if quotes else None))
    return rows


def _whose(item: StoredItem | None) -> tuple[str, str]:
    return (item.item.title or item.item.url, item.chain.hops[0].name) if item else ("", "")


def _words(duty: Duty | None) -> str:
    return ", ".join(filter(None, (*duty.texts, duty.url))) if duty else ""
