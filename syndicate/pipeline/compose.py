# SPDX-License-Identifier: Apache-2.0
"""DECIDE, RENDER, VERIFY: from items to an edition that is proved or refused.

An item whose duty is not found in the finished bytes is reduced to a link and the whole edition is rendered and read
again; one that cannot even be linked as it ought to be is taken out if others can. If anything is still missing, or so
many items fail that the fault must lie in a template, nothing leaves, and the findings say what, where and in which
template.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from jinja2 import Environment

from syndicate.errors import ProofError
from syndicate.model import (
    Channel,
    Correction,
    Decision,
    Edition,
    Entry,
    Finding,
    Mode,
    Part,
    Publisher,
    Reason,
    Site,
    Tombstone,
    Verified,
)
from syndicate.pipeline.cadence import came_from, list_of
from syndicate.pipeline.corrections import corrections
from syndicate.pipeline.deciding import Bench, on_record
from syndicate.pipeline.leaving import leaving
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.ports import Clock
from syndicate.pipeline.telemetry import span
from syndicate.proof import Setting, verify
from syndicate.publish.digest import render_digest
from syndicate.publish.excerpt import as_link, settle
from syndicate.publish.feed import render_feed
from syndicate.store import Head, Store, StoredItem, Transaction

PAGE = 200
TRACED_TRIES = 5
FEW = 10  # one item in so many may fail by its own fault
PROOF_CLAUSE = "proof"
UNLINKED = "Not even a link to it could be shown as its terms ask."
UNPROVED = "Not all that its terms ask for could be shown here, so this story is a link."


@dataclass(frozen=True, slots=True)
class Composing:
    """All that composing needs: the store, the house, its templates and key, and the publishers as configured."""

    store: Store
    clock: Clock
    site: Site
    publishers: Mapping[str, Publisher]
    templates: Environment
    secret: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """Rendered, not yet proved."""

    parts: tuple[Part, ...]
    entries: tuple[Entry, ...]
    subject: str = ""
    tombstones: tuple[Tombstone, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edition that is not released, and what was not found in it."""

    edition: Edition
    findings: tuple[Finding, ...]


Render = Callable[[Sequence[Entry]], Draft]


def decide_all(
    composing: Composing, tx: Transaction, channel: Channel, stored: Iterable[StoredItem], now: datetime
) -> list[Entry]:
    """Each item with its decision for this channel."""
    some = list(stored)
    bench = Bench(on_record(composing.publishers, tx, now), tx, channel, now)
    decisions = bench.decide(some)
    return [settle(Entry(s.item, s.chain, d, s.first_seen, s.corrected)) for s, d in zip(some, decisions, strict=True)]


def stories(
    composing: Composing, tx: Transaction, channel: Channel, heads: Sequence[Head], now: datetime
) -> list[Entry]:
    """One entry for each of these works, in order: the best lawful copy of those that the channel selects, if any.

    The entry has the id of the work, whichever copy it is: readers know it by that when a better copy arrives.
    """
    bench = Bench(on_record(composing.publishers, tx, now), tx, channel, now)
    best = bench.carry(head.work_id for head in heads)
    found = [(head, *best[head.work_id]) for head in heads if head.work_id in best]
    return [settle(as_work(head, copy, decision)) for head, copy, decision in found]


def as_work(head: Head | StoredItem, copy: StoredItem, decision: Decision) -> Entry:
    """A copy of a work as an entry under the work's id, seen first when the work was."""
    item = replace(copy.item, id=head.work_id)
    return Entry(item, copy.chain, replace(decision, item_id=item.id), head.first_seen, copy.corrected)


def feed_entries(composing: Composing, tx: Transaction, channel: Channel, now: datetime) -> list[Entry]:
    """The newest works that the channel may carry, up to its limit, and the withheld ones met on the way."""
    entries: list[Entry] = []
    carried = 0
    before: tuple[datetime, str] | None = None
    while carried < channel.limit:
        page = tx.items.heads(PAGE, sources=channel.select.sources, before=before)
        for entry in stories(composing, tx, channel, page, now):
            if carried == channel.limit:
                break
            entries.append(entry)
            carried += entry.decision.mode > Mode.WITHHOLD
        if len(page) < PAGE:
            break
        before = (page[-1].order_at, page[-1].item_id)
    return entries


def digest_entries(composing: Composing, tx: Transaction, channel: Channel, now: datetime) -> list[Entry]:
    """What no edition of this channel has held yet; of each source's first poll only the newest ``backfill``.

    For those who join it: what the next edition would have held of the channel or track that they come from.
    """
    of, as_of = channel.id, None
    if came_from(channel.id):
        theirs = tx.editions.summary(came_from(channel.id))
        of = theirs.channel_id if theirs else list_of(channel)[0]
        as_of = theirs.created if theirs else tx.channels.since(of)
    since, most = tx.channels.since(of), 0 if as_of else channel.backfill
    since = min(since, as_of) if as_of else since  # while nobody read it, a channel has let go what came
    fresh = tx.items.backfill(channel.id, most, sources=channel.select.sources) if most else []
    before: tuple[datetime, str] | None = None
    while True:
        page = tx.items.not_in_editions(
            of, PAGE, sources=channel.select.sources, before=before, first_poll=False, since=since, as_of=as_of
        )
        fresh += page
        if len(page) < PAGE:
            break
        before = (page[-1].order_at, page[-1].item_id)
    fresh.sort(key=lambda head: (head.order_at, head.item_id), reverse=True)
    return stories(composing, tx, channel, fresh, now)


@contextmanager
def _traced(composing: Composing) -> Iterator[Transaction]:
    """A look at the store in which nothing waits to be traced, as far as polls that run meanwhile allow."""
    for _ in range(TRACED_TRIES):
        trace_arrivals(composing.store, composing.publishers)
        with composing.store.read() as tx:
            if tx.works.untraced(1):
                continue
            yield tx
            return
    with composing.store.read() as tx:
        yield tx


def prove(setting: Setting, period: str, entries: Sequence[Entry], render: Render) -> Verified | Refusal:
    """Render, read back, and if few items fail lower them and do both again: to links, then out of the edition."""
    draft = render(entries)
    outcome = _verify(_edition(setting, period, draft), setting)
    for lower in (_reduced, _taken_out):
        if isinstance(outcome, Verified):
            return outcome
        failing = {finding.item_id for finding in outcome}
        lowered = [lower(entry, outcome) for entry in entries]
        if lowered == list(entries) or len(failing) > max(1, len(entries) // FEW):
            continue
        if not any(entry.decision.mode for entry in lowered):
            break  # nothing else shows that the fault is the item's and not a template's
        entries = lowered
        draft = render(entries)
        outcome = _verify(_edition(setting, period, draft), setting)
    return outcome if isinstance(outcome, Verified) else Refusal(_edition(setting, period, draft), outcome)


def _verify(edition: Edition, setting: Setting) -> Verified | tuple[Finding, ...]:
    with span("verify", channel=edition.channel.id, edition=edition.id, entries=len(edition.entries)) as measured:
        outcome = verify(edition, setting.site)
        measured.set_attribute("syndicate.findings", 0 if isinstance(outcome, Verified) else len(outcome))
    return outcome


def _reduced(entry: Entry, findings: Sequence[Finding]) -> Entry:
    mine = [finding.message for finding in findings if finding.item_id == entry.item.id]
    if not mine or entry.decision.mode <= Mode.LINK:
        return entry
    return _with_findings(as_link(entry, PROOF_CLAUSE, UNPROVED), mine)


def _taken_out(entry: Entry, findings: Sequence[Finding]) -> Entry:
    mine = [finding.message for finding in findings if finding.item_id == entry.item.id]
    if not mine or entry.decision.mode is not Mode.LINK:
        return entry
    reasons = (*entry.decision.reasons, Reason(PROOF_CLAUSE, UNLINKED, Mode.WITHHOLD))
    out = replace(entry.decision, mode=Mode.WITHHOLD, duties=(), reasons=reasons, because=UNLINKED)
    return _with_findings(replace(entry, decision=out), mine)


def _with_findings(entry: Entry, messages: Sequence[str]) -> Entry:
    """What was not found, for the operator in the last reason; readers get ``because``."""
    *earlier, last = entry.decision.reasons
    told = replace(last, text=f"the proof failed: {'; '.join(messages)}")
    return replace(entry, decision=replace(entry.decision, reasons=(*earlier, told)))


def proof_error(refusal: Refusal) -> ProofError:
    """Why nothing was released, naming item, duty, part and the template that words it."""
    first = refusal.findings[0]
    parts = refusal.edition.parts
    templates = sorted({name for part in parts if part.name == first.part.split()[0] for name in part.templates})
    templates = templates or sorted({name for part in parts for name in part.templates})
    number = len(refusal.findings)
    return ProofError(
        f"not released: {number} {'duty' if number == 1 else 'duties'} not found in the finished bytes, "
        f"first item {first.item_id}, duty {first.duty}, part {first.part}: {first.message}",
        refusal.findings,
        subject=f"channel {refusal.edition.channel.id}",
        remedy=f"look at {', '.join(templates)}" if templates else "",
    )


def _edition(setting: Setting, period: str, draft: Draft) -> Edition:
    channel = setting.channel
    content = hashlib.sha256(b"\0".join(part.content for part in draft.parts)).hexdigest()
    name = hashlib.sha256(f"{channel.id}\0{period or content}".encode()).hexdigest()[:16]
    return Edition(
        f"e-{name}",
        channel,
        period or content[:16],
        setting.now,
        draft.parts,
        draft.entries,
        draft.subject,
        draft.tombstones,
        draft.corrections,
    )


def compose_feed(composing: Composing, channel: Channel) -> Verified | Refusal:
    """An edition of a feed channel as things stand now."""
    now = composing.clock()
    with _traced(composing) as tx:
        entries = feed_entries(composing, tx, channel, now)
        stones = leaving(composing.publishers, tx, channel, entries, now)

    def render(current: Sequence[Entry]) -> Draft:
        parts = render_feed(channel, composing.site, current, now, composing.templates, stones)
        return Draft(parts, tuple(current), tombstones=stones)

    return prove(Setting(channel, composing.site, now), "", entries, render)


def compose_digest(composing: Composing, channel: Channel, period: str) -> Verified | Refusal | None:
    """An edition of what is new to a digest channel; if nothing is, None, or the note that the channel asks for.

    ``period`` "" is that of a trial, which has no page on the web.
    """
    now = composing.clock()
    with _traced(composing) as tx:
        entries = digest_entries(composing, tx, channel, now)
        told = corrections(composing.publishers, tx, channel, now)
    if not any(entry.decision.mode > Mode.WITHHOLD for entry in entries) and channel.nothing_new == "skip":
        return None

    def render(current: Sequence[Entry]) -> Draft:
        part, subject, carried = render_digest(channel, composing.site, current, now, period, composing.templates, told)
        return Draft((part,), carried, subject, corrections=told)

    return prove(Setting(channel, composing.site, now), period, entries, render)
