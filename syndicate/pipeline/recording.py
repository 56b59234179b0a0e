# SPDX-License-Identifier: Apache-2.0
"""Statements of terms, recorded, withdrawn and weighed: what a change would move is known before it is made.

Every change is a line of the ledger, written with it in one transaction; every channel is decided again after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.errors import UsageError
from syndicate.model import Channel, Decision, Mode, Pick, Publisher, Record
from syndicate.pipeline.breaches import look
from syndicate.pipeline.compose import PAGE, Composing
from syndicate.pipeline.deciding import Bench, on_record, selected, terms_sha256
from syndicate.rights.odrl import document
from syndicate.store import LedgerKind, RecordedTerms, Sought, StoredItem, Transaction

SHOWN = 3
WITHDRAWN = "the statement that it became was withdrawn"
QUEUED = 500
FEW = 20
_KINDS = {"grant": LedgerKind.PERMISSION, "import": LedgerKind.PERMISSION, "objection": LedgerKind.OBJECTION}


@dataclass(frozen=True, slots=True)
class Move:
    """Items that a change moves from one mode to another on a channel: how many, and some of their titles."""

    channel_id: str
    before: Mode
    after: Mode
    count: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that is not recorded yet: whose, what, which kind ("grant", "objection", "import"), since when."""

    publisher_id: str
    record: Record
    kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits for a person, and what it would become on the channel if it were picked."""

    channel_id: str
    stored: StoredItem
    now: Mode
    picked: Mode


def put(composing: Composing, drafts: Sequence[Draft], by: str) -> list[RecordedTerms]:
    """Record statements in the name of ``by``; raises UsageError for a publisher that is not configured."""
    now = composing.clock()
    with composing.store.write() as tx:
        recorded = [_put(composing, tx, draft, by, now) for draft in drafts]
        tx.channels.decide_again(now)
    look(composing, proofs=False)
    return recorded


def _put(composing: Composing, tx: Transaction, draft: Draft, by: str, now: datetime) -> RecordedTerms:
    publisher = known(composing.publishers, draft.publisher_id)
    one = tx.terms.add(publisher.id, draft.record, kind=draft.kind, by=by, since=draft.since, now=now)
    written = document([replace(publisher, records=(one.record,))])["@graph"][0]
    data = {"act": "recorded", "statement": one.id, "by": by, "since": one.since, "terms": written}
    tx.ledger.record(_KINDS[draft.kind], at=now, subject=publisher.id, data=data)
    return one


def withdraw(composing: Composing, statement_id: int, by: str) -> RecordedTerms:
    """A statement holds no longer; the suggestion that it came from is asked again.

    Raises UsageError if there is none of that number, or if it was withdrawn before.
    """
    now = composing.clock()
    with composing.store.write() as tx:
        one = _in_force(tx, statement_id)
        tx.terms.withdraw(statement_id, now=now)
        data = {"act": "withdrawn", "statement": one.id, "by": by}
        tx.ledger.record(_KINDS[one.kind], at=now, subject=one.publisher_id, data=data)
        for suggestion in tx.suggestions.of_statement(statement_id):
            tx.suggestions.reopen(suggestion.id, why=WITHDRAWN)
        tx.channels.decide_again(now)
    return replace(one, withdrawn_at=now)


def _in_force(tx: Transaction, statement_id: int) -> RecordedTerms:
    one = tx.terms.get(statement_id)
    if one is None or one.withdrawn_at is not None:
        remedy = "`syndicate terms show PUBLISHER` has their numbers"
        raise UsageError("no such statement is in force", subject=str(statement_id), remedy=remedy)
    return one


def note_configured(tx: Transaction, publishers: Mapping[str, Publisher], now: datetime) -> None:
    """Put on record whose terms in the configuration are not those that were read there last."""
    last = {row.subject: row.data["sha256"] for row in tx.ledger.all(LedgerKind.TERMS)}
    current = {id_: terms_sha256({id_: publisher}) for id_, publisher in publishers.items() if publisher.records}
    lines: list[tuple[str, Mapping[str, object]]] = [
        (id_, {"act": "configured", "sha256": mark, "terms": document([publishers[id_]])["@graph"]})
        for id_, mark in current.items()
        if last.get(id_) != mark
    ]
    lines += [(id_, {"act": "removed", "sha256": ""}) for id_, mark in last.items() if mark and id_ not in current]
    tx.ledger.record_all(LedgerKind.TERMS, lines, at=now)


def known(publishers: Mapping[str, Publisher], publisher_id: str) -> Publisher:
    """The publisher of that id; raises UsageError."""
    if publisher_id not in publishers:
        remedy = f"one of: {', '.join(sorted(publishers)) or 'none; add it to publishers in the configuration'}"
        raise UsageError("no such publisher", subject=publisher_id, remedy=remedy)
    return publishers[publisher_id]


# ------------------------------------------------------------------------------------------------ what would change


def with_drafts(composing: Composing, tx: Transaction, drafts: Sequence[Draft]) -> dict[str, Publisher]:
    """The publishers as they would be with these statements in force."""
    publishers = on_record(composing.publishers, tx, composing.clock())
    for draft in drafts:
        publisher = known(publishers, draft.publisher_id)
        one = replace(draft.record, key="draft", origin="ledger")
        publishers[publisher.id] = replace(publisher, records=(*publisher.records, one))
    return publishers


def without(composing: Composing, tx: Transaction, statement_id: int) -> dict[str, Publisher]:
    """The publishers as they would be if a statement were withdrawn; raises UsageError if none is in force."""
    key = _in_force(tx, statement_id).record.key
    return {
        id_: replace(publisher, records=tuple(record for record in publisher.records if record.key != key))
        for id_, publisher in on_record(composing.publishers, tx, composing.clock()).items()
    }


def moves(
    composing: Composing,
    tx: Transaction,
    after: Mapping[str, Publisher],
    channels: Sequence[Channel],
    progress: Callable[[int], object] | None = None,
) -> list[Move]:
    """What changes on each channel if the publishers' terms were ``after``, the largest move first.

    Looks at every item in whose chain a publisher stands whose terms differ; ``progress`` hears how many were read.
    """
    now = composing.clock()
    before = on_record(composing.publishers, tx, now)
    differing = {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}
    counts: Counter[tuple[str, Mode, Mode]] = Counter()
    titles: dict[tuple[str, Mode, Mode], list[str]] = {}
    for page in _pages(tx, differing) if differing else ():
        mine = [s for s in page if any(hop.publisher_id in differing for hop in s.chain.hops)]
        for channel in channels:
            chosen = [s for s in mine if selected(channel, s)]
            ways = (Bench(publishers, tx, channel, now).decide(chosen) for publishers in (before, after))
            for stored, was, will in zip(chosen, *ways, strict=True):
                if was.mode is not will.mode:
                    key = (channel.id, was.mode, will.mode)
                    counts[key] += 1
                    titles.setdefault(key, []).append(stored.item.title or stored.item.url)
        if progress:
            progress(len(page))
    return [Move(*key, count, tuple(titles[key][:SHOWN])) for key, count in counts.most_common()]


def _pages(tx: Transaction, publishers: Collection[str]) -> Iterator[list[StoredItem]]:
    """The items in whose chain one of these publishers may stand; of many publishers all items are shown."""
    sought = Sought(touching=tuple(sorted(publishers))) if len(publishers) <= FEW else Sought()
    before = None
    while page := tx.items.search(PAGE, sought, before=before):
        yield page
        before = (page[-1].order_at, page[-1].item.id)


# ------------------------------------------------------------------------------------------------ picks


def pick(composing: Composing, channel: Channel, stored: StoredItem, by: str, *, undo: bool = False) -> bool:
    """Choose an item for a channel, or take the choice back; False if there was nothing to take back."""
    now = composing.clock()
    with composing.store.write() as tx:
        if undo and not tx.picks.drop(channel.id, stored.item.id):
            return False
        if not undo:
            tx.picks.put(channel.id, stored.item.id, Pick(by, now))
        data = {"act": "taken back" if undo else "picked", "channel": channel.id, "by": by}
        tx.ledger.record(LedgerKind.PICK, at=now, subject=stored.item.id, data=data)
        tx.channels.decide_again(now)
    return True


def queue(composing: Composing, channels: Sequence[Channel]) -> list[Waiting]:
    """Of the newest items those that a person's choice would carry further, by channel, the newest first."""
    now = composing.clock()
    waiting = []
    with composing.store.read() as tx:
        publishers = on_record(composing.publishers, tx, now)
        asking = {id_ for id_, p in publishers.items() if any(g.pick for record in p.records for g in record.grants)}
        newest = [s for s in tx.items.newest(QUEUED) if any(hop.publisher_id in asking for hop in s.chain.hops)]
        for channel in channels:
            chosen = [s for s in newest if selected(channel, s)]
            bench = Bench(publishers, tx, channel, now)
            decided = zip(chosen, bench.decide(chosen), bench.decide(chosen, as_if=Pick("", now)), strict=True)
            waiting += [Waiting(channel.id, s, was.mode, will.mode) for s, was, will in decided if will.mode > was.mode]
    return waiting


# ------------------------------------------------------------------------------------------------ told beforehand


@dataclass(frozen=True, slots=True)
class Untold:
    """An item that waits until its publisher was told of it, and why in words; on which channels."""

    stored: StoredItem
    because: str
    channel_ids: tuple[str, ...]


def untold(composing: Composing, channels: Sequence[Channel]) -> list[Untold]:
    """Of the newest items those that wait because somebody has to be told beforehand, the newest first."""
    now = composing.clock()
    found: dict[str, list[tuple[str, Decision]]] = {}
    with composing.store.read() as tx:
        bench_of = {c.id: Bench(on_record(composing.publishers, tx, now), tx, c, now) for c in channels}
        newest = tx.items.newest(QUEUED)
        for channel in channels:
            chosen = [s for s in newest if selected(channel, s)]
            for stored, decision in zip(chosen, bench_of[channel.id].decide(chosen), strict=True):
                if any(reason.clause == "grant.notice" for reason in decision.reasons) and not decision.mode:
                    found.setdefault(stored.item.id, []).append((channel.id, decision))
    waiting = [(stored, found[stored.item.id]) for stored in newest if stored.item.id in found]
    return [Untold(stored, of[0][1].because, tuple(name for name, _ in of)) for stored, of in waiting]


def told(composing: Composing, stored: StoredItem, where: str, by: str, at: datetime | None = None) -> None:
    """Record that an item's publisher was told of it, ``where`` and when (now by default)."""
    now = composing.clock()
    with composing.store.write() as tx:
        data = {"told": where, "when": min(at or now, now).isoformat(), "by": by}
        tx.ledger.record(LedgerKind.NOTICE, at=now, subject=stored.item.id, data=data)
        tx.channels.decide_again(now)
