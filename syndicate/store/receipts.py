# SPDX-License-Identifier: Apache-2.0
"""What became of a publisher's items: in which released editions they stood, and what was proved of them there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from syndicate.model import DeliveryState, Mode
from syndicate.store import encoding
from syndicate.store.mail_tables import deliveries
from syndicate.store.records import Stood
from syndicate.store.schema import carried, edition_items, editions, items

RELEASED = "released"


class Receipts:
    """The report to a publisher, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def of(self, publisher_id: str, limit: int) -> list[Stood]:
        """Every appearance of an item in whose chain the publisher is, the newest release first.

        Of a feed the edition that it now has tells what was proved; since when the item stands there, and when it
        left, is told whatever edition that was.
        """
        query = (
            select(
                edition_items,
                items.c.title,
                editions.c.period,
                editions.c.released_at,
                carried.c.since,
                carried.c.left_at,
                _accepted().label("accepted"),
            )
            .join(editions, editions.c.id == edition_items.c.edition_id)
            .join(items, items.c.id == edition_items.c.item_id)
            .outerjoin(
                carried,
                and_(carried.c.channel_id == edition_items.c.channel_id, carried.c.item_id == edition_items.c.item_id),
            )
            .where(
                editions.c.state == RELEASED,
                edition_items.c.mode > int(Mode.WITHHOLD),
                edition_items.c.chain.contains(f'"publisher_id":"{publisher_id}"', autoescape=True),
            )
            .order_by(editions.c.released_at.desc(), edition_items.c.position)
            .limit(limit)
        )
        return [_stood(row) for row in self._connection.execute(query)]

    def gone(self, publisher_id: str, limit: int) -> list[Stood]:
        """The items of a publisher that have left a feed channel, the last to leave first; not how far, nor a proof."""
        query = (
            select(carried, items.c.title, items.c.url)
            .join(items, items.c.id == carried.c.item_id)
            .where(
                carried.c.left_at.is_not(None),
                items.c.chain.contains(f'"publisher_id":"{publisher_id}"', autoescape=True),
            )
            .order_by(carried.c.left_at.desc(), carried.c.item_id)
            .limit(limit)
        )
        return [
            Stood(row.item_id, row.title, row.url, row.channel_id, "", None, row.since, row.left_at, 0, ())
            for row in self._connection.execute(query)
        ]


def _accepted() -> Any:
    mine = and_(
        deliveries.c.edition_id == edition_items.c.edition_id,
        deliveries.c.state == DeliveryState.ACCEPTED.value,
    )
    return select(func.count()).select_from(deliveries).where(mine).correlate(edition_items).scalar_subquery()


def _stood(row: Row[Any]) -> Stood:
    return Stood(
        item_id=row.item_id,
        title=row.title,
        url=encoding.chain.value(row.chain).hops[-1].url,  # of the copy that was carried
        channel_id=row.channel_id,
        edition_id=row.edition_id,
        mode=Mode(row.mode),
        since=row.since or row.released_at,
        until=row.left_at,
        accepted=row.accepted,
        proved=encoding.proved.value(row.proved),
    )
