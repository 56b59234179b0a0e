# SPDX-License-Identifier: Apache-2.0
"""`verify`: whether a finished document keeps its word, or the decisions on record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

from rich.text import Text

from syndicate import __version__, proof
from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, count, trouble
from syndicate.errors import FetchError, ParseError, UsageError
from syndicate.intake.client import Client
from syndicate.intake.fetch import Fetcher
from syndicate.model import Channel, ChannelKind, Entry, Finding, Mode
from syndicate.pipeline.cadence import track
from syndicate.pipeline.compose import digest_entries
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.store import Transaction

BATCH = 5000
"""Items whose texts are looked for at once: the more, the fewer readings of the document, and the more memory."""


def verify(document: str, config: Path | None, channel_id: str, *, json: bool) -> int:
    """Print findings, one a line; 0 clean, 1 findings, 2 unreadable. Raises StoreError if the record is."""
    name = urlsplit(document).path if "://" in document else document
    try:
        content = _read(document)
        findings = _audit(content, name, config, channel_id) if config else proof.lint(content, name)
    except ParseError as error:
        trouble(f"{document}: {error}")
        return 2
    if json:
        as_json([{"item": f.item_id, "duty": f.duty, "part": f.part, "message": f.message} for f in findings])
    else:
        for finding in findings:
            OUT.print(Text(f"item {finding.item_id or '-'}: {finding.duty}: {finding.part}: {finding.message}"))
        OUT.print(f"{document}: {count(len(findings), 'finding')}" if findings else f"{document}: clean")
    return 1 if findings else 0


def _read(document: str) -> bytes:
    try:
        return asyncio.run(_download(document)) if "://" in document else Path(document).read_bytes()
    except FetchError as error:
        raise UsageError(error.what, subject=document, remedy="name a file or a URL that answers") from error
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=document, remedy="name a file or a URL") from error


async def _download(url: str) -> bytes:
    # An operator names this address, so a private one is meant.
    async with Client(f"syndicate/{__version__} verify", allow_private=True) as client:
        return (await Fetcher(client).fetch(url)).body


def _audit(content: bytes, name: str, config: Path, channel_id: str) -> tuple[Finding, ...]:
    with closing(open_app(config)) as app:
        channel = app.channel(channel_id or _channel_of(name, content, app))
        setting = proof.Setting(channel, app.config.site, app.clock())
        with app.store.read() as tx:
            entries = _carried(app, tx, channel)
            others = _others(app, tx, channel, {entry.item.id for entry in entries})
            newest = next(others, [])
            return proof.audit(content, name, [*entries, *newest], setting, others)


def _carried(app: App, tx: Transaction, channel: Channel) -> list[Entry]:
    """What is on record for a channel; for a digest also what its next edition would hold, which a preview shows."""
    sent = tx.editions.entries_for(channel.id)
    if channel.kind is not ChannelKind.DIGEST:
        return sent
    tracks = [track(channel, cadence) for cadence in tx.people.cadences(channel.id)]
    chosen = [entry for one in tracks for entry in tx.editions.entries_for(one.id)]
    coming = digest_entries(app.composing, tx, channel, app.clock())
    newest = {entry.item.id: entry for entry in (*coming, *chosen, *sent)}
    return list(newest.values())


def _others(app: App, tx: Transaction, channel: Channel, seen: AbstractSet[str]) -> Iterator[list[Entry]]:
    """Every item that the channel does not carry, as one withheld; in batches, the newest first."""
    now, before = app.clock(), None
    bench = Bench(on_record(app.publishers, tx, now), tx, channel, now)
    while page := tx.items.newest(BATCH, before=before):
        before = (page[-1].order_at, page[-1].item.id)
        rest = [stored for stored in page if stored.item.id not in seen]
        yield [
            Entry(stored.item, stored.chain, replace(decision, mode=Mode.WITHHOLD, duties=()), stored.first_seen)
            for stored, decision in zip(rest, bench.decide(rest), strict=True)
            if decision.mode < Mode.FULL  # not carried here, so no word of it may stand here
        ]


def _channel_of(name: str, content: bytes, app: App) -> str:
    """The channel that the file's name tells, else its List-Id or the address that a feed gives as its own."""
    stem = Path(name).name.split(".")[0]
    ids = [channel.id for channel in app.config.channels]
    named = [i for i in ids if stem == i or stem.startswith(f"{i}-") or f"/{i}/" in name]
    if not named:
        list_id = str(message_from_bytes(content)["List-Id"] or "")
        own = f"{app.config.site.url}/feeds/"
        named = [i for i in ids if f"<{i}." in list_id or f"{own}{i}.".encode() in content]
    if not named:
        raise UsageError("does not tell its channel", subject=name, remedy="say which with --channel")
    return max(named, key=len)
