# SPDX-License-Identifier: Apache-2.0
"""What of a document is new, what is an item that we hold under another id, and whether it has to wait for a person.

A source that changes all its ids, brings far more than ever or becomes another feed would send everything to everybody
once more. What is recognised is no news; what is not, waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.intake import brakes, identity
from syndicate.intake.brakes import Brought
from syndicate.intake.hosts import host_of
from syndicate.intake.identity import Sign
from syndicate.intake.normalise import item_id
from syndicate.intake.text import untracked
from syndicate.model import Face, Feed, Health, Item, Memory, Reading, Source
from syndicate.pipeline.recognise import recognised
from syndicate.rights.trace import url_key
from syndicate.store import SourceState, Transaction

LOOKED_THROUGH = 1000
"""Items of a source among which an unknown entry is looked for."""

CHURNS = 2
"""After so many times a source's ids mean nothing, and its links identify its items."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The items to store, each under the id by which we hold it.

    ``why`` says why the new ones have to wait ("" if they have not), ``note`` what else is to be told.
    """

    items: tuple[Item, ...]
    memory: Memory
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The items under their ids, and how many were unknown, recognised and fresh."""

    items: tuple[Item, ...]
    brought: Brought
    fresh: frozenset[str]


def accept(
    tx: Transaction, source: Source, state: SourceState, reading: Reading, feed: Feed, now: datetime
) -> Accepted:
    """What a document of a source brings, in the poll's transaction."""
    hosts = [host_of(item.url) for item in feed.items]
    looks = brakes.face(feed.title, host_of(feed.home), hosts)
    if state.first_polled_at is None:
        return Accepted(recognised(tx, feed, reading.listed), replace(state.memory, face=looks))
    found = _sort(tx, source, feed, reading, now, by_link=state.memory.by_link)
    before = state.memory.face  # None after a person has released what waited: this document is as it should be
    another = before is not None and brakes.is_another(before, looks, hosts)
    why = ""
    if before:
        why = _another(before, looks) if another else _too_much(tx, state, found, now)
    memory, note = _remembered(tx, source, state.memory, found.brought)
    if not another and state.health is not Health.HELD:
        whole = len(feed.items) == len(reading.listed)
        memory = replace(memory, face=looks if whole or not before else replace(looks, items=before.items))
    kept = tuple(item for item in found.items if not another or item.id in found.fresh)  # it overwrites nothing of ours
    return Accepted(kept, memory, why, note)


def _by_link(source: Source, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with their links for ids, where they have one."""
    named = ((item, untracked(item.url)) for item in items)
    return tuple(replace(item, id=item_id(source.id, url), identity=url) if url else item for item, url in named)


def _sort(tx: Transaction, source: Source, feed: Feed, reading: Reading, now: datetime, *, by_link: bool) -> _Sorted:
    named = _by_link(source, feed.items) if by_link else feed.items
    known = tx.holding.canonical([*reading.listed, *(item.id for item in named)])
    items = named if by_link else recognised(tx, feed, reading.listed)
    # What goes by another name than it came with is one that we hold, and was not known under this one before.
    told = {old.id: new.id for old, new in zip(named, items, strict=True) if old.id != new.id and old.id not in known}
    unseen = [item for item in items if item.id not in known and item.id not in told.values()]
    if not unseen and not told and all(known.get(item.id) == item.id for item in items):
        return _Sorted(items, Brought(len(reading.listed), 0, 0, 0), frozenset())
    glimpses = tx.holding.glimpses(source.id, LOOKED_THROUGH)
    held = [Sign(g.id, _page(g.url), g.title, g.published, g.first_seen) for g in glimpses]
    arrived = [Sign(item.id, _page(item.url), item.title, item.published) for item in unseen]
    present = {*known.values(), *told.values()}
    matched = _confirmed(tx, identity.pairs(arrived, held, present, url_key(feed.home), now), unseen)
    if not by_link:
        tx.holding.alias(source.id, told | matched, now)
    fresh = frozenset(item.id for item in unseen if item.id not in matched)
    brought = Brought(len(reading.listed), len(unseen) + len(told), len(matched) + len(told), len(glimpses))
    return _Sorted(_renamed(tx, items, known | matched), brought, fresh)


def _page(url: str) -> str:
    _, mark, fragment = url.partition("#")
    return url_key(url) + mark + fragment


def _confirmed(tx: Transaction, found: Sequence[identity.Pair], arrived: Sequence[Item]) -> dict[str, str]:
    """The pairs that are sure, and those whose texts say so."""
    doubtful = tx.items.get([pair.held for pair in found if not pair.sure])
    texts = {item.id: item.text for item in arrived}
    return {
        pair.arrived: pair.held
        for pair in found
        if pair.sure or identity.near(texts[pair.arrived], doubtful[pair.held].item.text)
    }


def _renamed(tx: Transaction, items: Iterable[Item], known: Mapping[str, str]) -> tuple[Item, ...]:
    """The items under the ids by which we hold them; of two that are one, the first."""
    others = tx.items.get([known[item.id] for item in items if known.get(item.id, item.id) != item.id])
    named: dict[str, Item] = {}
    for item in items:
        held = others.get(known.get(item.id, item.id))
        mine = replace(item, id=held.item.id, identity=held.item.identity) if held else item
        named.setdefault(mine.id, mine)
    return tuple(named.values())


def _too_much(tx: Transaction, state: SourceState, found: _Sorted, now: datetime) -> str:
    """Why what is new is too much to be sent unseen."""
    fresh, brought = len(found.fresh), found.brought
    if brakes.churned(brought) and state.memory.churns + 1 < CHURNS:
        return (
            f"its ids changed: of {brought.unseen} unknown entries {brought.matched} are items we hold" if fresh else ""
        )
    runs = tx.sources.runs(state.source_id, brakes.LOOKED_BACK)
    usual = [run.new for run in runs if run.status == 200 and not run.error and run.at != state.first_polled_at]  # noqa: PLR2004 - its number is its name
    elapsed = (now - state.last_success_at).total_seconds() if state.last_success_at else 0.0
    if fresh > brakes.most_new(usual, elapsed, state.memory.gap):
        most = max(usual, default=0)
        return f"{fresh} new items at once, usually it brings {f'at most {most}' if most else 'none'}"
    return ""


def _another(before: Face, looks: Face) -> str:
    changes = [
        f"{old} became {new}"
        for old, new in ((before.title, looks.title), (before.home, looks.home))
        if old != new and new
    ]
    if looks.items and before.items != looks.items:
        changes.append(f"its items are at {looks.items}, not {before.items}")
    return "it looks like another feed: " + "; ".join(changes)


def _remembered(tx: Transaction, source: Source, memory: Memory, brought: Brought) -> tuple[Memory, str]:
    """The memory after a document whose ids changed, and what to tell of it."""
    if not brakes.churned(brought):
        return memory, ""
    churns = memory.churns + 1
    if churns < CHURNS:
        return replace(
            memory, churns=churns
        ), f"its ids changed; {brought.matched} of {brought.entries} items were recognised"
    tx.holding.forget_aliases(source.id)
    return replace(
        memory, churns=churns, by_link=True
    ), "its ids change again and again; its links identify its items now"
