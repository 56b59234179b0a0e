# SPDX-License-Identifier: Apache-2.0
"""The full text of items, each version kept once under its fingerprint, for as long as an item or edition needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists

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
    rows = [{"sha256": one.sha256, "item_id": one.item_id, "body": one.body} for one in wanted]
    add_missing(connection, documents, rows, key=["sha256"])


def drop_unused(connection: Connection, fingerprints: Sequence[str]) -> None:
    """Forget those of these versions that are no item's present one and in no edition."""
    current = exists().where(items.c.content_sha256 == documents.c.sha256)
    carried = exists().where(edition_items.c.content_sha256 == documents.c.sha256)
    for batch in batches(fingerprints):
        connection.execute(delete(documents).where(documents.c.sha256.in_(batch), ~current, ~carried))
