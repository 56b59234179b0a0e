# SPDX-License-Identifier: Apache-2.0
"""What a publisher may be told about its items: where they went, how far, from when to when, and what was proved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from syndicate.model import Mode, Publisher, Site
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


def document(site: Site, publisher: Publisher, found: Sequence[Receipt], now: datetime) -> bytes:
    """The report as a file to sign, in JSON with its keys in one order: whose report, to whom, when, of what."""
    report = {
        "from": {"name": site.name, "url": site.url, "contact": site.contact, "key": f"{site.url}/receipts.pem"},
        "to": {"id": publisher.id, "name": publisher.name, "home": publisher.home},
        "made_at": now.replace(microsecond=0),
        "items": [asdict(one) for one in found],
    }
    return json.dumps(report, default=_plain, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def letter(site: Site, publisher: Publisher, to: str, report: bytes, signature: bytes, public: bytes) -> bytes:
    """The report by mail: a few words, and the document with its signature and key as files."""
    items = json.loads(report)["items"]
    made = datetime.fromisoformat(json.loads(report)["made_at"])
    count = len({one["item_id"] for one in items})
    digest = hashlib.sha256(report).hexdigest()
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    message["From"] = site.contact
    message["To"] = to
    message["Subject"] = f"Report on {count} {'item' if count == 1 else 'items'} of yours"
    message["Date"] = format_datetime(made)
    message["Message-ID"] = f"<receipt.{digest[:32]}@{site.contact.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_words(site, publisher, count), cte="quoted-printable")
    for name, content in (("receipt.json", report), ("receipt.json.sig", signature), ("receipts.pem", public)):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def _words(site: Site, publisher: Publisher, count: int) -> str:
    items = "One item" if count == 1 else f"{count} items"
    return (
        f"To {publisher.name}\n\n{items} of yours went out by {site.name} ({site.url}). The attached receipt.json "
        "says of each where, how far, from when to when, to how many mailboxes, and in which parts its credit and its "
        "link to you were found in the finished bytes. No reader is named in it.\n\nIt is signed. To check it:\n\n"
        "  openssl pkeyutl -verify -pubin -inkey receipts.pem -rawin -in receipt.json -sigfile receipt.json.sig\n\n"
        f"and compare receipts.pem with {site.url}/receipts.pem.\n"
    )


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


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
