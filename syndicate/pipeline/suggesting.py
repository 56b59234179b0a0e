# SPDX-License-Identifier: Apache-2.0
"""Prose notices, wherever they stand: what they forbid narrows, what they permit is suggested to a person.

A suggestion permits nothing. It is known by its deciding words, so it is asked once; when they change it is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.model import Evidence, Feed, Item, Level, Notice, Publisher, Source, WebPages
from syndicate.rights import rsl
from syndicate.rights.addresses import leads_elsewhere
from syndicate.rights.kinds import PROSE_KINDS
from syndicate.rights.notices import as_row, read
from syndicate.rights.notices.glance import may_speak
from syndicate.rights.notices.suggested import is_suggestion, key, narrowing, own_words, read_once
from syndicate.rights.statements import statements
from syndicate.store import LedgerKind, Transaction


@dataclass(frozen=True, slots=True)
class Found:
    """Notices that one place showed: of whom, at which address, and on which item ("" for a page of terms)."""

    publisher_id: str
    url: str
    notices: tuple[Notice, ...]
    item_id: str = ""


def arrived(tx: Transaction, source: Source, feed: Feed, fresh: Iterable[str], now: datetime) -> None:
    """Note what new items ask of us: their pages to be read, and their notices for a person to see."""
    new = [item for item in feed.items if item.id in set(fresh)]
    known = is_recorded(tx, source.publisher)
    asked = {item.id: item.url for item in new if _wants_page(source, item, recorded=known)}
    tx.webpages.want(asked, now)
    unread_rsl(tx, [one for item in new for one in item.evidence], now)
    if known and not tx.suggestions.all("", source.publisher.id):
        return  # the operator recorded these terms without us
    lines = dict.fromkeys(e.value for e in feed.evidence if e.level is Level.FEED and e.kind in PROSE_KINDS)
    rights = tuple(Notice("feed-rights", line) for line in lines)
    suggest(tx, Found(source.publisher.id, feed.url, rights), now)
    for item in new:
        if feed.speaking is None or item.url in feed.speaking:
            suggest(tx, Found(source.publisher.id, item.url, (own_words(item),), item.id), now)
        beside_limits(tx, Found(source.publisher.id, item.url, (), item.id), item.evidence, now)


BESIDE_LIMITS = "RSL names this licence beside limits, so it may not be meant for republication"


def beside_limits(tx: Transaction, found: Found, evidence: Sequence[Evidence], now: datetime) -> None:
    """Suggest the licences that RSL names beside a limit of usage, user or place: a person judges what they cover."""
    for url, _ in rsl.read(evidence, found.url).suggested():
        suggest(tx, replace(found, notices=(Notice("feed-rights", url),)), now, why=BESIDE_LIMITS)


def unread_rsl(tx: Transaction, evidence: Sequence[Evidence], now: datetime) -> None:
    """Ring for RSL that was declared and cannot be read; what can be read again ends that."""
    documents = {(one.url, one.value): one for one in evidence if one.kind == "rsl"}
    unread = {one.url for one in documents.values() if rsl.read([one], one.url).unread}
    for url in dict.fromkeys(url for url, _ in documents):
        if url in unread:
            ring_rsl(tx, url, "is not well-formed, or has elements that RSL does not know", now)
        else:
            tx.alarms.end("rsl", url, now)


def ring_rsl(tx: Transaction, url: str, what: str, now: datetime) -> None:
    """Tell the operator of an RSL document that says nothing to us."""
    text = f"the RSL document {what}: it changes no mode, and no machine use is made of what it covers"
    tx.alarms.ring("rsl", url, text, "read it yourself, and record what it says with `syndicate terms grant`", now)


def is_recorded(tx: Transaction, publisher: Publisher) -> bool:
    """True if the operator recorded terms of a publisher, in the configuration or by command."""
    return bool(publisher.records) or any(one.withdrawn_at is None for one in tx.terms.all(publisher.id))


def _wants_page(source: Source, item: Item, *, recorded: bool) -> bool:
    if source.pages is not WebPages.NEVER and leads_elsewhere(item.url):
        return True
    if source.pages is WebPages.WHEN_UNKNOWN:
        return not recorded and not statements(item.evidence, item.url)
    return source.pages is WebPages.ALWAYS


def suggest(tx: Transaction, found: Found, now: datetime, *, why: str = "") -> str:
    """Store what notices suggest, if they do; the fingerprint of the deciding words, "" if none was suggested."""
    speaking = tuple(one for one in found.notices if may_speak(one))
    reading = read_once(speaking)
    if not why and not is_suggestion(reading):
        return ""
    sha256, place = key(reading), next((one.place for one in speaking), "terms-page")
    new = tx.suggestions.put(
        found.publisher_id,
        sha256,
        as_row(reading) | ({"alone": []} if why else {}),
        place=place,
        url=found.url,
        item_id=found.item_id,
        why=why,
        now=now,
    )
    if why and (before := tx.suggestions.superseded(found.publisher_id, sha256)):
        tx.suggestions.reopen(before.id, why=why)
    if new:
        data = {"act": "suggested", "url": found.url, "place": place, "sha256": sha256, "why": why}
        tx.ledger.record(LedgerKind.PERMISSION, at=now, subject=found.publisher_id, data=data)
    return sha256


def deciding(notices: Sequence[Notice]) -> str:
    """The fingerprint of the deciding words of notices, also where they permit nothing."""
    return key(read([one for one in notices if may_speak(one)]))


def forbidden(notices: Sequence[Notice], url: str) -> tuple[Evidence, ...]:
    """What the words on an item's page take away."""
    body = [one for one in notices if one.place == "body" and may_speak(one)]
    return narrowing(read(body), url, "body of the page") if body else ()


# ------------------------------------------------------------------------------------------------ what is unknown


@dataclass(frozen=True, slots=True)
class Unknown:
    """A publisher of whose terms nothing is on record.

    ``items`` counts what we hold of it, ``stated`` how many of them say what ("licence", "refusal", "unread terms",
    "nothing"), ``suggestions`` are the numbers of those that wait.
    """

    publisher_id: str
    name: str
    items: int
    stated: Mapping[str, int]
    suggestions: tuple[int, ...]


def unknown(tx: Transaction, publishers: Mapping[str, Publisher], page: int, most: int = 0) -> list[Unknown]:
    """The publishers without recorded terms, those with most silent items first.

    By all of their items, or by the newest ``most`` of them together; ``page`` are read at a time.
    """
    bare = {id_: publisher for id_, publisher in publishers.items() if not is_recorded(tx, publisher)}
    stated: dict[str, dict[str, int]] = {id_: {} for id_ in bare}
    before, looked = None, 0
    while found := tx.items.newest(page, before=before):
        for stored in found:
            counts = stated.get(stored.item.publisher_id)
            if counts is not None:
                said = _said(stored.item)
                counts[said] = counts.get(said, 0) + 1
        before, looked = (found[-1].order_at, found[-1].item.id), looked + len(found)
        if most and looked >= most:
            break
    waiting = tx.suggestions.all()
    rows = [
        Unknown(
            id_, publisher.name, sum(stated[id_].values()), stated[id_],
            tuple(s.id for s in waiting if s.publisher_id == id_),
        )
        for id_, publisher in bare.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.stated.get("nothing", 0), row.publisher_id))


def _said(item: Item) -> str:
    top = next(iter(statements(item.evidence, item.url)), None)
    if top is None:
        return "nothing"
    return "refusal" if top.refusals else "licence" if top.licences else "unread terms"
