# SPDX-License-Identifier: Apache-2.0
"""The items that we hold, with their chains, and the keys under which one is found from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from syndicate.model import Chain, Item, Known
from syndicate.store import encoding
from syndicate.store.documents import Document, document, drop_unused, keep
from syndicate.store.records import Stored, StoredItem
from syndicate.store.schema import documents, edition_items, item_credits, item_keys, items, sources
from syndicate.store.statements import add, batches

Place = tuple[datetime, str]
"""Where a page of items ended: ``order_at`` and id of its last item."""


class Items:
    """The items, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(
        self,
        source_id: str,
        items: Sequence[Item],
        chains: Mapping[str, Chain],
        keys: Mapping[str, tuple[str, ...]],
        credited: Mapping[str, tuple[str, ...]],
        *,
        now: datetime,
        first_poll: bool,
    ) -> Stored:
        """Write what a poll of ``source_id`` brought; unchanged items cost one look and no write.

        By item id: ``chains``, ``keys`` (under which others may credit it) and ``credited`` (which it credits).
        Of two items with one id the first counts. ``first_seen``, ``not_before`` (the last poll that succeeded) and
        ``order_at`` are set once and kept for ever.
        """
        brought = {item.id: item for item in reversed(items)}
        texts = {item_id: document(item) for item_id, item in brought.items()}
        held = self._versions(list(brought))
        new = tuple(dict.fromkeys(item.id for item in items if item.id not in held))
        changed = tuple(i for i in texts if i in held and held[i] != texts[i].sha256)
        keep(self._connection, [texts[item_id] for item_id in new + changed])
        rows = {i: _columns(brought[i], texts[i], chains[i]) for i in new + changed}
        before = None if first_poll or not new else self._last_success(source_id)
        self._insert([rows[i] | _first(brought[i], source_id, now, before, first_poll=first_poll) for i in new])
        self._change([rows[i] for i in changed], [held[i] for i in changed])
        self._index(item_keys, {i: keys.get(i, ()) for i in new + changed}, changed)
        self._index(item_credits, {i: credited.get(i, ()) for i in new + changed}, changed)
        return Stored(new, changed)

    def known(self, keys: Sequence[str]) -> dict[str, Known]:
        """The item that each key leads to, with its chain; of several items under one key the earliest."""
        found: dict[str, Known] = {}
        for batch in batches(keys):
            query = (
                select(item_keys.c.key, documents.c.body, items.c.chain)
                .select_from(item_keys)
                .join(items, items.c.id == item_keys.c.item_id)
                .join(documents, documents.c.sha256 == items.c.content_sha256)
                .where(item_keys.c.key.in_(batch))
                .order_by(items.c.order_at, items.c.id)
            )
            for key, body, chain in self._connection.execute(query):
                if key not in found:
                    found[key] = Known(encoding.item.value(body), encoding.chain.value(chain))
        return found

    def crediting(self, keys: Sequence[str]) -> list[str]:
        """The ids of the items that credit any of these keys, each once, in order of id."""
        ids: set[str] = set()
        for batch in batches(keys):
            query = select(item_credits.c.item_id).where(item_credits.c.key.in_(batch))
            ids.update(self._connection.execute(query).scalars())
        return sorted(ids)

    def get(self, ids: Sequence[str]) -> dict[str, StoredItem]:
        """The items with these ids; unknown ones are left out."""
        return {
            stored.item.id: stored
            for batch in batches(ids)
            for stored in self._read(_query().where(items.c.id.in_(batch)))
        }

    def find(self, *texts: str) -> list[StoredItem]:
        """The items of which a text is the id, the URL or a key, the earliest first."""
        by_key = select(item_keys.c.item_id).where(item_keys.c.key.in_(texts))
        named = or_(items.c.id.in_(texts), items.c.url.in_(texts), items.c.id.in_(by_key))
        return self._read(_query().where(named).order_by(items.c.order_at, items.c.id))

    def set_chain(self, item_id: str, chain: Chain) -> None:
        """Store a chain that was extended."""
        change = update(items).where(items.c.id == item_id)
        self._connection.execute(change.values(chain=encoding.chain.text(chain)))

    def withdraw(self, ids: Sequence[str]) -> None:
        """Mark items as taken back: no list of items has them any more, ``get`` and ``find`` still do."""
        for batch in batches(ids):
            self._connection.execute(update(items).where(items.c.id.in_(batch)).values(withdrawn=True))

    def newest(self, limit: int, *, sources: tuple[str, ...] = (), before: Place | None = None) -> list[StoredItem]:
        """One page of items, newest first by (``order_at``, id).

        ``before`` is (``order_at``, id) of the last item of the page before; no ``sources`` means all of them.
        """
        return self._read(_page(limit, sources, before))

    def not_in_editions(
        self,
        channel_id: str,
        limit: int,
        *,
        sources: tuple[str, ...] = (),
        before: Place | None = None,
        first_poll: bool | None = None,
        since: datetime | None = None,
    ) -> list[StoredItem]:
        """One page of the items that no edition of this channel considered, newest first; pages as in ``newest``.

        What an edition withheld until a certain time was not considered yet.
        ``first_poll`` asks for those of first polls only (True) or for all others (False), ``since`` for those first
        seen at or after that time.
        """
        considered = _considered(channel_id)
        query = _page(limit, sources, before).where(~considered)
        if first_poll is not None:
            query = query.where(items.c.first_poll.is_(first_poll))
        if since is not None:
            query = query.where(items.c.first_seen >= since)
        return self._read(query)

    def backfill(self, channel_id: str, most: int, *, sources: tuple[str, ...] = ()) -> list[StoredItem]:
        """Of each source's first poll the ``most`` newest, less those that an edition of the channel considered."""
        place = func.row_number().over(partition_by=items.c.source_id, order_by=(items.c.order_at.desc(), items.c.id))
        first = select(items.c.id, place.label("place")).where(items.c.first_poll, items.c.withdrawn.is_(False))
        if sources:
            first = first.where(items.c.source_id.in_(sources))
        ranked = first.subquery()
        considered = _considered(channel_id)
        query = _query().join(ranked, ranked.c.id == items.c.id).where(ranked.c.place <= most, ~considered)
        return self._read(query.order_by(items.c.order_at.desc(), items.c.id))

    def of_publisher(self, publisher_id: str, start: datetime, end: datetime) -> list[StoredItem]:
        """The publisher's items that were first seen from ``start`` until before ``end``, withdrawn ones included."""
        mine = and_(items.c.publisher_id == publisher_id, items.c.first_seen >= start, items.c.first_seen < end)
        return self._read(_query().where(mine).order_by(items.c.first_seen, items.c.id))

    def count(self) -> int:
        """How many items we hold."""
        return self._connection.execute(select(func.count()).select_from(items)).scalar_one()

    def _versions(self, ids: Sequence[str]) -> dict[str, str]:
        return {
            item_id: sha256
            for batch in batches(ids)
            for item_id, sha256 in self._connection.execute(
                select(items.c.id, items.c.content_sha256).where(items.c.id.in_(batch))
            )
        }

    def _last_success(self, source_id: str) -> datetime | None:
        query = select(sources.c.last_success_at).where(sources.c.id == source_id)
        before: datetime | None = self._connection.execute(query).scalar_one()
        return before

    def _insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        add(self._connection, items, rows)

    def _change(self, rows: Sequence[Mapping[str, Any]], replaced: Sequence[str]) -> None:
        if not rows:
            return
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "id"}
        change = update(items).where(items.c.id == bindparam("item_id")).values(revision=items.c.revision + 1, **values)
        self._connection.execute(change, [{**row, "item_id": row["id"]} for row in rows])
        drop_unused(self._connection, replaced)

    def _index(self, table: Table, keys: Mapping[str, Iterable[str]], changed: Sequence[str]) -> None:
        for batch in batches(changed):
            self._connection.execute(delete(table).where(table.c.item_id.in_(batch)))
        rows = [{"key": key, "item_id": item_id} for item_id, own in keys.items() for key in dict.fromkeys(own)]
        add(self._connection, table, rows)

    def _read(self, query: Select[Any]) -> list[StoredItem]:
        return [_stored(row) for row in self._connection.execute(query)]


def _columns(item: Item, text: Document, chain: Chain) -> dict[str, Any]:
    return {
        "id": item.id,
        "publisher_id": item.publisher_id,
        "url": item.url,
        "title": item.title,
        "language": item.language,
        "published": item.published,
        "updated": item.updated,
        "content_sha256": text.sha256,
        "chain": encoding.chain.text(chain),
    }


def _first(item: Item, source_id: str, now: datetime, before: datetime | None, *, first_poll: bool) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "first_seen": now,
        "order_at": min(item.published or now, now),
        "not_before": before,
        "first_poll": first_poll,
        "revision": 1,
        "withdrawn": False,
    }


def _query() -> Select[Any]:
    return select(items, documents.c.body).join(documents, documents.c.sha256 == items.c.content_sha256)


def _considered(channel_id: str) -> ColumnElement[bool]:
    """Whether an edition of the channel has decided an item for good."""
    mine = and_(edition_items.c.channel_id == channel_id, edition_items.c.item_id == items.c.id)
    return exists().where(mine, edition_items.c.until.is_(None))


def _page(limit: int, sources: tuple[str, ...], before: Place | None) -> Select[Any]:
    query = _query().where(items.c.withdrawn.is_(False)).order_by(items.c.order_at.desc(), items.c.id).limit(limit)
    if sources:
        query = query.where(items.c.source_id.in_(sources))
    return query if before is None else query.where(_after(before))


def _after(place: Place) -> ColumnElement[bool]:
    order_at, item_id = place
    tie = and_(items.c.order_at == order_at, items.c.id > item_id)
    return and_(items.c.order_at <= order_at, or_(items.c.order_at < order_at, tie))


def _stored(row: Row[Any]) -> StoredItem:
    return StoredItem(
        item=encoding.item.value(row.body),
        chain=encoding.chain.value(row.chain),
        first_seen=row.first_seen,
        order_at=row.order_at,
        not_before=row.not_before,
        first_poll=row.first_poll,
        revision=row.revision,
        withdrawn=row.withdrawn,
    )
