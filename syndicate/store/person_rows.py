# SPDX-License-Identifier: Apache-2.0
"""How a reader stands in the tables: the address and its fingerprint, the consent, the line of the suppression list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from syndicate.errors import UsageError
from syndicate.model import Consent, Interest, Purpose, Subscriber
from syndicate.store import encoding
from syndicate.store.records import Suppression

LONGEST_ADDRESS = 254


def address(text: str) -> str:
    """An email address with its domain in lower case. UsageError if it is none. Spec: RFC 5321 4.1.2, 4.5.3.1."""
    local, _, domain = text.strip().rpartition("@")
    email = f"{local}@{domain.casefold()}"
    if not local or not domain or len(email) > LONGEST_ADDRESS or not _plain(email) or "@" in local.strip('"'):
        raise UsageError("this is not an email address", subject=ascii(text.strip()), remedy="write it as name@domain")
    return email


def address_key(email: str) -> str:
    """What two spellings of one address have in common, as a fingerprint."""
    return encoding.fingerprint(email.strip().casefold())


def _plain(email: str) -> bool:
    return email.isprintable() and not any(character.isspace() or character in "<>,;" for character in email)


def consent_columns(consent: Consent) -> dict[str, Any]:
    """A consent as the table has it."""
    return {
        "purpose": consent.purpose.value,
        "wording": consent.wording,
        "method": consent.method,
        "confirmed_at": consent.confirmed_at,
        "interests": " ".join(consent.interests),
        "origin": consent.origin,
        "proof": consent.proof,
        "version": encoding.fingerprint(consent.wording)[:12],
    }


def suppression(row: Row[Any]) -> Suppression:
    """A row of the suppression list."""
    return Suppression(row.channel_id, row.email_sha256, row.reason, row.at, row.erased_at)


def subscriber(row: Row[Any]) -> Subscriber:
    """A row of the subscribers."""
    consent = None
    if row.confirmed_at is not None:
        interests = tuple(map(Interest, row.interests.split()))
        consent = Consent(
            Purpose(row.purpose),
            row.wording,
            row.method,
            row.confirmed_at,
            interests,
            row.origin,
            row.proof,
            row.version,
        )
    return Subscriber(row.id, row.channel_id, row.email, row.state, consent, row.cadence)
