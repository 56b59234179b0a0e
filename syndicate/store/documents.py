# SPDX-License-Identifier: Apache-2.0
"""The full text of items, each version kept once under its fingerprint, for as long as an item or edition needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, select

from syndicate.model import Item
from syndicate.store import encoding
from syndicate.store.schema import documents, edition_items, items
from syndicate.store.statements import add_missing, batches


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an item as it is stored."""

    sha256: str
    item_id: str
    body: str


def document(item: Item) -> Document:
    """The item as it is stored: equal items, equal fingerprints."""
    body = encoding.item.text(item)
    return Document(encoding.fingerprint(body), item.id, body)


def keep(connection: Connection, wanted: Sequence[Document]) -> None:
    """Store the versions that are not stored yet."""
    rows = {one.sha256: {"sha256": one.sha256, "item_id": one.item_id, "body": one.body} for one in wanted}
    while rows:
        add_missing(connection, documents, [rows[one] for one in sorted(rows)], key=["sha256"])
        if connection.dialect.name != "postgresql":
            return
        # What stood there may be on its way out: it is held until we refer to it, and written again if it was too late.
        for batch in batches(sorted(rows)):
            mine = select(documents.c.sha256).where(documents.c.sha256.in_(batch)).order_by(documents.c.sha256)
            for one in connection.execute(mine.with_for_update(key_share=True, read=True)).scalars():
                del rows[one]


def drop_unused(connection: Connection, fingerprints: Sequence[str]) -> None:
    """Forget those of these versions that are no item's present one and in no edition."""
    current = exists().where(items.c.content_sha256 == documents.c.sha256)
    carried = exists().where(edition_items.c.content_sha256 == documents.c.sha256)
    for batch in batches(fingerprints):
        # On a server others may be about to refer to one: those are left alone. The look for references comes after.
        mine = select(documents.c.sha256).where(documents.c.sha256.in_(batch)).with_for_update(skip_locked=True)
        free = connection.execute(mine).scalars().all() if connection.dialect.name == "postgresql" else batch
        connection.execute(delete(documents).where(documents.c.sha256.in_(free), ~current, ~carried))
