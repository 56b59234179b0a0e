# SPDX-License-Identifier: Apache-2.0
"""How far an edition by mail has got: states that add up, and how long it will take at the pace of the last minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model import DeliveryState, Sending, SendingState
from syndicate.store import Transaction

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """The figures of one edition; all but ``a_minute`` add up to ``total``. ``seconds_left`` is None if unknown.

    ``finished``: nothing of it goes out any more by itself.
    """

    sending: Sending
    total: int
    accepted: int
    to_go: int
    put_off: int
    refused: int
    unknown: int
    cancelled: int
    a_minute: int
    seconds_left: float | None
    finished: bool


def progress(tx: Transaction, sending: Sending, now: datetime) -> Progress:
    """Count, as of now."""
    counts = tx.outbox.counts(sending.edition_id)

    def of(*states: DeliveryState) -> int:
        return sum(counts.get(state, 0) for state in states)

    state = DeliveryState
    to_go, in_doubt = of(state.READY, state.CLAIMED, state.IN_DATA), of(state.SOFT, state.UNKNOWN)
    running = sending.state is SendingState.RUNNING
    a_minute = tx.outbox.accepted_since(sending.edition_id, now - MINUTE) if to_go and running else 0
    return Progress(
        sending=sending,
        total=sum(counts.values()),
        accepted=of(state.ACCEPTED),
        to_go=to_go,
        put_off=of(state.SOFT),
        refused=of(state.HARD, state.EXPIRED),
        unknown=of(state.UNKNOWN, state.HELD),
        cancelled=of(state.CANCELLED),
        a_minute=a_minute,
        seconds_left=to_go / a_minute * 60 if a_minute else None,
        finished=running and not to_go and not in_doubt,
    )
