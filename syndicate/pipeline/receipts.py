# SPDX-License-Identifier: Apache-2.0
"""What a publisher may be told about its items: where they went, how far, from when to when, and what was proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Mode
from syndicate.pipeline.compose import Composing
from syndicate.store import LedgerKind, Stood, Transaction

MOST = 1000
LINES = 50


@dataclass(frozen=True, slots=True)
class Receipt:
    """One appearance of one item. ``accepted`` counts mails, readers are not named.

    ``credits`` and ``links`` tell in which parts the credit (O1) and the required link (O3) were found in the finished
    bytes, ``duties`` all that was proved there.
    """

    item_id: str
    title: str
    url: str
    channel: str
    mode: str
    since: datetime
    until: datetime | None
    accepted: int
    edition: str
    credits: tuple[str, ...]
    links: tuple[str, ...]
    duties: tuple[str, ...]


def receipts(composing: Composing, publisher_id: str) -> list[Receipt]:
    """Every appearance of the publisher's items on record, the newest first, then those that have left."""
    with composing.store.read() as tx:
        stood = tx.receipts.of(publisher_id, MOST)
        here = {(one.item_id, one.channel_id) for one in stood if one.until is None}
        gone = [one for one in tx.receipts.gone(publisher_id, MOST) if (one.item_id, one.channel_id) not in here]
        return [_receipt(tx, one) for one in (*stood, *gone)]


def told(composing: Composing, publisher_id: str, contact: str) -> None:
    """Note that the publisher was told, and where."""
    now = composing.clock()
    with composing.store.write() as tx:
        data = {"told": contact, "items": len(tx.receipts.of(publisher_id, MOST))}
        tx.ledger.record(LedgerKind.NOTICE, at=now, subject=publisher_id, data=data)


def _receipt(tx: Transaction, one: Stood) -> Receipt:
    def parts(duty: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found.part for found in one.proved if found.duty == duty))

    mode = one.mode.name.lower() if one.mode is not None else _mode_on_record(tx, one)
    return Receipt(
        item_id=one.item_id,
        title=one.title,
        url=one.url,
        channel=one.channel_id,
        mode=mode,
        since=one.since,
        until=one.until,
        accepted=one.accepted,
        edition=one.edition_id,
        credits=parts("O1"),
        links=parts("O3"),
        duties=tuple(dict.fromkeys(found.duty for found in one.proved)),
    )


def _mode_on_record(tx: Transaction, one: Stood) -> str:
    """How far the channel carried the item before it left, by the ledger."""
    lines = tx.ledger.tail(LINES, kind=LedgerKind.DECISION, subject=one.item_id)
    modes = (line.data["mode"] for line in lines if line.data.get("channel") == one.channel_id)
    return next((mode for mode in modes if mode != Mode.WITHHOLD.name.lower()), "")
