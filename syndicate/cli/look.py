# SPDX-License-Identifier: Apache-2.0
"""`explain` and `verify`: why an item goes where it goes, and whether a finished document keeps its word."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

from rich.text import Text

from syndicate import __version__, proof
from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, count, mode_text, trouble
from syndicate.errors import FetchError, ParseError, UsageError
from syndicate.intake.client import Client
from syndicate.intake.fetch import Fetcher
from syndicate.model import Chain, Channel, Decision, Entry, Evidence, Finding, Mode, Role
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.pipeline.explain import Explanation
from syndicate.pipeline.explain import explain as explain_item
from syndicate.rights.trace import url_key
from syndicate.store import StoredItem

HOP_MARKS = {Role.ORIGIN: "●", Role.REPUBLISHER: "○"}
MARKED = "black on #ffefa3"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def explain(path: Path, text: str, channel_id: str, *, json: bool) -> int:
    """Print every item that ``text`` names, with its decision for each channel."""
    with closing(open_app(path)) as app:
        explained = _explained(app, text, channel_id)
        site = app.config.site.name
    if json:
        as_json([{"item": s.item, "chain": s.chain, "channels": explanations} for s, explanations in explained])
        return 0
    for stored, explanations in explained:
        _print_item(stored, site, explanations)
    return 0


def _explained(app: App, text: str, channel_id: str) -> list[tuple[StoredItem, list[Explanation]]]:
    """The items that an id or an address names, each in the channels asked for; raises UsageError if none is named."""
    channels = [app.channel(channel_id)] if channel_id else list(app.config.channels)
    return [(stored, explain_item(app.composing, stored, channels)) for stored in found_items(app, text)]


def found_items(app: App, text: str) -> list[StoredItem]:
    """The items that an id, an address of theirs or that of our page names; raises UsageError if none is named."""
    ours = text.removeprefix(f"{app.config.site.url}/items/")
    with app.store.read() as tx:
        found = tx.items.find(*filter(None, (ours, url_key(text))))
    if not found:
        raise UsageError(
            "no item has this id or address", subject=text, remedy="take the id from a feed or the front page"
        )
    return found


def _print_item(stored: StoredItem, site: str, explanations: Sequence[Explanation]) -> None:
    OUT.print(Text(stored.item.title or stored.item.url, style="bold"))
    OUT.print(Text(", ".join(person.name for person in stored.item.authors)))
    OUT.print(Text(stored.item.id, style="dim"))
    OUT.print()
    _print_chain(stored.chain, site)
    for explanation in explanations:
        _print_decision(explanation)


def _print_chain(chain: Chain, site: str) -> None:
    for number, hop in enumerate(chain.hops):
        last = number == len(chain.hops) - 1
        day = f"{hop.date:%d %b %Y}".lstrip("0") if hop.date else ""
        role = "origin" + (", holds the copyright" if chain.origin_known else ", not among our sources")
        if hop.role is Role.REPUBLISHER:
            role = "republisher" + (", the copy we use" if last else "")
        name = hop.name or "somebody else"
        OUT.print(Text.assemble((f"{HOP_MARKS[hop.role]} ", "bright_blue"), f"{name:<22} {day:<13} {role}"))
        if hop.url:
            OUT.print(Text.assemble(("│ ", "bright_blue"), f"{'':<36} {hop.url}"))
        for evidence in hop.because:
            quoted = Text.assemble(("│ ", "bright_blue"), f"{'':<36} ", (f"“{evidence.value}”", MARKED))
            OUT.print(quoted.append(f"  {evidence.place}", "dim"))
    OUT.print(Text.assemble(("◉ ", "bright_blue"), site))
    OUT.print()


def _print_decision(explanation: Explanation) -> None:
    decision, channel = explanation.decision, explanation.channel
    kind = f"{channel.medium}, {channel.purpose}" + (f", ads {channel.ads.name.lower()}" if channel.ads else "")
    OUT.print(Text.assemble(("Decision  ", "bold"), f"{channel.id} ({kind})  ", mode_text(decision.mode)))
    OUT.print(Text(f"  {decision.because}"))
    if decision.contact and decision.mode < Mode.FULL:
        OUT.print(Text(f"  For more, ask {decision.contact}"))
    OUT.print()
    letters = _letters(decision)
    for number, reason in enumerate(decision.reasons, 1):
        cited = " ".join(f"[{letters[e]}]" for e in dict.fromkeys(reason.evidence))
        OUT.print(Text.assemble(f"  {number}  {reason.text}  ", (cited, "bright_blue"), "  ", mode_text(reason.mode)))
    if letters:
        OUT.print()
        OUT.print(Text("Evidence", style="bold"))
    for evidence, letter in letters.items():
        where = ", ".join(part for part in (evidence.url, evidence.place, evidence.kind) if part)
        OUT.print(Text.assemble((f"  {letter}  ", "bright_blue"), (f"“{evidence.value}”", MARKED)))
        OUT.print(Text(f"     {where}", style="dim"))
    _print_duties(explanation)
    OUT.print()


def _letters(decision: Decision) -> dict[Evidence, str]:
    cited = dict.fromkeys(e for reason in decision.reasons for e in reason.evidence)
    return {e: LETTERS[n] if n < len(LETTERS) else str(n) for n, e in enumerate(cited)}


def _print_duties(explanation: Explanation) -> None:
    decision, edition = explanation.decision, explanation.edition
    proved = edition.proved if edition else ()
    parts = list(dict.fromkeys(one.part for one in proved))
    met = {(one.duty, one.part) for one in proved}
    if decision.duties:
        OUT.print()
        OUT.print(Text.assemble((f"{'Duties':<60}", "bold"), "  ".join(f"{part:^5}" for part in parts)))
    for duty in decision.duties:
        what = describe(duty.id, duty.texts, duty.url)
        ticks = "  ".join(f"{'✓' if (duty.id, part) in met else '':^{max(5, len(part))}}" for part in parts)
        OUT.print(Text.assemble(f"  {what:<58}", (ticks, "green")))
    if edition:
        proof_of = f" in edition {edition.edition_id} of {edition.channel_id}, {edition.period}"
        OUT.print(Text.assemble(("Proved", "green"), proof_of))
        if edition.mode is not decision.mode:
            OUT.print(Text.assemble("There it was carried as: ", mode_text(edition.mode)))
    else:
        OUT.print(Text("Not in an edition yet", style="dim"))


def describe(duty: str, texts: Sequence[str], url: str) -> str:
    """A duty in words, with the exact string sought."""
    words = {
        "O1": "credit " + ", ".join(texts),
        "O2": "copyright line " + " ".join(texts),
        "O3": f"link to {url}",
        "O4": f"licence {' '.join(texts)}, {url}",
        "O5": "notice kept: " + " ".join(texts),
        "O6": "text unchanged",
        "O9": "note: " + " ".join(texts),
        "O15": "pictures and films left out or linked",
        "O21": "excerpt within its limit",
    }
    return words.get(duty, duty)


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
        entries = _owed(app, channel)
    return proof.audit(content, name, entries, setting)


def _owed(app: App, channel: Channel) -> list[Entry]:
    """The decisions on record for the channel, and every item that it does not carry as one withheld."""
    with app.store.read() as tx:
        entries = tx.editions.entries_for(channel.id)
        seen = {entry.item.id for entry in entries}
        others = [s for s in tx.items.newest(5000) if s.item.id not in seen]
        now = app.clock()
        decisions = Bench(on_record(app.config.publishers, tx, now), tx, channel, now).decide(others)
    for stored, decision in zip(others, decisions, strict=True):
        if decision.mode < Mode.FULL:  # not carried here, so no word of it may stand here
            withheld = replace(decision, mode=Mode.WITHHOLD, duties=())
            entries.append(Entry(stored.item, stored.chain, withheld, stored.first_seen))
    return entries


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
