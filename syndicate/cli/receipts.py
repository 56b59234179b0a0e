# SPDX-License-Identifier: Apache-2.0
"""`receipts`: the report to a publisher about its items, from what is on record."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json, count, table
from syndicate.errors import UsageError
from syndicate.pipeline.receipts import Receipt, told
from syndicate.pipeline.receipts import receipts as receipts_of


def receipts(path: Path, publisher_id: str, *, json: bool, sent_to: str) -> int:
    """Print what became of each item; with ``sent_to`` also note that the publisher was told there."""
    with closing(open_app(path)) as app:
        publisher = app.config.publishers.get(publisher_id)
        if publisher is None:
            known = ", ".join(sorted(app.config.publishers)) or "none"
            raise UsageError("no publisher has this id", subject=publisher_id, remedy=f"name one of: {known}")
        found = receipts_of(app.composing, publisher_id)
        if sent_to:
            told(app.composing, publisher_id, sent_to)
    if json:
        as_json({"publisher": publisher.name, "items": found})
        return 0
    OUT.print(f"{publisher.name}: {count(len({one.item_id for one in found}), 'item')}")
    table(("item", "channel", "mode", "since", "until", "mails", "credit and link"), [_row(one) for one in found])
    if sent_to:
        OUT.print(f"noted: told at {sent_to}")
    return 0


def _row(one: Receipt) -> tuple[str, ...]:
    until = f"{one.until:%Y-%m-%d}" if one.until else ""
    mails = f"{one.accepted:,}" if one.accepted else ""
    return one.title or one.item_id, one.channel, one.mode, f"{one.since:%Y-%m-%d}", until, mails, _verified(one)


def _verified(one: Receipt) -> str:
    both: Sequence[str] = [part for part in one.credits if part in one.links]
    return f"verified in {', '.join(both)}" if both else ""
