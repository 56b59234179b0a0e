# SPDX-License-Identifier: Apache-2.0
"""Who receives it: consents, subscribers and the post to them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.model.vocabulary import Interest, Purpose


class DeliveryState(enum.StrEnum):
    """Where a delivery stands; docs/operations.md explains each."""

    READY = "ready"
    CLAIMED = "claimed"
    IN_DATA = "in_data"
    ACCEPTED = "accepted"
    SOFT = "soft"
    HARD = "hard"
    UNKNOWN = "unknown"
    HELD = "held"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Consent:
    """The recorded act that lets us write to a person.

    ``wording`` is what was shown, ``interests`` what else it agreed to, ``origin`` a keyed fingerprint of the network
    it came from, ``proof`` that of the token that confirmed it; the last two are "" where nothing is known. ``version``
    names the wording in short: a fingerprint that the store makes of it.
    """

    purpose: Purpose
    wording: str
    method: str
    confirmed_at: datetime
    interests: tuple[Interest, ...] = ()
    origin: str = ""
    proof: str = ""
    version: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person on one channel's list. ``state`` is pending, active, unsubscribed, suppressed or erased.

    ``cadence`` is how often and when, as ``pipeline/cadence.py`` writes it; "" is as the publisher sends it.
    """

    id: int
    channel_id: str
    email: str
    state: str
    consent: Consent | None = None
    cadence: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition to one subscriber: a row in the outbox.

    ``message_id`` and ``key_id`` (of the key that signs its links) are fixed before the first attempt, so that every
    attempt has the same bytes; ``since`` is when the subscriber consented.
    """

    id: int
    edition_id: str
    subscriber_id: int
    email: str
    message_id: str
    state: DeliveryState
    attempts: int = 0
    key_id: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one hand-over: ACCEPTED, SOFT, HARD or UNKNOWN, and the relay's words or ours."""

    state: DeliveryState
    text: str


@dataclass(frozen=True, slots=True)
class Pace:
    """The most mails that we claim in a time; 0 is no limit."""

    per_second: int = 0
    per_hour: int = 0
    domain_per_minute: int = 0


class SendingState(enum.StrEnum):
    """Whether an edition's mail goes out: RUNNING; PAUSED by a person; HELD by a brake; CANCELLED for good."""

    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Sending:
    """An edition that goes out by mail.

    ``accepted``, ``refused`` (for good) and ``complaints`` count since it began or was resumed: for the brakes.
    ``purpose`` is the consent that it needs, ``started_at`` the first claim (None: nothing was claimed yet).
    """

    edition_id: str
    channel_id: str
    purpose: Purpose
    state: SendingState
    reason: str
    recipients: int
    accepted: int
    refused: int
    complaints: int
    created_at: datetime
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs tokens. Its id stands in them, so that keys can follow one another."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must look at: raised once, counted when it happens again, ended by a person or a cure."""

    kind: str
    subject: str
    text: str
    remedy: str
    count: int
    first_at: datetime
    last_at: datetime
