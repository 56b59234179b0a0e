# SPDX-License-Identifier: Apache-2.0
"""DELIVER: drain the outbox, one recipient per SMTP transaction.

Every step is on record before the next begins, so a killed run loses nobody and repeats at most the one message that
was inside DATA, with the same Message-ID and the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr

from syndicate.deliver import tokens
from syndicate.errors import DeliveryError, StoreError
from syndicate.model import Delivery, DeliveryState, Edition
from syndicate.pipeline.ports import Clock, Outcome, Post, Relay
from syndicate.publish.mail import fill
from syndicate.store import Store

BATCH = 50
RETRY = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
RESEND_AFTER = timedelta(minutes=15)
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """All that delivering needs.

    ``worker`` names this process in the leases it takes, ``is_gone`` tells of another name whether surely nobody works
    under it any more (then its leases need not run out).
    """

    store: Store
    relay: Relay
    clock: Clock
    worker: str
    is_gone: Callable[[str], bool]


async def deliver(posting: Posting) -> Counter[DeliveryState]:
    """Send all that is due and count how each ended.

    Raises DeliveryError if the relay cannot be used now; what was not sent is due again later.
    """
    outcomes: Counter[DeliveryState] = Counter()
    skeletons = _Skeletons(posting)
    _recover(posting)
    while batch := _claim(posting):
        try:
            async with posting.relay.session() as post:
                for delivery in batch:
                    outcomes[await _send(posting, post, delivery, skeletons)] += 1
        except DeliveryError:
            now = posting.clock()
            with posting.store.write() as tx:
                tx.outbox.put_back(batch, now + RETRY[0], now=now)
            raise
    return outcomes


async def send_trial(posting: Posting, edition: Edition, recipient: str) -> Outcome:
    """Send an edition to one address, leaving no trace; its unsubscribe link belongs to nobody."""
    token = tokens.make(posting.store.secret(), "unsubscribe", NOBODY)
    domain = envelope_sender(edition).rpartition("@")[2] or "localhost"
    async with posting.relay.session() as post:
        message = fill(
            edition.parts[0].content, recipient=recipient, message_id=f"<trial.{edition.id}@{domain}>", token=token
        )
        return await post.send(envelope_sender(edition), recipient, message, lambda: None)


def envelope_sender(edition: Edition) -> str:
    """The address that bounces go back to."""
    return parseaddr(edition.channel.sender)[1]


class _Skeletons:
    """The finished skeletons of one run, each read from the database once."""

    def __init__(self, posting: Posting) -> None:
        self._posting = posting
        self._held: dict[str, tuple[str, bytes]] = {}
        self._secret = posting.store.secret()

    def message(self, delivery: Delivery) -> tuple[str, bytes]:
        """Envelope sender and finished bytes of one delivery: the same at every attempt."""
        if not delivery.edition_id:
            with self._posting.store.read() as tx:
                notice = tx.outbox.notice(delivery.id)
            return parseaddr(str(message_from_bytes(notice, policy=policy.default)["From"]))[1], notice
        if delivery.edition_id not in self._held:
            self._held[delivery.edition_id] = self._read(delivery.edition_id)
        sender, skeleton = self._held[delivery.edition_id]
        token = tokens.make(self._secret, "unsubscribe", delivery.subscriber_id)
        return sender, fill(skeleton, recipient=delivery.email, message_id=delivery.message_id, token=token)

    def _read(self, edition_id: str) -> tuple[str, bytes]:
        with self._posting.store.read() as tx:
            held = tx.editions.get(edition_id)
        if held is None or not held.edition.parts:
            raise StoreError("the edition of a delivery is gone", subject=edition_id, remedy="restore the database")
        return envelope_sender(held.edition), held.edition.parts[0].content


def _recover(posting: Posting) -> None:
    """Free what processes that are no more had claimed."""
    with posting.store.write() as tx:
        tx.outbox.recover(posting.clock())
        for worker in tx.outbox.workers():
            if posting.is_gone(worker):
                tx.outbox.recover(posting.clock(), worker=worker)


def _claim(posting: Posting) -> list[Delivery]:
    with posting.store.write() as tx:
        return tx.outbox.claim(posting.clock(), posting.worker, BATCH)


async def _send(posting: Posting, post: Post, delivery: Delivery, skeletons: _Skeletons) -> DeliveryState:
    """One hand-over; IN_DATA is on the disk before the message's first byte leaves."""
    sender, message = skeletons.message(delivery)

    def on_data() -> None:
        with posting.store.write() as tx:
            if not tx.outbox.in_data(delivery, now=posting.clock()):
                raise ClaimLost

    try:
        outcome = await post.send(sender, delivery.email, message, on_data)
    except ClaimLost:
        return DeliveryState.CANCELLED
    _settle(posting, delivery, outcome)
    return outcome.state


class ClaimLost(Exception):  # noqa: N818 - a signal between two functions of this file, not an error
    """Another worker holds this delivery now."""


def _settle(posting: Posting, delivery: Delivery, outcome: Outcome) -> None:
    now = posting.clock()
    later = now + RETRY[min(delivery.attempts - 1, len(RETRY) - 1)]
    with posting.store.write() as tx:
        match outcome.state:
            case DeliveryState.ACCEPTED:
                tx.outbox.accepted(delivery, outcome.text, now=now)
            case DeliveryState.HARD:
                tx.outbox.hard(delivery, outcome.text, now=now)
            case DeliveryState.SOFT:
                tx.outbox.soft(delivery, outcome.text, later, now=now)
            case _:
                tx.outbox.unknown(delivery, outcome.text, now + RESEND_AFTER, now=now)
