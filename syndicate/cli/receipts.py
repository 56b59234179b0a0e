# SPDX-License-Identifier: Apache-2.0
"""`receipts`: the report to a publisher about its items, from what is on record; signed, sent, and checked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, count, table, trouble
from syndicate.deliver.seal import is_sealed, seal
from syndicate.errors import UsageError
from syndicate.model import DeliveryState, Publisher
from syndicate.pipeline.receipts import Receipt, document, letter, told
from syndicate.pipeline.receipts import receipts as receipts_of
from syndicate.pipeline.trials import send_letter
from syndicate.store import address

REPORT = "receipt.json"


@dataclass(frozen=True, slots=True)
class Ways:
    """What becomes of a report beside being shown: noted as sent by hand, written and signed, sent by mail."""

    sent_to: str = ""
    sign: Path | None = None
    mail: str = ""


def receipts(path: Path, publisher_id: str, ways: Ways, *, as_machine: bool) -> int:
    """Print what became of each item, and do with the report what ``ways`` asks for."""
    to = address(ways.mail) if ways.mail else ""
    with closing(open_app(path)) as app:
        publisher = app.publishers.get(publisher_id)
        if publisher is None:
            known = ", ".join(sorted(app.publishers)) or "none"
            raise UsageError("no publisher has this id", subject=publisher_id, remedy=f"name one of: {known}")
        found = receipts_of(app.composing, publisher_id)
        written = _signed(app, publisher, found, ways.sign, to) if ways.sign or to else ""
        sent_to = ways.sent_to or to
        if sent_to:
            told(app.composing, publisher_id, sent_to)
    if as_machine:
        as_json({"publisher": publisher.name, "items": found})
        return 0
    OUT.print(f"{publisher.name}: {count(len({one.item_id for one in found}), 'item')}")
    heads = ("item", "channel", "mode", "since", "until", "mails", "credit and link")
    table(heads, [_row(one) for one in found], gap=2, prose=(0, len(heads) - 1))
    for said in filter(None, (written, f"noted: told at {sent_to}" if sent_to else "")):
        OUT.print(said, markup=False)
    return 0


def _signed(app: App, publisher: Publisher, found: Sequence[Receipt], file: Path | None, to: str) -> str:
    """Write the signed report, and send it; what was done, in words."""
    site, mine = app.config.site, seal(app.store.receipt_key())
    report = document(site, publisher, found, app.clock())
    signature = mine.sign(report)
    if file:
        try:
            file.write_bytes(report)
            file.with_name(f"{file.name}.sig").write_bytes(signature)
        except OSError as error:
            remedy = "name a file in a folder that exists"
            raise UsageError(error.strerror or "cannot be written", subject=str(file), remedy=remedy) from error
    if to:
        message = letter(site, publisher, to, report, signature, mine.public)
        outcome = asyncio.run(send_letter(app.posting, site.contact, to, message))
        if outcome.state is not DeliveryState.ACCEPTED:
            raise UsageError(f"was not sent: {outcome.text}", subject=to, remedy="look at the address and the relay")
    return f"signed: {file}, {file.name}.sig" if file else ""


def key(path: Path) -> int:
    """Print our public key in PEM."""
    with closing(open_app(path)) as app:
        OUT.print(seal(app.store.receipt_key()).public.decode(), end="", markup=False)
    return 0


def check(file: Path, against: Path | None) -> int:
    """Whether a report is as it was signed: 0 yes, 1 no. Needs no configuration."""
    if against is None:
        raise UsageError(
            "does not say whose signature it should have", subject=str(file), remedy="name the key with --key"
        )
    report, signature = _parts(file)
    if is_sealed(report, signature, _read(against)):
        OUT.print(f"{file}: signed with this key, and unchanged since", markup=False, soft_wrap=True)
        return 0
    trouble(f"{file}: was changed, or is not signed with this key")
    return 1


def _parts(file: Path) -> tuple[bytes, bytes]:
    """A report and its signature: two files, or two attachments of a mail."""
    content = _read(file)
    if content.lstrip().startswith(b"{"):
        return content, _read(file.with_name(f"{file.name}.sig"))
    message = message_from_bytes(content, policy=policy.default)
    files = {part.get_filename(): part.get_payload(decode=True) for part in message.walk() if part.get_filename()}
    if not {REPORT, f"{REPORT}.sig"} <= files.keys():
        raise UsageError("has no signed report in it", subject=str(file), remedy=f"name {REPORT}, or the mail with it")
    return bytes(files[REPORT]), bytes(files[f"{REPORT}.sig"])


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy="name a file") from error


def _row(one: Receipt) -> tuple[str, ...]:
    until = f"{one.until:%Y-%m-%d}" if one.until else ""
    mails = f"{one.accepted:,}" if one.accepted else ""
    return one.title or one.item_id, one.channel, one.mode, f"{one.since:%Y-%m-%d}", until, mails, _verified(one)


def _verified(one: Receipt) -> str:
    both: Sequence[str] = [part for part in one.credits if part in one.links]
    return f"verified in {', '.join(both)}" if both else ""
