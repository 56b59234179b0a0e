# SPDX-License-Identifier: Apache-2.0
"""Editions: their bytes, entries and proofs. One for each (channel, period), whoever composes it and how often.

Of a feed channel only the latest edition is kept, of a digest channel every one. A refused edition is remembered by its
findings alone and gives way to the next attempt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, delete, or_, select, true, update

from syndicate.model import Channel, ChannelKind, Decision, Edition, Entry, Finding, Mode, Part, Proved, Verified
from syndicate.store import encoding
from syndicate.store.documents import document, drop_unused, keep
from syndicate.store.records import Carried, Composed, EditionSummary, StoredEdition, edition_summary
from syndicate.store.schema import documents, edition_items, edition_parts, editions, items
from syndicate.store.statements import add, alone, batches

COMPOSED = "composed"
REFUSED = "refused"
RELEASED = "released"

VARIANT = "~"
"""Stands in the period of an edition that some readers get instead of the one of the period."""

IS_VARIANT = case((editions.c.period.contains(VARIANT), 1), else_=0)

OLDEST_FIRST = (editions.c.created, IS_VARIANT.desc(), editions.c.id)
"""Variants come before the edition that they are variants of, so that what is newest is that one's."""


class Editions:
    """The editions, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(
        self, edition: Edition, verified: Verified | None, findings: Sequence[Finding], *, now: datetime
    ) -> Composed:
        """Store an edition: as composed if it was ``verified``, else as refused with its ``findings``.

        If the period has an edition already, nothing is written and that one is the answer. ``edition.id`` must be
        unique among all channels. The items must be stored.
        """
        alone(self._connection, f"editions of {edition.channel.id}")
        held = self._one(and_(editions.c.channel_id == edition.channel.id, editions.c.period == edition.period))
        if held is not None and held.state != REFUSED:
            return Composed(edition_summary(held), is_new=False)
        replaced = self._make_room(edition, verified)
        self._connection.execute(editions.insert().values(_edition_row(edition, verified, findings, now)))
        if verified is not None:
            self._put_content(edition, verified)
        drop_unused(self._connection, replaced)
        return Composed(self._summary_of(edition.id), is_new=True)

    def latest(self, channel_id: str) -> StoredEdition | None:
        """The channel's newest edition that was not refused."""
        row = self._newest(channel_id)
        return None if row is None else self._load(row)

    def get(self, edition_id: str) -> StoredEdition | None:
        """One edition, or None."""
        row = self._one(editions.c.id == edition_id)
        return None if row is None else self._load(row)

    def mail(self, edition_id: str) -> tuple[Channel, bytes] | None:
        """The channel of a digest and its finished skeleton, without the entries; None if there is none."""
        query = (
            select(editions.c.channel, edition_parts.c.content)
            .join(edition_parts, edition_parts.c.edition_id == editions.c.id)
            .where(editions.c.id == edition_id, edition_parts.c.position == 0)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (encoding.channel.value(row.channel), row.content)

    def released(self, edition_id: str, now: datetime) -> None:
        """The edition has left. Said twice, the first time counts."""
        change = update(editions).where(editions.c.id == edition_id, editions.c.state == COMPOSED)
        self._connection.execute(change.values(state=RELEASED, released_at=now))

    def unreleased(self) -> list[StoredEdition]:
        """What was composed and verified but not released, oldest first: a crash came between."""
        query = select(editions).where(editions.c.state == COMPOSED).order_by(editions.c.created, editions.c.id)
        return [self._load(row) for row in self._connection.execute(query).all()]

    def outdated(self, channel_id: str, since: datetime) -> list[tuple[str, datetime, Entry]]:
        """Of what the channel's editions carried since then: items whose stored version is another now, or withdrawn.

        Each as each edition with it had it, with the edition's id and time, the newest last.
        """
        changed = or_(items.c.content_sha256 != edition_items.c.content_sha256, items.c.withdrawn)
        mine = and_(edition_items.c.channel_id == channel_id, edition_items.c.mode > 0, editions.c.created >= since)
        query = _entry_query().add_columns(editions.c.created).join(items, items.c.id == edition_items.c.item_id)
        rows = self._connection.execute(query.where(mine, changed))
        return [(row.edition_id, row.created, _entry(row)) for row in rows]

    def released_since(self, when: datetime) -> list[StoredEdition]:
        """What was released at or after that time and is still held, oldest first: of feeds the latest edition."""
        query = select(editions).where(editions.c.released_at >= when).order_by(editions.c.created, editions.c.id)
        return [self._load(row) for row in self._connection.execute(query).all()]

    def last_digest(self, channel_id: str) -> EditionSummary | None:
        """The channel's newest edition that was not refused, without its content."""
        row = self._newest(channel_id)
        return None if row is None else edition_summary(row)

    def summary(self, edition_id: str) -> EditionSummary | None:
        """One edition without its content, or None."""
        row = self._one(editions.c.id == edition_id)
        return None if row is None else edition_summary(row)

    def digests(self, channel_id: str, limit: int = 100) -> list[EditionSummary]:
        """The channel's editions that were not refused, newest first."""
        return [edition_summary(row) for row in self._connection.execute(_of_channel(channel_id).limit(limit))]

    def of_list(self, list_id: str, limit: int) -> list[EditionSummary]:
        """The editions of a list that were not refused, newest first, with variants and those of readers' own cadences.

        A variant stands behind the edition that it is a variant of.
        """
        tracks = or_(editions.c.channel_id == list_id, editions.c.channel_id.startswith(f"{list_id}~", autoescape=True))
        query = select(editions).where(tracks, editions.c.state != REFUSED)
        newest = query.order_by(editions.c.created.desc(), IS_VARIANT, editions.c.id).limit(limit)
        return [edition_summary(row) for row in self._connection.execute(newest)]

    def refused(self) -> list[StoredEdition]:
        """What was refused and has not been composed again since, newest first; findings, no content."""
        query = select(editions).where(editions.c.state == REFUSED).order_by(editions.c.created.desc(), editions.c.id)
        return [self._load(row) for row in self._connection.execute(query).all()]

    def decision(self, item_id: str, channel_id: str) -> Decision | None:
        """What the channel's newest edition with this item decided; None if none considered it."""
        return self.decisions([item_id]).get(item_id, {}).get(channel_id)

    def decisions(self, item_ids: Sequence[str]) -> dict[str, dict[str, Decision]]:
        """For each item id, by channel id, the newest decision."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for batch in batches(item_ids):
            query = (
                select(edition_items.c.item_id, edition_items.c.channel_id, edition_items.c.decision)
                .join(editions, editions.c.id == edition_items.c.edition_id)
                .where(edition_items.c.item_id.in_(batch))
                .order_by(*OLDEST_FIRST)
            )
            for item_id, channel_id, text in self._connection.execute(query):
                found[item_id][channel_id] = text
        return {
            item_id: {channel_id: encoding.decision.value(text) for channel_id, text in texts.items()}
            for item_id, texts in found.items()
        }

    def carried(self, item_id: str) -> list[Carried]:
        """The editions that considered an item, newest first, with what was proved of it."""
        query = (
            select(edition_items, editions.c.period, documents.c.body)
            .join(documents, documents.c.sha256 == edition_items.c.content_sha256)
            .join(editions, editions.c.id == edition_items.c.edition_id)
            .where(edition_items.c.item_id == item_id)
            .order_by(editions.c.created.desc(), IS_VARIANT, editions.c.id)
        )
        return [_carried(row) for row in self._connection.execute(query)]

    def entries_for(self, key: str) -> list[Entry]:
        """The entries of an edition (by its id), or of a channel (by its id): then each item's newest one."""
        mine = or_(edition_items.c.edition_id == key, edition_items.c.channel_id == key)
        newest = {row.item_id: row for row in self._connection.execute(_entry_query().where(mine))}
        return [_entry(row) for row in newest.values()]

    def _make_room(self, edition: Edition, verified: Verified | None) -> Sequence[str]:
        old = select(editions.c.id).where(editions.c.channel_id == edition.channel.id, _gives_way(edition, verified))
        ids = self._connection.execute(old).scalars().all()
        texts = select(edition_items.c.content_sha256).where(edition_items.c.edition_id.in_(ids))
        used = self._connection.execute(texts).scalars().all()
        self._connection.execute(delete(editions).where(editions.c.id.in_(ids)))
        return used

    def _put_content(self, edition: Edition, verified: Verified) -> None:
        add(self._connection, edition_parts, [_part_row(edition, n, part) for n, part in enumerate(edition.parts)])
        texts = [document(entry.item) for entry in edition.entries]
        keep(self._connection, texts)
        proved: dict[str, list[Proved]] = defaultdict(list)
        for one in verified.proved:
            proved[one.item_id].append(one)
        rows = [
            _entry_row(edition, position, entry, text.sha256, tuple(proved[entry.item.id]))
            for position, (entry, text) in enumerate(zip(edition.entries, texts, strict=True))
        ]
        add(self._connection, edition_items, rows)

    def _one(self, where: ColumnElement[bool]) -> Row[Any] | None:
        return self._connection.execute(select(editions).where(where)).one_or_none()

    def _newest(self, channel_id: str) -> Row[Any] | None:
        return self._connection.execute(_of_channel(channel_id).limit(1)).one_or_none()

    def _summary_of(self, edition_id: str) -> EditionSummary:
        return edition_summary(self._connection.execute(select(editions).where(editions.c.id == edition_id)).one())

    def _load(self, row: Row[Any]) -> StoredEdition:
        mine = edition_items.c.edition_id == row.id
        rows = self._connection.execute(_entry_query().where(mine)).all()
        parts = select(edition_parts).where(edition_parts.c.edition_id == row.id).order_by(edition_parts.c.position)
        edition = Edition(
            id=row.id,
            channel=encoding.channel.value(row.channel),
            period=row.period,
            created=row.created,
            parts=tuple(_part(part) for part in self._connection.execute(parts)),
            entries=tuple(_entry(one) for one in rows),
            subject=row.subject,
            tombstones=encoding.tombstones.value(row.tombstones),
        )
        proved = tuple(one for entry in rows for one in encoding.proved.value(entry.proved))
        return StoredEdition(edition_summary(row), edition, proved, encoding.findings.value(row.findings))


def _gives_way(edition: Edition, verified: Verified | None) -> ColumnElement[bool]:
    refused = editions.c.state == REFUSED
    if edition.channel.kind is ChannelKind.FEED:
        return refused if verified is None else true()
    return and_(refused, editions.c.period == edition.period)


def _of_channel(channel_id: str) -> Select[Any]:
    whole = ~editions.c.period.contains(VARIANT)
    kept = and_(editions.c.channel_id == channel_id, editions.c.state != REFUSED, whole)
    return select(editions).where(kept).order_by(editions.c.created.desc(), editions.c.id.desc())


def _entry_query() -> Select[Any]:
    return (
        select(edition_items, documents.c.body)
        .join(documents, documents.c.sha256 == edition_items.c.content_sha256)
        .join(editions, editions.c.id == edition_items.c.edition_id)
        .order_by(*OLDEST_FIRST, edition_items.c.position)
    )


def _edition_row(
    edition: Edition, verified: Verified | None, findings: Sequence[Finding], now: datetime
) -> dict[str, Any]:
    return {
        "id": edition.id,
        "channel_id": edition.channel.id,
        "kind": edition.channel.kind.value,
        "period": edition.period,
        "created": edition.created,
        "stored_at": now,
        "subject": edition.subject,
        "state": REFUSED if verified is None else COMPOSED,
        "channel": encoding.channel.text(edition.channel),
        "findings": encoding.findings.text(tuple(findings)),
        "tombstones": encoding.tombstones.text(edition.tombstones),
        "items": len(edition.entries),
    }


def _part_row(edition: Edition, position: int, part: Part) -> dict[str, Any]:
    return {
        "edition_id": edition.id,
        "name": part.name,
        "position": position,
        "media_type": part.media_type,
        "content": part.content,
        "sha256": encoding.fingerprint(part.content),
        "templates": encoding.strings.text(part.templates),
    }


def _entry_row(
    edition: Edition, position: int, entry: Entry, sha256: str, proved: tuple[Proved, ...]
) -> dict[str, Any]:
    return {
        "edition_id": edition.id,
        "item_id": entry.item.id,
        "channel_id": edition.channel.id,
        "position": position,
        "mode": int(entry.decision.mode),
        "decision": encoding.decision.text(entry.decision),
        "chain": encoding.chain.text(entry.chain),
        "content_sha256": sha256,
        "first_seen": entry.first_seen,
        "proved": encoding.proved.text(proved),
        "until": None if entry.decision.mode else entry.decision.until,
    }


def _part(row: Row[Any]) -> Part:
    return Part(row.name, row.media_type, row.content, encoding.strings.value(row.templates))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        item=encoding.item.value(row.body),
        chain=encoding.chain.value(row.chain),
        decision=encoding.decision.value(row.decision),
        first_seen=row.first_seen,
    )


def _carried(row: Row[Any]) -> Carried:
    entry = _entry(row)
    return Carried(
        edition_id=row.edition_id,
        channel_id=row.channel_id,
        period=row.period,
        mode=Mode(row.mode),
        proved=encoding.proved.value(row.proved),
        duties=entry.decision.duties,
        source_id=entry.item.source_id,
        identity=entry.item.identity,
        publisher=entry.chain.hops[-1].name,
        url=entry.item.url,
    )
