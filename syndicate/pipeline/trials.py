# SPDX-License-Identifier: Apache-2.0
"""Single messages that leave no trace: an edition for the eyes of the operator, and letters to the operator."""

from __future__ import annotations

from dataclasses import dataclass

from syndicate.deliver import tokens
from syndicate.deliver.wire import on_the_wire
from syndicate.errors import UsageError
from syndicate.model import DeliveryState, Edition, Outcome
from syndicate.pipeline.letters import domain_of, return_address
from syndicate.pipeline.post import Posting
from syndicate.publish.mail import fill

NOT_SENT = Outcome(DeliveryState.SOFT, "not sent")


@dataclass(slots=True)
class _OneLetter:
    """A desk with one letter, of which nothing is put on record."""

    letter: _Trial | None
    outcome: Outcome = NOT_SENT

    async def next(self) -> _Trial | None:
        return self.ready()

    def ready(self) -> _Trial | None:
        letter, self.letter = self.letter, None
        return letter

    async def in_data(self, letter: _Trial) -> bool:
        return bool(letter)

    def settle(self, _letter: _Trial, outcome: Outcome) -> None:
        self.outcome = outcome

    def back(self, letter: _Trial) -> None:
        """It is not tried again."""


@dataclass(frozen=True, slots=True)
class _Trial:
    sender: str
    recipient: str
    wire: bytes


async def send_letter(posting: Posting, sender: str, recipient: str, message: bytes) -> Outcome:
    """Send one message that is no edition's; raises DeliveryError if the relay cannot be used now."""
    desk = _OneLetter(_Trial(sender, recipient, on_the_wire(message)))
    async with posting.relay.session() as post:
        await post.drain(desk)
    return desk.outcome


async def send_trial(posting: Posting, edition: Edition, recipient: str) -> Outcome:
    """Send an edition to one address, leaving no trace; its links belong to nobody.

    Raises UsageError if the address is on the suppression list, and DeliveryError if the relay cannot be used now.
    """
    with posting.store.read() as tx:
        if tx.people.suppressed(recipient, edition.channel.id):
            remedy = "send the test to another address"
            raise UsageError("is on the list of those we must not write to", subject=recipient, remedy=remedy)
    key = posting.store.keys(posting.clock())[0]
    domain = domain_of(edition.channel.sender)
    message = fill(
        edition.parts[0].content,
        recipient=recipient,
        message_id=f"<trial.{edition.id}@{domain}>",
        token=tokens.make(key, "unsubscribe", tokens.NOBODY),
        preferences=tokens.make(key, "preferences", tokens.NOBODY),
    )
    signature = posting.sign(message) if posting.sign else b""
    sender = return_address(posting.bounces or f"bounces@{domain}", key, tokens.NOBODY)
    desk = _OneLetter(_Trial(sender, recipient, signature + on_the_wire(message)))
    async with posting.relay.session() as post:
        await post.drain(desk)
    return desk.outcome
