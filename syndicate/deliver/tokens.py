# SPDX-License-Identifier: Apache-2.0
"""Signed tokens for links in mail and for return addresses: each names one row and one purpose, and the key's id.

Pure. A token says nothing about a person but a number. What never expires says so: a letter from years ago must still
be able to stop the next one. Small letters, figures and hyphens only, so that a token stands in an address as in a
link, in any transfer encoding, and survives a mail server that folds case. There is one spelling for each token.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from syndicate.model import Key

SIGNATURE = 28  # hexadecimal digits of the HMAC: 112 bits
NEVER = 0
NOBODY = 0
"""The row that no reader has: whose token stands in a test mail and in what everybody may look at."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 100
_PARTS = 4


def make(key: Key, purpose: str, number: int, expires: datetime | None = None) -> str:
    """A token for ``purpose`` ("unsubscribe", "preferences", "confirm", "return") and the row ``number``.

    Equal input gives equal tokens.
    """
    until = int(expires.timestamp()) if expires else NEVER
    return _sign(key, purpose, number, until)


def read(keys: Sequence[Key], purpose: str, token: str, now: datetime) -> int | None:
    """The row's number; None if none of these keys made the token for this purpose, or if its time is over."""
    parts = token.split("-")
    if len(token) > _LONGEST or len(parts) != _PARTS:
        return None
    number, until = _number(parts[1]), _number(parts[2])
    for key in keys:
        if key.id == parts[0] and hmac.compare_digest(_sign(key, purpose, number, until).encode(), token.encode()):
            return number if until == NEVER or now.astimezone(UTC).timestamp() < until else None
    return None


def _sign(key: Key, purpose: str, number: int, until: int) -> str:
    # The purpose is signed: a confirmation link can never unsubscribe.
    text = f"{key.id}-{_text(number)}-{_text(until)}"
    mac = hmac.digest(key.secret, f"syndicate.{purpose}\0{text}".encode(), "sha256").hex()[:SIGNATURE]
    return f"{text}-{mac}"


def _text(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text or "0"


def _number(text: str) -> int:
    """What ``_text`` wrote; anything else gives some number, whose token then differs."""
    return int(text, len(_DIGITS)) if text.isascii() and text.isalnum() else 0
