# SPDX-License-Identifier: Apache-2.0
"""Deliveries into letters: the finished skeleton of each edition, read once, filled in for each recipient.

The bytes of a delivery depend on nothing but its edition and its own row, so every attempt has the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parseaddr

from syndicate.deliver import tokens
from syndicate.deliver.wire import on_the_wire
from syndicate.errors import StoreError
from syndicate.model import Delivery, Key
from syndicate.publish.mail import WHEN_YOU_SUBSCRIBED, Skeleton
from syndicate.publish.words import day
from syndicate.store import Store

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery with its envelope and its message in the form of the wire."""

    delivery: Delivery
    sender: str
    wire: bytes

    @property
    def recipient(self) -> str:
        """The one recipient."""
        return self.delivery.email


@dataclass(frozen=True, slots=True)
class _Edition:
    """A skeleton, cut: as it is (for the signature) and as it goes over the wire."""

    bounces: str
    plain: Skeleton
    wire: Skeleton


class Letters:
    """The letters of one run."""

    def __init__(self, store: Store, now: datetime, bounces: str = "", sign: Sign | None = None) -> None:
        """``bounces`` is the address that bounces go to, or "": bounces@ at the sender's domain."""
        self._store = store
        self._bounces = bounces
        self._sign = sign
        self._keys = {key.id: key for key in store.keys(now)}
        self._newest = next(iter(self._keys.values()))
        self._held: dict[str, _Edition] = {}

    def make(self, delivery: Delivery) -> Outgoing:
        """The letter of one delivery. Raises RenderError or DeliveryError if no letter can be made of it."""
        key = self._keys.get(delivery.key_id, self._newest)
        if not delivery.edition_id:
            return self._notice(delivery, key)
        edition = self._edition(delivery.edition_id)
        values = {
            "recipient": delivery.email,
            "message_id": delivery.message_id,
            "token": tokens.make(key, "unsubscribe", delivery.subscriber_id),
            "preferences": tokens.make(key, "preferences", delivery.subscriber_id),
            "since": f"on {day(delivery.since)}" if delivery.since else WHEN_YOU_SUBSCRIBED,
        }
        wire = edition.wire.fill(**values)
        if self._sign:
            wire = self._sign(edition.plain.fill(**values)) + wire
        return Outgoing(delivery, return_address(edition.bounces, key, delivery.id), wire)

    def _notice(self, delivery: Delivery, key: Key) -> Outgoing:
        with self._store.read() as tx:
            message = tx.outbox.notice(delivery.id)
        sender = str(message_from_bytes(message, policy=policy.default)["From"])
        wire = on_the_wire(message, f"delivery {delivery.id}")
        if self._sign:
            wire = self._sign(message) + wire
        return Outgoing(delivery, return_address(self._bounces_of(sender), key, delivery.id), wire)

    def _edition(self, edition_id: str) -> _Edition:
        if edition_id not in self._held:
            with self._store.read() as tx:
                found = tx.editions.mail(edition_id)
            if found is None:
                raise StoreError("the edition of a delivery is gone", subject=edition_id, remedy="restore the database")
            channel, skeleton = found
            wire = Skeleton(on_the_wire(skeleton, edition_id))
            self._held[edition_id] = _Edition(self._bounces_of(channel.sender), Skeleton(skeleton), wire)
        return self._held[edition_id]

    def _bounces_of(self, sender: str) -> str:
        return self._bounces or f"bounces@{domain_of(sender)}"


def domain_of(sender: str) -> str:
    """The domain of an address with or without a name."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def return_address(bounces: str, key: Key, delivery_id: int) -> str:
    """Where the bounce of one delivery goes: the address itself says whose it is."""
    local, _, domain = bounces.rpartition("@")
    return f"{local}+{tokens.make(key, 'return', delivery_id)}@{domain}"
