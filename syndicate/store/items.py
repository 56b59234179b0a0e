# SPDX-License-Identifier: Apache-2.0
"""The items that we hold, with their chains, and the keys under which one is found from another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from syndicate.store.records import Head, Sought, Stored, StoredItem
from syndicate.store.schema import (
    documents,
    edition_items,
    editions,
    held_items,
    item_credits,
    item_keys,
    item_pages,
    items,
    sources,
)
from syndicate.store.statements import add, among, as_list, batches, given
from syndicate.store.webpages import joined

Place = tuple[datetime, str]
"""Where a page of items ended: ``order_at`` and id of its last item."""


class Items:
    """The items, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def put(  # noqa: PLR0913 - all that a poll brings is written at once
        self,
        source_id: str,
        items: Sequence[Item],
        chains: Mapping[str, Chain],
        keys: Mapping[str, tuple[str, ...]],
        credited: Mapping[str, tuple[str, ...]],
        *,
        now: datetime,
        first_poll: bool,
        traced: bool = True,
        is_another: Callable[[Item, Item], bool] = lambda _, __: False,
    ) -> Stored:
        """Write what a poll of ``source_id`` brought; unchanged items cost one look and no write.

        By item id: ``chains``, ``keys`` (under which others may credit it) and ``credited`` (which it credits). Items
        that are not ``traced`` wait for it and are in no list; of changed ones the chain stays as it was. Of two items
        with one id the first counts. ``first_seen``, ``not_before`` (the last poll that succeeded) and ``order_at`` are
        set once and kept for ever; only of an item that ``is_another`` than it was, before and now, ``not_before`` is
        set anew.
        """
        brought = {item.id: item for item in reversed(items)}
        texts = {item_id: document(item) for item_id, item in brought.items()}
        held = self._versions(list(brought))
        new = tuple(dict.fromkeys(item.id for item in items if item.id not in held))
        changed = tuple(i for i in texts if i in held and held[i] != texts[i].sha256)
        others = [i for i, old in self.get(changed).items() if is_another(old.item, brought[i])]
        keep(self._connection, [texts[item_id] for item_id in new + changed])
        rows = {i: _columns(brought[i], texts[i]) | {"traced": traced} for i in new + changed}
        told = {i: {"chain": encoding.chain.text(chains[i])} for i in (new + changed if traced else new)}
        before = None if first_poll or not (new or others) else self._last_success(source_id)
        first = {i: _first(brought[i], source_id, now, before, first_poll=first_poll) for i in new}
        self._insert([rows[i] | told[i] | first[i] for i in new])
        marks = self._corrected({i: held[i] for i in changed}, brought, now)
        self._change([rows[i] | told.get(i, {}) | {"corrected": marks[i]} for i in changed], [held[i] for i in changed])
        self._renew(others, before)
        self._index(item_keys, {i: keys.get(i, ()) for i in new + changed}, changed)
        self._index(item_credits, {i: credited.get(i, ()) for i in new + changed}, changed)
        return Stored(new, changed)

    def known(self, keys: Sequence[str]) -> dict[str, Known]:
        """The item that each key leads to, with its chain; of several items under one key the earliest."""
        found: dict[str, Known] = {}
        for key, body, chain, reading in self._connection.execute(_KNOWN, {"members": as_list(keys)}):
            if key not in found:
                found[key] = Known(_item(body, reading), encoding.chain.value(chain))
        return found

    def crediting(self, keys: Sequence[str]) -> list[str]:
        """The ids of the items that credit any of these keys, each once, in order of id."""
        return sorted(self._connection.execute(_CREDITING, {"members": as_list(keys)}).scalars())

    def get(self, ids: Sequence[str]) -> dict[str, StoredItem]:
        """The items with these ids; unknown ones are left out."""
        found = (
            stored_item(row)
            for batch in batches(ids)
            for row in self._connection.execute(_STORED, {"members": as_list(batch)})
        )
        return {stored.item.id: stored for stored in found}

    def find(self, *texts: str) -> list[StoredItem]:
        """The items of which a text is the id, the URL or a key, the earliest first."""
        by_key = select(item_keys.c.item_id).where(item_keys.c.key.in_(texts))
        named = or_(items.c.id.in_(texts), items.c.url.in_(texts), items.c.id.in_(by_key))
        return self._read(stored_query().where(named).order_by(items.c.order_at, items.c.id))

    def trace_again(self, keys: Mapping[str, tuple[str, ...]], credited: Mapping[str, tuple[str, ...]]) -> None:
        """More was learned of items: the keys under which they may be credited, and which they credit."""
        for batch in batches(list(keys)):
            self._connection.execute(update(items).where(items.c.id.in_(batch)).values(traced=False))
        self._index(item_keys, keys, list(keys))
        self._index(item_credits, credited, list(credited))

    def withdraw(self, ids: Sequence[str]) -> None:
        """Mark items as taken back: no list of items has them any more, ``get`` and ``find`` still do."""
        for batch in batches(ids):
            self._connection.execute(update(items).where(items.c.id.in_(batch)).values(withdrawn=True))

    def newest(self, limit: int, *, sources: tuple[str, ...] = (), before: Place | None = None) -> list[StoredItem]:
        """One page of works, newest first by (``order_at``, id), each by the item of it that was seen first.

        ``before`` is (``order_at``, id) of the last item of the page before; no ``sources`` means all of them. What
        was not traced yet is left out, and so is what was withdrawn.
        """
        return self._read(_page(limit, sources, before))

    def heads(self, limit: int, *, sources: tuple[str, ...] = (), before: Place | None = None) -> list[Head]:
        """The same page of works as ``newest`` without their words."""
        return self._heads(_page(limit, sources, before, _HEAD))

    def search(self, limit: int, sought: Sought, *, before: Place | None = None) -> list[StoredItem]:
        """One page of the works that are sought, newest first; pages as in ``newest``."""
        return self._read(_page(limit, sought.sources, before).where(*_sought(sought)))

    def not_in_editions(
        self,
        channel_id: str,
        limit: int,
        *,
        sources: tuple[str, ...] = (),
        before: Place | None = None,
        first_poll: bool | None = None,
        since: datetime | None = None,
        as_of: datetime | None = None,
    ) -> list[Head]:
        """One page of the works that no edition of this channel considered, newest first; pages as in ``newest``.

        What an edition withheld until a certain time was not considered yet.
        ``first_poll`` asks for those of first polls only (True) or for all others (False), ``since`` for those first
        seen at or after that time, ``as_of`` counts only editions composed until then.
        """
        query = _page(limit, sources, before, _HEAD).where(~_considered(channel_id, as_of))
        if first_poll is not None:
            query = query.where(items.c.first_poll.is_(first_poll))
        if since is not None:
            query = query.where(items.c.first_seen >= since)
        return self._heads(query)

    def backfill(self, channel_id: str, most: int, *, sources: tuple[str, ...] = ()) -> list[Head]:
        """Of each source's first poll the ``most`` newest, less those that an edition of the channel considered."""
        place = func.row_number().over(partition_by=items.c.source_id, order_by=(items.c.order_at.desc(), items.c.id))
        first = select(items.c.id, place.label("place")).where(items.c.first_poll, listed(items))
        if sources:
            first = first.where(items.c.source_id.in_(sources))
        ranked = first.subquery()
        query = _HEAD.join(ranked, ranked.c.id == items.c.id).where(ranked.c.place <= most)
        query = query.where(~_considered(channel_id), _heads(sources))
        return self._heads(query.order_by(items.c.order_at.desc(), items.c.id))

    def of_publisher(self, publisher_id: str, start: datetime, end: datetime) -> list[StoredItem]:
        """The publisher's items that were first seen from ``start`` until before ``end``, withdrawn ones included."""
        mine = and_(items.c.publisher_id == publisher_id, items.c.first_seen >= start, items.c.first_seen < end)
        return self._read(stored_query().where(mine).order_by(items.c.first_seen, items.c.id))

    def count(self) -> int:
        """How many items we hold."""
        return self._connection.execute(select(func.count()).select_from(items)).scalar_one()

    def _versions(self, ids: Sequence[str]) -> dict[str, str]:
        rows = self._connection.execute(_VERSIONS, {"members": as_list(ids)})
        return {row.id: row.content_sha256 for row in rows}

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

    def _corrected(
        self, held: Mapping[str, str], brought: Mapping[str, Item], now: datetime
    ) -> dict[str, datetime | None]:
        """When the words of each changed item last became others under the same dates: now, or as it was."""
        marks: dict[str, datetime | None] = {}
        for batch in batches(list(held)):
            query = select(items.c.id, items.c.corrected, documents.c.body)
            query = query.join(documents, documents.c.sha256 == items.c.content_sha256).where(items.c.id.in_(batch))
            for item_id, corrected, body in self._connection.execute(query):
                old, new = encoding.item.value(body), brought[item_id]
                same_dates = (old.published, old.updated) == (new.published, new.updated)
                other_words = f"{old.title} {old.text}".split() != f"{new.title} {new.text}".split()
                marks[item_id] = now if same_dates and other_words else corrected
        return marks

    def _renew(self, ids: Sequence[str], before: datetime | None) -> None:
        if ids:
            self._connection.execute(update(items).where(among(items.c.id, ids)).values(not_before=before))

    def _index(self, table: Table, keys: Mapping[str, Iterable[str]], changed: Sequence[str]) -> None:
        for batch in batches(changed):
            self._connection.execute(delete(table).where(table.c.item_id.in_(batch)))
        rows = [{"key": key, "item_id": item_id} for item_id, own in keys.items() for key in dict.fromkeys(own)]
        add(self._connection, table, rows)

    def _heads(self, query: Select[Any]) -> list[Head]:
        return [Head(*row) for row in self._connection.execute(query)]

    def _read(self, query: Select[Any]) -> list[StoredItem]:
        return [stored_item(row) for row in self._connection.execute(query)]


def _columns(item: Item, text: Document) -> dict[str, Any]:
    return {
        "id": item.id,
        "publisher_id": item.publisher_id,
        "url": item.url,
        "title": item.title,
        "language": item.language,
        "published": item.published,
        "updated": item.updated,
        "content_sha256": text.sha256,
    }


def _first(item: Item, source_id: str, now: datetime, before: datetime | None, *, first_poll: bool) -> dict[str, Any]:
    return {
        "origin": item.id,
        "work_id": item.id,
        "source_id": source_id,
        "first_seen": now,
        "order_at": min(item.published or now, now),
        "not_before": before,
        "first_poll": first_poll,
        "revision": 1,
        "withdrawn": False,
    }


def stored_query() -> Select[Any]:
    """Every item with all that ``stored_item`` needs."""
    query = select(items, documents.c.body, item_pages.c.reading)
    query = query.join(documents, documents.c.sha256 == items.c.content_sha256)
    return query.outerjoin(item_pages, item_pages.c.item_id == items.c.id)


_HEAD = select(items.c.id, items.c.work_id, items.c.first_seen, items.c.order_at)

# Worded once, as they are asked for every lot of items: building a statement costs more than running it.
_STORED = stored_query().where(given(items.c.id))
_VERSIONS = select(items.c.id, items.c.content_sha256).where(given(items.c.id))
_CREDITING = select(item_credits.c.item_id).where(given(item_credits.c.key)).distinct()
_KNOWN = (
    select(item_keys.c.key, documents.c.body, items.c.chain, item_pages.c.reading)
    .select_from(item_keys)
    .join(items, items.c.id == item_keys.c.item_id)
    .join(documents, documents.c.sha256 == items.c.content_sha256)
    .outerjoin(item_pages, item_pages.c.item_id == items.c.id)
    .where(given(item_keys.c.key))
    .order_by(items.c.order_at, items.c.first_seen, items.c.id)
)


def _page(limit: int, sources: tuple[str, ...], before: Place | None, what: Select[Any] | None = None) -> Select[Any]:
    query = (stored_query() if what is None else what).where(listed(items), _heads(sources))
    query = query.order_by(items.c.order_at.desc(), items.c.id).limit(limit)
    if sources:
        query = query.where(items.c.source_id.in_(sources))
    return query if before is None else query.where(_after(before))


def _sought(sought: Sought) -> Iterable[ColumnElement[bool]]:
    if sought.words:
        titled = and_(*(items.c.title.icontains(word, autoescape=True) for word in sought.words.split()))
        yield or_(titled, items.c.publisher_id.in_(sought.named)) if sought.named else titled
    if sought.publishers:
        yield items.c.publisher_id.in_(sought.publishers)
    if sought.touching:
        yield or_(*(items.c.chain.contains(f'"publisher_id":"{one}"', autoescape=True) for one in sought.touching))
    if sought.since is not None:
        yield items.c.first_seen >= sought.since
    if sought.until is not None:
        yield items.c.first_seen < sought.until


def listed(item: Any) -> ColumnElement[bool]:
    """True for an item that is traced and that neither its publisher nor its origin has taken back."""
    origin = items.alias()
    waits = exists().where(held_items.c.item_id == origin.c.id)
    taken_back = exists().where(origin.c.id == item.c.origin, origin.c.withdrawn, ~waits)
    return and_(item.c.withdrawn.is_(False), item.c.traced, ~taken_back)


def _heads(sources: tuple[str, ...]) -> ColumnElement[bool]:
    """True for the item of each work that was seen first, of those that are listed and of these sources."""
    other = items.alias()
    tie = and_(other.c.first_seen == items.c.first_seen, other.c.id < items.c.id)
    earlier = exists().where(
        other.c.work_id == items.c.work_id, or_(other.c.first_seen < items.c.first_seen, tie), listed(other)
    )
    return ~(earlier.where(other.c.source_id.in_(sources)) if sources else earlier)


def _considered(channel_id: str, as_of: datetime | None = None) -> ColumnElement[bool]:
    """True for the items of works that an edition of the channel decided for good until then, under whatever id."""
    other = items.alias()
    found = exists()
    if as_of is not None:
        found = found.where(edition_items.c.edition_id == editions.c.id, editions.c.created <= as_of)
    return found.where(
        edition_items.c.channel_id == channel_id,
        edition_items.c.until.is_(None),
        edition_items.c.item_id == other.c.id,
        other.c.work_id == items.c.work_id,
    )


def _after(place: Place) -> ColumnElement[bool]:
    order_at, item_id = place
    tie = and_(items.c.order_at == order_at, items.c.id > item_id)
    return and_(items.c.order_at <= order_at, or_(items.c.order_at < order_at, tie))


def _item(body: str, reading: str | None) -> Item:
    """An item, with what its page states, once that was read."""
    item = encoding.item.value(body)
    return joined(item, encoding.page_reading.value(reading)) if reading else item


def stored_item(row: Row[Any]) -> StoredItem:
    """A row of ``stored_query`` as a value."""
    return StoredItem(
        item=_item(row.body, row.reading),
        chain=encoding.chain.value(row.chain),
        first_seen=row.first_seen,
        order_at=row.order_at,
        not_before=row.not_before,
        first_poll=row.first_poll,
        revision=row.revision,
        withdrawn=row.withdrawn,
        work_id=row.work_id,
        corrected=row.corrected,
    )
