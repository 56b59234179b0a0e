# SPDX-License-Identifier: Apache-2.0
"""DECIDE, with all that is on record: the configuration's terms and those that commands recorded, picks and shares.

Everything here reads one state of the database; nothing is kept from one time to the next.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime

from syndicate.model import Channel, Decision, Entry, Grant, Licence, Mode, Pick, Publisher, Standing
from syndicate.pipeline.cadence import list_of
from syndicate.rights.policy import decide
from syndicate.rights.works import rank
from syndicate.store import LedgerKind, StoredItem, Transaction

Wanted = Callable[[Channel, StoredItem], bool]


def copy_id(entry: Entry) -> str:
    """The item that an entry carries: the entry itself has the id of the work."""
    return entry.chain.hops[-1].item_id or entry.item.id


def on_record(
    publishers: Mapping[str, Publisher], tx: Transaction, at: datetime, *, known: datetime | None = None
) -> dict[str, Publisher]:
    """The publishers with the terms that hold ``at`` that time: the configuration's first, then those of commands.

    With ``known`` only statements that were recorded until then.
    """
    recorded = tx.terms.in_force(at, known=known)
    return {
        id_: replace(publisher, records=(*publisher.records, *recorded[id_])) if id_ in recorded else publisher
        for id_, publisher in publishers.items()
    }


def terms_sha256(publishers: Mapping[str, Publisher]) -> str:
    """A fingerprint of all terms: another one, and every decision may be another."""
    terms = {id_: publisher.records for id_, publisher in publishers.items()}
    return hashlib.sha256(json.dumps(terms, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    """What JSON has no word for: sets in one order, records by what is not as it is by default."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Licence):
        return value.id
    if is_dataclass(value) and not isinstance(value, type):
        found = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: said for field, said in found if said != field.default}
    return str(value)


def selected(channel: Channel, stored: StoredItem) -> bool:
    """Whether the channel's ``select`` lets an item in; words match anywhere in title or text, case folded."""
    want, item = channel.select, stored.item
    words = f"{item.title}\n{item.text}".casefold()
    labels = {name.casefold() for c in item.categories for name in (c.term, c.label) if name}
    return (
        (not want.sources or item.source_id in want.sources)
        and (not want.categories or any(c.casefold() in labels for c in want.categories))
        and (not want.languages or item.language.split("-")[0].casefold() in want.languages)
        and (not want.include or any(w.casefold() in words for w in want.include))
        and not any(w.casefold() in words for w in want.exclude)
    )


class Bench:
    """Decides items for one channel at one time, over one state of the database."""

    def __init__(self, publishers: Mapping[str, Publisher], tx: Transaction, channel: Channel, now: datetime) -> None:
        """``publishers`` are those of ``on_record``."""
        self._publishers = publishers
        self._tx = tx
        self._channel = channel
        self._list = list_of(channel)[0]  # people choose for a list, whatever cadence its readers chose
        self._now = now
        self._months: dict[tuple[str, int, int], tuple[int, dict[str, int]]] = {}

    def decide(self, stored: Sequence[StoredItem], *, as_if: Pick | None = None) -> list[Decision]:
        """One decision for each item; as if each were picked, if ``as_if`` is given."""
        picks = self._picks(stored) if as_if is None else {s.item.id: as_if for s in stored}
        told, most = self._told(stored), self._at_most(stored)
        return [
            decide(s.item, s.chain, self._channel, self._publishers, self._now, self._standing(s, picks, told, most))
            for s in stored
        ]

    def carry(self, ids: Iterable[str]) -> dict[str, tuple[StoredItem, Decision]]:
        """For each of these works the best lawful copy of those that the channel selects, and its decision.

        By the ids asked for, each that of a work or of an item that shows it. Works that were taken back, and those of
        which the channel selects nothing, are left out.
        """
        works = self._tx.works.ids(sorted(set(ids)))
        copies = [s for some in self._tx.works.of(works.values()).values() for s in some if selected(self._channel, s)]
        best: dict[str, tuple[StoredItem, Decision]] = {}
        for found in zip(copies, self.decide(copies), strict=True):
            other = best.setdefault(found[0].work_id, found)
            best[found[0].work_id] = min(other, found, key=_rank)
        return {one: best[work] for one, work in works.items() if work in best}

    def _picks(self, stored: Sequence[StoredItem]) -> dict[str, Pick]:
        asking = [s.item.id for s in stored if any(grant.pick for grant in self._grants(_publishers_of(s)))]
        return self._tx.picks.of(self._list, asking) if asking else {}

    def _told(self, stored: Sequence[StoredItem]) -> dict[str, datetime]:
        """When their publishers were told of items, where one asks to be told beforehand."""
        early = {id_ for id_ in self._publishers if any(g.notify_before is not None for g in self._grants([id_]))}
        asking = [s.item.id for s in stored if not early.isdisjoint(_publishers_of(s))] if early else []
        lines = self._tx.ledger.first(LedgerKind.NOTICE, asking)
        return {item_id: datetime.fromisoformat(line.data["when"]) for item_id, line in lines.items()}

    def _at_most(self, stored: Sequence[StoredItem]) -> dict[str, Mode]:
        """How far people let works be carried on the channel, by work; those that nobody narrowed are left out."""
        found = self._tx.overrides.of(sorted({s.work_id for s in stored}))
        here = {work: [o.mode for o in some if o.channel_id in ("", self._list)] for work, some in found.items()}
        return {work: min(modes) for work, modes in here.items() if modes}

    def _grants(self, publisher_ids: Iterable[str]) -> list[Grant]:
        found = (self._publishers.get(id_) for id_ in publisher_ids)
        return [grant for publisher in found if publisher for r in publisher.records for grant in r.grants]

    def _standing(
        self,
        stored: StoredItem,
        picks: Mapping[str, Pick],
        told: Mapping[str, datetime],
        most: Mapping[str, Mode],
    ) -> Standing:
        pick = picks.get(stored.item.id)
        place, published = self._counted(stored, pick)
        return Standing(
            stored.first_seen,
            pick,
            place,
            published,
            told.get(stored.item.id),
            most.get(stored.work_id, Mode.FULL),
        )

    def _counted(self, stored: StoredItem, pick: Pick | None) -> tuple[int, int]:
        """The place of an item among its publisher's of the month, and how many those are; 0 if no grant asks.

        One whose ``pick`` is not on record yet has the next place.
        """
        publisher_id, seen = stored.item.publisher_id, stored.first_seen.astimezone(UTC)
        grants = [grant for grant in self._grants([publisher_id]) if grant.max_share or grant.max_items]
        if not grants:
            return 0, 0
        key = (publisher_id, seen.year, seen.month)
        if key not in self._months:
            self._months[key] = self._month(publisher_id, seen, only_picked=any(grant.pick for grant in grants))
        published, places = self._months[key]
        return places.get(stored.item.id, len(places) + 1 if pick else 0), published

    def _month(self, publisher_id: str, seen: datetime, *, only_picked: bool) -> tuple[int, dict[str, int]]:
        """How many items the publisher brought in a month, and the places of those that the channel could carry.

        Places are given in the order in which items were picked, else first seen, so no later item takes one away.
        """
        start = seen.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        stored = self._tx.items.of_publisher(publisher_id, start, end)
        picks = self._tx.picks.of(self._list, [s.item.id for s in stored]) if only_picked else {}
        candidates = [s for s in stored if selected(self._channel, s) and (s.item.id in picks or not only_picked)]
        candidates.sort(key=lambda s: (picks[s.item.id].at if only_picked else s.first_seen, s.item.id))
        return len(stored), {s.item.id: place for place, s in enumerate(candidates, 1)}


def _rank(found: tuple[StoredItem, Decision]) -> tuple[int, bool, int, str, str]:
    copy, decision = found
    return rank(copy.item, copy.chain, [decision.mode], copy.first_seen)


def _publishers_of(stored: StoredItem) -> tuple[str, ...]:
    return tuple(hop.publisher_id for hop in stored.chain.hops)
