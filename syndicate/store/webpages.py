# SPDX-License-Identifier: Apache-2.0
"""The web pages that are to be read and those that were: the pages of items, and publishers' pages of terms.

Truth is in ``due_at``. Whoever takes due pages pushes them back for as long as reading may take, so that two processes
do not read the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, bindparam, func, or_, select, update

from syndicate.model import Item, PageReading
from syndicate.store import encoding
from syndicate.store.records import DuePage, PageState
from syndicate.store.schema import hosts, item_pages, items, terms_pages
from syndicate.store.statements import add_missing, among, batches

LEASE = timedelta(minutes=15)
LOOKED = timedelta(days=7)
"""A page that was read less long ago tells whether it is still there."""

_WANT = (
    update(item_pages)
    .where(item_pages.c.item_id == bindparam("of"))
    .values(url=bindparam("address"), due_at=bindparam("at"))
)


class WebPages:
    """The pages, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def want(self, urls: Mapping[str, str], now: datetime) -> None:
        """The pages of these items (id to address) are to be read now, also if they were read before."""
        rows = [{"item_id": item_id, "url": url, **_unread(now)} for item_id, url in urls.items() if url]
        add_missing(self._connection, item_pages, rows, key=["item_id"])
        if urls:
            of = [{"of": item_id, "address": url, "at": now} for item_id, url in urls.items()]
            self._connection.execute(_WANT, of)

    def want_again(self, urls: Mapping[str, str], now: datetime) -> None:
        """The pages of these items (id to address) are to be read now, unless they wait or were read lately."""
        rows = [{"item_id": item_id, "url": url, **_unread(now)} for item_id, url in urls.items() if url]
        add_missing(self._connection, item_pages, rows, key=["item_id"])
        stale = and_(among(item_pages.c.item_id, list(urls)), item_pages.c.read_at <= now - LOOKED)
        if urls:
            self._connection.execute(update(item_pages).where(stale).values(due_at=now))

    def want_terms(self, publisher_id: str, urls: Sequence[str], now: datetime, *, most: int) -> None:
        """These pages of a publisher are to be read as its terms, unless they are known; ``most`` of one publisher."""
        if not urls:
            return
        query = select(terms_pages.c.url).where(terms_pages.c.publisher_id == publisher_id)
        known = set(self._connection.execute(query).scalars())
        new = [url for url in dict.fromkeys(urls) if url and url not in known][: max(0, most - len(known))]
        rows = [{"publisher_id": publisher_id, "url": url, **_unread(now)} for url in new]
        add_missing(self._connection, terms_pages, rows, key=["publisher_id", "url"])

    def take_due(self, now: datetime, limit: int) -> list[DuePage]:
        """At most ``limit`` pages whose time has come, the longest due first, pages of terms before others."""
        terms = select(terms_pages).where(terms_pages.c.due_at <= now).order_by(terms_pages.c.due_at).limit(limit)
        terms = terms.with_for_update(skip_locked=True)
        taken = [
            DuePage(row.url, row.publisher_id, sha256=row.sha256, failures=row.failures)
            for row in self._connection.execute(terms)
        ]
        for page in taken:
            self._push(terms_pages, _terms_key(page), now)
        due = _due_items(now, limit - len(taken))
        found = list(self._connection.execute(due)) if limit > len(taken) else []
        for row in found:
            self._push(item_pages, item_pages.c.item_id == row.item_id, now)
        return taken + [
            DuePage(r.url, r.publisher_id, r.source_id, r.item_id, sha256=r.sha256, failures=r.failures) for r in found
        ]

    def take_turn(self, host: str, now: datetime, until: datetime) -> datetime | None:
        """Nobody but the caller asks a host for pages before ``until``; or when that may be tried again."""
        add_missing(self._connection, hosts, [{"host": host}], key=["host"])
        free = or_(hosts.c.pages_at.is_(None), hosts.c.pages_at <= now)
        awake = or_(hosts.c.away_until.is_(None), hosts.c.away_until <= now)
        mine = update(hosts).where(hosts.c.host == host, free, awake).values(pages_at=until)
        if self._connection.execute(mine).rowcount:
            return None
        row = self._connection.execute(select(hosts.c.pages_at, hosts.c.away_until).where(hosts.c.host == host)).one()
        again: datetime = max(filter(None, row))
        return again

    def end_turn(self, host: str, until: datetime, then: datetime) -> None:
        """The turn that was taken ``until`` then is over; nobody asks the host for pages before ``then``."""
        mine = or_(hosts.c.pages_at == until, hosts.c.pages_at < then)
        self._connection.execute(update(hosts).where(hosts.c.host == host, mine).values(pages_at=then))

    def was_read(
        self, page: DuePage, reading: PageReading, *, sha256: str, status: int, now: datetime, again: datetime | None
    ) -> None:
        """A page was read; of an item what it states is kept (its notices are not)."""
        values = {"read_at": now, "due_at": again, "status": status, "sha256": sha256, "failures": 0, "error": ""}
        if page.item_id:
            mine = update(item_pages).where(item_pages.c.item_id == page.item_id)
            self._connection.execute(mine.values(reading=encoding.page_reading.text(reading), **values))
        else:
            self._connection.execute(update(terms_pages).where(_terms_key(page)).values(**values))

    def failed(self, page: DuePage, *, error: str, again: datetime | None) -> None:
        """A page could not be read, why, and when to try again; what it stated before stays."""
        table = item_pages if page.item_id else terms_pages
        key = item_pages.c.item_id == page.item_id if page.item_id else _terms_key(page)
        values = {"due_at": again, "failures": page.failures + 1, "error": error}
        self._connection.execute(update(table).where(key).values(**values))

    def of(self, item_ids: Sequence[str]) -> dict[str, PageReading]:
        """What the pages of these items state; without a page that was read, nothing."""
        found: dict[str, PageReading] = {}
        for batch in batches(item_ids):
            query = select(item_pages.c.item_id, item_pages.c.reading)
            query = query.where(item_pages.c.item_id.in_(batch), item_pages.c.reading != "")
            rows = self._connection.execute(query)
            found |= {row.item_id: encoding.page_reading.value(row.reading) for row in rows}
        return found

    def state(self, item_id: str) -> PageState | None:
        """How the reading of an item's page stands; None if it was never asked for."""
        row = self._connection.execute(select(item_pages).where(item_pages.c.item_id == item_id)).one_or_none()
        return None if row is None else PageState(row.url, row.due_at, row.read_at, row.status, row.sha256, row.error)

    def due(self, now: datetime) -> int:
        """How many pages' time has come."""
        counts = (select(func.count()).select_from(t).where(t.c.due_at <= now) for t in (item_pages, terms_pages))
        return sum(self._connection.execute(query).scalar_one() for query in counts)

    def next_due(self) -> datetime | None:
        """When the next page is due."""
        times = (
            self._connection.execute(select(t.c.due_at).where(t.c.due_at.is_not(None)).order_by(t.c.due_at).limit(1))
            for t in (item_pages, terms_pages)
        )
        found = [when for result in times if (when := result.scalar_one_or_none()) is not None]
        return min(found, default=None)

    def _push(self, table: Table, key: Any, now: datetime) -> None:
        self._connection.execute(update(table).where(key).values(due_at=now + LEASE))


def joined(item: Item, page: PageReading) -> Item:
    """An item with what its page states beside what its feed does; nothing stands twice."""
    terms = {(c.scheme, c.term) for c in item.categories}
    return replace(
        item,
        evidence=tuple(dict.fromkeys((*item.evidence, *page.evidence))),
        claims=tuple(dict.fromkeys((*item.claims, *page.claims))),
        categories=(*item.categories, *(c for c in page.categories if (c.scheme, c.term) not in terms)),
    )


def _due_items(now: datetime, limit: int) -> Select[Any]:
    query = select(item_pages, items.c.publisher_id, items.c.source_id).join(items, items.c.id == item_pages.c.item_id)
    query = query.where(item_pages.c.due_at <= now).order_by(item_pages.c.due_at, item_pages.c.item_id).limit(limit)
    return query.with_for_update(of=item_pages, skip_locked=True)


def _terms_key(page: DuePage) -> Any:
    return and_(terms_pages.c.publisher_id == page.publisher_id, terms_pages.c.url == page.url)


def _unread(now: datetime) -> dict[str, Any]:
    return {"due_at": now, "status": 0, "sha256": "", "failures": 0, "error": ""}
